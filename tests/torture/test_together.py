# SPDX-License-Identifier: AGPL-3.0-or-later
"""Eight processes write at once, on either database: nothing lost, nobody starved."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection

from terreau.ledger.models import Event, Resource
from terreau.ledger.verify import differences
from tests.torture import ready
from tests.torture.ground import keys_in_order
from tests.torture.writers import Crew, Place, database_here, gaps, make_place

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
EMPTY = "Il manque"
TURNS_MAX = 40 * WRITERS  # events of others between two calls of a writer
SIZES = [  # how much all do together, and the least share of the busiest that each must have
    pytest.param(80, 0, id="short"),
    pytest.param(1000, 0.5, id="long", marks=pytest.mark.torture),
]


def told(crew: Crew) -> list[UUID]:
    """Return the keys of all that was acknowledged."""
    return [key for one in crew.heard for keys in one.told for key in keys]


def hold_against(what: str, crew: Crew, share: float) -> None:
    """Check what holds of any crew: all ended well, each had its turn, all adds up."""
    order, counts = keys_in_order(), crew.counts()
    turns = list(gaps(order, crew.heard))
    waits = sorted(wait for one in crew.heard for wait in one.waits)
    print(
        f"{what} on {connection.vendor}: {counts}, turns of others between two of one's own: "
        f"{turns}, wait: half {waits[len(waits) // 2]:.3f} s, longest {waits[-1]:.3f} s"
    )
    assert [one.exitcode for one in crew.processes] == [0] * WRITERS
    assert min(counts) > max(counts) * share
    assert max(turns) <= TURNS_MAX
    assert len(told(crew)) == len(set(told(crew)))
    assert set(told(crew)) <= set(order)
    assert list(differences()) == []


def in_the_stocks(place: Place) -> list[int]:
    """Return how many loaves each writer's own stock holds."""
    found = dict(Resource.objects.values_list("pk", "accounting"))
    return [found[pk] // 1_000_000 for pk in place.own]


@pytest.mark.parametrize(("loaves", "share"), SIZES)
def test_one_stock_for_all_is_emptied_to_the_last_loaf(loaves, share):
    place = make_place(database_here(), loaves=loaves, writers=WRITERS)

    crew = Crew("take_all", place, WRITERS)
    crew.listen()

    hold_against("hot", crew, share)
    assert {said[: len(EMPTY)] for one in crew.heard for said in one.refused} == {EMPTY}
    assert len(told(crew)) == loaves == Event.objects.filter(action="transfer").count()
    assert Resource.objects.get(pk=place.shared).accounting == 0


@pytest.mark.parametrize(("calls", "share"), SIZES)
def test_each_on_their_own_stock_loses_nothing(calls, share):
    place = make_place(database_here(), loaves=1, writers=WRITERS)
    left = ready.CONTEXT.Value("i", calls)

    crew = Crew("bake_enough", place, WRITERS, left)
    crew.listen()

    hold_against("cold", crew, share)
    assert len(told(crew)) == Event.objects.count() - 1 >= 2 * calls
    assert in_the_stocks(place) == crew.counts()


@pytest.mark.parametrize(("calls", "share"), SIZES)
def test_calls_that_cross_end_for_everybody(calls, share):
    """Three stocks a call, in any order: no deadlock, and no refusal, reaches anybody."""
    place = make_place(database_here(), loaves=1, writers=WRITERS)
    left = ready.CONTEXT.Value("i", calls // 4)

    crew = Crew("cross_enough", place, WRITERS, left)
    crew.listen()

    hold_against("crossing", crew, share)
    assert [one.refused for one in crew.heard] == [[]] * WRITERS
    assert sum(in_the_stocks(place)) == len(told(crew)) >= 3 * calls // 4
