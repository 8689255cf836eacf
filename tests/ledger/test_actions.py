# SPDX-License-Identifier: AGPL-3.0-or-later
"""Posting, promising, taking back, withdrawing: what is written and what is refused."""

from datetime import timedelta
from uuid import uuid4

import pytest

from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from terreau.core.quantities import LARGEST
from terreau.ledger.actions import Stock, back_out, keep_stock, post, promise, withdraw
from terreau.ledger.engine.rules import RuleBroken
from terreau.ledger.models import Balance, Event, EventLink, Resource
from terreau.ledger.queries import fulfilments
from terreau.ledger.verify import differences
from terreau.people.models import Agent
from tests.factories import make_organisation, make_user, represent
from tests.ledger.factories import DAY, a_flow, a_promise, make_ground

pytestmark = pytest.mark.django_db


def promised(ground, **changes):
    return promise(by=ground.alice, ledger=ground.ledger, promises=[a_promise(ground, **changes)])[
        0
    ]


def posted(ground, *flows):
    return post(by=ground.alice, ledger=ground.ledger, flows=flows)


@pytest.mark.parametrize(
    ("action", "measure"),
    [
        ("transfer", {"quantity": 45_500_000, "unit": "eur"}),
        ("work", {"effort": 3_000_000, "effort_unit": "hour"}),
        ("work", {"quantity": 2_000_000, "unit": "item"}),
        ("deliverService", {"quantity": 1_000_000, "unit": "item"}),
        ("use", {"effort": 2_000_000, "effort_unit": "half_day"}),
        ("use", {"quantity": 40_000_000, "unit": "m2"}),
        ("cite", {"quantity": 1_000_000, "unit": "item"}),
        ("transferCustody", {"quantity": 1_000_000, "unit": "item"}),
    ],
)
def test_post_writes_the_event_as_given(action, measure):
    ground = make_ground()
    flow = a_flow(ground, action=action, **{"quantity": None, **measure})

    (pk,) = posted(ground, flow)

    event = Event.objects.get(pk=pk)
    given = {name: getattr(event, name) for name in ("quantity", "unit", "effort", "effort_unit")}
    empty = {"quantity": None, "unit": "", "effort": None, "effort_unit": ""}
    assert given == {**empty, **measure}
    assert (event.action, event.provider_id, event.receiver_id) == (
        action,
        ground.giver.pk,
        ground.taker.pk,
    )
    assert (event.happened_on, event.recorded_by_id) == (DAY, ground.alice.agent_id)


def test_post_on_behalf_keeps_the_mandate():
    ground = make_ground()

    (pk,) = posted(ground, a_flow(ground, on_behalf_of_id=ground.giver.pk))

    event = Event.objects.select_related("mandate").get(pk=pk)
    assert event.on_behalf_of_id == ground.giver.pk
    assert event.mandate.organisation_id == ground.giver.pk
    assert event.mandate.person_id == ground.alice.agent_id


def test_post_on_behalf_of_another_is_refused():
    ground = make_ground()

    with pytest.raises(NotAllowed):
        posted(ground, a_flow(ground, on_behalf_of_id=ground.taker.pk))

    assert Event.objects.count() == 0


def test_post_by_an_outsider_is_refused():
    ground = make_ground()

    with pytest.raises(NotAllowed):
        post(by=make_user("Zoé"), ledger=ground.ledger, flows=[a_flow(ground)])

    assert Event.objects.count() == 0


def test_post_again_with_the_same_key_changes_nothing():
    ground = make_ground()
    commitment = promised(ground)
    flow = a_flow(ground, fulfils=((commitment, 3_000_000),))

    first = posted(ground, flow)
    again = posted(ground, flow)

    assert again == first
    assert Event.objects.count() == 1
    assert fulfilments([commitment])[commitment].fulfilled == 3_000_000


def test_post_with_a_known_key_and_other_content_is_refused():
    ground = make_ground()
    flow = a_flow(ground)
    posted(ground, flow)

    for change in (
        {"effort": 4_000_000},
        {"happened_on": DAY - timedelta(days=1)},
        {"specification": "other"},
        {"on_behalf_of_id": ground.giver.pk},
    ):
        with pytest.raises(KeyReused):
            posted(ground, a_flow(ground, flow.key, **change))

    assert Event.objects.count() == 1


def test_post_is_all_or_nothing():
    ground = make_ground()

    with pytest.raises(Invalid):
        posted(ground, a_flow(ground), a_flow(ground, effort=-1))

    assert Event.objects.count() == 0


