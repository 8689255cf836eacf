# SPDX-License-Identifier: AGPL-3.0-or-later
"""A contribution names the followed stock that it comes out of, goes into, or that served."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from terreau.agreements.actions.contributions import (
    Right,
    confirm,
    contribute,
    rectify,
    undo,
)
from terreau.agreements.actions.stocks import HandOver, Opening, hand_over, open_stock
from terreau.agreements.kinds import family_of
from terreau.agreements.models import Contribution
from terreau.agreements.queries.entries import event_faults, tally_faults
from terreau.agreements.queries.followed import sight_of
from terreau.agreements.queries.sharing import Basis, contributed
from terreau.agreements.queries.stocks import last_through, readable_stocks, stocks_moved
from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, NotAllowed
from terreau.core.quantities import MICRO
from terreau.ledger import queries as ledger
from terreau.ledger.models import Event
from terreau.ledger.sharing.reckoning import Put, reckon
from terreau.ledger.sharing.rule import Counted, How, Part, Rule
from terreau.ledger.verify import differences
from terreau.people.actions import give_role
from terreau.people.enums import RoleKind
from terreau.people.models import User
from terreau.people.visibility import reach_of
from tests.agreements.factories import LONG, Place, give, make_gift, make_place
from tests.factories import make_user
from tests.threads import at_once, outcomes

pytestmark = pytest.mark.django_db


def opened(place: Place, whose: str = "halte", counted: int = 7, **more: object) -> int:
    by = {"halte": place.alice, "council": place.basile}[whose]
    values = {"name": f"Vélos de {whose}", "what": "vélo", "unit": "item"} | more
    opening = Opening(
        owner_id=getattr(place, whose).pk, counted=counted * MICRO, day=clock.today(), **values
    )  # type: ignore[arg-type]
    return open_stock(by=by, ecosystem=place.ecosystem, key=uuid4(), opening=opening)


def given(place: Place, quantity: float = 3, **changes: object) -> Contribution:
    """Goods of La Halte for the council."""
    return give(place, quantity, **{"kind": "good", "unit": "item", **changes})


def held(place: Place, *stocks: int) -> list[int]:
    """How many there are in each, in rights and in hand."""
    rows = ledger.stocks(place.ecosystem.space).in_bulk(stocks)
    assert all(rows[pk].accounting == rows[pk].on_hand for pk in stocks)
    return [rows[pk].accounting // MICRO for pk in stocks]


def from_further(place: Place) -> User:
    """Return somebody of the cooperation who is not of its first circle."""
    user = make_user("Ursule")
    give_role(agent=user.agent, space=place.ecosystem.space, kind=RoleKind.PARTNER, since=LONG)
    return user


def all_is_well(place: Place) -> bool:
    faults = [*event_faults(place.ecosystem), *tally_faults(place.ecosystem), *differences()]
    return faults == []


def right(quantity: int, **more: object) -> Right:
    return Right(**{"quantity": quantity * MICRO, "unit": "item", "happened_on": clock.today(),
                    **more})  # type: ignore[arg-type] # fmt: skip


def test_what_is_given_leaves_one_stock_and_enters_the_other():
    place = make_place()
    ours, theirs = opened(place), opened(place, "council", 2)

    row = given(place, 3, resource_id=ours, to_resource_id=theirs)

    assert held(place, ours, theirs) == [4, 5]
    event = Event.objects.get(pk=row.event_id)
    assert (event.specification.code, event.resource_id, event.to_resource_id) == (
        "vélo", ours, theirs,
    )  # fmt: skip
    assert (row.kind, row.quantity, row.unit) == ("good", 3 * MICRO, "item")
    assert stocks_moved(row).resource_id == ours
    assert all_is_well(place)


SIDES = (("resource_id", "halte", 4), ("to_resource_id", "council", 10))


@pytest.mark.parametrize(("side", "whose", "left"), SIDES)
def test_one_side_alone_may_be_followed(side, whose, left):
    place = make_place()
    stock = opened(place, whose)

    given(place, 3, **{side: stock})

    assert held(place, stock) == [left]
    assert all_is_well(place)


def test_naming_no_stock_changes_none():
    place = make_place()
    stock = opened(place)

    row = given(place)

    assert held(place, stock) == [7]
    assert Event.objects.get(pk=row.event_id).specification.code == "good"
    assert not stocks_moved(row)


def test_equipment_of_a_stock_serves_and_stays():
    place = make_place()
    stock = opened(place)

    row = given(place, 2, kind="equipment", unit="day", resource_id=stock)

    assert held(place, stock) == [7]
    assert Event.objects.get(pk=row.event_id).resource_id == stock
    assert all_is_well(place)


REFUSED = {
    "not enough": ({"quantity": 9}, "Il manque 2\xa0pièces", "quantity"),
    "another unit": ({"unit": "kg"}, "se compte en pièces, pas en kilogrammes", "unit"),
    "what is not a good": ({"kind": "time", "unit": "hour"}, "Seul un bien", "resource"),
    "two readers": ({"level": "author"}, "« moi seulement » ne tiendrait pas", "level"),
}


@pytest.mark.parametrize(("more", "words", "field"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_in_plain_words_and_leaves_nothing(more, words, field):
    place = make_place()
    stock = opened(place)

    with pytest.raises(Invalid, match=words) as refused:
        given(place, **{"quantity": 3, "resource_id": stock, **more})

    assert refused.value.field == field
    assert (held(place, stock), Contribution.objects.count()) == ([7], 0)


def test_another_ones_stock_is_neither_drawn_from_nor_filled_for_another():
    place = make_place()
    ours, theirs = opened(place), opened(place, "council")

    with pytest.raises(Invalid, match="pas celui qui répond") as drawn:
        given(place, resource_id=theirs)
    with pytest.raises(Invalid, match="choisissez un de ses stocks") as filled:
        given(place, to_resource_id=ours)
    with pytest.raises(Invalid, match="n'est ni à qui apporte") as used:
        given(place, 2, kind="equipment", unit="day", resource_id=theirs)

    fields = [one.value.field for one in (drawn, filled, used)]
    assert fields == ["resource", "to_resource", "resource"]
    assert held(place, ours, theirs) == [7, 7]


def test_two_stocks_of_two_sorts_do_not_go_together():
    place = make_place()
    ours, theirs = opened(place), opened(place, "council", what="banc")

    with pytest.raises(Invalid, match="tient « banc », pas « vélo »") as refused:
        given(place, resource_id=ours, to_resource_id=theirs)
    assert refused.value.field == "to_resource"


def test_what_is_lent_is_given_only_once_it_is_back_but_who_borrowed_may_use_it():
    place = make_place()
    stock = opened(place, "council")
    hand_over(
        by=place.basile, ecosystem=place.ecosystem, stock_id=stock, key=uuid4(),
        handing=HandOver(place.council.pk, place.halte.pk, clock.today()),
    )  # fmt: skip

    with pytest.raises(Invalid, match="notez d'abord son retour"):
        give(
            place, 1, by=place.basile, kind="good", unit="item", giver_id=place.council.pk,
            receiver_id=place.lab.pk, resource_id=stock,
        )  # fmt: skip
    row = given(place, 2, kind="equipment", unit="day", resource_id=stock)
    assert stocks_moved(row).resource_id == stock


def test_a_stock_that_one_does_not_read_is_as_none():
    place = make_place()
    stock = opened(place)
    outer = from_further(place)
    gift = make_gift(place, 1, kind="good", unit="item", giver_id=outer.agent_id,
                     receiver_id=place.halte.pk, to_resource_id=stock)  # fmt: skip
    send = {"by": outer, "ecosystem": place.ecosystem, "key": uuid4()}

    assert list(readable_stocks(outer, place.ecosystem)) == []
    for pk in (stock, stock + 999):
        with pytest.raises(Invalid, match="n'est pas suivie ici"):
            contribute(gift=replace(gift, to_resource_id=pk), **send)
    assert held(place, stock) == [7]


def test_nobody_draws_in_anothers_name():
    place = make_place()
    stock = opened(place)

    with pytest.raises(NotAllowed):
        given(place, by=place.basile, resource_id=stock)


def test_sending_twice_moves_once_and_another_stock_under_the_key_is_refused():
    place, key = make_place(), uuid4()
    stock, other = opened(place), opened(place)

    first, again = (given(place, key=key, resource_id=stock) for _ in range(2))

    assert first == again
    with pytest.raises(KeyReused):
        given(place, key=key, resource_id=other)
    with pytest.raises(KeyReused):
        given(place, key=key)
    assert held(place, stock, other) == [4, 7]


def test_sending_again_after_all_left_the_stock_is_the_same():
    place, key = make_place(), uuid4()
    stock = opened(place)
    first = given(place, 5, key=key, resource_id=stock)
    given(place, 2, resource_id=stock)

    assert given(place, 5, key=key, resource_id=stock) == first
    assert held(place, stock) == [0]


def test_undoing_puts_both_stocks_back_once():
    place, key = make_place(), uuid4()
    ours, theirs = opened(place), opened(place, "council", 2)
    row = given(place, 3, resource_id=ours, to_resource_id=theirs)

    for _ in range(2):
        undo(by=place.alice, contribution=row, key=key)

    assert held(place, ours, theirs) == [7, 2]
    assert all_is_well(place)


def test_what_entered_and_left_again_is_not_undone():
    place = make_place()
    theirs = opened(place, "council", 1)
    row = given(place, 5, to_resource_id=theirs)
    give(place, 4, by=place.basile, kind="good", unit="item", giver_id=place.council.pk,
         receiver_id=place.lab.pk, resource_id=theirs)  # fmt: skip

    with pytest.raises(Invalid, match="en est déjà ressorti"):
        undo(by=place.alice, contribution=row, key=uuid4())

    row.refresh_from_db()
    assert (row.state, held(place, theirs)) == ("awaiting", [2])


@pytest.mark.parametrize("now", (1, 5))
def test_rectifying_moves_the_stocks_to_the_right_value(now):
    place, key = make_place(), uuid4()
    ours, theirs = opened(place), opened(place, "council", 2)
    row = given(place, 3, resource_id=ours, to_resource_id=theirs)
    day = clock.today() - timedelta(days=1)

    for _ in range(2):
        rectify(by=place.alice, contribution=row, key=key, right=right(now, happened_on=day))

    row.refresh_from_db()
    assert held(place, ours, theirs) == [7 - now, 2 + now]
    assert (stocks_moved(row).resource_id, stocks_moved(row).to_resource_id) == (ours, theirs)
    assert all_is_well(place)


def test_a_smaller_right_value_is_taken_though_most_left_the_stock():
    """Taking all back first would lack what left since; the right value does not."""
    place = make_place()
    theirs = opened(place, "council", 1)
    row = given(place, 5, to_resource_id=theirs)
    give(place, 4, by=place.basile, kind="good", unit="item", giver_id=place.council.pk,
         receiver_id=place.lab.pk, resource_id=theirs)  # fmt: skip

    rectify(by=place.alice, contribution=row, key=uuid4(), right=right(4))

    assert held(place, theirs) == [1]
    with pytest.raises(Invalid, match="en est déjà ressorti"):
        rectify(by=place.alice, contribution=row, key=uuid4(), right=right(2))
    assert held(place, theirs) == [1]
    assert all_is_well(place)


def test_what_both_agreed_moves_when_the_other_side_agrees_again():
    place = make_place()
    stock = opened(place)
    row = given(place, 3, resource_id=stock)
    agree = {"by": place.basile, "ecosystem": place.ecosystem}
    confirm(contributions=[row], **agree)

    row.refresh_from_db()
    rectify(by=place.alice, contribution=row, key=uuid4(), right=right(0))
    assert held(place, stock) == [4]
    row = Contribution.objects.prefetch_related("changes_made").get(pk=row.pk)
    confirm(contributions=[row], **agree)

    assert held(place, stock) == [7]


def test_the_page_of_a_stock_tells_what_went_through_it_to_who_reads_it():
    place = make_place()
    stock = opened(place)
    row = given(place, 3, resource_id=stock)
    gone = given(place, 1, resource_id=stock)
    undo(by=place.alice, contribution=gone, key=uuid4())
    outer = from_further(place)

    lent = given(place, 1, kind="equipment", unit="day", resource_id=stock)
    back = give(place, 1, by=place.basile, kind="good", unit="item", giver_id=place.council.pk,
                receiver_id=place.halte.pk, to_resource_id=stock)  # fmt: skip
    told = [
        (one.row, one.enters, one.served)
        for one in last_through(place.basile, place.ecosystem, stock, 5)
    ]
    assert told == [(back, True, False), (lent, False, True), (row, False, False)]
    assert len(last_through(place.basile, place.ecosystem, stock, 2)) == 2
    assert last_through(outer, place.ecosystem, stock, 5) == []
    assert sight_of(place.basile, place.ecosystem).contributions[row.event_id] == row.pk


def test_a_good_of_a_stock_still_counts_as_a_good_in_a_rule_that_shares():
    place = make_place()
    given(place, 3, to_resource_id=opened(place, "council"))

    puts = contributed(place.ecosystem, Basis(since=clock.today(), until=clock.today())).puts

    put = next(one for one in puts if one.agent == place.halte.pk)
    assert (put.kind, put.family, put.much) == ("vélo", "good", 3 * MICRO)
    by_good, by_name = Counted("good", "item", MICRO), Counted("vélo", "item", 10 * MICRO)
    for counts, points in (((by_good,), 3), ((by_good, by_name), 30)):
        rule = Rule((Part("Tout", 10_000, How.POINTS, counts),))
        line = reckon(rule, [Put(*put)], 100 * MICRO, "eur").lines[0]
        assert (line.agent, line.points) == (place.halte.pk, points)


def test_only_what_is_handed_over_is_a_good():
    asked = (("transfer", "vélo", "item"), ("transfer", "vélo", "hour"), ("use", "vélo", "item"),
             ("transfer", "money", "eur"))  # fmt: skip

    assert [family_of(*one) for one in asked] == ["good", "", "", ""]


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_only_as_many_as_there_are_leave_the_stock():
    place = make_place()
    stock = opened(place, counted=7)
    reach_of(place.alice)

    answers = at_once([lambda: given(place, 3, resource_id=stock) for _ in range(4)])

    assert outcomes(answers) == {"Contribution": 2, "refused": 2}
    assert held(place, stock) == [1]
    assert Contribution.objects.count() == 2
    assert all_is_well(place)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_several_times_at_once_moves_once():
    place, key = make_place(), uuid4()
    stock = opened(place)

    answers = at_once([lambda: given(place, 3, key=key, resource_id=stock) for _ in range(4)])

    assert {getattr(one, "pk", one) for one in answers} == {Contribution.objects.get().pk}
    assert held(place, stock) == [4]
