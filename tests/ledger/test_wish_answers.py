# SPDX-License-Identifier: AGPL-3.0-or-later
"""What answers a wish: which promises and events may, by how much, and what is left of it."""

from dataclasses import replace
from fractions import Fraction
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terreau.core.errors import Invalid, KeyReused, NotAllowed, NotFound, Refusal
from terreau.core.units import as_fraction
from terreau.ledger.actions import back_out, post, promise, withdraw
from terreau.ledger.models import Satisfaction, Seal
from terreau.ledger.verify import differences
from terreau.ledger.wishes import actions, queries
from terreau.ledger.wishes.said import Answer
from terreau.ledger.wishes.shares import Answered, Share, Standing, counted
from terreau.people.models import User
from tests.factories import join, make_user
from tests.ledger.factories import a_flow, a_promise, make_ground
from tests.ledger.wishing import ONE, a_need, an_offer, answers, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    return make_ground()


@pytest.fixture
def need(ground):
    """The taker needs ten hours of the giver's work, or of anybody's."""
    return of_taker(ground)


def of_taker(ground, **changes):
    wish = a_need(ground, receiver_id=ground.taker.pk, level="ecosystem", **changes)
    return said(ground, wish, by=User.objects.get(agent__name="Basile"))


def given_to(ground, **changes):
    (event,) = post(by=ground.alice, ledger=ground.ledger, flows=[a_flow(ground, **changes)])
    return event


def promised_to(ground, **changes):
    told = a_promise(ground, **changes)
    (line,) = promise(by=ground.alice, ledger=ground.ledger, promises=[told])
    return line


def how_far(intent):
    found = queries.answered([intent])[intent.pk]
    assert found.answered + found.remaining == found.wanted + found.over
    return found.promised, found.given, found.remaining


def test_a_wish_is_answered_by_promises_and_by_what_was_given(ground, need):
    answers(ground, need, commitment_id=promised_to(ground, effort=4 * ONE))
    answers(ground, need, event_id=given_to(ground))
    answers(ground, need, event_id=given_to(ground), micro=ONE)

    assert how_far(need) == (4 * ONE, 4 * ONE, 2 * ONE)
    assert Seal.objects.filter(kind="intent").count() == 1
    assert Seal.objects.filter(kind="satisfaction").count() == 3
    assert list(differences()) == []


def test_units_of_one_nature_are_converted_exactly(ground):
    need = of_taker(ground, unit="minute", quantity=90 * ONE)
    answers(ground, need, event_id=given_to(ground, effort=ONE))

    assert how_far(need) == (0, 60 * ONE, 30 * ONE)


def test_more_than_was_wished_for_has_to_be_meant(ground, need):
    event = given_to(ground, effort=11 * ONE)

    with pytest.raises(Invalid, match="Il ne manque plus que 10"):
        answers(ground, need, event_id=event)
    answers(ground, need, event_id=event, beyond=True)

    assert queries.answered([need])[need.pk] == Answered(10 * ONE, 0, 11 * ONE, "hour")
    assert queries.answered([need])[need.pk].over == ONE


def test_an_event_answers_no_more_than_it_is_of(ground, need):
    other = of_taker(ground)
    event = given_to(ground)

    answers(ground, need, event_id=event, micro=2 * ONE)
    with pytest.raises(Invalid):
        answers(ground, other, event_id=event, micro=2 * ONE)
    answers(ground, other, event_id=event)

    assert (how_far(need)[1], how_far(other)[1]) == (2 * ONE, ONE)


def test_what_was_taken_back_answers_no_more_the_last_share_first(ground, need):
    other = of_taker(ground)
    event = given_to(ground)
    answers(ground, need, event_id=event, micro=2 * ONE)
    answers(ground, other, event_id=event)

    back_out(by=ground.alice, event_id=event, key=uuid4(), micro=2 * ONE)

    assert (how_far(need)[1], how_far(other)[1]) == (ONE, 0)
    assert list(differences()) == []


def test_a_promise_that_ended_answers_what_was_given_of_it(ground, need):
    line = promised_to(ground)
    answers(ground, need, commitment_id=line)
    given_to(ground, fulfils=((line, 3 * ONE),))
    assert how_far(need) == (10 * ONE, 0, 0)

    withdraw(by=ground.alice, commitment_id=line, key=uuid4())

    assert how_far(need) == (3 * ONE, 0, 7 * ONE)
    assert list(differences()) == []


def test_what_keeps_a_promise_does_not_answer_twice(ground, need):
    line = promised_to(ground)
    keeping = given_to(ground, fulfils=((line, 3 * ONE),))
    answers(ground, need, commitment_id=line, micro=5 * ONE)
    with pytest.raises(Invalid, match="deux fois"):
        answers(ground, need, event_id=keeping)

    other = of_taker(ground)
    answers(ground, other, event_id=keeping)
    with pytest.raises(Invalid, match="deux fois"):
        answers(ground, other, commitment_id=line, micro=ONE)