def test_post_of_tomorrow_is_refused():
    ground = make_ground()

    with pytest.raises(Invalid) as refused:
        posted(ground, a_flow(ground, happened_on=clock.today() + timedelta(days=1)))

    assert refused.value.field == "happened_on"


def test_post_with_a_party_that_does_not_exist_is_refused():
    ground = make_ground()

    with pytest.raises(Invalid):
        posted(ground, a_flow(ground, receiver_id=10**9))


def test_balances_add_up_by_month_and_parties():
    ground = make_ground()
    posted(ground, a_flow(ground), a_flow(ground), a_flow(ground, happened_on=DAY.replace(month=2)))

    kept = Balance.objects.order_by("month").values_list("month", "total", "events", "measure")

    assert list(kept) == [
        (DAY.replace(month=2, day=1), 3_000_000, 1, "effort"),
        (DAY.replace(day=1), 6_000_000, 2, "effort"),
    ]


def test_fulfilment_counts_what_was_given():
    ground = make_ground()
    commitment = promised(ground)

    posted(ground, a_flow(ground, fulfils=((commitment, 2_000_000),)))

    state = fulfilments([commitment])[commitment]
    assert (state.committed, state.fulfilled, state.remaining, state.over) == (
        10_000_000,
        2_000_000,
        8_000_000,
        0,
    )


def merge(*agents, into):
    Agent.objects.filter(pk__in=[agent.pk for agent in agents]).update(merged_into=into)


def test_who_became_one_with_who_promised_keeps_the_promise():
    """The promise was made by La Halte; what gives now bears another id, two mergers later."""
    ground = make_ground()
    commitment = promised(ground)
    sister, heir = (
        represent(ground.alice, make_organisation(name)) for name in ("La Source", "Le Pôle")
    )
    stranger = represent(ground.alice, make_organisation("Une autre"))
    merge(ground.giver, into=sister)
    merge(sister, into=heir)

    for giver in (heir, sister, ground.giver):
        posted(ground, a_flow(ground, provider_id=giver.pk, fulfils=((commitment, 1_000_000),)))
    with pytest.raises(RuleBroken, match="quelqu'un d'autre"):
        posted(ground, a_flow(ground, provider_id=stranger.pk, fulfils=((commitment, 1_000_000),)))

    assert fulfilments([commitment])[commitment].fulfilled == 3_000_000
    assert list(differences()) == []


def test_giving_beyond_the_promise_must_be_said():
    ground = make_ground()
    commitment = promised(ground, effort=2_000_000)
    flow = {"fulfils": ((commitment, 3_000_000),)}

    with pytest.raises(RuleBroken) as refused:
        posted(ground, a_flow(ground, **flow))
    posted(ground, a_flow(ground, **flow, beyond_promise=True))

    assert refused.value.rule == "promise_is_not_exceeded"
    state = fulfilments([commitment])[commitment]
    assert (state.remaining, state.over) == (0, 1_000_000)


def test_back_out_takes_back_all_and_keeps_the_links():
    ground = make_ground()
    commitment = promised(ground)
    (pk,) = posted(ground, a_flow(ground, fulfils=((commitment, 2_000_000),)))

    correction = back_out(by=ground.alice, event_id=pk, key=uuid4())

    event = Event.objects.get(pk=correction)
    assert (event.effort, event.corrects_id) == (-3_000_000, pk)
    assert list(EventLink.objects.filter(event=event).values_list("commitment", "quantity")) == [
        (commitment, -2_000_000)
    ]
    assert fulfilments([commitment])[commitment].fulfilled == 0


def test_back_out_of_a_part_first_takes_what_was_beyond_promises():
    ground = make_ground()
    commitment = promised(ground)
    (pk,) = posted(ground, a_flow(ground, fulfils=((commitment, 2_000_000),)))

    back_out(by=ground.alice, event_id=pk, key=uuid4(), micro=1_000_000)
    left_untouched = fulfilments([commitment])[commitment].fulfilled
    back_out(by=ground.alice, event_id=pk, key=uuid4(), micro=1_500_000)

    assert left_untouched == 2_000_000
    assert fulfilments([commitment])[commitment].fulfilled == 500_000


def test_back_out_twice_is_refused_but_the_same_key_is_not():
    ground = make_ground()
    (pk,) = posted(ground, a_flow(ground))
    key = uuid4()

    first = back_out(by=ground.alice, event_id=pk, key=key)
    again = back_out(by=ground.alice, event_id=pk, key=key)
    with pytest.raises(Invalid):
        back_out(by=ground.alice, event_id=pk, key=uuid4())

    assert again == first
    assert Event.objects.count() == 2


