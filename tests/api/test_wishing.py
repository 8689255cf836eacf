# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs, offers and proposals over the API: said, read, closed, matched, as their actions allow."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from terreau.exchange.export import agent, kind
from terreau.ledger.actions import post, promise
from terreau.ledger.models import Intent, Place, Proposal
from terreau.ledger.wishes.actions import Answer, answer
from tests.agreements.factories import make_place
from tests.api.kit import BASE, nodes, problem, program_of
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent
from tests.ledger.factories import Ground, a_flow, a_promise

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def place():
    return make_place()


@pytest.fixture
def alice(place):
    return program_of(place.alice)


@pytest.fixture
def tina(place):
    """Who speaks for La Scop, in the same circle."""
    user = make_user("Tina")
    represent(user, make_organisation("La Scop"), place.ecosystem)
    return user


def address(place, *rest):
    return "/".join((BASE, place.ecosystem.slug, *rest))


def hours(number):
    return {"hasNumericalValue": number, "hasUnit": "om2:hour"}


def body(place, **more):
    """La Halte offers ten hours of work."""
    return {
        "@type": "Intent",
        "action": "work",
        "provider": agent(place.halte.pk),
        "resourceConformsTo": kind(place.ecosystem.space_id, "time"),
        "effortQuantity": hours("10"),
    } | more


def need_of(user, place, **more):
    scop = user.agent.mandates.get().organisation
    told = {name: value for name, value in body(place).items() if name != "provider"}
    return told | {"receiver": agent(scop.pk)} | more


def said(program, place, sent, name="intents"):
    found = program.post(address(place, name), sent)
    assert found.status_code == 201, found.content
    return found.json()


def test_an_offer_is_said_and_read_again(place, alice):
    key = uuid4()
    sent = body(
        place, name="Un coup de main", note="Le matin", hasBeginning="2026-01-01", due="2026-06-30",
        hasEnd="2026-12-31", availableQuantity=hours("20"),
        minimumQuantity={"hasNumericalValue": "30", "hasUnit": "om2:minuteTime"},
    )  # fmt: skip
    sent["terreau:place"] = {"name": "La halle", "lat": "47.5", "long": 5}
    sent["terreau:reach"] = {"hasNumericalValue": "5", "hasUnit": "om2:kilometre"}

    found = alice.post(address(place, "intents"), sent, key)

    assert found.status_code == 201, found.content
    told, kept = found.json(), Intent.objects.get(key=key)
    assert found.headers["Location"] == address(place, "intents", str(key))
    assert alice.get(found.headers["Location"]).json() == told
    assert (kept.provider, kept.author, kept.receiver) == (place.halte, place.halte, None)
    assert (kept.quantity, kept.available, kept.minimum) == (10_000_000, 20_000_000, 500_000)
    assert (kept.begins_on, kept.reach, kept.place.latitude) == (
        date(2026, 1, 1), 5_000, 47_500_000,
    )  # fmt: skip
    assert kept.space == place.ecosystem.circle and kept.level == "circle"
    assert told["terreau:place"]["name"] == "La halle" and told["note"] == "Le matin"
    assert told["minimumQuantity"]["hasNumericalValue"] == "0.5"
    assert (told["finished"], told["terreau:satisfied"], told["terreau:remaining"]) == (
        False, {"@type": "Measure", **hours("0")}, {"@type": "Measure", **hours("20")},
    )  # fmt: skip
    assert alice.post(address(place, "intents"), sent, key).json() == told
    assert (Intent.objects.count(), Place.objects.count()) == (1, 1)
    other = alice.post(address(place, "intents"), sent | {"due": "2026-07-01"}, key)
    assert problem(other) == (409, ["Idempotency-Key"])