def test_what_does_not_fit_is_refused(ground, need):
    event = given_to(ground)
    correction = back_out(by=ground.alice, event_id=given_to(ground), key=uuid4(), micro=ONE)
    ended = promised_to(ground)
    withdraw(by=ground.alice, commitment_id=ended, key=uuid4())
    things = {"quantity": ONE, "unit": "item"}
    back = {"provider_id": ground.taker.pk, "receiver_id": ground.giver.pk}
    finished = of_taker(ground)
    actions.finish(by=User.objects.get(agent__name="Basile"), intent_id=finished.pk)
    wrong = [
        (need, {}),
        (need, {"event_id": event, "commitment_id": promised_to(ground)}),
        (need, {"event_id": event, "micro": 0}),
        (need, {"event_id": event, "micro": 4 * ONE}),
        (need, {"event_id": correction}),
        (need, {"commitment_id": ended}),
        (need, {"event_id": given_to(ground, specification="animation")}),
        (need, {"event_id": given_to(ground, action="deliverService", **things)}),
        (need, {"event_id": given_to(ground, **things)}),
        (need, {"event_id": given_to(ground, effort_unit="day")}),
        (need, {"commitment_id": promised_to(ground, action="work", **things)}),
        (need, {"event_id": given_to(ground, **back)}),
        (said(ground, an_offer(ground)), {"event_id": given_to(ground, **back)}),
        (finished, {"event_id": event}),
        (of_taker(ground, unit="minute"), {"event_id": given_to(ground, effort=1)}),
    ]
    wrong.pop()  # sixty millionths of a minute: exact

    for intent, what in wrong:
        with pytest.raises(Invalid):
            answers(ground, intent, **what)
    for what in ({"event_id": 10**9}, {"commitment_id": 10**9}):
        with pytest.raises(NotFound):
            answers(ground, need, **what)
    assert Satisfaction.objects.count() == 0
    answers(ground, need, event_id=event)
    with pytest.raises(Invalid, match="déjà"):
        answers(ground, need, event_id=event, beyond=True)


def test_a_share_that_is_not_exact_is_refused(ground):
    need = of_taker(ground, unit="hour")
    event = given_to(ground, effort=ONE, effort_unit="minute")

    with pytest.raises(Invalid):
        answers(ground, need, event_id=event)
    answers(ground, need, event_id=event, micro=16_666)


