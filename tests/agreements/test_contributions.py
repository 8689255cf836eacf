# SPDX-License-Identifier: AGPL-3.0-or-later
from contextlib import nullcontext
from datetime import date, timedelta
from uuid import uuid4

import pytest

from terreau.agreements.actions import agreements
from terreau.agreements.actions import contributions as actions
from terreau.agreements.actions.commitments import Look, remove_commitment, review
from terreau.agreements.actions.contributions import Right
from terreau.agreements.actions.landmarks import Count, add_landmark
from terreau.agreements.enums import ContributionState
from terreau.agreements.kinds import KINDS
from terreau.agreements.models import Contribution, Landmark, Tally
from terreau.agreements.queries.agreements import progress_of
from terreau.agreements.queries.contributions import (
    awaiting,
    contributions_of,
)
from terreau.agreements.queries.entries import tally_faults
from terreau.agreements.queries.giving import guessed, last_unit, offers
from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, NotAllowed
from terreau.core.quantities import MICRO
from terreau.ledger import queries as ledger
from terreau.people.enums import RoleKind
from terreau.people.models import Role
from tests.agreements.factories import accept, add, give, make_draft, make_place, promise
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_place()


def test_a_contribution_is_posted_and_counted(place):
    row = give(place, 3, word="Le téléphone")

    event = ledger.events([row.event_id]).get()
    assert (event.action, event.effort, event.effort_unit) == ("work", 3 * MICRO, "hour")
    assert (event.provider, event.on_behalf_of) == (place.halte, place.halte)
    assert (row.state, row.word) == (ContributionState.AWAITING, "Le téléphone")
    assert Tally.objects.count() == 3
    assert tally_faults(place.ecosystem) == []


def test_the_same_form_twice_is_recorded_once(place):
    key = uuid4()
    first = give(place, 3, key=key)

    second = give(place, 3, key=key)

    assert (first.pk, Contribution.objects.count()) == (second.pk, 1)
    with pytest.raises(KeyReused):
        give(place, 4, key=key)


def test_the_same_form_again_after_it_was_rectified_still_returns_the_row(place):
    key = uuid4()
    row = give(place, 62, kind="equipment", unit="km", key=key)
    right = Right(620 * MICRO, "km", clock.today())
    actions.rectify(by=place.alice, contribution=row, key=uuid4(), right=right)

    again = give(place, 62, kind="equipment", unit="km", key=key)

    assert (again.pk, again.quantity) == (row.pk, 620 * MICRO)


YESTERDAY = clock.today() - timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 10**9}, "quantity"),
        ({"kind": "money", "unit": "eur", "quantity": 5.123}, "quantity"),
        ({"kind": "knowledge", "unit": "person", "quantity": 2.5}, "quantity"),
        ({"unit": "eur"}, "unit"),
        ({"unit": "nothing"}, "unit"),
        ({"kind": "money", "unit": "hour"}, "unit"),
        ({"kind": "money", "unit": "eur", "receiver_id": "all"}, "receiver"),
        ({"kind": "place", "unit": "day", "receiver_id": "all"}, "receiver"),
        ({"kind": "good", "unit": "item", "receiver_id": "person"}, "receiver"),
        ({"receiver_id": "stranger"}, "receiver"),
        ({"receiver_id": "giver"}, "receiver"),
        ({"happened_on": date(2019, 12, 31)}, "happened_on"),
        ({"happened_on": clock.today() + timedelta(days=1)}, "happened_on"),
        ({"word": "a" * 5000}, "word"),
        ({"refund": True}, "refund"),
    ],
)
def test_what_cannot_be_given_is_refused_with_its_field(place, changes, field):
    agents = {
        "all": place.ecosystem.agent_id,
        "person": place.basile.agent_id,
        "stranger": make_organisation("Ailleurs").pk,
        "giver": place.halte.pk,
    }
    if changes.get("receiver_id") in agents:
        changes = {**changes, "receiver_id": agents[changes["receiver_id"]]}

    with pytest.raises(Invalid) as refusal:
        give(place, **changes)

    assert refusal.value.field == field
    assert (Contribution.objects.count(), Tally.objects.count()) == (0, 0)


def test_a_date_before_the_mandate_began_is_refused(place):
    place.alice.agent.mandates.update(since=date(2024, 5, 1))

    with pytest.raises(Invalid, match="01/05/2024"):
        give(place, happened_on=date(2024, 4, 30))

    assert give(place, happened_on=date(2024, 5, 1)).happened_on == date(2024, 5, 1)


