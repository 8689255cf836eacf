# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs, offers and proposals: what may be said, by whom, who reads it, what may change."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from terreau.core.errors import EditConflict, Invalid, NotAllowed, NotFound
from terreau.ledger.actions import (
    Activity,
    Somewhere,
    Stock,
    keep_stock,
    note_place,
    open_process,
    post,
    promise,
)
from terreau.ledger.models import Intent, Proposal, ProposalList
from terreau.ledger.planning.actions import Planned, open_plan
from terreau.ledger.verify import differences
from terreau.ledger.wishes import actions, queries, rules
from terreau.ledger.wishes.said import Listing, Offering
from terreau.people.enums import Level
from terreau.people.models import User
from tests.factories import join, make_ecosystem, make_user
from tests.ledger.factories import DAY, a_flow, a_promise, make_ground
from tests.ledger.wishing import ONE, a_need, an_offer, answers, circle, proposed, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    return make_ground()


@pytest.fixture
def basile() -> User:
    return User.objects.get(agent__name="Basile")


def test_a_need_and_an_offer_are_kept_as_they_were_said(ground):
    by = {"by": ground.alice, "ledger": ground.ledger}
    process = open_process(**by, activity=Activity(uuid4(), "Fournée", "milling"))
    place = note_place(**by, place=Somewhere(uuid4(), "Le four"))
    stock = keep_stock(**by, stock=Stock(uuid4(), "Sac", "flour", "kg"))
    told = a_need(
        ground, action="consume", specification="flour", unit="g", measure="quantity",
        available=20 * ONE, minimum=ONE, resource_id=stock, input_of_id=process, stage="milling",
        state=" fine ", place_id=place, reach=5_000, begins_on=DAY, ends_on=DAY, due=DAY,
        name=" Farine ", note="Bise", level=Level.ECOSYSTEM,
    )  # fmt: skip

    kept = said(ground, told)

    assert (kept.receiver, kept.provider, kept.author) == (ground.giver, None, ground.giver)
    assert (kept.quantity, kept.available, kept.minimum, kept.total) == (
        10 * ONE, 20 * ONE, ONE, 20 * ONE,
    )  # fmt: skip
    assert (kept.stage.code, kept.state, kept.name, str(kept)) == (
        "milling", "fine", "Farine", "Farine",
    )  # fmt: skip
    assert (kept.ledger, kept.space, kept.level) == (ground.ledger, circle(ground), "ecosystem")
    assert kept.recorded_by == ground.alice.agent
    assert list(differences()) == []


def test_a_wish_is_of_the_plan_that_it_says_or_of_that_of_its_activity(ground):
    by = {"by": ground.alice, "ledger": ground.ledger}
    plan, other = (open_plan(**by, plan=Planned(uuid4(), name)) for name in ("Four", "Moulin"))
    oven = open_process(**by, activity=Activity(uuid4(), "Cuire", planned_within_id=plan))

    told = a_need(ground, input_of_id=oven)
    kept, planned = said(ground, told), said(ground, a_need(ground, planned_within_id=other))

    assert (kept.planned_within_id, planned.planned_within_id) == (plan, other)
    assert said(ground, replace(told, planned_within_id=plan, key=told.key)) == kept
    with pytest.raises(Invalid, match="d'un autre plan") as refused:
        said(ground, a_need(ground, input_of_id=oven, planned_within_id=other))
    assert refused.value.field == "planned_within"
    elsewhere = make_ground()
    with pytest.raises(Invalid, match="Ce plan n'existe pas"):
        said(elsewhere, a_need(elsewhere, planned_within_id=plan))
    moved = a_need(ground, planned_within_id=plan)
    actions.mend(by=ground.alice, intent_id=planned.pk, version=1, wish=moved)
    assert Intent.objects.get(pk=planned.pk).planned_within_id == plan


