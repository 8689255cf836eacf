# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs, offers, proposals and lists that change over the API, as their actions allow."""

from __future__ import annotations

from uuid import uuid4

import pytest

from terreau.exchange.addresses import opaque
from terreau.exchange.export import agent
from terreau.ledger.models import (
    Commitment,
    Event,
    Intent,
    Place,
    Plan,
    Process,
    ProcessSpecification,
    Proposal,
    ProposalList,
    Resource,
    Satisfaction,
)
from terreau.ledger.planning.actions import Planned, open_plan
from tests.agreements.factories import make_place
from tests.api.kit import nodes, problem, program_of
from tests.api.planning import plan_all
from tests.api.test_wishing import address, body, hours, said
from tests.factories import join, make_user

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def place():
    return make_place()


@pytest.fixture
def alice(place):
    return program_of(place.alice)


@pytest.fixture
def basile(place):
    return program_of(place.basile)


def uuid(node):
    return node["@id"].removeprefix("urn:uuid:")


def at(place, node, *rest, among="intents"):
    return address(place, among, uuid(node), *rest)


def ok(found, status=200):
    assert found.status_code == status, found.content
    return found.json()


def where(name, **more):
    return {"name": name, "lat": "47.5", "long": "5"} | more


# Needs and offers


def test_an_offer_says_where_it_stands_in_what_is_planned(place, alice):
    made = plan_all(place.alice, place.ecosystem.circle, place.halte, place.council)
    oven, plan = Process.objects.get(), Plan.objects.get()
    sent = body(
        place, action="consume", inputOf=f"urn:uuid:{oven.key}", state="levée",
        stage=opaque("stage", ProcessSpecification.objects.get(code="cuisson").pk),
        resourceInventoriedAs=f"urn:uuid:{Resource.objects.get(pk=made.stock).key}",
        resourceQuantity={"hasNumericalValue": "2", "hasUnit": "om2:kilogram"},
    )  # fmt: skip
    del sent["effortQuantity"]
    sent["resourceConformsTo"] = nodes(alice.get(address(place, "economic-resources")))[0][
        "conformsTo"
    ]

    told = said(alice, place, sent)

    for word in ("inputOf", "stage", "state", "resourceInventoriedAs"):
        assert told[word] == sent[word]
    assert told["plannedWithin"] == f"urn:uuid:{plan.key}"
    alone = said(alice, place, body(place, plannedWithin=f"urn:uuid:{plan.key}"))
    assert (alone["plannedWithin"], "inputOf" in alone) == (f"urn:uuid:{plan.key}", False)


WRONG = ("inputOf", "outputOf", "plannedWithin", "resourceInventoriedAs", "stage")


@pytest.mark.parametrize("word", WRONG)
def test_what_is_planned_elsewhere_is_not_here(place, alice, word):
    other = make_place()
    plan_all(other.alice, other.ecosystem.circle, other.halte, other.council)
    theirs = {
        "stage": opaque("stage", ProcessSpecification.objects.first().pk),
        "plannedWithin": f"urn:uuid:{Plan.objects.get().key}",
        "resourceInventoriedAs": f"urn:uuid:{Resource.objects.get().key}",
    }
    named = theirs.get(word, f"urn:uuid:{Process.objects.get().key}")

    for name in (named, "urn:uuid:x"):
        found = alice.post(address(place, "intents"), body(place, **{word: name}))
        assert problem(found) == (422, [word])


def test_one_plan_is_meant(place, alice):
    plan_all(place.alice, place.ecosystem.circle, place.halte, place.council)
    key = uuid4()
    open_plan(by=place.alice, ledger=place.ecosystem.space, plan=Planned(key, "L'atelier"))
    around = {
        "inputOf": f"urn:uuid:{Process.objects.get().key}",
        "plannedWithin": f"urn:uuid:{key}",
    }

    found = alice.post(address(place, "intents"), body(place, **around))

    assert problem(found) == (422, ["plannedWithin"])