def test_back_out_more_than_is_left_is_refused():
    ground = make_ground()
    (pk,) = posted(ground, a_flow(ground))
    back_out(by=ground.alice, event_id=pk, key=uuid4(), micro=1_000_000)

    with pytest.raises(RuleBroken) as refused:
        back_out(by=ground.alice, event_id=pk, key=uuid4(), micro=2_500_000)

    assert refused.value.rule == "correction_stays_within"


def test_back_out_with_a_known_key_and_another_event_is_refused():
    ground = make_ground()
    one, other = posted(ground, a_flow(ground), a_flow(ground))
    key = uuid4()
    back_out(by=ground.alice, event_id=one, key=key)

    with pytest.raises(KeyReused):
        back_out(by=ground.alice, event_id=other, key=key)


def test_the_key_of_a_part_taken_back_does_not_answer_for_the_whole():
    ground = make_ground()
    (pk,) = post(by=ground.alice, ledger=ground.ledger, flows=[a_flow(ground)])
    part, rest = uuid4(), uuid4()
    back_out(by=ground.alice, event_id=pk, key=part, micro=1_000_000)

    with pytest.raises(KeyReused):
        back_out(by=ground.alice, event_id=pk, key=part)
    last = back_out(by=ground.alice, event_id=pk, key=rest)
    assert back_out(by=ground.alice, event_id=pk, key=rest) == last
    with pytest.raises(KeyReused):  # nothing is left now, and yet this key took a part only
        back_out(by=ground.alice, event_id=pk, key=part)


def test_back_out_of_nothing_is_refused():
    ground = make_ground()

    with pytest.raises(NotFound):
        back_out(by=ground.alice, event_id=10**9, key=uuid4())


def test_withdraw_keeps_what_was_given():
    ground = make_ground()
    commitment = promised(ground)
    posted(ground, a_flow(ground, fulfils=((commitment, 2_000_000),)))

    withdraw(by=ground.alice, commitment_id=commitment, key=uuid4())

    state = fulfilments([commitment])[commitment]
    assert (state.promised, state.committed, state.fulfilled, state.remaining) == (
        10_000_000,
        2_000_000,
        2_000_000,
        0,
    )
    with pytest.raises(RuleBroken) as refused:
        posted(ground, a_flow(ground, fulfils=((commitment, 1_000_000),)))
    assert refused.value.rule == "promise_is_still_open"


def test_withdraw_twice_is_refused_but_the_same_key_is_not():
    ground = make_ground()
    commitment, key = promised(ground), uuid4()

    withdraw(by=ground.alice, commitment_id=commitment, key=key)
    withdraw(by=ground.alice, commitment_id=commitment, key=key)
    with pytest.raises(Invalid):
        withdraw(by=ground.alice, commitment_id=commitment, key=uuid4())


def test_promise_to_oneself_is_refused():
    ground = make_ground()

    with pytest.raises(Invalid) as refused:
        promised(ground, receiver_id=ground.giver.pk)

    assert refused.value.field == "receiver"


def test_promise_again_with_the_same_key_returns_the_same():
    ground = make_ground()
    key = uuid4()

    first = promised(ground, key=key)
    again = promised(ground, key=key)
    with pytest.raises(KeyReused):
        promised(ground, key=key, effort=11_000_000)

    assert again == first


def test_promise_of_another_ledger_is_not_known_here():
    here, there = make_ground(), make_ground()
    foreign = promised(there)

    with pytest.raises(RuleBroken) as refused:
        posted(here, a_flow(here, fulfils=((foreign, 1_000_000),)))

    assert refused.value.rule == "promises_are_known"


def test_stock_cannot_go_under_its_floor():
    ground = make_ground()
    stock = keep_stock(
        by=ground.alice, ledger=ground.ledger, stock=Stock(uuid4(), "Farine", "flour", "kg")
    )
    goods = {"specification": "flour", "unit": "kg", "resource_id": stock}
    posted(
        ground,
        a_flow(ground, action="raise", quantity=30_000_000, receiver_id=ground.giver.pk, **goods),
    )

    with pytest.raises(RuleBroken) as refused:
        posted(ground, a_flow(ground, action="transfer", quantity=32_000_000, **goods))

    assert (refused.value.rule, refused.value.message) == (
        "floor_holds_after",
        "Il manque 2\u00a0kg dans le stock « Farine » : notez moins, ou d'abord ce qui y est "
        "entré.",
    )
    resource = Resource.objects.get(pk=stock)
    assert (resource.accounting, resource.on_hand) == (30_000_000, 30_000_000)
    assert resource.accountable_id == ground.giver.pk


