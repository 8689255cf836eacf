# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is due, what is planned and how things are made, over the API; and what one may not read."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from terreau.core import clock
from terreau.exchange.addresses import opaque
from terreau.exchange.export import agent, graph, kind
from terreau.exchange.graphs import as_graph
from terreau.ledger.actions import Activity, Flow, back_out, open_process, post
from terreau.ledger.claiming.actions import claim, drop_claim
from terreau.ledger.flows import Claimed
from terreau.ledger.models import (
    BatchLotRecord,
    Claim,
    Commitment,
    Event,
    Intent,
    Plan,
    Process,
    ProcessSpecification,
    Recipe,
)
from terreau.ledger.planning.actions import Batch, Planned, finish_process, note_batch, open_plan
from terreau.ledger.recipes.actions import write_recipe
from tests.agreements.factories import make_place
from tests.api.kit import BASE, nodes, problem, program_of
from tests.api.planning import ONE, plan_all
from tests.factories import join, make_user
from tests.ledger.recipes.bread import BREAD

pytestmark = pytest.mark.django_db(databases="__all__")
LISTS = (
    "claims", "plans", "processes", "process-specifications", "batch-lot-records", "recipes",
)  # fmt: skip


@pytest.fixture
def place():
    return make_place()


@pytest.fixture
def made(place):
    return fill(place)


def fill(place):
    return plan_all(place.alice, place.ecosystem.circle, place.halte, place.council)


def base(place) -> str:
    return f"{BASE}/{place.ecosystem.slug}"


def name(model, pk) -> str:
    return f"urn:uuid:{model.objects.get(pk=pk).key}"


def euros(number):
    return {"@type": "Measure", "hasNumericalValue": number, "hasUnit": "terreau:eur"}


def test_a_claim_says_what_is_due_and_for_what(place, made):
    (found,) = nodes(program_of(place.alice).get(f"{base(place)}/claims"))

    assert found.pop("created")
    assert found == {
        "@id": name(Claim, made.claim),
        "@type": "Claim",
        "action": "transfer",
        "provider": agent(place.council.pk),
        "receiver": agent(place.halte.pk),
        "resourceConformsTo": kind(place.ecosystem.space_id, "money"),
        "resourceQuantity": euros("45"),
        "triggeredBy": name(Event, made.event),
        "due": "2026-04-01",
        "finished": False,
        "terreau:settled": euros("0"),
        "terreau:remaining": euros("45"),
        "terreau:recordedBy": agent(place.alice.agent_id),
    }


def test_what_settles_a_claim_says_so_and_how_far_it_is(place, made):
    sides = (place.council.pk, place.halte.pk)
    paid = Flow(
        uuid4(), "transfer", *sides, clock.today(), "money", 20 * ONE, "eur",
        settles=((made.claim, 20 * ONE),),
    )  # fmt: skip
    post(by=place.alice, ledger=place.ecosystem.space, flows=[paid])
    program = program_of(place.basile)

    (claimed,) = nodes(program.get(f"{base(place)}/claims"))
    gave, settled = nodes(program.get(f"{base(place)}/events"))

    assert (claimed["terreau:settled"], claimed["terreau:remaining"]) == (euros("20"), euros("25"))
    assert ("settles" in gave, settled["settles"]) == (False, [claimed["@id"]])


def test_a_claim_is_read_by_its_two_sides_alone(place, made):
    path = f"{base(place)}/claims"
    one = f"{path}/{Claim.objects.get().key}"

    for user, reads in ((place.alice, 1), (place.basile, 1), (place.chloe, 0), (place.pilot, 0)):
        program = program_of(user)
        assert len(nodes(program.get(path))) == reads
        assert program.get(one).status_code == (200 if reads else 404)


def test_a_claim_that_was_replaced_says_by_which_and_one_for_nothing_is_not_due(place, made):
    owed = Claimed(
        uuid4(), "transfer", place.council.pk, place.halte.pk, "money", made.event, 9 * ONE, "eur"
    )
    by = {"by": place.alice, "ledger": place.ecosystem.space}
    (later,) = claim(**by, claims=[owed])
    drop_claim(by=place.alice, claim_id=made.claim, key=uuid4(), successor_id=later)

    first, second = nodes(program_of(place.basile).get(f"{base(place)}/claims"))

    told = ("finished", "terreau:ended", "terreau:successor", "terreau:remaining")
    assert [first.get(word) for word in told] == [
        True, "superseded", name(Claim, later), euros("0"),
    ]  # fmt: skip
    assert [second.get(word) for word in told] == [False, None, None, euros("9")]
    back_out(by=place.alice, event_id=made.event, key=uuid4())
    _, lifted = nodes(program_of(place.basile).get(f"{base(place)}/claims"))
    assert (lifted["finished"], lifted["terreau:remaining"]) == (False, euros("0"))


