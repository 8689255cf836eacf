# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Accès pour un programme »: a key is shown once, kept by nobody, taken back by its person."""

import logging
import re
from uuid import uuid4

import pytest
from django.urls import reverse

from terreau.core import clock
from terreau.people.models import AccessToken
from tests.factories import make_user

pytestmark = pytest.mark.django_db(databases="__all__")
SECRET = re.compile(r"terreau_[0-9a-f]{32}\.[\w-]+")


def make(client, **more):
    asked = {"name": "Tableur", "scopes": "read", "expires_on": clock.today(), "key": uuid4()}
    return client.post(reverse("account_tokens"), asked | more)


def shown(answer):
    return SECRET.findall(answer.content.decode())


def test_a_secret_is_shown_once_and_stays_out_of_caches_and_logs(client, caplog):
    client.force_login(make_user("Alice"))
    caplog.set_level(logging.DEBUG)

    made = make(client)
    again = client.get(reverse("account_tokens"))

    (secret,) = shown(made)
    assert made.headers["Cache-Control"] == "private, no-store"
    assert shown(again) == []
    assert "Tableur" in again.content.decode()
    assert secret.partition(".")[2] not in caplog.text
    opened = client.get("/api/v1/cooperations", headers={"Authorization": f"Bearer {secret}"})
    assert opened.status_code == 200


def test_the_same_form_sent_twice_makes_one_key(client):
    client.force_login(make_user("Alice"))
    key = uuid4()

    assert shown(make(client, key=key)) == shown(make(client, key=key))
    assert AccessToken.objects.count() == 1


def test_a_form_that_is_refused_makes_no_key_and_shows_no_secret(client):
    client.force_login(make_user("Alice"))

    for wrong in ({"name": " "}, {"scopes": "all"}, {"expires_on": "2020-01-01"}, {"key": "x"}):
        assert shown(make(client, **wrong)) == []
    assert AccessToken.objects.count() == 0


def test_a_key_is_taken_back_by_its_person_alone(client):
    client.force_login(make_user("Alice"))
    (secret,) = shown(make(client))
    token = AccessToken.objects.get()
    revoke = reverse("account_token_revoke", args=[token.pk])
    bearer = {"Authorization": f"Bearer {secret}"}

    client.force_login(make_user("Basile"))
    refused = client.post(revoke, follow=True).content.decode()
    assert "Cette clé n&#x27;est pas l&#x27;une des vôtres." in refused
    assert client.get("/api/v1/cooperations", headers=bearer).status_code == 200
    client.force_login(token.user)
    assert client.post(revoke, follow=True).status_code == 200
    assert client.get("/api/v1/cooperations", headers=bearer).status_code == 401