def test_an_offer_is_mended_over_the_version_that_was_read(place, alice):
    told = said(alice, place, body(place, **{"terreau:place": where("La halle")}))
    path = at(place, told, "mend")
    anew = body(place, name="Un coup de main", effortQuantity=hours("12"))
    anew |= {"terreau:place": where("Le lavoir"), "terreau:version": told["terreau:version"]}

    first, again = (ok(alice.post(path, anew)) for _ in range(2))

    assert first == again == alice.get(at(place, told)).json()
    assert (first["name"], first["terreau:version"], first["@id"]) == (
        "Un coup de main", 2, told["@id"],
    )  # fmt: skip
    assert first["effortQuantity"]["hasNumericalValue"] == "12"
    assert first["terreau:place"]["name"] == "Le lavoir"
    late = alice.post(path, anew | {"note": "Le soir"})
    assert problem(late) == (409, ["terreau:version"])
    assert (Intent.objects.get().note, Place.objects.count()) == ("", 2)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"terreau:version": 0}, ["terreau:version"]),
        ({"terreau:version": "1"}, ["terreau:version"]),
        ({"terreau:version": None}, ["terreau:version"]),
        ({"effortQuantity": hours("0")}, ["effortQuantity.hasNumericalValue"]),
        ({"hasBeginning": "2026-02-01", "hasEnd": "2026-01-01"}, ["hasEnd"]),
    ],
)
def test_what_does_not_fit_is_no_mending(place, alice, changes, fields):
    told = said(alice, place, body(place))
    sent = body(place, **{"terreau:version": 1, "terreau:place": where("Là"), **changes})

    assert problem(alice.post(at(place, told, "mend"), sent)) == (422, fields)
    assert (Intent.objects.get().version, Place.objects.count()) == (1, 0)


def test_half_a_person_is_neither_said_nor_mended(place, alice):
    people = {"hasNumericalValue": "2", "hasUnit": "terreau:person"}
    half = {"hasNumericalValue": "1.5", "hasUnit": "terreau:person"}
    sent = body(place, action="deliverService", resourceQuantity=people, effortQuantity=None)
    told = said(alice, place, sent)

    for name in ("resourceQuantity", "availableQuantity", "minimumQuantity"):
        wrong = sent | {name: half}
        fields = [f"{name}.hasNumericalValue"]
        assert problem(alice.post(address(place, "intents"), wrong)) == (422, fields)
        mended = wrong | {"terreau:version": 1}
        assert problem(alice.post(at(place, told, "mend"), mended)) == (422, fields)


def test_a_wish_stays_with_who_said_it(place, alice, basile):
    told = said(alice, place, body(place))
    path, anew = at(place, told, "mend"), body(place) | {"terreau:version": 1, "name": "x"}

    assert problem(basile.post(path, anew))[0] == 403
    assert problem(program_of(place.alice, "read").post(path, anew))[0] == 403
    turned = {key: value for key, value in anew.items() if key != "provider"}
    assert problem(alice.post(path, turned | {"receiver": agent(place.halte.pk)}))[0] == 422
    outside = program_of(join(make_user("Ursule"), make_place().ecosystem))
    hidden = said(alice, place, body(place, **{"terreau:visibility": "author"}))
    for program, one in ((outside, told), (basile, hidden)):
        for what in ("mend", "reopen", "close"):
            assert problem(program.post(at(place, one, what), anew))[0] == 404
        by = {"terreau:by": "urn:uuid:x"}
        assert problem(program.post(at(place, one, "answer"), by))[0] == 404


def test_what_is_closed_is_reopened(place, alice, basile):
    told = said(alice, place, body(place))
    ok(alice.post(at(place, told, "close"), {}))
    anew = body(place, name="x") | {"terreau:version": 1}
    assert problem(alice.post(at(place, told, "mend"), anew))[0] == 422
    assert problem(basile.post(at(place, told, "reopen"), {}))[0] == 403

    for _ in range(2):
        assert ok(alice.post(at(place, told, "reopen"), {}))["finished"] is False
    assert ok(alice.post(at(place, told, "mend"), anew))["name"] == "x"


# Answers


@pytest.fixture
def made(place):
    return plan_all(place.alice, place.ecosystem.circle, place.halte, place.council)


