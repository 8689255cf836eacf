# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from terreau.ecosystems.models import Word
from terreau.people.enums import Level
from tests.factories import join, make_ecosystem, make_user

pytestmark = pytest.mark.django_db


def test_a_record_of_the_circle_is_read_by_the_circle_only():
    ecosystem = make_ecosystem()
    member = join(make_user("Alice"), ecosystem)
    stranger = join(make_user("Bob"), make_ecosystem("Autre"))
    word = Word.objects.create(
        ecosystem=ecosystem,
        space=ecosystem.circle,
        author=member.agent,
        recorded_by=member.agent,
        level=Level.CIRCLE,
        word="cap",
        meaning="là où nous allons",
    )

    assert list(Word.objects.visible_to(member)) == [word]
    assert list(Word.objects.visible_to(stranger)) == []
