# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody else wrote meanwhile: both texts are shown, and what is done once stays."""

from uuid import uuid4

import pytest

from terreau.agreements.actions import acceptance, endings
from terreau.agreements.actions.contributions import Right, rectify, reword, value_version
from terreau.core import clock
from terreau.core.errors import EditConflict
from terreau.core.quantities import MICRO
from terreau.core.versions import field_version
from tests.agreements.factories import (
    accept,
    add,
    give,
    make_draft,
    make_place,
    open_version,
    promise,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_place()


def test_two_people_who_reword_a_gift_read_both_words(place):
    row = give(place)
    read = field_version(row, ["word"])
    reword(by=place.alice, contribution=row, version=read, word="Avec Odile.")

    with pytest.raises(EditConflict) as both:
        reword(by=place.alice, contribution=row, version=read, word="Sans Odile.")

    assert (both.value.stored, both.value.yours) == (
        {"word": "Avec Odile."},
        {"word": "Sans Odile."},
    )
    reword(by=place.alice, contribution=row, version=both.value.version, word="Sans Odile.")
    row.refresh_from_db()
    assert row.word == "Sans Odile."


def test_the_same_word_sent_twice_is_no_conflict(place):
    row = give(place)
    read = field_version(row, ["word"])

    for _ in range(2):
        reword(by=place.alice, contribution=row, version=read, word="Avec Odile.")

    row.refresh_from_db()
    assert row.word == "Avec Odile."


def test_a_value_rectified_meanwhile_is_shown_beside_the_other(place):
    row = give(place)
    read = value_version(row)
    five, six = (Right(hours * MICRO, "hour", clock.today()) for hours in (5, 6))
    rectify(by=place.alice, contribution=row, key=uuid4(), right=five, version=read)

    with pytest.raises(EditConflict) as both:
        rectify(by=place.alice, contribution=row, key=uuid4(), right=six, version=read)

    assert (both.value.stored["quantity"], both.value.yours["quantity"]) == ("5", "6")


def test_an_agreement_ended_twice_keeps_the_first_words_and_shows_both(place):
    agreement = promise(place).version.agreement
    endings.end_agreement(by=place.alice, agreement=agreement, words="Merci.")

    again = endings.end_agreement(by=place.basile, agreement=agreement)
    with pytest.raises(EditConflict) as both:
        endings.end_agreement(by=place.basile, agreement=agreement, words="À regret.")

    assert again.ended_words == "Merci."
    assert both.value.stored == {"words": "Merci."}


def test_a_validation_noted_twice_keeps_the_first_and_shows_both(place):
    version = open_version(place)
    add(place, version, make_draft(place))
    accept(place, version)
    party = version.parties.get(agent=place.halte)

    with pytest.raises(EditConflict) as both:
        acceptance.validate(
            by=place.alice,
            party=party,
            validation=acceptance.Validation("le bureau", clock.today()),
        )

    assert (both.value.stored["body"], both.value.yours["body"]) == (
        party.validated_by,
        "le bureau",
    )