def test_a_part_is_no_finer_than_its_unit_the_whole_is_what_it_is(ground):
    """What came from elsewhere may be of half a meal: it answers for all that it is."""
    meals = {"action": "deliverService", "unit": "meal", "measure": "quantity"}
    need = of_taker(ground, **meals)
    event = given_to(ground, action="deliverService", unit="meal", quantity=5 * ONE // 2)

    with pytest.raises(Invalid, match="sans virgule"):
        answers(ground, need, event_id=event, micro=3 * ONE // 2)
    answers(ground, need, event_id=event)

    assert how_far(need) == (0, 5 * ONE // 2, 15 * ONE // 2)


def test_only_the_two_sides_say_that_a_wish_is_answered(ground, need):
    third = join(make_user("Tina"), need.space.root.ecosystem, "member")
    steward = join(make_user("Samir"), need.space.root.ecosystem, "pilot")
    first, second = given_to(ground), given_to(ground)

    with pytest.raises(NotAllowed):
        answers(ground, need, by=third, event_id=first)
    with pytest.raises(NotFound):
        answers(ground, need, by=make_user("Ursule"), event_id=first)
    answers(ground, need, by=steward, event_id=first)
    answers(ground, need, by=User.objects.get(agent__name="Basile"), event_id=second)
    assert how_far(need)[1] == 6 * ONE


def test_an_offer_that_became_anothers_is_answered_by_either(ground):
    """Merged organisations keep their ids."""
    offer = said(ground, an_offer(ground))
    into = ground.taker
    ground.giver.merged_into = into
    ground.giver.save()
    event = given_to(ground, provider_id=into.pk, receiver_id=ground.alice.agent_id)

    answers(ground, offer, event_id=event)

    assert how_far(offer)[1] == 3 * ONE


def test_the_same_key_answers_once(ground, need):
    event, key = given_to(ground), uuid4()
    told = Answer(key, need.pk, event_id=event, micro=ONE)

    first = actions.answer(by=ground.alice, answer=told)
    assert actions.answer(by=ground.alice, answer=told) == first
    for other in (replace(told, micro=2 * ONE), replace(told, event_id=given_to(ground))):
        with pytest.raises(KeyReused):
            actions.answer(by=ground.alice, answer=other)


BROKEN = {
    "another action": "UPDATE ledger_intent SET action = 'use'",
    "another ledger": "UPDATE ledger_intent SET space_id = {other}",
    "too much": "UPDATE ledger_satisfaction SET quantity = 4000000",
    "an answer altered": "UPDATE ledger_satisfaction SET quantity = 1000000",
    "a correction that answers": "UPDATE ledger_satisfaction SET event_id = {correction}",
}


@pytest.mark.parametrize("what", BROKEN)
def test_verify_names_what_was_altered_under_the_triggers(ground, need, what):
    from terreau.core import triggers
    from tests.factories import make_ecosystem

    event = given_to(ground)
    answers(ground, need, event_id=event)
    correction = back_out(by=ground.alice, event_id=event, key=uuid4(), micro=ONE)
    values = {"other": make_ecosystem("Autre").circle.pk, "correction": correction}
    assert list(differences()) == []

    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(BROKEN[what].format(**values))
    triggers.install(connection)

    said_of = {str(one).split(" ")[0] for one in differences()}
    assert said_of & {"intent", "satisfaction", "event"}


@pytest.mark.parametrize(
    "change", ["quantity = 0", "event_id = NULL", "commitment_id = event_id", "quantity = NULL"]
)
def test_the_database_refuses_an_answer_that_cannot_be(ground, need, change):
    from terreau.core import triggers

    answers(ground, need, event_id=given_to(ground))
    triggers.remove(connection)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE ledger_satisfaction SET {change}")
    triggers.install(connection)


UNITS = ("hour", "minute")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["promise", "give", "keep", "answer", "take back", "end"]),
        st.integers(0, 7),
        st.integers(1, 5),
        st.sampled_from(UNITS),
    ),
    min_size=8,
    max_size=24,
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def told_and_worked_out(ground, steps):
    """Any history: a wish is never answered by more than stands of what answers it."""
    with transaction.atomic():
        wishes = [of_taker(ground, unit=unit) for unit in UNITS]
        lines, events = [], []
        for what, which, much, unit in steps:
            try:
                with transaction.atomic():
                    step(ground, wishes, lines, events, what, which, much * ONE, unit)
            except Refusal:
                continue
        found = queries.answered(wishes)
        assert {pk: (one.promised, one.given) for pk, one in found.items()} == by_hand(wishes)
        assert list(differences()) == []
        transaction.set_rollback(True)


def step(ground, wishes, lines, events, what, which, much, unit):
    amount = {"effort": much, "effort_unit": unit}
    if what == "promise":
        lines.append(promised_to(ground, **amount))
    elif what == "give":
        events.append(given_to(ground, **amount))
    elif what == "keep" and lines:
        line = lines[which % len(lines)]
        events.append(given_to(ground, effort=much, fulfils=((line, ONE),), beyond_promise=True))
    elif what == "answer":
        intent, rest = wishes[which % 2], which // 2
        by = [{"event_id": one} for one in events] + [{"commitment_id": one} for one in lines]
        if by:
            answers(ground, intent, beyond=which > 5, micro=much, **by[rest % len(by)])
    elif what == "take back" and events:
        back_out(by=ground.alice, event_id=events[which % len(events)], key=uuid4(), micro=ONE)
    elif what == "end" and lines:
        withdraw(by=ground.alice, commitment_id=lines[which % len(lines)], key=uuid4())


def by_hand(wishes):
    """Work it out again, link by link, from the rows alone."""
    sums = {one.pk: [0, 0] for one in wishes}
    taken = {}
    for link in Satisfaction.objects.order_by("pk"):
        if link.event_id:
            rows = type(link.event).objects.filter(corrects=link.event_id)
            stands = link.event.effort + sum(rows.values_list("effort", flat=True))
            unit, source = link.event.effort_unit, ("event", link.event_id)
        else:
            state = link.commitment.state
            stands = link.commitment.promised
            stands = min(stands, state.fulfilled) if state.ended else stands
            unit, source = link.commitment.unit, ("promise", link.commitment_id)
        minutes = as_fraction(1, link.intent.unit, "minute")
        left = as_fraction(stands, unit, "minute") - taken.get(source, 0)
        much = min(link.quantity, left // minutes)
        taken[source] = taken.get(source, 0) + much * minutes
        sums[link.intent_id][link.event_id is not None] += much
    return {pk: tuple(both) for pk, both in sums.items()}


def test_any_history_is_worked_out_as_by_hand(ground):
    told_and_worked_out(ground)


@pytest.mark.unit
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(1, 9)), max_size=8),
    st.lists(st.integers(-3, 12), min_size=2, max_size=2),
)
def test_no_source_answers_more_than_stands_of_it(told, stands):
    shares = [Share(wish, "minute", source, much) for wish, source, much in told]
    standing = {number: Standing(much, "hour") for number, much in enumerate(stands)}

    found = list(counted(shares, standing))

    assert [share for share, _ in found] == shares
    for source, much in enumerate(stands):
        mine = [(share, counts) for share, counts in found if share.source == source]
        assert all(0 <= counts <= share.quantity for share, counts in mine)
        all_of_it = Fraction(sum(share.quantity for share, _ in mine))
        assert sum(counts for _, counts in mine) == min(all_of_it, max(much, 0) * 60)
