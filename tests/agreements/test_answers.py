# SPDX-License-Identifier: AGPL-3.0-or-later
"""What both sides agreed leaves the totals by both: decision 40, cell by cell, then any history."""

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from terreau.agreements.actions import agreements, commitments, contributions, discussions
from terreau.agreements.actions.commitments import Look
from terreau.agreements.actions.contributions import right_of
from terreau.agreements.enums import ChangeKind, Side
from terreau.agreements.enums import ContributionState as State
from terreau.agreements.models import Contribution, Discussion, Tally
from terreau.agreements.queries.contributions import (
    awaiting,
    contributions_of,
    discussions_of,
    notes_of,
    takes_part,
)
from terreau.agreements.queries.entries import event_faults, tally_faults
from terreau.agreements.queries.statement import Period, statement
from terreau.core.errors import Invalid, Refusal
from terreau.core.quantities import MICRO
from terreau.ledger.verify import differences
from terreau.people.enums import RoleKind
from terreau.people.models import Role
from terreau.people.visibility import reach_of
from tests.agreements.factories import accept, add, give, make_draft, make_place, promise
from tests.factories import LONG_AGO, join, make_user

TINY = 1
GIVEN = 10 * MICRO
ASKED = 6 * MICRO
REFUSED = "refused"


@pytest.fixture
def place(db):
    return make_place()


def read(row):
    return Contribution.objects.select_related("ecosystem").get(pk=row.pk)


def agree(place, row, by=None):
    return contributions.confirm(
        by=by or place.basile, ecosystem=place.ecosystem, contributions=[read(row)]
    )


def rectify(place, row, quantity=ASKED, by=None, **changes):
    right = replace(right_of(read(row)), quantity=quantity, **changes)
    return contributions.rectify(by=by or place.alice, contribution=row, key=uuid4(), right=right)


def undo(place, row, by=None):
    return contributions.undo(by=by or place.alice, contribution=row, key=uuid4())


def talk(place, row, by=None):
    opening = discussions.Opening("Parlons-en.")
    return discussions.open_discussion(
        by=by or place.basile, contribution=row, key=uuid4(), opening=opening
    )


def end(place, row, quantity=ASKED, by=None):
    """The giver proposes an end, the receiver agrees to it."""
    found = Discussion.objects.filter(contribution=row, closed_on=None).first()
    if found is None:
        raise Invalid("Rien n'est en discussion.")
    discussions.propose_end(
        by=place.alice, discussion=found, quantity=quantity, lesson="Compter d'abord."
    )
    return discussions.agree_end(by=by or place.basile, discussion=found, key=uuid4())


def in_state(place, state):
    row = give(place, 10)
    paths = {
        State.AWAITING: (),
        State.CONFIRMED: (agree,),
        State.CORRECTING: (agree, lambda *it: rectify(*it, quantity=9 * MICRO)),
        State.DISCUSSED: (talk,),
        State.UNDONE: (undo,),
    }
    for step in paths[state]:
        step(place, row)
    assert read(row).state == state
    return row


ACTS = {
    "undo": undo,
    "rectify": rectify,
    "rectify to nothing": lambda *it: rectify(*it, quantity=0),
    "rectify to what stands": lambda place, row: rectify(place, row, read(row).quantity),
    "agree": agree,
    "talk": talk,
    "end": end,
    "end with nothing": lambda *it: end(*it, quantity=0),
}
SAME = None  # nothing happens, and nothing is refused
# Of each state, what each act leads to: the state, and what then counts.
TABLE = {
    State.AWAITING: {
        "undo": (State.UNDONE, 0),
        "rectify": (State.AWAITING, ASKED),
        "agree": (State.CONFIRMED, GIVEN),
        "talk": (State.DISCUSSED, GIVEN),
    },
    State.CONFIRMED: {
        "rectify": (State.CORRECTING, GIVEN),
        "rectify to nothing": (State.CORRECTING, GIVEN),
        "agree": SAME,
    },
    State.CORRECTING: {
        "rectify": (State.CORRECTING, GIVEN),
        "rectify to nothing": (State.CORRECTING, GIVEN),
        "rectify to what stands": (State.CONFIRMED, GIVEN),
        "agree": (State.CONFIRMED, 9 * MICRO),
        "talk": (State.DISCUSSED, GIVEN),
    },
    State.DISCUSSED: {
        "agree": SAME,
        "end": (State.CONFIRMED, ASKED),
        "end with nothing": (State.UNDONE, 0),
    },
    State.UNDONE: {"undo": SAME, "agree": SAME},
}


def counted():
    found = Tally.objects.filter(side=Side.RECEIVED).first()
    return found.given if found else 0


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("state", State)
def test_each_cell_of_the_table(place, state):
    row = in_state(place, state)
    before = (state, counted())

    found = {}
    for name, act in ACTS.items():
        with rolled_back():
            found[name] = attempt(place, row, act)
            assert tally_faults(place.ecosystem) == []
            assert list(event_faults(place.ecosystem)) == []

    assert found == {
        name: (before if led in (REFUSED, SAME) else led, led == REFUSED)
        for name, led in {**dict.fromkeys(ACTS, REFUSED), **TABLE[state]}.items()
    }


