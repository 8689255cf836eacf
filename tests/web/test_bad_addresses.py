# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers and addresses that no page has: said, never broken."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from terreau.ecosystems.models import LifeFunction, LogEntry
from terreau.web.numbers import row_number
from terreau.web.start.forms import StartForm
from tests.factories import join, make_ecosystem, make_user

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


def test_a_body_of_200_megabytes_is_refused_unread(client):
    client.force_login(make_user())

    answer = client.post(
        "/demarrer/",
        b"name=x",
        content_type="application/x-www-form-urlencoded",
        CONTENT_LENGTH=str(200 * 1024**2),
    )

    assert (answer.status_code, answer.wsgi_request._read_started) == (400, False)
    assert 'lang="fr"' in answer.content.decode()


def test_more_files_than_any_form_asks_for_are_refused(client):
    ecosystem = make_ecosystem()
    client.force_login(join(make_user(), ecosystem))
    many = [SimpleUploadedFile(f"{number}.png", b"x") for number in range(101)]

    answer = client.post(f"/c/{ecosystem.slug}/journal/ecrire/", {"file": many})

    assert (answer.status_code, LogEntry.objects.count()) == (400, 0)
