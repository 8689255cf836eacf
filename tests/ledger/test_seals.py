# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every fact stands in the chain of its ledger once; what was tampered with is found and named."""

import hashlib
import json
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from terreau.core import triggers
from terreau.core.errors import Refusal
from terreau.ledger import chain, kernel, models, seals
from terreau.ledger.actions import (
    Activity,
    Somewhere,
    Stock,
    back_out,
    keep_stock,
    note_place,
    open_process,
    post,
    promise,
    withdraw,
)
from terreau.ledger.claiming.actions import claim, drop_claim
from terreau.ledger.models import (
    CommitmentEnd,
    Event,
    EventLink,
    Intent,
    Plan,
    Process,
    ProcessSpecification,
    Seal,
    Settlement,
    Specification,
)
from terreau.ledger.planning.actions import Batch, Planned, note_batch, open_plan
from terreau.ledger.posting import execute, turn
from terreau.ledger.verify import differences
from tests.factories import join, make_user
from tests.ledger.factories import DAY, a_claim, a_flow, a_promise, a_settlement, make_ground
from tests.ledger.wishing import answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    """Every kind of fact, and every column of an event filled somewhere."""
    ground = make_ground()
    by = {"by": ground.alice, "ledger": ground.ledger}
    plan = open_plan(**by, plan=Planned(uuid4(), "La fournée"))
    lot = note_batch(**by, batch=Batch(uuid4(), "L-1", DAY))
    oven = open_process(**by, activity=Activity(uuid4(), "Cuire", "pain", None, None, plan))
    kept, ended, later = promise(**by, promises=[a_promise(ground, due=DAY) for _ in range(3)])
    around = {"input_of_id": oven, "output_of_id": oven, "demand_of_id": plan}
    more = {"quantity": 7, "unit": "item", "stage": "pâte", "state": "levée", **around}
    promise(**by, promises=[a_promise(ground, action="deliverService", **more)])
    tracked = Stock(uuid4(), "Balance", "flour", "kg", 0, "N-7", lot)
    keep_stock(**by, stock=tracked)
    here, there = (
        keep_stock(**by, stock=Stock(uuid4(), name, "flour", "kg")) for name in ("Ici", "Là-bas")
    )
    place = note_place(**by, place=Somewhere(uuid4(), "Le dépôt"))
    process = open_process(**by, activity=Activity(uuid4(), "Pétrir", "pâte"))
    links = ((kept, 1_000_000), (ended, 1_000_000))
    first, *_ = post(**by, flows=[a_flow(ground, fulfils=links), a_flow(ground), a_flow(ground)])
    back_out(by=ground.alice, event_id=first, key=uuid4(), micro=500_000)
    withdraw(by=ground.alice, commitment_id=ended, key=uuid4(), successor_id=later)
    owed, other = claim(**by, claims=[a_claim(ground, first), a_claim(ground, first, due=DAY)])
    shares = ((owed, 20_000_000), (other, 1_000_000))
    post(**by, flows=[a_settlement(ground, owed, 21, settles=shares)])
    drop_claim(by=ground.alice, claim_id=owed, key=uuid4(), successor_id=other)
    full = {
        "resource": here,
        "to_resource": there,
        "input_of": process,
        "output_of": process,
        "to_location": place,
        "state": "sèche",
        "quantity": 3,
        "unit": "kg",
    }
    ceded = {"action": "transferAllRights", "resource": here, "quantity": 1, "unit": "kg"}
    write_event(ground, **ceded, effort=None, effort_unit="", rights="1/3")
    write_event(ground, **full)
    answer_wishes(ground, full, promised=later, happened=first + 1)
    return ground