def test_a_new_kind_is_said_in_a_word_and_listed_to_who_reads_it(place, alice):
    sent = body(place, action="use", **{"terreau:kind": "tente", "terreau:visibility": "author"})
    del sent["resourceConformsTo"]
    told = said(alice, place, sent)

    name = kind(place.ecosystem.space_id, "tente")
    assert told["resourceConformsTo"] == name
    assert name in {
        one["@id"] for one in nodes(alice.get(address(place, "resource-specifications")))
    }
    path = address(place, "resource-specifications", name.removeprefix("urn:uuid:"))
    assert alice.get(path).json()["name"] == "tente"
    other = program_of(place.basile)
    assert problem(other.get(path))[0] == 404
    assert nodes(alice.get(address(place, "intents"), kind=name)) == [
        {key: value for key, value in told.items() if key != "@context"}
    ]


WRONG = [
    ({"provider": ""}, ["provider"]),
    ({"receiver": "urn:uuid:x"}, ["receiver"]),
    ({"action": "steal"}, ["action"]),
    ({"action": "transfer"}, ["effortQuantity.hasUnit"]),
    ({"effortQuantity": hours("0")}, ["effortQuantity.hasNumericalValue"]),
    ({"effortQuantity": {"hasNumericalValue": 1, "hasUnit": "x"}}, ["effortQuantity.hasUnit"]),
    ({"effortQuantity": hours("0.0000001")}, ["effortQuantity.hasNumericalValue"]),
    ({"resourceQuantity": hours("1")}, ["resourceQuantity"]),
    ({"effortQuantity": None}, ["resourceQuantity"]),
    ({"availableQuantity": hours("9")}, ["availableQuantity.hasNumericalValue"]),
    (
        {"minimumQuantity": {"hasNumericalValue": 1, "hasUnit": "om2:day"}},
        ["minimumQuantity.hasUnit"],
    ),
    ({"minimumQuantity": hours("11")}, ["minimumQuantity.hasNumericalValue"]),
    ({"hasBeginning": "2026-02-01", "hasEnd": "2026-01-01"}, ["hasEnd"]),
    ({"due": "26-01-01"}, ["due"]),
    ({"resourceConformsTo": "urn:uuid:x"}, ["resourceConformsTo"]),
    ({"terreau:kind": "tente"}, ["resourceConformsTo"]),
    ({"terreau:reach": {"hasNumericalValue": 1, "hasUnit": "om2:metre"}}, ["terreau:reach"]),
    ({"terreau:place": {"name": "Ici", "lat": 91, "long": 1}}, ["terreau:place.lat"]),
    ({"terreau:visibility": "pair"}, ["terreau:visibility"]),
    ({"name": "x" * 121}, ["name"]),
    ({"colour": "red"}, ["colour"]),
]


@pytest.mark.parametrize(("changes", "fields"), WRONG)
def test_what_does_not_fit_is_refused_with_the_property(place, alice, changes, fields):
    found = alice.post(address(place, "intents"), body(place, **changes))

    assert problem(found) == (422, fields)
    assert Intent.objects.count() == 0


def test_one_speaks_for_oneself_with_a_key_that_may(place, alice):
    for_another = body(place, provider=agent(place.council.pk))
    assert problem(alice.post(address(place, "intents"), for_another))[0] == 403
    reading = program_of(place.alice, "read")
    assert problem(reading.post(address(place, "intents"), body(place)))[0] == 403
    outside = program_of(join(make_user("Ursule"), make_ecosystem("Ailleurs")))
    assert problem(outside.post(address(place, "intents"), body(place)))[0] == 404
    told = said(program_of(place.alice, "contribute"), place, body(place))
    path = address(place, "intents", told["@id"].removeprefix("urn:uuid:"))
    assert problem(program_of(place.alice, "contribute").get(path))[0] == 403
    assert problem(outside.get(path))[0] == 404