def test_nothing_to_post_is_nothing_posted():
    ground = make_ground()

    assert posted(ground) == []
    assert promise(by=ground.alice, ledger=ground.ledger, promises=[]) == []


def test_the_same_flow_twice_in_one_call_is_one_event():
    ground = make_ground()
    flow, other = a_flow(ground), a_flow(ground)

    ids = posted(ground, flow, other, flow)

    assert (ids[0], len(set(ids)), Event.objects.count()) == (ids[2], 2, 2)


def test_one_key_for_two_contents_in_one_call_is_refused():
    ground = make_ground()
    flow = a_flow(ground)

    with pytest.raises(KeyReused):
        posted(ground, flow, a_flow(ground, flow.key, effort=1))

    assert Event.objects.count() == 0


def test_some_known_and_some_new_in_one_call_adds_the_new():
    ground = make_ground()
    known, new = a_flow(ground), a_flow(ground)
    (first,) = posted(ground, known)

    ids = posted(ground, new, known)

    assert (ids[1], Event.objects.count()) == (first, 2)


def test_a_promise_of_somebody_who_does_not_exist_is_refused():
    ground = make_ground()

    with pytest.raises(Invalid):
        promised(ground, receiver_id=10**9)


def test_a_total_beyond_64_bits_is_refused_and_nothing_is_written():
    ground = make_ground()
    posted(ground, a_flow(ground, effort=LARGEST))

    with pytest.raises(Invalid) as refused:
        posted(ground, a_flow(ground, effort=1))

    assert refused.value.message == "Le total deviendrait trop grand pour être gardé exactement."
    assert (Event.objects.count(), Balance.objects.get().total) == (1, LARGEST)
    assert list(differences()) == []


def test_a_hundred_and_twenty_flows_keep_their_order():
    ground = make_ground()
    flows = [a_flow(ground, effort=number) for number in range(1, 121)]

    ids = posted(ground, *flows)

    efforts = dict(Event.objects.values_list("pk", "effort"))
    assert [efforts[pk] for pk in ids] == list(range(1, 121))
    assert list(differences()) == []


def test_what_went_to_the_wrong_party_goes_to_the_right_one_once_taken_back():
    ground = make_ground()
    other = make_organisation("Le Moulin")
    here, there = (
        keep_stock(by=ground.alice, ledger=ground.ledger, stock=Stock(uuid4(), name, "flour", "kg"))
        for name in ("Ici", "Là-bas")
    )
    goods = {"specification": "flour", "unit": "kg", "quantity": 30_000_000, "resource_id": here}
    posted(ground, a_flow(ground, action="raise", receiver_id=ground.giver.pk, **goods))
    whole = {"action": "transfer", "to_resource_id": there, **goods}
    (mistake,) = posted(ground, a_flow(ground, **whole))

    back_out(by=ground.alice, event_id=mistake, key=uuid4())
    taken_back = Resource.objects.get(pk=there)
    posted(ground, a_flow(ground, receiver_id=other.pk, **whole))

    assert (taken_back.accountable, taken_back.custodian) == (None, None)
    found = Resource.objects.get(pk=there)
    assert (found.accountable, found.custodian, found.accounting) == (other, other, 30_000_000)
    assert list(differences()) == []


def test_a_stock_that_had_its_own_story_stays_with_whom_it_is():
    ground = make_ground()
    here, there = (
        keep_stock(by=ground.alice, ledger=ground.ledger, stock=Stock(uuid4(), name, "flour", "kg"))
        for name in ("Ici", "Là-bas")
    )
    goods = {"specification": "flour", "unit": "kg", "quantity": 30_000_000, "resource_id": here}
    posted(ground, a_flow(ground, action="raise", receiver_id=ground.giver.pk, **goods))
    half = {**goods, "action": "transfer", "to_resource_id": there, "quantity": 10_000_000}
    first, second = posted(ground, a_flow(ground, **half), a_flow(ground, **half))

    for event in (first, second):
        back_out(by=ground.alice, event_id=event, key=uuid4())

    found = Resource.objects.get(pk=there)
    assert (found.accounting, found.accountable) == (0, ground.taker)
    assert list(differences()) == []