def attempt(place, row, act):
    """Return the state and the total after an act, and whether it was refused."""
    refused = False
    try:
        with transaction.atomic():
            act(place, row)
    except Refusal:
        refused = True
    return (read(row).state, counted()), refused


@pytest.mark.parametrize("state", State)
def test_nobody_acts_in_the_place_of_a_side(place, state):
    row = in_state(place, state)
    before = (state, counted())
    acts = (
        (undo, place.basile),
        (rectify, place.basile),
        (agree, place.alice),
        (talk, place.alice),
    )

    for act, other_side in acts:
        for by in (other_side, place.chloe):
            with rolled_back():
                after, _ = attempt(place, row, partial(act, by=by))
            assert after == before, (act, by)


def test_what_both_agreed_is_not_rectified_away_then_undone(place):
    row = in_state(place, State.CONFIRMED)
    rectify(place, row, 9 * MICRO)

    with pytest.raises(Refusal, match="Rectifier"):
        undo(place, row)

    assert counted() == GIVEN


def test_what_both_agreed_is_not_rectified_to_a_crumb_and_left(place):
    row = in_state(place, State.CONFIRMED)

    rectify(place, row, TINY)

    assert (counted(), Tally.objects.get(side=Side.RECEIVED).confirmed) == (GIVEN, GIVEN)


def test_it_does_not_change_month_nor_unit_either(place):
    row = in_state(place, State.CONFIRMED)
    before = list(Tally.objects.values_list("side", "month", "unit", "given"))

    rectify(place, row, GIVEN, unit="day", happened_on=row.happened_on.replace(year=2024))

    assert list(Tally.objects.values_list("side", "month", "unit", "given")) == before


def test_a_rectification_is_told_and_takes_the_place_once_agreed(place):
    commitment = promise(place, 20)
    row = give(place, 10, commitment_id=commitment.pk)
    agree(place, row)
    rectify(place, row)

    told = awaiting(place.basile, place.ecosystem).get()
    by_alice = agree(place, row, by=place.alice)
    by_basile = agree(place, row)

    assert (told, told.asked.quantity_after, by_alice, by_basile) == (row, ASKED, 0, 1)
    tally = Tally.objects.get(side=Side.RECEIVED)
    assert (tally.given, tally.confirmed, tally.fulfilled) == (ASKED, ASKED, ASKED)
    assert (read(row).confirmed_by, read(row).asked) == (place.basile.agent, None)
    assert [change.what for change in row.changes_made.all()] == [
        ChangeKind.ASKED,
        ChangeKind.ACCEPTED,
    ]


def test_nobody_agrees_to_a_rectification_that_was_not_read(place):
    row = in_state(place, State.CORRECTING)
    as_read = read(row)
    as_read.asked  # noqa: B018 - it is read before the next one is asked
    rows = list(awaiting(place.basile, place.ecosystem))
    rectify(place, row, TINY)

    done = contributions.confirm(by=place.basile, ecosystem=place.ecosystem, contributions=rows)

    assert (done, read(row).state, read(row).quantity) == (0, State.CORRECTING, GIVEN)


def test_the_same_rectification_is_asked_once(place):
    row = in_state(place, State.CONFIRMED)
    rectify(place, row)

    with pytest.raises(Invalid):
        rectify(place, row)


def test_a_rectification_to_nothing_undoes_once_agreed(place):
    row = in_state(place, State.CONFIRMED)
    rectify(place, row, 0)
    agree(place, row)

    assert (read(row).state, counted()) == (State.UNDONE, 0)


def test_a_new_version_and_an_end_leave_what_was_agreed(place):
    commitment = promise(place, 20)
    row = give(place, 10, commitment_id=commitment.pk)
    agree(place, row)
    before = Tally.objects.values_list("given", "fulfilled", "confirmed").get(side=Side.RECEIVED)

    version = agreements.change(by=place.alice, agreement=commitment.version.agreement)
    commitments.remove_commitment(by=place.alice, commitment=version.commitments.get())
    other = add(place, version, make_draft(place, 1, words="Autre chose", kind="animation"))
    accept(place, version)
    commitments.review(by=place.alice, commitment=other, key=uuid4(), look=Look("close"))

    after = Tally.objects.values_list("given", "fulfilled", "confirmed").get(side=Side.RECEIVED)
    assert before == after == (GIVEN, GIVEN, GIVEN)


def test_who_keeps_the_keys_reads_what_is_said_of_a_gift_to_all(place):
    other = join(make_user("Quitterie"), place.ecosystem, RoleKind.PILOT)
    row = give(place, 10, receiver_id=place.ecosystem.agent_id)
    discussion = talk(place, row, by=place.pilot)
    discussions.say(by=other, discussion=discussion, key=uuid4(), text="Nous étions là.")

    def read_by(user):
        found = discussions_of(user, place.ecosystem)
        return [len(notes_of(user, one)) for one in found], takes_part(reach_of(user), read(row))

    assert [read_by(one) for one in (place.pilot, other, place.alice)] == [([2], True)] * 3
    assert [read_by(one) for one in (place.basile, place.chloe)] == [([], False)] * 2
    Role.objects.filter(agent=place.pilot.agent).update(until=LONG_AGO)
    assert read_by(place.pilot) == ([], False)