def test_a_claim_names_no_other_that_its_reader_may_not_read(place, made):
    """Made by hand: no action replaces a claim by one between others."""
    other = Claim.objects.get()
    other.pk, other.key = None, uuid4()
    other.provider, other.receiver = place.lab, place.chloe.agent
    other.save(force_insert=True)
    drop_claim(by=place.alice, claim_id=made.claim, key=uuid4(), successor_id=other.pk)

    (found,) = nodes(program_of(place.alice).get(f"{base(place)}/claims"))

    assert (found["terreau:ended"], "terreau:successor" in found) == ("superseded", False)


def test_a_plan_says_what_follows_from_its_activities(place, made):
    program = program_of(place.chloe)
    (found,) = nodes(program.get(f"{base(place)}/plans"))

    assert found.pop("created")
    assert found == {
        "@id": name(Plan, made.plan),
        "@type": "Plan",
        "name": "La fournée",
        "note": "Samedi",
        "due": "2026-04-01",
        "terreau:begins": "2026-04-01",
        "terreau:ends": "2026-04-01",
        "terreau:over": False,
    }
    finish_process(by=place.alice, process_id=made.process)
    assert nodes(program.get(f"{base(place)}/plans"))[0]["terreau:over"] is True


def test_an_activity_says_its_kind_its_plan_and_its_days(place, made):
    (found,) = nodes(program_of(place.chloe).get(f"{base(place)}/processes"))

    assert found == {
        "@id": name(Process, made.process),
        "@type": "Process",
        "name": "Cuire",
        "basedOn": opaque("stage", ProcessSpecification.objects.get(code="cuisson").pk),
        "plannedWithin": name(Plan, made.plan),
        "hasBeginning": "2026-04-01",
        "hasEnd": "2026-04-01",
        "finished": False,
    }


def test_kinds_of_activities_and_batches_are_named(place, made):
    program = program_of(place.chloe)

    kinds = nodes(program.get(f"{base(place)}/process-specifications"))
    (batch,) = nodes(program.get(f"{base(place)}/batch-lot-records"))
    (stock,) = nodes(program.get(f"{base(place)}/economic-resources"))

    assert sorted(one["name"] for one in kinds) == ["cuisson", "pétrissage"]
    assert batch == {
        "@id": name(BatchLotRecord, made.batch),
        "@type": "BatchLotRecord",
        "batchLotCode": "L-1",
        "expirationDate": "2026-04-01",
    }
    assert (stock["ofBatchLot"], stock["trackingIdentifier"]) == (batch["@id"], "N-1")


def test_a_recipe_holds_its_steps_in_their_order_and_what_goes_in_and_comes_out(place, made):
    (found,) = nodes(program_of(place.chloe).get(f"{base(place)}/recipes"))

    bread, dough, flour = (
        kind(place.ecosystem.space_id, word) for word in ("bread", "dough", "flour")
    )
    assert found["@id"] == name(Recipe, made.recipe)
    assert (found["name"], found["note"], found["primaryOutput"]) == ("Pain", "Du samedi", bread)
    knead, bake = found["recipeIncludes"]
    assert (knead["name"], knead["hasDuration"]["hasNumericalValue"]) == ("Pétrir", "2")
    kinds = {one["@id"]: one["name"] for one in nodes(
        program_of(place.chloe).get(f"{base(place)}/process-specifications")
    )}  # fmt: skip
    assert [kinds[step["processConformsTo"]] for step in (knead, bake)] == [
        "pétrissage", "cuisson",
    ]  # fmt: skip
    flows = [
        [one["resourceConformsTo"] for one in step[way]]
        for step in (knead, bake) for way in ("hasRecipeInput", "hasRecipeOutput")
    ]  # fmt: skip
    time = kind(place.ecosystem.space_id, "time")
    assert flows == [[flour, time], [dough], [dough], [bread]]
    (into,) = bake["hasRecipeInput"]
    assert (kinds[into["stage"]], into["state"], into["recipeInputOf"]) == (
        "pétrissage", "levée", bake["@id"],
    )  # fmt: skip
    assert into["resourceQuantity"]["hasNumericalValue"] == "16"
    listed = nodes(program_of(place.chloe).get(f"{base(place)}/resource-specifications"))
    assert {bread, dough, flour} <= {one["@id"] for one in listed}


def test_the_kind_of_a_claim_is_listed_to_its_sides_alone(place, made):
    by = {"by": place.alice, "ledger": place.ecosystem.space}
    owed = Claimed(
        uuid4(), "transfer", place.council.pk, place.halte.pk, "seed", made.event, ONE, "kg"
    )
    claim(**by, claims=[owed])

    seed = kind(place.ecosystem.space_id, "seed").removeprefix("urn:uuid:")
    path = f"{base(place)}/resource-specifications/{seed}"
    statuses = [program_of(user).get(path).status_code for user in (place.alice, place.chloe)]
    assert statuses == [200, 404]


