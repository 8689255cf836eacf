# SPDX-License-Identifier: AGPL-3.0-or-later
"""The description of the API is a snapshot, and what is answered is what is described."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from terreau.api import wish_shapes
from terreau.api.description import described
from terreau.api.shapes import EventIn
from terreau.api.urls import api
from terreau.core.quantities import MICRO
from terreau.exchange.export import agent, kind
from terreau.ledger.wishes.actions import Listing, Offering, Wish, keep_list, propose, wish
from terreau.people import tokens
from tests.agreements.factories import Place, give, make_place, promise
from tests.api.kit import BASE, nodes, program_of
from tests.api.planning import plan_all

EXAMPLES = {GenerationMode.POSITIVE: 15, GenerationMode.NEGATIVE: 25}
"""Of each operation, right ones and ones wrong on purpose; the same in each run."""


def bounded(mode: GenerationMode) -> settings:
    return settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


def test_the_description_is_the_one_that_was_read(snapshot):
    """A change of the API is a change of this file: look at it before you accept it."""
    assert json.dumps(described(api), indent=1, ensure_ascii=False) == snapshot


def test_the_description_is_public():
    answer = Client().get("/api/v1/openapi.json")

    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(described(api)))


def real(place: Place, program: Any) -> dict[str, list[str]]:
    """Return what is there, by the list that names it: chance alone would find nothing."""
    base = f"{BASE}/{place.ecosystem.slug}"
    lists = (
        "agents", "resource-specifications", "economic-resources", "events", "commitments",
        "intents", "proposals", "proposal-lists", "claims", "plans", "processes",
        "process-specifications", "batch-lot-records", "recipes",
    )  # fmt: skip
    found = {name: nodes(program.get(f"{base}/{name}")) for name in lists}
    return {
        name: [node["@id"].removeprefix("urn:uuid:") for node in told]
        for name, told in found.items()
    }


def made_real(case: Any, place: Place, ids: dict[str, list[str]], chosen: int) -> None:
    """Let a request be of this cooperation, and of something in it."""
    case.path_parameters["slug"] = place.ecosystem.slug
    name = case.path.split("/")[5] if case.path.count("/") > 4 else ""
    if "id" in case.path_parameters and ids.get(name):
        case.path_parameters["id"] = ids[name][chosen % len(ids[name])]
    if isinstance(case.body, dict) and chosen % 2:
        told = {
            "provider": agent(place.halte.pk),
            "receiver": agent(place.council.pk),
            "resourceConformsTo": kind(place.ecosystem.space_id, "time"),
            "action": "work",
            "terreau:proposedBy": agent(place.halte.pk),
            "purpose": "offer",
            "publishes": [f"urn:uuid:{ids['intents'][0]}"],
            "lists": [f"urn:uuid:{ids['proposals'][0]}"],
            "terreau:by": f"urn:uuid:{ids['events'][0]}",
            "terreau:version": 1,
        }
        case.body |= told
        shape = TAKEN.get((name, case.path.split("/")[7] if "id" in case.path_parameters else ""))
        if shape:
            if name == "intents":
                del case.body["provider" if chosen == 1 else "receiver"]
            for word in CHANCE:
                case.body.pop(word, None)
            known = {one.alias or key for key, one in shape.model_fields.items()}
            for key in set(case.body) - known:
                del case.body[key]


CHANCE = (
    "terreau:kind", "inputOf", "outputOf", "plannedWithin", "resourceInventoriedAs",
    "toResourceInventoriedAs", "stage",
)  # fmt: skip
"""What chance alone says wrongly."""
TAKEN: dict[tuple[str, str], Any] = {
    ("events", ""): EventIn,
    ("intents", ""): wish_shapes.IntentIn,
    ("intents", "mend"): wish_shapes.IntentMended,
    ("intents", "answer"): wish_shapes.AnswerIn,
    ("proposals", ""): wish_shapes.ProposalIn,
    ("proposals", "mend"): wish_shapes.ProposalMended,
    ("proposal-lists", ""): wish_shapes.ListIn,
    ("proposal-lists", "mend"): wish_shapes.ListMended,
    ("proposal-lists", "put"): wish_shapes.Listed,
    ("proposal-lists", "take-off"): wish_shapes.Listed,
}
"""What each operation takes in, by the list and by what is done to one of it."""


def wish_for_one(place: Place) -> None:
    """Say an offer and a need that it answers, propose the one, list the proposal."""
    told = {"action": "work", "specification": "time", "measure": "effort", "unit": "hour"}
    by = {"by": place.alice, "space": place.ecosystem.circle}
    side = {"provider_id": place.halte.pk}
    offer = wish(**by, wish=Wish(uuid4(), **told, quantity=MICRO, **side))
    need = Wish(uuid4(), **told, quantity=MICRO, receiver_id=place.alice.agent_id)
    wish(**by, wish=need)
    halte = {"author_id": place.halte.pk}
    offering = Offering(uuid4(), "Du temps", "offer", publishes=(offer,), **halte)
    listing = Listing(uuid4(), "Nos offres", proposals=(propose(**by, offering=offering),), **halte)
    keep_list(**by, listing=listing)


@contextmanager
def on_this_connection() -> Iterator[None]:
    """Let a whole site answer in the transaction of the test: its server would close it."""
    hooks = (signals.request_started, signals.request_finished)
    for hook in hooks:
        hook.disconnect(close_old_connections)
    try:
        yield
    finally:
        for hook in hooks:
            hook.connect(close_old_connections)


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_nothing_breaks_and_every_answer_is_described(monkeypatch, mode):
    monkeypatch.setattr(tokens, "A_MINUTE", 1_000_000)
    place = make_place()
    give(place, commitment_id=promise(place).pk)
    wish_for_one(place)
    plan_all(place.alice, place.ecosystem.circle, place.halte, place.council)
    program = program_of(place.alice)
    ids = real(place, program)
    seen: Counter[tuple[str, int]] = Counter()

    def ask(case: Any, chosen: int) -> None:
        if chosen and mode is GenerationMode.POSITIVE and case.path_parameters:
            made_real(case, place, ids, chosen)
        response = case.call(headers=program.headers())
        case.validate_response(response, checks=CHECKS)
        seen[case.method, response.status_code] += 1

    with on_this_connection():
        site = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
        for found in site.get_all_operations():
            cases = found.ok().as_strategy(generation_mode=mode)
            bounded(mode)(given(case=cases, chosen=st.integers(0, 5))(ask))()

    if mode is GenerationMode.POSITIVE:
        assert seen["GET", 200] > 50 and seen["POST", 200] > 10 and seen["POST", 201] > 5, seen
    assert sum(seen.values()) > 150, seen
