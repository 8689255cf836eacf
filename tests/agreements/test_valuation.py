# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accounts 86 and 87: only under a convention, equal on both sides, each figure explained."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from terreau.agreements.accounts import NAMES, Price, accounts_of, by_account, valued
from terreau.agreements.actions.contributions import confirm
from terreau.agreements.actions.valuation import Convention, note_valuation, withdraw_valuation
from terreau.agreements.enums import Kind
from terreau.agreements.kinds import KINDS
from terreau.agreements.models import Contribution, Valuation, ValuationPrice
from terreau.agreements.queries.figures import behind, weigh
from terreau.agreements.queries.statement import Period
from terreau.agreements.queries.valuation import Accounts, accounts
from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, NotAllowed
from tests.agreements.factories import Place, give, make_place

ONE = 1_000_000
TIME = Price("time", "hour", 11_880_000, "salaire minimum horaire")
ROOM = Price("place", "day", 60 * ONE, "tarif de la mairie")


def convention(**more: object) -> Convention:
    today = clock.today()
    values = {
        "method": "Les heures au salaire minimum.",
        "since": today - timedelta(days=400),
        "until": today + timedelta(days=400),
        "adopted_on": today,
        "adopted_by": "le conseil",
        "document": "procès-verbal",
        **more,
    }
    return Convention(**values)  # type: ignore[arg-type]


def noted(place: Place, *prices: Price, **more: object) -> Valuation:
    return note_valuation(
        by=place.pilot, ecosystem=place.ecosystem, key=uuid4(), convention=convention(**more),
        prices=prices or (TIME,),
    )  # fmt: skip


def agreed(place: Place, quantity: float, **more: object) -> Contribution:
    row = give(place, quantity, **more)
    confirm(by=place.basile, ecosystem=place.ecosystem, contributions=[row])
    return row


def year(place: Place, period: Period | None = None) -> Accounts:
    today = clock.today()
    whole = period or Period(today - timedelta(days=300), today)
    return accounts(place.basile, place.ecosystem, place.council, whole)


@pytest.mark.unit
def test_each_kind_stands_in_both_sides_or_in_none():
    pairs = {kind: accounts_of(kind, volunteers=True) for kind in Kind.values}

    assert pairs == {
        "money": None, "time": ("864", "875"), "place": ("861", "871"),
        "equipment": ("861", "871"), "good": ("860", "870"), "knowledge": ("864", "875"),
        "animation": ("864", "875"), "introduction": None, "legitimacy": None, "risk": None,
    }  # fmt: skip
    assert accounts_of("time", volunteers=False) == ("862", "871")


@pytest.mark.unit
def test_a_quantity_is_said_in_euros_to_the_nearest_cent_and_only_with_a_price():
    told = valued("time", "hour", 3_333_333, [TIME], volunteers=True)

    assert told is not None
    assert told.euros == 39_600_000  # 39.599996 €
    assert valued("animation", "hour", ONE, [TIME], volunteers=True) is None
    assert valued("time", "day", ONE, [TIME], volunteers=True) is None
    price = Price("money", "eur", ONE, "x")
    assert valued("money", "eur", ONE, [price], volunteers=True) is None


@pytest.mark.unit
def test_a_price_holds_for_a_unit_that_converts_exactly():
    told = valued("place", "half_day", 3 * ONE, [ROOM], volunteers=False)

    assert told is not None
    assert told.euros == 90 * ONE


quantities = st.integers(1, 10**12)
figures = st.lists(
    st.tuples(st.sampled_from(sorted(KINDS)), quantities, st.integers(1, 10**9), st.booleans())
)


@pytest.mark.unit
@given(figures)
def test_both_sides_are_equal_whatever_was_given(told):
    rows = []
    for kind, much, euros, volunteers in told:
        unit = KINDS[kind].units[0]
        row = valued(kind, unit, much, [Price(kind, unit, euros, "x")], volunteers=volunteers)
        if row is not None:
            rows.append(row)
            assert row.euros % 10_000 == 0
            assert abs(row.euros - Fraction(much * euros, ONE)) <= 5_000

    uses, origins = by_account(rows)

    assert sum(uses.values()) == sum(origins.values()) == sum(row.euros for row in rows)
    assert set(uses) | set(origins) <= set(NAMES)


@pytest.mark.django_db
def test_without_convention_nothing_is_in_euros():
    place = make_place()
    agreed(place, 3)

    assert year(place) == Accounts([], [], [])


