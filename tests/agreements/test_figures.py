# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each figure of a statement opens on the contributions that it adds up, and on no other."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from terreau.agreements.actions.contributions import confirm, undo
from terreau.agreements.enums import Kind, Side
from terreau.agreements.queries.exports import in_kind_sheet
from terreau.agreements.queries.figures import Figure, behind, in_kind, weigh
from terreau.agreements.queries.statement import Period, statement, statement_agents
from terreau.core import clock
from terreau.ecosystems.models import CircleDecision
from terreau.people.enums import Level
from tests.agreements.factories import give, make_place
from tests.agreements.test_gifts_of_stocks import from_further

pytestmark = pytest.mark.django_db

YEAR = 2025
FIRST = date(YEAR, 1, 1)
PERIODS = [
    Period(),
    Period(FIRST, date(YEAR, 12, 31)),
    Period(date(YEAR, 2, 10), date(YEAR, 4, 2)),
    Period(None, date(YEAR, 3, 1)),
]


@pytest.fixture
def place():
    """Gifts of each level, of several kinds, units and days, both ways; statements are open."""
    place = make_place()
    CircleDecision.objects.create(
        ecosystem=place.ecosystem, space=place.ecosystem.circle, author=place.ecosystem.agent,
        recorded_by=place.pilot.agent, text="On ouvre.", day=FIRST, opens_statements=True,
    )  # fmt: skip
    for number, level in enumerate(Level):
        day = FIRST + timedelta(days=37 * number)
        give(place, 2**number, level=level, happened_on=day)
        give(place, 100 + number, level=level, happened_on=day, kind="money", unit="eur")
        lent = {"giver_id": place.council.pk, "receiver_id": place.halte.pk, "kind": "place"}
        give(place, 3**number, by=place.basile, unit="day", level=level, happened_on=day, **lent)
    give(place, 40, kind="money", unit="eur", refund=True, happened_on=date(YEAR, 2, 11))
    undone = give(place, 1000, happened_on=clock.today())
    undo(by=place.alice, contribution=undone, key=uuid4())
    return place


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("reader", ["alice", "basile", "chloe", "pilot"])
def test_a_figure_opens_on_what_it_adds_up(place, reader, period):
    reader, seen = getattr(place, reader), 0
    for agent in statement_agents(reader, place.ecosystem):
        for line in statement(reader, place.ecosystem, agent.pk, period):
            for side, told in ((Side.GIVEN, line.given), (Side.RECEIVED, line.received)):
                figure = Figure(agent, side, Kind(line.kind), line.unit, period)
                rows = behind(reader, place.ecosystem, figure)
                assert weigh(rows) == told
                seen += len(rows)
    assert seen


ALL = [*((who, one) for who in ("alice", "pilot") for one in PERIODS), ("outer", Period())]


@pytest.mark.parametrize(("reader", "period"), ALL)
def test_a_figure_of_all_of_us_opens_on_what_it_adds_up(place, reader, period):
    reader = from_further(place) if reader == "outer" else getattr(place, reader)
    lines = statement(reader, place.ecosystem, None, period)
    for line in lines:
        figure = Figure(None, Side.ALL, Kind(line.kind), line.unit, period)
        assert weigh(behind(reader, place.ecosystem, figure)) == line.given
    assert lines


def test_the_annex_counts_what_is_not_money_and_by_how_many(place):
    year = PERIODS[1]
    (received,) = in_kind(place.alice, place.ecosystem, place.halte, Side.RECEIVED, year)
    (given,) = in_kind(place.alice, place.ecosystem, place.halte, Side.GIVEN, year)

    count = len(Level)
    assert (received.kind, received.unit, received.count, received.others) == (
        Kind.PLACE, "day", count, 1,
    )  # fmt: skip
    assert (given.kind, given.unit, given.quantity) == (Kind.TIME, "hour", (2**count - 1) * 10**6)
    assert given.confirmed == 0


def test_the_annex_tells_what_both_sides_say(place):
    row = give(place, 5, happened_on=date(YEAR, 6, 1))
    before = in_kind(place.alice, place.ecosystem, place.halte, Side.GIVEN, PERIODS[1])[0]
    confirm(by=place.basile, ecosystem=place.ecosystem, contributions=[row])
    after = in_kind(place.alice, place.ecosystem, place.halte, Side.GIVEN, PERIODS[1])[0]

    assert (after.confirmed - before.confirmed, after.quantity) == (5_000_000, before.quantity)
    assert after.to_confirm == after.quantity - 5_000_000


def test_the_annex_of_others_is_what_one_may_read(place):
    mine = in_kind(place.alice, place.ecosystem, place.halte, Side.GIVEN, PERIODS[1])[0]
    theirs = in_kind(place.chloe, place.ecosystem, place.halte, Side.GIVEN, PERIODS[1])[0]

    assert theirs.quantity < mine.quantity


def test_the_annex_leaves_as_a_sheet(place):
    sides = {
        side: in_kind(place.alice, place.ecosystem, place.halte, side, PERIODS[1])
        for side in (Side.RECEIVED, Side.GIVEN)
    }
    sheet = in_kind_sheet(sides)

    assert [row[:3] for row in sheet.rows] == [
        ("reçu", "lieu", "journée"),
        ("apporté", "temps", "heure"),
    ]
    assert all(len(row) == len(sheet.headers) for row in sheet.rows)


def test_it_costs_the_same_whatever_the_number(place, django_assert_max_num_queries):
    for day in range(30):
        give(place, 1, happened_on=FIRST + timedelta(days=day))
    with django_assert_max_num_queries(3):
        in_kind(place.alice, place.ecosystem, place.halte, Side.GIVEN, PERIODS[1])