def test_nobody_gives_in_the_name_of_another(place):
    with pytest.raises(NotAllowed):
        give(place, by=place.basile)
    with pytest.raises(NotAllowed):
        give(place, by=join(make_user(), make_ecosystem("Autre")))


def test_time_may_go_to_all_of_us(place):
    row = give(place, 46, kind="animation", receiver_id=place.ecosystem.agent_id)

    assert row.receiver == place.ecosystem.agent
    assert list(awaiting(place.pilot, place.ecosystem)) == [row]
    assert list(awaiting(place.basile, place.ecosystem)) == []


def test_undoing_leaves_nothing_counted_until_somebody_confirmed(place):
    row, confirmed = give(place, 3), give(place, 5)
    actions.confirm(by=place.basile, ecosystem=place.ecosystem, contributions=[confirmed])
    key = uuid4()

    actions.undo(by=place.alice, contribution=row, key=key)
    actions.undo(by=place.alice, contribution=row, key=key)

    row.refresh_from_db()
    assert row.state == ContributionState.UNDONE
    assert Tally.objects.filter(side="all").get().given == 5 * MICRO
    assert tally_faults(place.ecosystem) == []
    with pytest.raises(NotAllowed):
        actions.undo(by=place.alice, contribution=confirmed, key=uuid4())


@pytest.mark.parametrize(("micro", "taken"), [(70_250_000, True), (70_255_000, False)])
def test_a_right_value_is_no_finer_than_its_unit(place, micro, taken):
    row = give(place, 70, kind="money", unit="eur")
    right = Right(micro, "eur", row.happened_on)

    with nullcontext() if taken else pytest.raises(Invalid) as refused:
        actions.rectify(by=place.alice, contribution=row, key=uuid4(), right=right)

    row.refresh_from_db()
    assert row.quantity == (micro if taken else 70_000_000)
    assert taken or refused.value.field == "quantity"


@pytest.mark.parametrize(
    ("words", "micro", "taken"),
    [
        ("euros", 5_120_000, True),
        ("Euros", 5_123_000, False),
        ("repas", 2_500_000, False),
        ("rendez-vous par mois", 2_500_000, True),
    ],
)
def test_a_landmark_in_a_unit_that_we_know_is_no_finer_than_it(place, words, micro, taken):
    day = clock.today()
    count = Count("Ce qui est donné", micro, words, day, day, "Cahier")

    with nullcontext() if taken else pytest.raises(Invalid) as refused:
        add_landmark(by=place.alice, ecosystem=place.ecosystem, key=uuid4(), count=count)

    assert Landmark.objects.count() == taken
    assert taken or refused.value.field == "value"


def test_rectifying_what_nobody_answered_keeps_the_former_value_behind(place):
    row = give(place, 62, kind="equipment", unit="km")
    key, right = uuid4(), Right(620 * MICRO, "km", clock.today())

    for _ in range(2):
        actions.rectify(by=place.alice, contribution=row, key=key, right=right)

    row.refresh_from_db()
    change = row.changes_made.get()
    assert (change.quantity_before, change.quantity_after) == (62 * MICRO, 620 * MICRO)
    assert (row.quantity, row.state) == (620 * MICRO, ContributionState.AWAITING)
    assert Tally.objects.filter(side="given").get().given == 620 * MICRO
    assert tally_faults(place.ecosystem) == []


def test_only_the_receiving_side_confirms_and_not_who_typed(place):
    row = give(place)

    assert actions.confirm(by=place.alice, ecosystem=place.ecosystem, contributions=[row]) == 0
    assert actions.confirm(by=place.chloe, ecosystem=place.ecosystem, contributions=[row]) == 0
    assert actions.confirm(by=place.basile, ecosystem=place.ecosystem, contributions=[row]) == 1
    assert actions.confirm(by=place.basile, ecosystem=place.ecosystem, contributions=[row]) == 0


def test_a_gift_towards_a_promise_fulfils_it_even_beyond(place):
    commitment = promise(place, 10)

    give(place, 4, commitment_id=commitment.pk)
    first = progress_of([_fresh(commitment)])[commitment.pk]
    give(place, 8, commitment_id=commitment.pk)
    second = progress_of([_fresh(commitment)])[commitment.pk]

    assert (first.fulfilled, first.remaining, first.over) == (4 * MICRO, 6 * MICRO, 0)
    assert (second.fulfilled, second.remaining, second.over) == (12 * MICRO, 0, 2 * MICRO)


