# SPDX-License-Identifier: AGPL-3.0-or-later
"""Eight processes write at once, on either database: nothing lost, nobody starved."""

from __future__ import annotations

import pytest
from django.db import connection

from terreau.ledger.models import Event, Resource
from terreau.ledger.verify import differences
from tests.torture import ready
from tests.torture.ground import keys_in_order
from tests.torture.writers import Crew, database_here, gaps, make_place

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
EMPTY = "Il manque"
SIZES = [
    pytest.param(80, id="short"),
    pytest.param(1000, id="long", marks=pytest.mark.torture),
]


def report(what: str, crew: Crew) -> None:
    waits = sorted(wait for one in crew.heard for wait in one.waits)
    print(
        f"{what} on {connection.vendor}: {crew.counts()}, longest turn "
        f"{list(gaps(keys_in_order(), crew.heard))}, wait: half {waits[len(waits) // 2]:.3f} s, "
        f"longest {waits[-1]:.3f} s"
    )


@pytest.mark.parametrize("loaves", SIZES)
def test_one_stock_for_all_is_emptied_to_the_last_loaf(loaves):
    place = make_place(database_here(), loaves=loaves, writers=WRITERS)

    crew = Crew("take_all", place, WRITERS)
    crew.listen()

    report("hot", crew)
    told = [key for one in crew.heard for keys in one.told for key in keys]
    assert all(one.refused[0].startswith(EMPTY) for one in crew.heard), crew.heard
    assert len(told) == loaves == Event.objects.filter(action="transfer").count()
    assert set(told) <= set(keys_in_order())
    assert Resource.objects.get(pk=place.shared).accounting == 0
    assert list(differences()) == []


@pytest.mark.parametrize("calls", SIZES)
def test_each_on_their_own_stock_loses_nothing(calls):
    place = make_place(database_here(), loaves=1, writers=WRITERS)
    left = ready.CONTEXT.Value("i", calls)

    crew = Crew("bake_enough", place, WRITERS, left)
    crew.listen()

    report("cold", crew)
    told = [key for one in crew.heard for keys in one.told for key in keys]
    assert len(told) == len(set(told)) == Event.objects.count() - 1 >= 2 * calls
    assert {
        pk: amount // 1_000_000
        for pk, amount in Resource.objects.filter(pk__in=place.own).values_list("pk", "accounting")
    } == dict(zip(place.own, crew.counts(), strict=True))
    assert list(differences()) == []
