# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two people edit one text: neither version is lost, and nothing breaks."""

import pytest

from terreau.core.errors import EditConflict, NotFound
from terreau.ecosystems.models import Word
from terreau.people.actions import revise
from tests.factories import join, make_ecosystem, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def word():
    ecosystem = make_ecosystem()
    member = join(make_user("Alice"), ecosystem)
    return Word.objects.create(
        ecosystem=ecosystem,
        space=ecosystem.circle,
        author=member.agent,
        recorded_by=member.agent,
        word="cap",
        meaning="là où nous allons",
    )


def test_the_second_to_save_gets_both_texts(word):
    revise(word, version=1, changes={"meaning": "celui d'Alice"})

    with pytest.raises(EditConflict) as conflict:
        revise(word, version=1, changes={"meaning": "celui de Basile"})

    told = conflict.value
    assert (told.stored, told.yours, told.version) == (
        {"meaning": "celui d'Alice"},
        {"meaning": "celui de Basile"},
        2,
    )
    assert Word.objects.get().meaning == "celui d'Alice"


def test_what_was_removed_meanwhile_is_refused_in_words(word):
    Word.objects.all().delete()

    with pytest.raises(NotFound, match="retiré"):
        revise(word, version=1, changes={"meaning": "celui de Basile"})