def test_activities_promises_wishes_and_events_are_chosen_by_plan_and_activity(place, made):
    by = {"by": place.alice, "ledger": place.ecosystem.space}
    other = open_plan(**by, plan=Planned(uuid4(), "L'atelier"))
    second = open_process(**by, activity=Activity(uuid4(), "Coudre", planned_within_id=other))
    program = program_of(place.alice)

    def found(what, **asked):
        return [one["@id"] for one in nodes(program.get(f"{base(place)}/{what}", **asked))]

    plans = [name(Plan, pk)[9:] for pk in (made.plan, other)]
    ovens = [name(Process, pk)[9:] for pk in (made.process, second)]
    for what, one in (("commitments", Commitment), ("intents", Intent)):
        mine = [name(one, one.objects.get().pk)]
        assert found(what, plan=plans[0]) == found(what, process=ovens[0]) == mine
        assert found(what, plan=plans[1]) == found(what, process=ovens[1]) == []
        assert found(what, plan=plans[0], process=ovens[1]) == []
    assert found("processes", plan=plans[1]) == [f"urn:uuid:{ovens[1]}"]
    finish_process(by=place.alice, process_id=second)
    assert found("processes", finished=False) == [f"urn:uuid:{ovens[0]}"]
    assert found("events", process=ovens[0]) == []
    assert problem(program.get(f"{base(place)}/processes", plan="x")) == (422, ["plan"])


def test_a_promise_and_a_need_say_where_they_stand(place, made):
    program = program_of(place.alice)
    (promised,) = nodes(program.get(f"{base(place)}/commitments"))
    (need,) = nodes(program.get(f"{base(place)}/intents"))

    plan, oven = name(Plan, made.plan), name(Process, made.process)
    stage = opaque("stage", ProcessSpecification.objects.get(code="cuisson").pk)
    words = ("plannedWithin", "inputOf", "independentDemandOf", "stage")
    assert [promised[word] for word in words] == [plan, oven, plan, stage]
    assert [need[word] for word in words[:2]] == [plan, oven]


@pytest.mark.parametrize("what", LISTS)
def test_an_answer_is_a_graph_of_valueflows_with_the_names_of_an_exported_file(place, made, what):
    answer = program_of(place.alice).get(f"{base(place)}/{what}").json()

    read = as_graph(answer)
    assert (read.notes, read.foreign, bool(read.nodes)) == ([], [], True)
    exported = {(one["@id"], one["@type"]) for one in graph(place.ecosystem)}
    assert {(one["@id"], one["@type"]) for one in answer["@graph"]} <= exported


@pytest.mark.parametrize("what", LISTS)
def test_a_thing_of_another_cooperation_is_not_here(place, made, what):
    other = make_place()
    fill(other)
    mine = program_of(place.alice)

    theirs = nodes(program_of(other.alice).get(f"{base(other)}/{what}"))

    assert theirs
    for node in theirs:
        uuid = node["@id"].removeprefix("urn:uuid:")
        assert problem(mine.get(f"{base(place)}/{what}/{uuid}"))[0] == 404
        assert problem(mine.get(f"{base(other)}/{what}/{uuid}"))[0] == 404
        own = program_of(other.alice).get(f"{base(other)}/{what}/{uuid}")
        assert {key: own.json()[key] for key in node} == node


@pytest.mark.parametrize("what", LISTS)
def test_a_list_is_paged_and_costs_the_same_however_long(place, made, what):
    program = program_of(place.alice)

    def page(**asked):
        with CaptureQueriesContext(connection) as seen:
            answer = program.get(f"{base(place)}/{what}", **asked)
        return answer, len(seen)

    _, first = page()
    for number in range(3):
        more(place, number)
    answer, cost = page()
    whole = [one["@id"] for one in nodes(answer)]
    assert (cost, len(whole)) == (first, 5 if what == "process-specifications" else 4)
    start, _ = page(limit=2)
    after = start.headers["Link"].split(">")[0].lstrip("<")
    read = [one["@id"] for one in (*nodes(start), *nodes(program.get(after)))]
    assert read == whole[: len(read)] and len(read) == 4


def more(place, number):
    by = {"by": place.alice, "ledger": place.ecosystem.space}
    plan = open_plan(**by, plan=Planned(uuid4(), f"Plan {number}"))
    activity = Activity(uuid4(), f"Tâche {number}", f"genre {number}", planned_within_id=plan)
    open_process(**by, activity=activity)
    note_batch(**by, batch=Batch(uuid4(), f"M-{number}"))
    write_recipe(**by, recipe=replace(BREAD, key=uuid4()))
    owed = Claimed(
        uuid4(), "transfer", place.council.pk, place.halte.pk, "money",
        Event.objects.first().pk, ONE, "eur",
    )  # fmt: skip
    claim(**by, claims=[owed])


def test_a_key_that_only_notes_reads_none_of_it(place, made):
    program = program_of(place.alice, "contribute")
    outside = program_of(join(make_user("Ursule"), make_place().ecosystem))

    for what in LISTS:
        assert problem(program.get(f"{base(place)}/{what}"))[0] == 403
        assert problem(outside.get(f"{base(place)}/{what}"))[0] == 404