@pytest.mark.django_db
def test_what_both_agreed_counts_by_who_gave_and_each_figure_opens_on_its_contributions():
    place = make_place()
    noted(place, TIME, ROOM)
    agreed(place, 3)
    agreed(place, 2, giver_id=place.alice.agent_id)
    agreed(place, 1, kind="place", unit="day")
    agreed(place, 4, kind="animation")
    give(place, 50)  # not agreed yet

    found = year(place)

    assert [
        (line.value.origin, line.value.use, line.value.quantity // ONE, line.value.euros)
        for line in found.lines
    ] == [
        ("871", "861", 1, 60 * ONE), ("871", "862", 3, 35_640_000), ("875", "864", 2, 23_760_000),
    ]  # fmt: skip
    assert found.total == 119_400_000
    for line in found.lines:
        rows = behind(place.basile, place.ecosystem, line.figure)
        assert weigh(rows).given == line.value.quantity
    assert [(one.kind, one.quantity // ONE) for one in found.without] == [(Kind.ANIMATION, 4)]


@pytest.mark.django_db
def test_each_day_has_the_price_of_its_own_convention():
    place = make_place()
    today = clock.today()
    noted(place, TIME._replace(micro=10 * ONE), until=today - timedelta(days=10))
    noted(place, TIME._replace(micro=12 * ONE), since=today - timedelta(days=9))
    agreed(place, 1, happened_on=today - timedelta(days=10))
    agreed(place, 1, happened_on=today)
    agreed(place, 1, happened_on=today - timedelta(days=299))

    assert [line.value.euros // ONE for line in year(place).lines] == [20, 12]


@pytest.mark.django_db
def test_a_convention_that_was_withdrawn_counts_no_more_and_another_may_take_its_days():
    place = make_place()
    first = noted(place)
    agreed(place, 3)

    withdraw_valuation(by=place.pilot, valuation=first)

    assert year(place).lines == []
    assert Valuation.objects.count() == 1
    noted(place, TIME._replace(micro=ONE))
    assert year(place).total == 3 * ONE


@pytest.mark.django_db
def test_two_conventions_never_hold_on_one_day():
    place = make_place()
    noted(place, since=date(2026, 1, 1), until=date(2026, 6, 30))

    with pytest.raises(Invalid, match="du 01/01/2026 au 30/06/2026"):
        noted(place, since=date(2026, 6, 30), until=date(2026, 12, 31))
    noted(place, since=date(2026, 7, 1), until=date(2026, 12, 31))


BAD = {
    "no price": ([], {}),
    "a price of nothing": ([TIME._replace(micro=0)], {}),
    "no source": ([TIME._replace(source=" ")], {}),
    "money": ([Price("money", "eur", ONE, "x")], {}),
    "a letter of support": ([Price("legitimacy", "item", ONE, "x")], {}),
    "a unit of another kind": ([Price("time", "kg", ONE, "x")], {}),
    "the same twice": ([ROOM, Price("place", "half_day", ONE, "x")], {}),
    "reversed": ([TIME], {"until": date(2020, 1, 1)}),
    "to come": ([TIME], {"adopted_on": date(2090, 1, 1)}),
    "nobody": ([TIME], {"adopted_by": " "}),
    "no document": ([TIME], {"document": ""}),
    "no method": ([TIME], {"method": " "}),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("prices", "more"), BAD.values(), ids=BAD)
def test_a_convention_that_says_too_little_is_refused(prices, more):
    place = make_place()

    with pytest.raises(Invalid):
        note_valuation(
            by=place.pilot, ecosystem=place.ecosystem, key=uuid4(), convention=convention(**more),
            prices=prices,
        )  # fmt: skip
    assert not Valuation.objects.exists()


@pytest.mark.django_db
def test_only_who_keeps_the_keys_notes_and_withdraws_and_a_key_writes_once():
    place, key = make_place(), uuid4()

    def note(by: object, *prices: Price) -> Valuation:
        return note_valuation(
            by=by, ecosystem=place.ecosystem, key=key, convention=convention(), prices=prices
        )  # type: ignore[arg-type]

    with pytest.raises(NotAllowed):
        note(place.alice, TIME)
    first = note(place.pilot, TIME)
    assert note(place.pilot, TIME).pk == first.pk
    with pytest.raises(KeyReused):
        note(place.pilot, TIME, ROOM)
    with pytest.raises(NotAllowed):
        withdraw_valuation(by=place.alice, valuation=first)


@pytest.mark.django_db
def test_the_database_refuses_that_a_convention_or_a_price_changes():
    noted(make_place())

    with pytest.raises(IntegrityError), transaction.atomic():
        Valuation.objects.update(method="Autrement.")
    with pytest.raises(IntegrityError), transaction.atomic():
        ValuationPrice.objects.update(price=1)


@pytest.mark.django_db
@pytest.mark.parametrize("gifts", (1, 6))
def test_the_accounts_ask_as_much_of_the_database_whatever_was_given(gifts):
    place = make_place()
    noted(place)
    for hours in range(1, gifts + 1):
        agreed(place, hours)

    with CaptureQueriesContext(connection) as asked:
        year(place)

    assert len(asked) == 9
