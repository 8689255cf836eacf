# SPDX-License-Identifier: AGPL-3.0-or-later
"""Random histories against a tiny independent model: the same figures, and replay equals state.

The model keeps a list of what was said and adds it up anew each time; it shares no code with the
engine. Any valid command has the same outcome on both; any invalid one changes nothing.
"""

from collections import Counter
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from terreau.core.errors import Refusal
from terreau.ledger.actions import Stock, back_out, keep_stock, post, promise, withdraw
from terreau.ledger.claiming.actions import claim, drop_claim
from terreau.ledger.claiming.queries import settled
from terreau.ledger.models import Balance, Event, Resource
from terreau.ledger.queries import fulfilments
from terreau.ledger.verify import differences
from tests.ledger.factories import DAY, a_claim, a_flow, a_promise, make_ground

DONE: Counter[str] = Counter()
"""What the histories of this run really did: a test that did nothing proves nothing."""

AMOUNTS = st.integers(1, 12_000_000)


@dataclass
class Said:
    """One event as the model remembers it."""

    amount: int
    links: dict[int, int]
    given_from: int | None = None
    given_to: int | None = None
    back: list = field(default_factory=list)
    settles: dict[int, int] = field(default_factory=dict)
    given: list = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.amount - sum(amount for amount, _ in self.back)

    @property
    def from_giver(self) -> bool:
        """The giver gave it to the taker: raised and lowered stocks, and settlements, did not."""
        return not self.settles and (self.given_from is None) == (self.given_to is None)


class Model:
    """What should be, added up from the beginning each time."""

    def __init__(self):
        self.events: dict[int, Said] = {}
        self.promised: dict[int, int] = {}
        self.ended: set[int] = set()
        self.claimed: dict[int, int] = {}
        self.triggers: dict[int, int] = {}
        self.dropped: set[int] = set()

    def fulfilled(self, commitment):
        given = sum(said.links.get(commitment, 0) for said in self.events.values())
        taken = sum(
            links.get(commitment, 0) for said in self.events.values() for _, links in said.back
        )
        return given - taken

    def remaining(self, commitment):
        if commitment in self.ended:
            return 0
        return max(self.promised[commitment] - self.fulfilled(commitment), 0)

    def settled(self, claim):
        said = self.events.values()
        given = sum(back.get(claim, 0) for one in said for back in one.given)
        return sum(one.settles.get(claim, 0) for one in said) - given

    def due(self, claim):
        if claim in self.dropped or not self.events[self.triggers[claim]].left:
            return 0
        return self.claimed[claim] - self.settled(claim)

    def given_back(self, event, amount):
        """How a part comes off claims: first what settled none, then the last claim."""
        said = self.events[event]
        left = {
            one: much - sum(back.get(one, 0) for back in said.given)
            for one, much in said.settles.items()
        }
        short = max(amount - (said.left - sum(left.values())), 0)
        off = {}
        for one in sorted(left, reverse=True):
            off[one] = min(short, left[one])
            short -= off[one]
        return off

    def in_stock(self, stock):
        came = sum(said.left for said in self.events.values() if said.given_to == stock)
        went = sum(said.left for said in self.events.values() if said.given_from == stock)
        return came - went

    def taken(self, event, amount):
        """How a part comes off: first what was beyond promises, then the last promise."""
        said = self.events[event]
        links = {
            one: much - sum(back.get(one, 0) for _, back in said.back)
            for one, much in said.links.items()
        }
        short = max(amount - (said.left - sum(links.values())), 0)
        off = {}
        for one in sorted(links, reverse=True):
            off[one] = min(short, links[one])
            short -= off[one]
        return off