def answer_wishes(ground, full, promised, happened):
    """A need and an offer with all that a wish may say, both answered."""
    around = {f"{name}_id": full[name] for name in ("resource", "input_of", "output_of")}
    for side in ("provider_id", "receiver_id"):
        mine = ground.giver if side == "provider_id" else ground.taker
        intent = Intent.objects.create(
            ledger=ground.ledger, space=ground.ledger, author=mine, **{side: mine.pk},
            recorded_by=ground.alice.agent, level="public", action="work", measure="effort",
            unit="hour",
            specification=Specification.objects.get(code="time"), quantity=9_000_000,
            available=19_000_000, minimum=1_000_000, stage=ProcessSpecification.objects.first(),
            state="sèche", place_id=full["to_location"], reach=500, begins_on=DAY, due=DAY,
            ends_on=date(2026, 3, 20), planned_within=Plan.objects.first(), **around,
        )  # fmt: skip
        what = {"event_id": happened} if side == "provider_id" else {"commitment_id": promised}
        steward = join(make_user("Samir"), ground.ledger.ecosystem, "pilot")
        answers(ground, intent, by=steward, **what)


def write_event(ground, **changes):
    """Write an event as the kernel does, without asking any rule."""
    content = {
        "ledger": ground.ledger.pk,
        "key": uuid4(),
        "action": "use",
        "provider": ground.giver.pk,
        "receiver": ground.taker.pk,
        "specification": Specification.objects.get(code="time").pk,
        "quantity": None,
        "unit": "",
        "effort": 5,
        "effort_unit": "hour",
        "resource": None,
        "to_resource": None,
        "corrects": None,
        "happened_on": DAY,
        "recorded_at": datetime(2026, 3, 14, 9, 0, 0, 120_000, UTC),
        "recorded_by": ground.alice.agent_id,
        "on_behalf_of": ground.giver.pk,
        "mandate": ground.alice.agent.mandates.get().pk,
        **changes,
    }
    with turn(ground.ledger.pk):
        return kernel.write(execute, kernel.Posting((kernel.EventRow(**content),)))[0]


@contextmanager
def tampering():
    """Go behind the triggers, as who owns the database may; all is as before afterwards."""
    with transaction.atomic():
        triggers.remove(connection)
        yield
        transaction.set_rollback(True)


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def found(ground):
    return [str(one) for one in (*chain.unsealed(), *chain.breaks(ground.ledger.pk))]


def seal_of(kind, pk):
    return Seal.objects.get(kind=kind, fact=pk)


def place_of(kind, pk):
    seal = seal_of(kind, pk)
    return f"ledger {seal.ledger_id}, seal {seal.number}"


def test_an_untouched_chain_holds(ground):
    assert found(ground) == []
    assert set(Seal.objects.values_list("kind", flat=True)) == set(seals.SEALED)


MODELS = {one.__name__.lower(): one for one in vars(models).values() if hasattr(one, "_meta")}