def _fresh(commitment):
    return type(commitment).objects.select_related("version").get(pk=commitment.pk)


@pytest.mark.parametrize(
    "changes",
    [{"unit": "day"}, {"kind": "animation"}, {"receiver_id": "lab"}],
)
def test_a_gift_of_another_kind_unit_or_receiver_does_not_fulfil(place, changes):
    commitment = promise(place, 10)
    if "receiver_id" in changes:
        changes = {"receiver_id": place.lab.pk}

    with pytest.raises(Invalid) as refusal:
        give(place, commitment_id=commitment.pk, **changes)

    assert refusal.value.field == "commitment"


def test_the_promise_is_guessed_when_only_one_fits(place):
    commitment = promise(place, 10)
    sides = {"giver_id": place.halte.pk, "receiver_id": place.council.pk}

    def guess(unit):
        return guessed(
            offers(place.alice, place.ecosystem, "time"), unit=unit, day=clock.today(), **sides
        )

    assert (guess("hour"), guess("day")) == (commitment.pk, None)
    promise(place, 20)
    assert guess("hour") is None
    assert offers(place.basile, place.ecosystem, "time") == []


def test_the_receiver_reads_what_is_addressed_to_it_even_outside_the_circle(place):
    outside = join(make_user("Dora"), place.ecosystem, RoleKind.PARTNER)
    Role.objects.filter(agent=outside.agent).update(space=place.ecosystem.space)
    Role.objects.filter(agent=place.lab).update(space=place.ecosystem.space)
    Role.objects.filter(agent=place.chloe.agent).update(space=place.ecosystem.space)
    row = give(place, receiver_id=place.lab.pk)

    assert list(contributions_of(place.chloe, place.ecosystem)) == [row]
    assert list(awaiting(place.chloe, place.ecosystem)) == [row]
    assert list(contributions_of(outside, place.ecosystem)) == []


def test_free_text_is_erased_for_good(place):
    row = give(place, word="Avec Paulette")

    actions.reword(by=place.alice, contribution=row, word="")

    row.refresh_from_db()
    assert row.word == ""
    with pytest.raises(NotAllowed):
        actions.reword(by=place.basile, contribution=row, word="Autre chose")


def test_a_refund_is_written_apart_and_is_no_gift(place):
    give(place, 217, kind="money", unit="eur", refund=True)

    tally = Tally.objects.get(side="given")
    assert (tally.given, tally.refunded) == (0, 217 * MICRO)


def test_the_last_unit_of_each_kind_comes_first(place):
    give(place, 3, unit="hour")
    give(place, 1, unit="half_day")
    give(place, 2, kind="animation", unit="hour")

    last = {kind: last_unit(place.alice, place.ecosystem, kind) for kind in KINDS}
    assert {kind: unit for kind, unit in last.items() if unit} == {
        "time": "half_day",
        "animation": "hour",
    }


def test_who_rectified_the_value_does_not_confirm_it(place):
    both = join(make_user("Dora"), place.ecosystem)
    for agent in (place.halte, place.council):
        represent(both, agent, place.ecosystem)
    row = give(place, 3)
    right = Right(5 * MICRO, "hour", row.happened_on)

    row = actions.rectify(by=both, contribution=row, key=uuid4(), right=right)

    confirm = {"ecosystem": place.ecosystem, "contributions": [row]}
    assert actions.confirm(by=both, **confirm) == 0
    assert actions.confirm(by=place.basile, **confirm) == 1


@pytest.mark.parametrize("end", ["closed", "dropped"])
def test_a_value_put_right_still_counts_for_the_promise_that_ended_since(place, end):
    commitment = promise(place, 10)
    row = give(place, 8, commitment_id=commitment.pk)
    if end == "closed":
        look = Look("close", kept="yes")
        review(by=place.alice, commitment=commitment, key=uuid4(), look=look)
    else:
        version = agreements.change(by=place.alice, agreement=commitment.version.agreement)
        remove_commitment(by=place.alice, commitment=version.commitments.get())
        add(place, version, make_draft(place, 1, words="Autre chose", kind="animation"))
        accept(place, version)

    right = Right(6 * MICRO, "hour", clock.today())
    actions.rectify(by=place.alice, contribution=row, key=uuid4(), right=right)

    stand = progress_of([_fresh(commitment)])[commitment.pk]
    assert (stand.fulfilled, stand.remaining, stand.over) == (6 * MICRO, 0, 0)
    assert Tally.objects.get(side="given").fulfilled == 6 * MICRO
    assert tally_faults(place.ecosystem) == []