class Histories(RuleBasedStateMachine):
    """A person and two organisations, some promises, two stocks of flour."""

    events = Bundle("events")
    claims = Bundle("claims")
    promises = Bundle("promises")

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.ground = make_ground()
        self.by = {"by": self.ground.alice, "ledger": self.ground.ledger}
        self.stocks = [
            keep_stock(**self.by, stock=Stock(uuid4(), name, "flour", "kg"))
            for name in ("Ici", "Là-bas")
        ]
        self.model = Model()
        self.last = None

    def teardown(self):
        try:
            assert list(differences()) == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def tried(self, action):
        """Do something in a savepoint; return what it returned, or None when it was refused."""
        before = Event.objects.count()
        try:
            with transaction.atomic():
                return action()
        except Refusal:
            assert Event.objects.count() == before
            DONE["refused"] += 1
            return None

    def posted(self, flow):
        found = self.tried(lambda: post(**self.by, flows=[flow]))
        if not found:
            return None
        self.last = (flow, found[0])
        DONE["posted"] += 1
        return found[0]

    @initialize(target=events)
    def one_of_each(self):
        """Every history begins with each kind of deed once, so that none is left to chance."""
        event = self.work(3_000_000, 1)
        self.say_again()
        self.settle(2_000_000, {self.claim(event, 3_000_000): 2_000_000})
        self.take_back(max(self.model.events), 1_500_000)
        self.take_back(event, 1_000_000)
        self.take_back(event, 12_000_000)
        return event

    @rule(target=promises, amount=AMOUNTS)
    def promise(self, amount):
        (pk,) = promise(**self.by, promises=[a_promise(self.ground, effort=amount)])
        self.model.promised[pk] = amount
        return pk

    @rule(target=events, amount=AMOUNTS, month=st.integers(1, 3))
    def work(self, amount, month):
        pk = self.posted(a_flow(self.ground, effort=amount, happened_on=DAY.replace(month=month)))
        self.model.events[pk] = Said(amount, {})
        return pk

    @rule(
        target=events,
        amount=AMOUNTS,
        shares=st.dictionaries(promises, AMOUNTS, min_size=1, max_size=3),
        beyond=st.booleans(),
    )
    def keep_a_promise(self, amount, shares, beyond):
        flow = a_flow(
            self.ground,
            effort=amount,
            fulfils=tuple(shares.items()),
            beyond_promise=beyond,
        )
        wanted = (
            sum(shares.values()) <= amount
            and not set(shares) & self.model.ended
            and (beyond or all(self.model.remaining(one) >= much for one, much in shares.items()))
        )

        pk = self.posted(flow)

        assert (pk is not None) == wanted
        if pk is None:
            return -1
        self.model.events[pk] = Said(amount, shares)
        return pk

    @rule(target=events, amount=AMOUNTS, which=st.integers(0, 1))
    def stock_up(self, amount, which):
        owner = (self.ground.giver, self.ground.taker)[which].pk
        pk = self.posted(
            a_flow(
                self.ground,
                action="raise",
                specification="flour",
                quantity=amount,
                unit="kg",
                provider_id=owner,
                receiver_id=owner,
                resource_id=self.stocks[which],
            )
        )
        self.model.events[pk] = Said(amount, {}, given_to=self.stocks[which])
        return pk

    @rule(target=events, amount=AMOUNTS, action=st.sampled_from(["transfer", "lower"]))
    def take_from_stock(self, amount, action):
        here, there = self.stocks
        to = there if action == "transfer" else None
        owner = self.ground.giver.pk
        flow = a_flow(
            self.ground,
            action=action,
            specification="flour",
            quantity=amount,
            unit="kg",
            receiver_id=self.ground.taker.pk if to else owner,
            resource_id=here,
            to_resource_id=to,
        )
        wanted = self.model.in_stock(here) >= amount

        pk = self.posted(flow)

        assert (pk is not None) == wanted
        if pk is None:
            return -1
        self.model.events[pk] = Said(amount, {}, given_from=here, given_to=to)
        return pk

    @rule(event=events, part=st.none() | AMOUNTS)
    def take_back(self, event, part):
        if event == -1:
            return
        said = self.model.events[event]
        amount = said.left if part is None else part
        stays = said.given_to is None or self.model.in_stock(said.given_to) >= amount
        wanted = 0 < amount <= said.left and stays

        done = self.tried(
            lambda: back_out(by=self.ground.alice, event_id=event, key=uuid4(), micro=part)
        )

        assert (done is not None) == wanted
        if done is not None:
            given = self.model.given_back(event, amount)
            said.back.append((amount, self.model.taken(event, amount)))
            said.given.append(given)
            DONE["taken back"] += 1

    @rule(target=claims, event=events, amount=AMOUNTS)
    def claim(self, event, amount):
        if event == -1:
            return -1
        said = self.model.events[event]
        wanted = a_claim(self.ground, event, effort=amount, effort_unit="hour", action="work")

        found = self.tried(lambda: claim(**self.by, claims=[wanted]))

        assert (found is not None) == (said.left > 0 and said.from_giver)
        if found is None:
            return -1
        self.model.claimed[found[0]] = amount
        self.model.triggers[found[0]] = event
        DONE["claimed"] += 1
        return found[0]

    @rule(target=events, amount=AMOUNTS, shares=st.dictionaries(claims, AMOUNTS, min_size=1))
    def settle(self, amount, shares):
        shares = {one: much for one, much in shares.items() if one != -1}
        if not shares:
            return -1
        flow = a_flow(
            self.ground,
            effort=amount,
            provider_id=self.ground.taker.pk,
            receiver_id=self.ground.giver.pk,
            settles=tuple(shares.items()),
        )
        fits = sum(shares.values()) <= amount
        wanted = fits and all(much <= self.model.due(one) for one, much in shares.items())

        pk = self.posted(flow)

        assert (pk is not None) == wanted
        if pk is None:
            return -1
        self.model.events[pk] = Said(amount, {}, settles=shares)
        DONE["settled"] += 1
        return pk

    @rule(owed=consumes(claims))
    def drop(self, owed):
        if owed != -1:
            drop_claim(by=self.ground.alice, claim_id=owed, key=uuid4())
            self.model.dropped.add(owed)

    @rule(commitment=consumes(promises))
    def withdraw(self, commitment):
        withdraw(by=self.ground.alice, commitment_id=commitment, key=uuid4())
        self.model.ended.add(commitment)

    @precondition(lambda self: self.last is not None)
    @rule()
    def say_again(self):
        """Repeating a call changes nothing."""
        flow, pk = self.last
        before = Event.objects.count(), list(Balance.objects.values_list("total", flat=True))

        again = post(**self.by, flows=[flow])

        after = Event.objects.count(), list(Balance.objects.values_list("total", flat=True))
        assert (again, after) == ([pk], before)
        DONE["repeated"] += 1

    @invariant()
    def promises_agree(self):
        found = fulfilments(self.model.promised)
        for pk, one in found.items():
            assert one.fulfilled == self.model.fulfilled(pk)
            assert one.remaining == self.model.remaining(pk)
            assert one.fulfilled + one.remaining == one.committed + one.over

    @invariant()
    def claims_agree(self):
        for pk, one in settled(self.model.claimed).items():
            assert one.settled == self.model.settled(pk)
            assert one.remaining == self.model.due(pk) >= 0

    @invariant()
    def stocks_agree(self):
        found = dict(Resource.objects.values_list("pk", "accounting"))
        for stock in self.stocks:
            assert found[stock] == self.model.in_stock(stock)


@pytest.mark.django_db
def test_any_history_agrees_with_the_model():
    run_state_machine_as_test(
        Histories, settings=settings(max_examples=25, stateful_step_count=40, deadline=None)
    )
    assert (
        min(
            DONE[one]
            for one in (
                "posted",
                "refused",
                "taken back",
                "repeated",
                "claimed",
                "settled",
            )
        )
        >= 20
    ), DONE
