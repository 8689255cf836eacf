# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of the stocks: open, count anew, lend and return, with refusals that people understand."""

from __future__ import annotations

import pytest

from terreau.core import clock
from terreau.ledger.models import Resource
from tests.agreements.factories import make_place
from tests.agreements.test_stocks import ONE, opened, stock_of
from tests.web.test_sharing import opened as page
from tests.web.test_sharing import sent, text_of

pytestmark = pytest.mark.django_db


def today() -> str:
    return clock.today().isoformat()


def test_a_stock_is_opened_then_counted_then_lent_on_its_pages():
    place = make_place()
    fields = {"name": "Vélos donnés", "what": "vélo", "unit": "item", "counted": "7",
              "owner": place.halte.pk, "day": today()}  # fmt: skip

    answer = sent(place.alice, place, "resources_open", **fields)
    pk = Resource.objects.get().pk

    assert answer.status_code == 302
    shown = text_of(page(place.alice, place, "resources_one", pk))
    assert "Compter de nouveau" in shown and "Prêter ou rendre" in shown
    form = page(place.alice, place, "resources_count", pk)
    assert "Le registre dit : 7 pièces" in text_of(form)
    sent(place.alice, place, "resources_count", pk, counted="5", read=7 * ONE, day=today())
    assert stock_of(place, pk).accounting == 5 * ONE
    sent(
        place.alice, place, "resources_hand_over", pk, receiver=place.council.pk,
        holder=place.halte.pk, day=today(),
    )  # fmt: skip
    assert stock_of(place, pk).custodian == place.council
    back = page(place.basile, place, "resources_hand_over", pk).context["form"]
    assert back["receiver"].value() == place.halte.pk


def test_a_refusal_says_why_and_keeps_what_was_typed():
    place = make_place()
    pk = opened(place)

    answer = sent(place.alice, place, "resources_count", pk, counted="5", read=ONE, day=today())

    assert answer.status_code == 422
    assert "Ce stock a changé pendant que vous comptiez" in text_of(answer)
    empty = sent(place.alice, place, "resources_open", name="Vide", what="vélo", unit="item",
                 counted="0", owner=place.halte.pk, day=today())  # fmt: skip
    assert "Dites combien il y en a" in text_of(empty)


def test_who_does_not_answer_for_a_stock_finds_no_form():
    place = make_place()
    pk = opened(place)

    assert page(place.basile, place, "resources_count", pk).status_code == 404
    assert page(place.basile, place, "resources_hand_over", pk).status_code == 404
    assert "Compter de nouveau" not in text_of(page(place.basile, place, "resources_one", pk))
