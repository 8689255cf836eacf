# SPDX-License-Identifier: AGPL-3.0-or-later
"""A stock is opened with a count, counted anew, lent and returned, and the ledger tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from terreau.agreements.actions.stocks import (
    Count,
    HandOver,
    Opening,
    count_again,
    hand_over,
    open_stock,
)
from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, NotAllowed
from terreau.ledger import queries as ledger
from terreau.ledger.models import Event, Resource
from terreau.ledger.verify import differences
from tests.agreements.factories import Place, make_place
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ONE = 1_000_000


def opening_of(place: Place, **more: object) -> Opening:
    values = {
        "name": "Vélos donnés", "what": "vélo", "unit": "item", "owner_id": place.halte.pk,
        "counted": 7 * ONE, "day": clock.today(), **more,
    }  # fmt: skip
    return Opening(**values)  # type: ignore[arg-type]


def opened(place: Place, **more: object) -> int:
    opening = opening_of(place, **more)
    return open_stock(by=place.alice, ecosystem=place.ecosystem, key=uuid4(), opening=opening)


def stock_of(place: Place, pk: int):
    return ledger.stocks(place.ecosystem.space).get(pk=pk)


def recount(place: Place, pk: int, read: int, now: int, key: UUID | None = None) -> int:
    count = Count(read * ONE, now * ONE, clock.today())
    return count_again(
        by=place.alice, ecosystem=place.ecosystem, stock_id=pk, key=key or uuid4(), count=count
    )


def handed(place: Place, by: object, pk: int, *parties: int, key: UUID | None = None) -> int:
    return hand_over(
        by=by, ecosystem=place.ecosystem, stock_id=pk, key=key or uuid4(),
        handing=HandOver(*parties, clock.today()),
    )  # type: ignore[arg-type] # fmt: skip


def test_a_stock_begins_with_what_was_counted_and_is_its_owners():
    place = make_place()

    stock = stock_of(place, opened(place))

    assert (stock.name, stock.accounting, stock.on_hand) == ("Vélos donnés", 7 * ONE, 7 * ONE)
    assert (stock.accountable, stock.custodian) == (place.halte, place.halte)
    assert Event.objects.get().on_behalf_of == place.halte
    assert list(differences()) == []


def test_sending_twice_opens_one_stock():
    place, key = make_place(), uuid4()
    opening = opening_of(place)

    first, second = (
        open_stock(by=place.alice, ecosystem=place.ecosystem, key=key, opening=opening)
        for _ in range(2)
    )

    assert first == second
    assert (Resource.objects.count(), Event.objects.count()) == (1, 1)


BAD = {
    "no name": {"name": " "},
    "a long word": {"what": "x" * 61},
    "nothing": {"counted": 0},
    "tomorrow": {"day": clock.today() + timedelta(days=1)},
    "no unit": {"unit": "parsec"},
}


@pytest.mark.parametrize("more", BAD.values(), ids=BAD)
def test_what_cannot_be_opened_leaves_nothing(more):
    place = make_place()

    with pytest.raises(Invalid):
        opened(place, **more)
    assert not Resource.objects.exists()


def test_one_opens_a_stock_only_for_whom_one_speaks():
    place = make_place()

    with pytest.raises(NotAllowed):
        opened(place, owner_id=place.council.pk)
    with pytest.raises(NotAllowed):
        open_stock(
            by=make_user("Ursule"), ecosystem=place.ecosystem, key=uuid4(),
            opening=opening_of(place),
        )  # fmt: skip


@pytest.mark.parametrize(("now", "action"), ((9, "raise"), (5, "lower"), (0, "lower")))
def test_counting_anew_raises_or_lowers_and_keeps_what_was(now, action):
    place = make_place()
    pk = opened(place)

    event = Event.objects.get(pk=recount(place, pk, 7, now))

    assert (event.action, event.quantity) == (action, abs(now - 7) * ONE)
    assert stock_of(place, pk).accounting == now * ONE
    assert Event.objects.count() == 2


def test_a_count_from_what_no_longer_stands_is_a_conflict_and_twice_is_once():
    place, key = make_place(), uuid4()
    pk = opened(place)
    first = recount(place, pk, 7, 9, key)

    assert recount(place, pk, 7, 9, key) == first
    with pytest.raises(EditConflict):
        recount(place, pk, 7, 4)
    with pytest.raises(Invalid, match="déjà ce qui est noté"):
        recount(place, pk, 9, 9)
    assert stock_of(place, pk).accounting == 9 * ONE


def test_a_stock_is_lent_whole_and_comes_back_and_stays_its_owners():
    place, key = make_place(), uuid4()
    pk, halte, council = opened(place), place.halte.pk, place.council.pk

    lent = handed(place, place.alice, pk, halte, council, key=key)
    assert handed(place, place.alice, pk, halte, council, key=key) == lent
    stock = stock_of(place, pk)
    assert (stock.accountable, stock.custodian, stock.accounting) == (
        place.halte, place.council, 7 * ONE,
    )  # fmt: skip
    with pytest.raises(EditConflict):
        handed(place, place.alice, pk, halte, place.lab.pk)
    with pytest.raises(NotAllowed):
        handed(place, place.alice, pk, council, halte)
    handed(place, place.basile, pk, council, halte)
    assert stock_of(place, pk).custodian == place.halte
    assert list(differences()) == []


def test_what_is_lent_is_not_lowered_before_it_came_back():
    place = make_place()
    pk = opened(place)
    handed(place, place.alice, pk, place.halte.pk, place.council.pk)

    with pytest.raises(Invalid, match="notez d'abord son retour"):
        recount(place, pk, 7, 5)


def test_nothing_is_lent_of_an_empty_stock_nor_to_who_has_it():
    place = make_place()
    pk = opened(place)

    with pytest.raises(Invalid, match="déjà là"):
        handed(place, place.alice, pk, place.halte.pk, place.halte.pk)
    recount(place, pk, 7, 0)
    with pytest.raises(Invalid, match="vide"):
        handed(place, place.alice, pk, place.halte.pk, place.council.pk)


def test_only_who_answers_for_it_counts():
    place = make_place()
    pk = opened(place)
    count = Count(7 * ONE, 9 * ONE, clock.today())

    with pytest.raises(NotAllowed):
        count_again(
            by=place.basile, ecosystem=place.ecosystem, stock_id=pk, key=uuid4(), count=count
        )
    with pytest.raises(Invalid):
        count_again(
            by=place.alice, ecosystem=place.ecosystem, stock_id=pk + 999, key=uuid4(),
            count=replace(count),
        )  # fmt: skip