def test_a_list_is_chosen_from_and_paged(place, alice, tina):
    offers = [said(alice, place, body(place))["@id"] for _ in range(3)]
    need = said(program_of(tina), place, need_of(tina, place))["@id"]
    over = said(alice, place, body(place, hasEnd="2026-01-01"))["@id"]

    def ids(**asked):
        return [one["@id"] for one in nodes(alice.get(address(place, "intents"), **asked))]

    assert ids() == [*offers, need, over]
    assert ids(side="need") == [need]
    assert ids(side="offer", open=True) == offers
    first = alice.get(address(place, "intents"), limit=2)
    assert [one["@id"] for one in nodes(first)] == offers[:2]
    after = first.headers["Link"].split(">")[0].lstrip("<")
    assert [one["@id"] for one in nodes(alice.get(after))] == [offers[2], need]
    assert problem(alice.get(address(place, "intents"), kind="x")) == (422, ["kind"])


def test_an_offer_is_closed_by_who_said_it(place, alice, tina):
    told = said(alice, place, body(place))
    path = address(place, "intents", told["@id"].removeprefix("urn:uuid:"), "close")

    assert problem(program_of(tina).post(path, {}))[0] == 403
    for _ in range(2):
        closed = alice.client.generic("POST", path, headers=alice.headers())
        assert (closed.status_code, closed.json()["finished"]) == (200, True)
    assert problem(alice.post(address(place, "intents", str(uuid4()), "close"), {}))[0] == 404
    assert nodes(alice.get(address(place, "intents"), open=True)) == []


def test_a_proposal_is_made_read_by_who_is_asked_and_closed(place, alice, tina):
    offer = said(alice, place, body(place, **{"terreau:visibility": "author"}))["@id"]
    need = said(program_of(tina), place, need_of(tina, place))["@id"]
    scop = agent(tina.agent.mandates.get().organisation_id)
    key = uuid4()
    sent = {
        "name": "Du temps contre du temps", "purpose": "offer", "publishes": [offer],
        "reciprocal": [need], "proposedTo": [scop], "terreau:proposedBy": agent(place.halte.pk),
        "unitBased": True, "hasEnd": "2027-01-01", "eligibleLocation": {"name": "Partout"},
        "note": "À voir ensemble", "terreau:visibility": "author",
    }  # fmt: skip

    found = alice.post(address(place, "proposals"), sent, key)

    assert found.status_code == 201, found.content
    told = found.json()
    for name in ("name", "purpose", "publishes", "reciprocal", "proposedTo", "unitBased", "note"):
        assert told[name] == sent[name]
    assert told["eligibleLocation"]["name"] == "Partout"
    assert alice.post(address(place, "proposals"), sent, key).json() == told
    path = address(place, "proposals", str(key))
    asked = program_of(tina)
    assert asked.get(path).json() == told
    assert offer in {one["@id"] for one in nodes(asked.get(address(place, "intents")))}
    assert nodes(program_of(place.basile).get(address(place, "proposals"))) == []
    assert problem(asked.post(f"{path}/close", {}))[0] == 403
    assert alice.post(f"{path}/close", {}).json()["terreau:closed"] is True
    assert Proposal.objects.get().closed_on is not None


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"publishes": []}, ["publishes"]),
        ({"publishes": ["urn:uuid:x"]}, ["publishes"]),
        ({"reciprocal": [f"urn:uuid:{uuid4()}"]}, ["reciprocal"]),
        ({"purpose": "request"}, ["publishes"]),
        ({"purpose": "gift"}, ["purpose"]),
        ({"name": " "}, ["name"]),
        ({"proposedTo": ["x"]}, ["proposedTo"]),
        ({"eligibleLocation": {"name": "Là", "lat": 91, "long": 1}}, ["eligibleLocation.lat"]),
        ({"terreau:proposedBy": "x"}, ["terreau:proposedBy"]),
        ({"hasBeginning": "2026-02-01", "hasEnd": "2026-01-01"}, ["hasEnd"]),
    ],
)
def test_a_proposal_that_does_not_fit_is_refused(place, alice, changes, fields):
    offer = said(alice, place, body(place))["@id"]
    sent = {"name": "x", "purpose": "offer", "publishes": [offer]}
    sent["terreau:proposedBy"] = agent(place.halte.pk)

    assert problem(alice.post(address(place, "proposals"), sent | changes)) == (422, fields)


