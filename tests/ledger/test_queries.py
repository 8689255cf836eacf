# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads: the same figures as counting one by one, in a constant number of queries."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from terreau.core.quantities import LARGEST
from terreau.core.spans import Span
from terreau.ledger.actions import Stock, back_out, keep_stock, post, promise
from terreau.ledger.balances import Held, agent_balances
from terreau.ledger.models import Event
from terreau.ledger.queries import Between, events, flows_between, fulfilments, stocks
from tests.ledger.factories import DAY, a_flow, a_promise, make_ground

DAYS = st.dates(date(2025, 11, 20), date(2026, 3, 12))


def counted_one_by_one(since, until, agents=None):
    sums = {}
    for event in Event.objects.select_related("specification"):
        parties = {event.provider_id, event.receiver_id}
        if not since <= event.happened_on <= until or (agents and not parties & set(agents)):
            continue
        for measure, amount, unit in (
            ("quantity", event.quantity, event.unit),
            ("effort", event.effort, event.effort_unit),
        ):
            if amount is not None:
                key = Between(
                    event.provider_id,
                    event.receiver_id,
                    event.action,
                    event.specification.code,
                    measure,
                    unit,
                )
                sums[key] = sums.get(key, 0) + amount
    return sums


class AnyPeriod(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(
        days=st.lists(DAYS, min_size=1, max_size=12),
        since=DAYS,
        length=st.integers(0, 110),
        back=st.booleans(),
    )
    def test_flows_between_is_what_one_counts(self, days, since, length, back):
        ground = make_ground()
        until = since + timedelta(days=length)
        flows = [
            a_flow(
                ground,
                happened_on=day,
                **({"quantity": 5_000_000, "unit": "item"} if number % 3 else {}),
            )
            for number, day in enumerate(days)
        ]
        ids = post(by=ground.alice, ledger=ground.ledger, flows=flows)
        if back:
            back_out(by=ground.alice, event_id=ids[0], key=uuid4(), happened_on=days[-1])

        found = flows_between(ground.ledger, since, until)
        mine = flows_between(ground.ledger, since, until, [ground.taker.pk])

        assert found == mine == counted_one_by_one(since, until)
        assert flows_between(ground.ledger, since, until, [ground.alice.agent_id]) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 30])
def test_reads_cost_the_same_at_one_and_at_thirty(count, django_assert_num_queries):
    ground = make_ground()
    by = {"by": ground.alice, "ledger": ground.ledger}
    promises = promise(**by, promises=[a_promise(ground) for _ in range(count)])
    flows = [a_flow(ground, fulfils=((pk, 1_000_000),)) for pk in promises]
    ids = post(**by, flows=flows)
    for number in range(count):
        keep_stock(**by, stock=Stock(uuid4(), f"Stock {number}", "flour", "kg"))

    with django_assert_num_queries(1):
        found = fulfilments(promises)
    with django_assert_num_queries(2):
        read = [(one.provider.name, one.links.all()[0].quantity) for one in events(ids)]
    with django_assert_num_queries(1):
        kept = [(one.specification.code, one.accountable) for one in stocks(ground.ledger)]
    with django_assert_num_queries(3):
        flows_between(ground.ledger, DAY - timedelta(days=300), DAY)

    assert [one.fulfilled for one in found.values()] == [1_000_000] * count
    assert read == [("La Halte", 1_000_000)] * count
    assert kept == [("flour", None)] * count


@pytest.mark.django_db
def test_flows_of_another_ledger_are_not_counted():
    here, there = make_ground(), make_ground()
    post(by=there.alice, ledger=there.ledger, flows=[a_flow(there)])

    assert flows_between(here.ledger, DAY, DAY) == {}


@pytest.mark.django_db
def test_a_sum_beyond_64_bits_is_still_exact():
    ground = make_ground()
    months = [DAY, DAY.replace(month=2), DAY.replace(month=1)]
    flows = [a_flow(ground, effort=LARGEST, happened_on=day) for day in months]
    post(by=ground.alice, ledger=ground.ledger, flows=flows)

    found = flows_between(ground.ledger, DAY.replace(month=1, day=1), DAY)

    assert list(found.values()) == [3 * LARGEST]


@pytest.mark.django_db
def test_an_agent_is_told_what_it_gave_and_received(django_assert_num_queries):
    ground = make_ground()
    flows = [a_flow(ground, happened_on=DAY.replace(month=month)) for month in (1, 2, 3)]
    back = a_flow(ground, provider_id=ground.taker.pk, receiver_id=ground.giver.pk)
    ids = post(by=ground.alice, ledger=ground.ledger, flows=[*flows, back])
    back_out(by=ground.alice, event_id=ids[0], key=uuid4(), micro=1_000_000, happened_on=DAY)
    giver, taker = (Held(one.pk, "time", "effort", "hour") for one in (ground.giver, ground.taker))
    ledger = [ground.ledger]

    with django_assert_num_queries(1):
        assert agent_balances(ledger, agents=[giver.agent_id]) == {giver: (8_000_000, 3_000_000)}
    with django_assert_num_queries(1):
        ever = agent_balances(ledger)

    assert ever == {giver: (8_000_000, 3_000_000), taker: (3_000_000, 8_000_000)}
    assert agent_balances(ledger, Span(until=DAY)) == ever
    assert agent_balances(ledger, Span(DAY.replace(day=2), DAY), [giver.agent_id]) == {
        giver: (2_000_000, 3_000_000)
    }
    assert agent_balances(ledger, agents=[]) == agent_balances([]) == {}