def test_an_event_and_a_promise_answer_an_offer(place, alice, made):
    told = said(alice, place, body(place))
    path, key = at(place, told, "answer"), uuid4()
    sent = {"terreau:by": f"urn:uuid:{Event.objects.get().key}", "terreau:quantity": hours("2")}

    first, again = (ok(alice.post(path, sent, key), 201) for _ in range(2))

    assert first == again
    assert first["terreau:satisfied"]["hasNumericalValue"] == "2"
    assert first["terreau:remaining"]["hasNumericalValue"] == "8"
    other = sent | {"terreau:quantity": hours("1")}
    assert problem(alice.post(path, other, key)) == (409, ["Idempotency-Key"])
    whole = {"terreau:by": f"urn:uuid:{Commitment.objects.get().key}"}
    assert ok(alice.post(path, whole), 201)["terreau:satisfied"]["hasNumericalValue"] == "5"
    (event,) = nodes(alice.get(address(place, "events")))
    assert event["satisfies"] == [told["@id"]]
    anew = body(place, name="x") | {"terreau:version": 1}
    assert problem(alice.post(at(place, told, "mend"), anew))[0] == 422


def test_what_cannot_answer_is_refused_with_the_property(place, alice, made):
    told = said(alice, place, body(place))
    path = at(place, told, "answer")
    event = {"terreau:by": f"urn:uuid:{Event.objects.get().key}"}
    wrong = [
        ({"terreau:by": "urn:uuid:x"}, ["terreau:by"]),
        ({"terreau:by": f"urn:uuid:{uuid4()}"}, ["terreau:by"]),
        ({}, ["terreau:by"]),
        (event | {"terreau:quantity": hours("0")}, ["terreau:quantity.hasNumericalValue"]),
        (event | {"terreau:quantity": hours("4")}, ["terreau:quantity.hasNumericalValue"]),
        (
            event | {"terreau:quantity": {"hasNumericalValue": "1", "hasUnit": "om2:kilogram"}},
            ["terreau:quantity.hasUnit"],
        ),
        (event | {"colour": "red"}, ["colour"]),
    ]

    for sent, fields in wrong:
        assert problem(alice.post(path, sent)) == (422, fields), sent
    small = said(alice, place, body(place, effortQuantity=hours("1")))
    sent = event | {"terreau:quantity": hours("2")}
    found = alice.post(at(place, small, "answer"), sent)
    assert problem(found) == (422, ["terreau:quantity.hasNumericalValue"])
    ok(alice.post(at(place, small, "answer"), sent | {"terreau:beyond": True}), 201)
    assert Satisfaction.objects.count() == 1


def test_one_answers_by_what_one_reads_and_for_a_side_of_it(place, alice, made):
    told = said(alice, place, body(place, **{"terreau:visibility": "ecosystem"}))
    sent = {"terreau:by": f"urn:uuid:{Event.objects.get().key}"}

    blind = program_of(place.chloe).post(at(place, told, "answer"), sent)
    assert problem(blind) == (422, ["terreau:by"])
    assert problem(program_of(place.alice, "read").post(at(place, told, "answer"), sent))[0] == 403
    ok(program_of(place.basile).post(at(place, told, "answer"), sent), 201)


# Proposals


def proposal_of(place, *publishes, **more):
    sent = {"name": "Du temps", "purpose": "offer", "publishes": list(publishes)}
    return sent | {"terreau:proposedBy": agent(place.halte.pk)} | more


def test_a_proposal_is_mended_and_reopened(place, alice, basile):
    one, other = (said(alice, place, body(place))["@id"] for _ in range(2))
    told = said(alice, place, proposal_of(place, one), "proposals")
    path = at(place, told, "mend", among="proposals")
    anew = proposal_of(
        place, other, name="Du temps libre", reciprocal=[one], note="Le matin",
        proposedTo=[agent(place.council.pk)], eligibleLocation=where("La halle"),
        **{"terreau:version": told["terreau:version"]},
    )  # fmt: skip

    first, again = (ok(alice.post(path, anew)) for _ in range(2))

    assert first == again
    for word in ("name", "publishes", "reciprocal", "note", "proposedTo"):
        assert first[word] == anew[word]
    assert (first["terreau:version"], first["eligibleLocation"]["name"]) == (2, "La halle")
    late = alice.post(path, anew | {"publishes": [one], "reciprocal": []})
    assert problem(late) == (409, ["terreau:version"])
    wrong = anew | {"terreau:version": 2, "publishes": [f"urn:uuid:{uuid4()}"]}
    assert problem(alice.post(path, wrong)) == (422, ["publishes"])
    assert problem(basile.post(path, anew | {"terreau:version": 2, "name": "y"}))[0] == 403
    ok(alice.post(at(place, told, "close", among="proposals"), {}))
    assert problem(alice.post(path, anew | {"terreau:version": 2, "name": "y"}))[0] == 422
    reopen = at(place, told, "reopen", among="proposals")
    assert problem(basile.post(reopen, {}))[0] == 403
    for _ in range(2):
        assert "terreau:closed" not in ok(alice.post(reopen, {}))
    assert Proposal.objects.get().name == "Du temps libre"


