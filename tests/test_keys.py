# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every action that takes a key: repeated, at the same moment, and with other content.

The list of actions is found by looking (``tests.keys``): a new one without a case is a failure.
"""

from collections import Counter
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import router

from terreau.core.errors import KeyReused
from tests import keyed as _keyed  # noqa: F401 - registers the cases
from tests.keys import CASES, keyed_actions
from tests.ledger import keyed as _of_the_ledger  # noqa: F401
from tests.threads import at_once

TOGETHER = 3
ACTIONS = {f"{one.__module__.removeprefix('terreau.')}.{one.__name__}": one for one in CASES}
tried = pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))


def _tables():
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and router.db_for_read(model) == "default":
            yield model


def everything() -> dict[str, list[str]]:
    """Return all that the database holds, to see that nothing moved."""
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in _tables()
    }


def rows() -> Counter:
    return Counter({model._meta.label: model._base_manager.count() for model in _tables()})


def test_no_action_that_takes_a_key_is_left_out():
    assert {one.__qualname__ for one in keyed_actions()} == {one.__qualname__ for one in CASES}
    assert set(keyed_actions()) == set(CASES)


@tried
@pytest.mark.django_db
def test_a_repeat_changes_nothing(action):
    case = CASES[action](uuid4())
    first = case.first()
    before = everything()

    again = case.first()

    assert (again, everything()) == (first, before)


@tried
@pytest.mark.django_db
def test_the_same_key_with_other_content_is_refused_and_changes_nothing(action):
    case = CASES[action](uuid4())
    if case.other is None:
        return
    case.first()
    before = everything()

    with pytest.raises(KeyReused, match="Ce qui était enregistré est intact"):
        case.other()

    assert everything() == before


@tried
@pytest.mark.django_db(transaction=True)
def test_several_at_once_write_once_and_nobody_is_refused(action):
    alone, together = CASES[action](uuid4()), CASES[action](uuid4())
    before = rows()
    alone.first()
    written = rows() - before
    before = rows()

    answers = at_once([together.first] * TOGETHER)

    assert answers == [answers[0]] * TOGETHER
    assert not isinstance(answers[0], Exception)
    assert rows() - before == written
