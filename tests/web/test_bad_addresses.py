# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers and addresses that no page has: said, never broken."""

import pytest

from terreau.ecosystems.models import LifeFunction
from terreau.web.numbers import row_number
from terreau.web.start.forms import StartForm

pytestmark = pytest.mark.django_db


def test_a_number_of_a_row_is_plain_digits_that_fit():
    assert row_number("12") == 12
    assert [row_number(text) for text in ("", "²", "-1", "1e4", "9" * 30, "\x00")] == [None] * 6


def test_an_address_with_a_null_character_is_refused_with_a_sentence(client):
    answer = client.get("/cooperations/?q=%00")

    assert answer.status_code == 400
    assert "adresse de cette page est abîmée" in answer.content.decode()


def test_a_number_that_no_row_can_have_is_an_unknown_choice():
    known = LifeFunction.objects.order_by("pk").first()
    said = {"key": "0" * 32, "name": "Une", "sentence": "Une phrase."}

    wrong = StartForm({**said, "functions": [str(known.pk), "9" * 30]})
    right = StartForm({**said, "functions": [str(known.pk)]})

    assert list(wrong.errors) == ["functions"]
    assert right.is_valid()