# Lists


def listed(place, *proposals, **more):
    sent = {"name": "Nos tarifs", "lists": list(proposals)}
    return sent | {"terreau:proposedBy": agent(place.halte.pk)} | more


@pytest.fixture
def proposals(place, alice):
    offers = (said(alice, place, body(place))["@id"] for _ in range(2))
    return [said(alice, place, proposal_of(place, one), "proposals")["@id"] for one in offers]


def test_a_list_is_kept_once_and_read_by_who_is_asked(place, alice, basile, proposals):
    key, path = uuid4(), address(place, "proposal-lists")
    sent = listed(
        place, *proposals, note="Par heure", proposedTo=[agent(place.council.pk)],
        **{"terreau:visibility": "author"},
    )  # fmt: skip

    found = alice.post(path, sent, key)

    told = ok(found, 201)
    assert found.headers["Location"] == f"{path}/{key}"
    for word in ("name", "note", "lists", "proposedTo", "terreau:visibility"):
        assert told[word] == sent[word]
    assert ok(alice.post(path, sent, key), 201) == told
    other = alice.post(path, sent | {"name": "Autre"}, key)
    assert problem(other) == (409, ["Idempotency-Key"])
    assert ProposalList.objects.count() == 1
    assert ok(basile.get(f"{path}/{key}")) == told
    assert problem(program_of(place.chloe).get(f"{path}/{key}"))[0] == 404


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"name": " "}, ["name"]),
        ({"lists": [f"urn:uuid:{uuid4()}"]}, ["lists"]),
        ({"proposedTo": ["x"]}, ["proposedTo"]),
        ({"terreau:proposedBy": "x"}, ["terreau:proposedBy"]),
        ({"terreau:visibility": "pair"}, ["terreau:visibility"]),
    ],
)
def test_a_list_that_does_not_fit_is_refused(place, alice, changes, fields):
    sent = listed(place) | changes

    assert problem(alice.post(address(place, "proposal-lists"), sent)) == (422, fields)
    assert ProposalList.objects.count() == 0


def test_a_list_is_kept_for_whom_one_speaks(place, basile):
    assert problem(basile.post(address(place, "proposal-lists"), listed(place)))[0] == 403


def test_a_list_changes(place, alice, basile, proposals):
    one, other = proposals
    told = said(alice, place, listed(place, one), "proposal-lists")

    def on(what):
        return at(place, told, what, among="proposal-lists")

    for _ in range(2):
        assert ok(alice.post(on("put"), {"lists": [one, other]}))["lists"] == [one, other]
    for _ in range(2):
        assert ok(alice.post(on("take-off"), {"lists": [one]}))["lists"] == [other]
    anew = {key: value for key, value in listed(place).items() if key != "lists"}
    anew |= {"name": "Le printemps", "note": "Jusqu'en juin", "terreau:version": 1}
    first, again = (ok(alice.post(on("mend"), anew)) for _ in range(2))
    assert first == again
    assert (first["name"], first["lists"], first["terreau:version"]) == (
        "Le printemps", [other], 2,
    )  # fmt: skip
    assert problem(alice.post(on("mend"), anew | {"note": "x"})) == (409, ["terreau:version"])
    assert problem(alice.post(on("put"), {"lists": []})) == (422, ["lists"])
    assert problem(alice.post(on("put"), {"lists": [f"urn:uuid:{uuid4()}"]})) == (422, ["lists"])
    for what, sent in (("put", {"lists": [one]}), ("take-off", {"lists": [one]}), ("mend", anew)):
        assert problem(basile.post(on(what), sent))[0] == 403
    assert Proposal.objects.count() == 2