def digest_of(before, seal):
    """Work a digest out from the sentence that defines it: nothing of ours but the columns."""

    def told(value):
        if isinstance(value, datetime):
            return str(value.astimezone(UTC).replace(tzinfo=None))
        return value.isoformat() if isinstance(value, date) else getattr(value, "hex", value)

    row = MODELS[seal.kind].objects.get(pk=seal.fact)
    cells = [told(getattr(row, column)) for column in seals.SEALED[seal.kind]]
    if seal.kind == "event":
        links = row.links.order_by("commitment_id")
        cells.append([[link.commitment_id, link.quantity] for link in links])
        settles = row.settlements.order_by("claim_id")
        if settles:
            cells += ["settles", [[one.claim_id, one.quantity] for one in settles]]
    array = [seal.ledger_id, seal.number, seal.kind, *cells]
    text = json.dumps(array, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(before + text.encode()).digest()


def test_anybody_can_work_the_digests_out(ground):
    before = bytes(32)
    for seal in Seal.objects.order_by("number"):
        before = digest_of(before, seal)
        assert bytes(seal.digest) == before, seal
    assert seal.number > 15


def test_all_that_the_database_keeps_from_changing_is_sealed():
    """A column added to the facts is sealed too, or this says so."""
    from terreau.ledger.apps import FACTS, FIXED

    for model in MODELS.values():
        table = model._meta.db_table
        columns = {field.column for field in model._meta.concrete_fields}
        if table in FIXED:
            columns = {model._meta.pk.column, *FIXED[table]}
        elif table not in FACTS or table in (
            "ledger_seal",
            "ledger_eventlink",
            "ledger_settlement",
        ):
            continue
        assert columns == set(seals.SEALED[table.removeprefix("ledger_")]), table


def test_what_comes_twice_is_sealed_once_and_what_is_refused_is_not(ground):
    flow, by = a_flow(ground), {"by": ground.alice, "ledger": ground.ledger}
    post(**by, flows=[flow])
    count = Seal.objects.count()

    post(**by, flows=[flow])
    with pytest.raises(Refusal):
        post(**by, flows=[a_flow(ground), a_flow(ground, effort=0)])

    assert Seal.objects.count() == count
    assert found(ground) == []


def test_each_ledger_has_a_chain_of_its_own(ground):
    other = make_ground()
    post(by=other.alice, ledger=other.ledger, flows=[a_flow(other)])

    assert list(Seal.objects.filter(ledger=other.ledger).values_list("number", flat=True)) == [1, 2]
    assert found(ground) == found(other) == []


def test_the_chain_has_no_fork_and_no_fact_stands_in_it_twice(ground):
    last = Seal.objects.order_by("-number")[0]
    once = {"ledger": ground.ledger, "digest": bytes(32)}

    for number, kind, fact, name in (
        (last.number, "event", 10**6, "one_seal_a_number|ledger_seal.number"),
        (last.number + 1, last.kind, last.fact, "one_seal_a_fact|ledger_seal.kind"),
        (0, "event", 10**6, "seal_numbers_begin_at_one"),
        (last.number + 1, "word", 10**6, "seal_kind_is_known"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Seal.objects.create(**once, number=number, kind=kind, fact=fact)


LISTED = {"measure": ("effort", "quantity"), "kind": ("withdrawn", "superseded")}


def another(column, value):
    """Another value that the database would take."""
    if column in LISTED:
        return next(one for one in LISTED[column] if one != value)
    if isinstance(value, UUID):
        return uuid4().hex
    if isinstance(value, datetime):
        return "2026-03-14 09:00:00.120001"
    if isinstance(value, date):
        return "2026-03-13"
    if column == "floor":
        return value - 1000
    return f"{value}x" if isinstance(value, str) else value + 1000


@pytest.mark.parametrize(
    ("kind", "column"),
    [(kind, column) for kind, (_, *columns) in seals.SEALED.items() for column in columns],
)
def test_any_cell_that_was_changed_is_found_in_its_row(ground, kind, column):
    model = MODELS[kind]
    name = next(one.attname for one in model._meta.concrete_fields if one.column == column)
    rows = [row for row in model.objects.order_by("-pk") if getattr(row, name) not in (None, "")]
    row = rows[0]  # the ground leaves no column empty everywhere
    one_of_its_sides = kind == "intent" and column in ("provider_id", "receiver_id")
    with tampering():
        also = ", author_id = author_id + 1000" if one_of_its_sides else ""
        run(
            f"UPDATE ledger_{kind} SET {column} = %s{also} WHERE {model._meta.pk.column} = %s",
            another(column, getattr(row, name)),
            row.pk,
        )
        assert found(ground) == [
            f"{kind} {row.pk}: is not what was sealed ({place_of(kind, row.pk)})"
        ]


@pytest.mark.parametrize("change", ["UPDATE", "DELETE", "INSERT"])
def test_a_link_that_was_changed_taken_or_added_is_found_at_its_event(ground, change):
    link = EventLink.objects.order_by("pk")[0]
    with tampering():
        if change == "UPDATE":
            run("UPDATE ledger_eventlink SET quantity = quantity + 1 WHERE id = %s", link.pk)
        elif change == "DELETE":
            run("DELETE FROM ledger_eventlink WHERE id = %s", link.pk)
        else:
            other = Event.objects.filter(links=None).order_by("pk")[0]
            link = EventLink.objects.create(event=other, commitment=link.commitment, quantity=1)
        assert [one.split(" (")[0] for one in found(ground)] == [
            f"event {link.event_id}: is not what was sealed"
        ]


def test_a_settlement_that_was_changed_or_taken_is_found_at_its_event(ground):
    one = Settlement.objects.order_by("pk")[0]
    for sql in ("UPDATE ledger_settlement SET quantity = 7", "DELETE FROM ledger_settlement"):
        with tampering():
            run(f"{sql} WHERE id = %s", one.pk)
            assert [told.split(" (")[0] for told in found(ground)] == [
                f"event {one.event_id}: is not what was sealed"
            ]


def test_a_deleted_event_is_named(ground):
    event = Event.objects.order_by("-pk")[0]
    with tampering():
        run("DELETE FROM ledger_event WHERE id = %s", event.pk)
        assert found(ground) == [
            f"event {event.pk}: was sealed and is gone ({place_of('event', event.pk)})"
        ]


def test_an_event_deleted_with_its_seal_leaves_a_gap(ground):
    event = Event.objects.filter(links=None, correction=None).order_by("pk")[0]
    number = seal_of("event", event.pk).number
    with tampering():
        run("DELETE FROM ledger_seal WHERE number = %s", number)
        run("DELETE FROM ledger_event WHERE id = %s", event.pk)
        assert found(ground) == [f"ledger {ground.ledger.pk}: seal {number} missing from the chain"]


def test_a_gap_closed_by_new_numbers_breaks_all_that_follows(ground):
    event = Event.objects.filter(links=None, correction=None).order_by("pk")[0]
    number, last = seal_of("event", event.pk).number, Seal.objects.count()
    with tampering():
        run("DELETE FROM ledger_seal WHERE number = %s", number)
        run("DELETE FROM ledger_event WHERE id = %s", event.pk)
        for one in range(number + 1, last + 1):
            run("UPDATE ledger_seal SET number = %s WHERE number = %s", one - 1, one)
        assert len(found(ground)) == last - number


def test_two_events_that_changed_places_are_both_named(ground):
    one, other = Seal.objects.filter(kind="event").order_by("fact")[1:3]
    with tampering():
        run("UPDATE ledger_seal SET fact = 0 WHERE id = %s", one.pk)
        run("UPDATE ledger_seal SET fact = %s WHERE id = %s", one.fact, other.pk)
        run("UPDATE ledger_seal SET fact = %s WHERE id = %s", other.fact, one.pk)
        assert [line.split(" (")[0] for line in found(ground)] == [
            f"event {other.fact}: is not what was sealed",
            f"event {one.fact}: is not what was sealed",
        ]


def test_an_event_slipped_in_without_a_seal_is_named(ground):
    event = Event.objects.order_by("-pk")[0]
    event.pk, event.key = None, uuid4()
    event.save(force_insert=True)  # no trigger refuses it: it is an insertion

    assert found(ground) == [f"event {event.pk}: stands without a seal"]


def test_a_fact_of_any_kind_without_a_seal_is_named(ground):
    process = Process.objects.order_by("pk")[0]
    process.pk, process.key = None, uuid4()
    process.save(force_insert=True)

    assert found(ground) == [f"process {process.pk}: stands without a seal"]


def test_an_event_slipped_in_with_a_seal_breaks_the_next_one(ground):
    event = Event.objects.order_by("-pk")[0]
    event.pk, event.key = None, uuid4()
    event.save(force_insert=True)
    last = Seal.objects.order_by("-number")[0]
    with tampering():
        run("UPDATE ledger_seal SET number = number + 1 WHERE id = %s", last.pk)
        seal_again(ground.ledger, last.number, "event", event.pk)
        assert [line.split(" (")[0] for line in found(ground)] == [
            f"{last.kind} {last.fact}: is not what was sealed"
        ]


def seal_again(ledger, number, kind, pk):
    """Write a seal as somebody would who knows how it is worked out."""
    before = bytes(Seal.objects.get(ledger=ledger, number=number - 1).digest)
    seal = Seal(ledger=ledger, number=number, kind=kind, fact=pk)
    seal.digest = digest_of(before, seal)
    seal.save(force_insert=True)


def test_a_seal_that_was_changed_is_found(ground):
    with tampering():
        run("UPDATE ledger_seal SET digest = %s WHERE number = 3", bytes(32))
        assert [line.split("seal ")[1] for line in found(ground)] == ["3)", "4)"]


def test_verify_names_the_first_break_first(ground):
    end = CommitmentEnd.objects.get()
    with tampering():
        run("DELETE FROM ledger_commitmentend WHERE commitment_id = %s", end.pk)
        named = [one.where for one in differences()]
    assert named[:2] == ["database", f"commitmentend {end.pk}"]