WRONG = {
    "no side": {"receiver_id": None},
    "an action of another world": {"action": "steal"},
    "time where things are counted": {"action": "transfer"},
    "a unit that is none": {"unit": "furlong"},
    "nothing": {"quantity": 0},
    "less than nothing": {"quantity": -ONE},
    "more than is kept": {"quantity": 2**63},
    "half a person": {"unit": "person", "quantity": ONE * 3 // 2},
    "a tenth of a cent in all": {"unit": "eur", "available": 10 * ONE + 1_000},
    "half a meal at least": {"unit": "meal", "minimum": ONE // 2},
    "less in all than at once": {"available": 9 * ONE},
    "at least nothing": {"minimum": 0},
    "at least more than all": {"minimum": 11 * ONE},
    "an end before the beginning": {"begins_on": DAY, "ends_on": date(2026, 3, 11)},
    "a year that is not meant": {"due": date(26, 3, 1)},
    "a reach from nowhere": {"reach": 100},
    "a title too long": {"name": "x" * 121},
    "a word too long": {"note": "x" * 401},
    "a state too long": {"state": "x" * 61},
    "a level that is none": {"level": "everybody"},
    "no kind": {"specification": "  "},
    "a kind of activity that is not here": {"stage": "milling"},
    "a place that is not here": {"place_id": 10**9},
    "an activity that is not here": {"input_of_id": 10**9},
    "work that comes out": {"output_of_id": 1},
    "a stock that is not here": {"resource_id": 10**9},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=list(WRONG))
def test_a_wish_that_cannot_be_is_refused(ground, changes):
    with pytest.raises(Invalid):
        said(ground, a_need(ground, **changes))

    assert Intent.objects.count() == 0


def test_a_stock_that_is_wished_for_is_of_that_kind_and_that_unit(ground):
    by = {"by": ground.alice, "ledger": ground.ledger}
    stock = keep_stock(**by, stock=Stock(uuid4(), "Sac", "flour", "kg"))
    told = a_need(ground, action="transfer", specification="flour", measure="quantity", unit="kg",
                  resource_id=stock)  # fmt: skip

    for wrong in (replace(told, unit="litre"), replace(told, specification="bran")):
        with pytest.raises(Invalid):
            said(ground, wrong)
    assert said(ground, told).resource_id == stock


def test_a_wish_is_said_for_whom_one_speaks_where_one_belongs(ground):
    elsewhere = make_ecosystem("Ailleurs")
    stranger = join(make_user("Ursule"), elsewhere)
    taker = a_need(ground, receiver_id=ground.taker.pk)

    for by, told in ((ground.alice, taker), (stranger, a_need(ground))):
        with pytest.raises(NotAllowed):
            said(ground, told, by=by)
    with pytest.raises(NotAllowed):
        actions.wish(by=ground.alice, space=elsewhere.circle, wish=a_need(ground))


def test_a_wish_is_read_as_far_as_its_level_says(ground, basile):
    outside = join(make_user("Ursule"), make_ecosystem("Ailleurs"))
    wishes = {level: said(ground, a_need(ground, level=level)).pk for level in Level}

    def read(by):
        return set(queries.readable_intents(by, ground.ledger).values_list("pk", flat=True))

    assert read(ground.alice) == set(wishes.values())
    assert read(basile) == set(wishes.values()) - {wishes[Level.AUTHOR]}
    assert read(outside) == {wishes[Level.COMMUNITY], wishes[Level.PUBLIC]}


def test_who_is_asked_reads_what_is_proposed_to_them(ground, basile):
    hidden, other = (said(ground, an_offer(ground, level=Level.AUTHOR)) for _ in range(2))
    proposal = proposed(
        ground,
        hidden.pk,
        proposed_to=(ground.taker.pk,),
        level=Level.AUTHOR,
        reciprocal=(other.pk,),
    )
    listing = Listing(uuid4(), "Mes offres", ground.giver.pk, (proposal.pk,), (), "", Level.AUTHOR)
    actions.keep_list(by=ground.alice, space=circle(ground), listing=listing)

    (read,) = queries.readable_proposals(basile, ground.ledger)
    assert [(one.intent, one.reciprocal) for one in read.publications.all()] == [
        (hidden, False), (other, True),
    ]  # fmt: skip
    assert set(queries.readable_intents(basile, ground.ledger)) == {hidden, other}
    assert list(queries.readable_lists(basile, ground.ledger)) == list(read.lists.all()) == []
    (mine,) = queries.readable_lists(ground.alice, ground.ledger)
    assert list(mine.proposals.all()) == [proposal]


def test_a_proposal_names_only_what_its_reader_reads(ground, basile):
    shown, hidden = said(ground, an_offer(ground)), said(ground, an_offer(ground, level="author"))
    proposed(ground, shown.pk, hidden.pk)

    (read,) = queries.readable_proposals(basile, ground.ledger)

    assert [one.intent for one in read.publications.all()] == [shown]


def test_a_wish_is_mended_over_the_version_that_was_read(ground):
    intent = said(ground, a_need(ground))
    mend = {"by": ground.alice, "intent_id": intent.pk}
    longer = a_need(ground, quantity=12 * ONE, level=Level.ECOSYSTEM)

    actions.mend(**mend, version=1, wish=longer)
    with pytest.raises(EditConflict):
        actions.mend(**mend, version=1, wish=a_need(ground, quantity=9 * ONE))

    intent.refresh_from_db()
    assert (intent.quantity, intent.version, intent.level) == (12 * ONE, 2, "ecosystem")
    with pytest.raises(Invalid):
        actions.mend(**mend, version=2, wish=an_offer(ground))


def test_only_who_said_it_and_who_keeps_the_keys_change_it(ground, basile):
    intent = said(ground, a_need(ground))
    mend = {"intent_id": intent.pk, "version": 1, "wish": a_need(ground)}

    for change in (
        lambda by: actions.mend(by=by, **mend),
        lambda by: actions.finish(by=by, intent_id=intent.pk),
        lambda by: actions.reopen(by=by, intent_id=intent.pk),
    ):
        with pytest.raises(NotAllowed):
            change(basile)
        with pytest.raises(NotFound):
            change(make_user("Ursule"))
    keeper = join(make_user("Samir"), intent.space.root.ecosystem, "key_holder")
    assert rules.can_change(keeper, intent)


def test_to_finish_is_a_human_decision_that_can_be_taken_back(ground):
    intent = said(ground, a_need(ground))
    by = {"by": ground.alice, "intent_id": intent.pk}

    for _ in range(2):
        actions.finish(**by)
    assert list(queries.open_intents(ground.alice, ground.ledger)) == []
    with pytest.raises(Invalid):
        actions.mend(**by, version=1, wish=a_need(ground, quantity=ONE))
    actions.reopen(**by)
    assert list(queries.open_intents(ground.alice, ground.ledger)) == [intent]
    gone = said(ground, a_need(ground, ends_on=DAY))
    assert gone not in queries.open_intents(ground.alice, ground.ledger)


def test_what_was_answered_stays_as_it_was_asked(ground):
    """The action refuses it with words, and the database whoever asks."""
    intent = said(ground, a_need(ground, receiver_id=ground.giver.pk))
    flow = a_flow(ground, provider_id=ground.taker.pk, receiver_id=ground.giver.pk)
    (event,) = post(by=ground.alice, ledger=ground.ledger, flows=[flow])
    Intent.objects.filter(pk=intent.pk).update(quantity=11 * ONE)
    answers(ground, intent, event_id=event)

    with pytest.raises(Invalid):
        actions.mend(
            by=ground.alice, intent_id=intent.pk, version=1, wish=a_need(ground, unit="day")
        )
    plan = open_plan(by=ground.alice, ledger=ground.ledger, plan=Planned(uuid4(), "Four"))
    changes = ({"quantity": 12 * ONE}, {"ends_on": DAY}, {"state": "x"}, {"unit": "day"})
    for change in (*changes, {"planned_within_id": plan}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Intent.objects.filter(pk=intent.pk).update(**change)
    with pytest.raises(ProtectedError):
        intent.delete()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Intent.objects.filter(pk=intent.pk)._raw_delete(Intent.objects.db)
    if connection.vendor == "sqlite":
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT OR REPLACE INTO ledger_intent SELECT * FROM ledger_intent")
    Intent.objects.filter(pk=intent.pk).update(name="x", note="", level="author", finished_on=DAY)
    assert list(differences()) == []


CONSTRAINTS = [
    "quantity = 0",
    pytest.param("quantity = 1.5", marks=pytest.mark.sqlite),  # PostgreSQL has no such bigint
    "unit = 'person', quantity = 1500000",
    "unit = 'eur', available = 10001000",
    "unit = 'meal', minimum = 500000",
    "available = 9000000",
    "minimum = 10000001",
    "minimum = 0",
    "unit = ''",
    "measure = 'x'",
    "provider_id = receiver_id",
    "receiver_id = NULL",
    "author_id = recorded_by_id",
    "begins_on = '2026-03-02', ends_on = '2026-03-01'",
    "reach = 1",
]


@pytest.mark.parametrize("change", CONSTRAINTS)
def test_the_database_refuses_what_cannot_be(ground, change):
    intent = said(ground, a_need(ground))

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE ledger_intent SET {change} WHERE id = %s", [intent.pk])


def test_a_proposal_makes_known_what_one_said_oneself(ground, basile):
    offer, need = said(ground, an_offer(ground)), said(ground, a_need(ground))
    theirs = said(ground, a_need(ground, receiver_id=ground.taker.pk), by=basile)
    secret = said(ground, a_need(ground, receiver_id=ground.taker.pk, level="author"), by=basile)
    wrong = [
        ((), {}),
        ((need.pk,), {}),
        ((offer.pk,), {"purpose": "request"}),
        ((offer.pk,), {"purpose": "gift"}),
        ((offer.pk, offer.pk), {}),
        ((theirs.pk,), {"purpose": "request"}),
        ((offer.pk,), {"reciprocal": (secret.pk,)}),
        ((offer.pk,), {"name": " "}),
        ((offer.pk,), {"begins_on": DAY, "ends_on": date(2026, 3, 1)}),
        ((offer.pk,), {"place_id": 10**9}),
        ((offer.pk,), {"proposed_to": (10**9,)}),
        ((10**9,), {}),
    ]

    for publishes, changes in wrong:
        with pytest.raises(Invalid):
            proposed(ground, *publishes, **changes)
    with pytest.raises(NotAllowed):
        proposed(ground, offer.pk, author_id=ground.taker.pk)
    assert Proposal.objects.count() == 0
    kept = proposed(ground, offer.pk, reciprocal=(theirs.pk,), unit_based=True)
    assert kept.unit_based and kept.publications.count() == 2


def test_a_proposal_is_closed_and_its_wishes_stay(ground, basile):
    offer = said(ground, an_offer(ground))
    proposal = proposed(ground, offer.pk)

    with pytest.raises(NotAllowed):
        actions.close_proposal(by=basile, proposal_id=proposal.pk)
    for _ in range(2):
        actions.close_proposal(by=ground.alice, proposal_id=proposal.pk)

    proposal.refresh_from_db()
    assert proposal.closed_on is not None
    assert list(queries.open_intents(basile, ground.ledger)) == [offer]


def test_more_is_put_on_a_list(ground, basile):
    one, other = (proposed(ground, said(ground, an_offer(ground)).pk) for _ in range(2))
    hidden = proposed(ground, said(ground, an_offer(ground)).pk, level="author")
    listing = Listing(uuid4(), "Nos tarifs", ground.giver.pk, (one.pk,))
    pk = actions.keep_list(by=ground.alice, space=circle(ground), listing=listing)

    actions.put_on_list(by=ground.alice, list_id=pk, proposals=[other.pk, hidden.pk, one.pk])

    (read,) = queries.readable_lists(basile, ground.ledger)
    assert set(read.proposals.all()) == {one, other}
    assert set(ProposalList.objects.get().proposals.all()) == {one, other, hidden}
    with pytest.raises(NotAllowed):
        actions.put_on_list(by=basile, list_id=pk, proposals=[one.pk])
    with pytest.raises(Invalid):
        actions.put_on_list(by=ground.alice, list_id=pk, proposals=[10**9])
    with pytest.raises(Invalid):
        actions.keep_list(by=ground.alice, space=circle(ground), listing=replace(listing, name=""))


def test_a_proposal_is_mended_over_the_version_that_was_read(ground, basile):
    one, other, back = (said(ground, an_offer(ground)).pk for _ in range(3))
    proposal = proposed(ground, one, reciprocal=(back,), proposed_to=(ground.taker.pk,))
    mend = {"by": ground.alice, "proposal_id": proposal.pk}
    anew = Offering(
        uuid4(), " Du temps libre ", "offer", ground.giver.pk, (other, back), (one,),
        unit_based=True, begins_on=DAY, level=Level.ECOSYSTEM,
    )  # fmt: skip

    for _ in range(2):
        actions.mend_proposal(**mend, version=1, offering=anew)

    proposal.refresh_from_db()
    assert (proposal.name, proposal.unit_based, proposal.begins_on, proposal.level) == (
        "Du temps libre", True, DAY, "ecosystem",
    )  # fmt: skip
    assert dict(proposal.publications.values_list("intent", "reciprocal")) == {
        other: False, back: False, one: True,
    }  # fmt: skip
    assert (proposal.version, proposal.proposed_to.count(), proposal.author) == (
        2, 0, ground.giver,
    )  # fmt: skip
    later = replace(anew, proposed_to=(ground.taker.pk,))
    with pytest.raises(EditConflict):
        actions.mend_proposal(**mend, version=1, offering=later)
    for wrong in ({"author_id": ground.taker.pk}, {"publishes": ()}, {"purpose": "request"}):
        with pytest.raises(Invalid):
            actions.mend_proposal(**mend, version=2, offering=replace(later, **wrong))
    with pytest.raises(NotAllowed):
        actions.mend_proposal(**mend | {"by": basile}, version=2, offering=later)
    proposal.refresh_from_db()
    assert (proposal.version, proposal.proposed_to.count()) == (2, 0)


def test_what_who_mends_a_proposal_may_not_read_stays_in_it(ground):
    shown, hidden = said(ground, an_offer(ground)), said(ground, an_offer(ground, level="author"))
    proposal = proposed(ground, shown.pk, hidden.pk)
    keeper = join(make_user("Samir"), shown.space.root.ecosystem, "key_holder")
    anew = Offering(uuid4(), "Relu", "offer", ground.giver.pk, (shown.pk,))

    actions.mend_proposal(by=keeper, proposal_id=proposal.pk, version=1, offering=anew)

    assert set(Proposal.objects.get().intents.all()) == {shown, hidden}


def test_a_proposal_that_is_closed_is_reopened_before_it_is_mended(ground, basile):
    offer = said(ground, an_offer(ground)).pk
    proposal = proposed(ground, offer)
    by = {"by": ground.alice, "proposal_id": proposal.pk}
    anew = Offering(uuid4(), "Autre titre", "offer", ground.giver.pk, (offer,))
    actions.close_proposal(**by)

    with pytest.raises(Invalid, match="rouvrez"):
        actions.mend_proposal(**by, version=1, offering=anew)
    with pytest.raises(NotAllowed):
        actions.reopen_proposal(by=basile, proposal_id=proposal.pk)
    for _ in range(2):
        actions.reopen_proposal(**by)
    actions.mend_proposal(**by, version=1, offering=anew)

    proposal.refresh_from_db()
    assert (proposal.closed_on, proposal.name) == (None, "Autre titre")


def test_a_list_is_said_anew_and_what_stands_on_it_is_taken_off(ground, basile):
    one, other = (proposed(ground, said(ground, an_offer(ground)).pk).pk for _ in range(2))
    listing = Listing(uuid4(), "Nos tarifs", ground.giver.pk, (one, other))
    pk = actions.keep_list(by=ground.alice, space=circle(ground), listing=listing)
    by = {"by": ground.alice, "list_id": pk}
    anew = replace(listing, name=" Le printemps ", note="x", proposed_to=(ground.taker.pk,))

    for _ in range(2):
        actions.mend_list(**by, version=1, listing=anew)
        actions.take_off_list(**by, proposals=[other])

    found = ProposalList.objects.get()
    assert (found.name, found.note, found.version) == ("Le printemps", "x", 2)
    assert (list(found.proposed_to.all()), [row.pk for row in found.proposals.all()]) == (
        [ground.taker], [one],
    )  # fmt: skip
    assert Proposal.objects.count() == 2
    with pytest.raises(EditConflict):
        actions.mend_list(**by, version=1, listing=listing)
    with pytest.raises(Invalid):
        actions.mend_list(**by, version=2, listing=replace(anew, author_id=ground.taker.pk))
    for change in (
        lambda: actions.mend_list(by=basile, list_id=pk, version=2, listing=anew),
        lambda: actions.take_off_list(by=basile, list_id=pk, proposals=[one]),
    ):
        with pytest.raises(NotAllowed):
            change()
    with pytest.raises(Invalid):
        actions.take_off_list(**by, proposals=range(101))


def test_reading_costs_the_same_however_many_there_are(ground, basile, django_assert_num_queries):
    def read_all():
        intents = list(queries.readable_intents(basile, ground.ledger))
        proposals = list(queries.readable_proposals(basile, ground.ledger))
        lists = list(queries.readable_lists(basile, ground.ledger))
        return len(queries.answered(intents)) + len(proposals) + len(lists)

    for count in (1, 4):
        for _ in range(count):
            proposal = proposed(ground, said(ground, an_offer(ground)).pk)
            listing = Listing(uuid4(), "Nos tarifs", ground.giver.pk, (proposal.pk,))
            actions.keep_list(by=ground.alice, space=circle(ground), listing=listing)
        with django_assert_num_queries(12):
            assert read_all() == 3 * (1 if count == 1 else 5)


def test_the_events_of_a_process_are_all_those_that_serve_it(ground):
    """What names it, what answers a wish of it, and what keeps a promise that does."""
    by = {"by": ground.alice, "ledger": ground.ledger}
    process = open_process(**by, activity=Activity(uuid4(), "Chantier"))
    back = {"provider_id": ground.taker.pk, "receiver_id": ground.giver.pk}
    promised = promise(**by, promises=[a_promise(ground, **back)])
    direct, answering, keeping, _ = post(
        **by,
        flows=[
            a_flow(ground, input_of_id=process),
            a_flow(ground, **back),
            a_flow(ground, **back, fulfils=((promised[0], ONE),)),
            a_flow(ground, **back),
        ],
    )
    intent = said(ground, a_need(ground, quantity=20 * ONE, input_of_id=process))
    answers(ground, intent, event_id=answering)
    answers(ground, intent, commitment_id=promised[0])

    found = queries.events_of_process(process)

    assert [one.pk for one in found] == [direct, answering, keeping]
