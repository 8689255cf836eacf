# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several people who choose one name at the same moment: each has what they asked for."""

from functools import partial
from uuid import uuid4

import pytest

from terreau.ecosystems.actions.ecosystem import Beginning, start
from tests.factories import make_user
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
SAID = Beginning(name="Aller et revenir", sentence="Que chacun puisse s'y rendre.")


def test_three_cooperations_started_under_one_name_have_an_address_each():
    begin = [partial(start, by=make_user(), key=uuid4(), beginning=SAID) for _ in range(3)]

    answers = at_once(begin)

    assert sorted(str(getattr(one, "slug", one)) for one in answers) == [
        "aller-et-revenir",
        "aller-et-revenir-2",
        "aller-et-revenir-3",
    ]
