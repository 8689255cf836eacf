# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an export says of agreements: which side answers which, and how far a gift is read."""

import json

import pytest

from terreau.exchange.intake.bringing import bring_in
from terreau.ledger.models import Commitment
from tests.agreements.factories import accept, add, give, make_draft, make_place, open_version
from tests.exchange.test_round_trip import quietly, written
from tests.factories import make_ecosystem

pytestmark = pytest.mark.django_db


def test_two_sides_of_an_agreement_and_a_gift(tmp_path):
    place = make_place()
    version = open_version(place, "Le guichet")
    first = add(place, version, make_draft(place, 5))
    back = {"provider_id": place.council.pk, "receiver_id": place.halte.pk, "free": False}
    add(place, version, make_draft(place, 8, in_return_of=(first.pk,), **back))
    accept(place, version)
    give(place, 3, commitment_id=first.pk)

    file = written(place.ecosystem.space, tmp_path / "graph.jsonld")

    nodes = json.loads(file.read_text())["@graph"]
    agreement, one, other, event = (
        node for node in nodes if node["@type"] in ("Agreement", "Commitment", "EconomicEvent")
    )
    assert (agreement["name"], agreement["created"]["@type"]) == ("Le guichet", "xsd:date")
    assert (one["clauseOf"], "terreau:inReturnOf" in one) == (agreement["@id"], False)
    assert other["reciprocalClauseOf"] == agreement["@id"]
    assert other["terreau:inReturnOf"] == [one["@id"]]
    assert (event["fulfills"], event["terreau:visibility"]) == (one["@id"], "circle")
    assert "Tenir le téléphone" not in file.read_text()

    other_place = make_ecosystem("Ailleurs")
    found = bring_in(file, other_place, tell=quietly)
    assert (found.promises, found.left_out["Agreement"]) == (2, 1)
    assert Commitment.objects.filter(ledger_id=other_place.space_id).count() == 2