DONE = Counter()
QUANTITIES = st.sampled_from((0, TINY, 3 * MICRO, 7 * MICRO, 11 * MICRO))
WHICH = st.integers(0, 2)


class Histories(RuleBasedStateMachine):
    """La Halte gives, the council answers, in any order; ``agreed`` is what both stand behind."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.place = make_place()
        self.commitment = promise(self.place, 20)
        self.rows, self.agreed, self.asked, self.closed = [], {}, {}, False

    def teardown(self):
        try:
            assert list(differences()) == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def tried(self, name, act):
        try:
            with transaction.atomic():
                done = act()
        except Refusal:
            DONE["refused"] += 1
            return False
        DONE[name] += bool(done)
        return bool(done)

    @initialize()
    def give_two(self):
        for linked in (self.commitment.pk, None):
            self.rows.append(give(self.place, 10, commitment_id=linked))

    # One rule: hypothesis leaves some of many aside, and each of these needs the others.
    @rule(
        name=st.sampled_from(
            ("give", "undo", "rectify", "rectify", "agree", "agree", "talk", "end", "end", "close")
        ),
        which=WHICH,
        quantity=QUANTITIES,
        unit=st.sampled_from(("hour", "half_day")),
    )
    def act(self, name, which, quantity, unit):
        row = read(self.rows[which % len(self.rows)])
        getattr(self, f"do_{name}")(row, quantity, unit)

    def do_give(self, row, quantity, unit):
        if quantity and len(self.rows) < 4:
            linked = None if self.closed or unit != "hour" else self.commitment.pk
            given = give(self.place, quantity / MICRO, unit=unit, commitment_id=linked)
            self.rows.append(given)

    def do_undo(self, row, quantity, unit):
        if self.tried("undone", lambda: undo(self.place, row)) and row.state == State.AWAITING:
            assert row.pk not in self.agreed

    def do_rectify(self, row, quantity, unit):
        if self.tried("rectified", lambda: rectify(self.place, row, quantity, unit=unit)):
            self.asked[row.pk] = replace(right_of(row), quantity=quantity, unit=unit)

    def do_agree(self, row, quantity, unit):
        value = self.asked[row.pk] if row.state == State.CORRECTING else right_of(row)
        if self.tried("agreed", lambda: agree(self.place, row)):
            self.take(row, value)

    def do_talk(self, row, quantity, unit):
        if self.tried("talked", lambda: talk(self.place, row)):
            self.agreed[row.pk] = right_of(row)

    def do_end(self, row, quantity, unit):
        row = Contribution.objects.filter(state=State.DISCUSSED).first() or row
        by = self.place.alice if quantity == TINY else self.place.basile
        if self.tried("ended", lambda: end(self.place, row, quantity, by=by)):
            self.take(row, replace(right_of(row), quantity=quantity))

    def do_close(self, row, quantity, unit):
        review = {"by": self.place.alice, "commitment": self.commitment, "key": uuid4()}
        look = Look("close", kept="partly")
        self.closed |= self.tried("closed", lambda: commitments.review(**review, look=look))

    def take(self, row, value):
        self.agreed[row.pk] = value if value.quantity else None

    @invariant()
    def what_both_agreed_stands(self):
        for pk, value in self.agreed.items():
            row = Contribution.objects.get(pk=pk)
            if value is None:
                assert row.state == State.UNDONE
            else:
                assert row.state not in (State.AWAITING, State.UNDONE)
                assert right_of(row) == value

    @invariant()
    def totals_are_the_rows_that_each_side_reads(self):
        place = self.place
        for reader, agent, side in (
            (place.alice, place.halte, "given"),
            (place.basile, place.council, "received"),
        ):
            rows = contributions_of(reader, place.ecosystem).exclude(state=State.UNDONE)
            sums = Counter()
            for row in rows:
                sums[row.unit] += row.quantity
            lines = statement(reader, place.ecosystem, agent.pk, Period())
            told = {line.unit: getattr(line, side).given for line in lines}
            assert {unit: much for unit, much in told.items() if much} == dict(sums)

    @invariant()
    def what_is_kept_is_what_the_facts_say(self):
        assert tally_faults(self.place.ecosystem) == []
        assert list(event_faults(self.place.ecosystem)) == []


@pytest.mark.django_db
def test_nothing_agreed_leaves_without_the_other_side():
    run_state_machine_as_test(
        Histories, settings=settings(max_examples=20, stateful_step_count=15, deadline=None)
    )
    acts = ("refused", "undone", "rectified", "agreed", "talked", "ended", "closed")
    assert min(DONE[one] for one in acts) >= 3, DONE
