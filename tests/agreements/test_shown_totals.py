# SPDX-License-Identifier: AGPL-3.0-or-later
"""A total tells nothing that its reader may not read: gifts and promises planted at each level."""

from datetime import date, timedelta

import pytest

from terreau.agreements.queries.contributions import readable
from terreau.agreements.queries.statement import Period, statement
from terreau.core.errors import Invalid
from terreau.core.quantities import MICRO
from terreau.ecosystems.models import CircleDecision
from terreau.people.actions import give_role
from terreau.people.enums import Level, RoleKind
from tests.agreements.factories import (
    accept,
    add,
    give,
    make_draft,
    make_place,
    open_version,
    promise,
)
from tests.factories import make_user

pytestmark = pytest.mark.django_db

FIRST = date(2025, 1, 1)


@pytest.fixture
def place():
    return make_place()


@pytest.fixture
def planted(place):
    """A gift at each level, an amount apart from all sums of others, and a partner outside."""
    partner = make_user("Odile")
    give_role(agent=partner.agent, space=place.ecosystem.space, kind=RoleKind.PARTNER, since=FIRST)
    for number, level in enumerate(Level):
        give(place, 2**number, level=level, happened_on=FIRST + timedelta(days=20 * number))
    return place, {
        "giver": place.alice,
        "receiver": place.basile,
        "circle": place.chloe,
        "pilot": place.pilot,
        "partner": partner,
        "stranger": make_user("Paul"),
    }


def hours(lines) -> int:
    return sum(line.given.given for line in lines) // MICRO


SPANS = [Period()] + [
    Period(FIRST + timedelta(days=since), FIRST + timedelta(days=until))
    for since, until in ((0, 30), (10, 50), (21, 100), (0, 200), (41, 42))
]


@pytest.mark.parametrize("period", SPANS)
@pytest.mark.parametrize("who", ["giver", "receiver", "circle", "pilot", "partner", "stranger"])
def test_ours_adds_up_nothing_that_its_reader_may_not_read(planted, who, period):
    """Whatever two periods one subtracts, what is left is a row that one may open."""
    place, readers = planted
    rows = readable(readers[who]).exclude(level=Level.AUTHOR)  # told to its two sides alone
    if who == "stranger":
        rows = rows.none()  # reads what is public, and never opens the page
    if period.since:
        rows = rows.filter(happened_on__range=(period.since, period.until))

    ours = statement(readers[who], place.ecosystem, None, period)

    assert hours(ours) == sum(row.quantity for row in rows) // MICRO


def test_everybody_of_one_circle_reads_the_same_total(planted):
    place, readers = planted
    ours = {
        who: hours(statement(by, place.ecosystem, None, Period())) for who, by in readers.items()
    }

    assert ours["giver"] == ours["receiver"] == ours["circle"] == ours["pilot"] == 255 - 1
    assert ours["partner"] == 255 - 1 - 2 - 4


def test_the_statement_of_another_counts_what_its_reader_may_read(planted):
    place, readers = planted
    CircleDecision.objects.create(
        ecosystem=place.ecosystem,
        space=place.ecosystem.circle,
        author=place.pilot.agent,
        recorded_by=place.pilot.agent,
        day=FIRST,
        text="On se montre tout",
        opens_statements=True,
    )

    shown = {
        who: hours(statement(by, place.ecosystem, place.halte.pk, Period()))
        for who, by in readers.items()
    }

    assert (shown["giver"], shown["circle"], shown["partner"]) == (255, 254, 248)


@pytest.mark.parametrize("level", list(Level))
def test_a_promise_is_counted_for_those_who_read_its_agreement(place, level):
    partner = make_user("Odile")
    give_role(agent=partner.agent, space=place.ecosystem.space, kind=RoleKind.PARTNER, since=FIRST)
    version = open_version(place, level=level)
    add(place, version, make_draft(place, 10))
    accept(place, version)

    counted = [
        sum(line.promised.committed for line in statement(by, place.ecosystem, None, Period()))
        for by in (place.chloe, partner)
    ]

    circle = level != Level.AUTHOR
    everybody = level not in (Level.AUTHOR, Level.PAIR, Level.CIRCLE)
    assert counted == [10 * MICRO * circle, 10 * MICRO * everybody]


def test_what_keeps_a_promise_is_not_told_to_its_two_sides_alone(place):
    commitment = promise(place, 10)

    with pytest.raises(Invalid) as refusal:
        give(place, 3, level=Level.AUTHOR, commitment_id=commitment.pk)

    assert refusal.value.field == "level"
    assert give(place, 3, level=Level.AUTHOR).posting is None