def test_a_match_says_why_and_lays_plans_side_by_side(place, alice, tina):
    offer = said(alice, place, body(place))["@id"]
    small = said(alice, place, body(place, effortQuantity=hours("1")))["@id"]
    need = said(program_of(tina), place, need_of(tina, place, minimumQuantity=hours("2")))["@id"]
    path = address(place, "intents", need.removeprefix("urn:uuid:"), "match")

    told = alice.get(path).json()

    assert (told["@type"], told["terreau:of"], told["terreau:incomplete"]) == (
        "terreau:Match", need, False,
    )  # fmt: skip
    good, bad = told["terreau:pairs"]
    assert (good["terreau:need"], good["terreau:offer"]) == (need, offer)
    assert good["terreau:speaksFor"][0] == "C'est la même chose : time."
    assert (good["terreau:speaksAgainst"], good["terreau:most"]) == (
        [], {"@type": "Measure", **hours("10")},
    )  # fmt: skip
    assert bad["terreau:offer"] == small
    assert bad["terreau:speaksAgainst"] == ["Il en faudrait 2\u00a0h au moins."]
    plans = {plan["name"]: plan for plan in told["terreau:sharings"]}
    assert set(plans) == {"in_turn", "nearest", "smallest", "fullest"}
    (share,) = plans["in_turn"]["terreau:shares"]
    assert (share["terreau:need"], share["terreau:offer"]) == (need, offer)
    assert share["terreau:quantity"]["hasNumericalValue"] == "10"
    assert all(plan["terreau:unmet"] == [] for plan in plans.values())


def test_what_answers_a_wish_says_so(place, alice, tina):
    """Only of what the reader reads, and how far it is answered is told with the wish."""
    offer = said(alice, place, body(place))
    hidden = said(alice, place, body(place, **{"terreau:visibility": "author"}))
    scop = tina.agent.mandates.get().organisation
    ground = Ground(place.alice, place.halte, scop, place.ecosystem.space)
    by = {"by": place.alice, "ledger": place.ecosystem.space}
    (event,) = post(**by, flows=[a_flow(ground)])
    (line,) = promise(**by, promises=[a_promise(ground)])
    for told, what in ((offer, {"event_id": event}), (hidden, {"commitment_id": line})):
        intent = Intent.objects.get(key=told["@id"].removeprefix("urn:uuid:"))
        answer(by=place.alice, answer=Answer(uuid4(), intent.pk, **what))

    def read(program, name):
        (one,) = nodes(program.get(address(place, name)))
        return one.get("satisfies", [])

    assert (read(alice, "events"), read(alice, "commitments")) == ([offer["@id"]], [hidden["@id"]])
    other = program_of(tina)
    assert (read(other, "events"), read(other, "commitments")) == ([offer["@id"]], [])
    path = address(place, "intents", offer["@id"].removeprefix("urn:uuid:"))
    told = alice.get(path).json()
    assert told["terreau:satisfied"]["hasNumericalValue"] == "3"
    assert told["terreau:remaining"]["hasNumericalValue"] == "7"


def test_lists_cost_the_same_however_long(place, alice):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            for name in ("intents", "proposals"):
                nodes(alice.get(address(place, name)))
        return len(asked)

    def more(count):
        for _ in range(count):
            offer = said(alice, place, body(place))["@id"]
            sent = {"name": "x", "purpose": "offer", "publishes": [offer]}
            sent["terreau:proposedBy"] = agent(place.halte.pk)
            said(alice, place, sent, "proposals")

    more(1)
    first = cost()
    more(4)
    assert cost() == first
