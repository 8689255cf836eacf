# SPDX-License-Identifier: AGPL-3.0-or-later
"""The door of the API: keys, scopes, ends, limits; cookies open nothing; secrets are in no log."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from django.test import Client

from terreau.api.door import LARGEST
from terreau.api.urls import api, urlpatterns
from terreau.core import clock, faults
from terreau.core.errors import NotNow
from terreau.people.models import AccessToken, TokenUse
from terreau.people.tokens import A_MINUTE, revoke_token
from tests.agreements.factories import make_place
from tests.api.kit import BASE, Program, problem, program_of, secret_of

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def place():
    return make_place()


def events(place) -> str:
    return f"{BASE}/{place.ecosystem.slug}/events"


def test_every_operation_names_the_scope_that_it_asks(place):
    asked = {
        (operation.view_func.__name__, method): [one.scope for one in operation.auth_callbacks]
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
        for method in operation.methods
    }

    assert len(asked) == 45
    assert {key: scopes for key, scopes in asked.items() if len(scopes) != 1} == {}
    assert {scopes[0] for (_, method), scopes in asked.items() if method == "GET"} == {"read"}
    assert {scopes[0] for (_, method), scopes in asked.items() if method != "GET"} == {"contribute"}


def test_every_address_is_behind_the_door():
    """Whatever is asked without a key is a problem, except the description and our words."""
    assert len(urlpatterns) > 15
    for entry in urlpatterns:
        path = "/api/v1/" + re.sub(r"<\w+:\w+>|<\w+>", "x", str(entry.pattern))
        answer = Client().get(path)
        if path.endswith(("openapi.json", "terreau.ttl")):
            assert answer.status_code == 200
        else:
            assert problem(answer)[0] in (401, 404, 405), path
        assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer terreau_x.y",
        "Basic {secret}",
        "{secret}",
        "Bearer {secret}x",
        "Bearer é\0",
    ],
)
def test_without_a_key_that_opens_nothing_is_read(place, header):
    headers = {"Authorization": header.format(secret=secret_of(place.alice))} if header else {}

    answer = Client().get(BASE, headers=headers)

    assert (problem(answer)[0], answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_key_in_the_address_opens_nothing(place):
    secret = secret_of(place.alice)

    for name in ("access_token", "token", "key", "Authorization"):
        assert problem(Client().get(BASE, {name: secret}))[0] == 401


def test_a_session_opens_nothing_and_adds_nothing(place):
    """What a browser sends by itself has no effect, so there is nothing to forge."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(place.alice)

    read = browser.get(BASE)
    sent = browser.post(events(place), {}, content_type="application/json")
    other = Program(secret_of(place.basile), client=browser).get(BASE)

    assert (problem(read)[0], problem(sent)[0]) == (401, 401)
    assert other.status_code == 200
    assert not other.cookies and not Program(secret_of(place.basile)).get(BASE).cookies


def test_a_key_ends_when_it_is_revoked_or_when_its_days_are_over(place):
    program = program_of(place.alice)
    later = clock.now() + timedelta(days=2)

    assert program.get(BASE).status_code == 200
    with clock.at(later):
        assert problem(program.get(BASE))[0] == 401
    revoke_token(by=place.alice, token_id=AccessToken.objects.get().pk)
    assert problem(program.get(BASE))[0] == 401


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"), [("read", 200, 403), ("contribute", 403, 422)]
)
def test_a_key_does_only_what_its_scope_says(place, scopes, reads, writes):
    program = program_of(place.alice, scopes)

    read, written = program.get(BASE), program.post(events(place), {})

    assert (read.status_code, written.status_code) == (reads, writes)
    refused = read if reads == 403 else written
    assert problem(refused)[0] == 403
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]


def test_so_many_requests_a_minute_then_one_waits(place):
    program, other = program_of(place.alice), program_of(place.alice)
    start = clock.now().replace(second=20, microsecond=0)

    with clock.at(start):
        program.get(BASE)
        TokenUse.objects.update(count=A_MINUTE - 1)
        assert program.get(BASE).status_code == 200
        refused = program.get(BASE)
        assert (problem(refused)[0], refused.headers["Retry-After"]) == (429, "40")
        assert other.get(BASE).status_code == 200
    with clock.at(start + timedelta(seconds=40)):
        assert program.get(BASE).status_code == 200


def test_every_answer_stays_out_of_caches(place):
    program = program_of(place.alice)

    for answer in (program.get(BASE), Client().get(BASE), program.get("/api/v1/nowhere")):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Vary"].startswith("Authorization")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "head"])
def test_another_method_is_refused(place, method):
    program = program_of(place.alice)

    answer = getattr(program.client, method)(events(place), headers=program.headers())

    assert answer.status_code == 405
    assert answer.headers["Allow"].replace(" ", "").split(",") in (["GET", "POST"], ["POST", "GET"])
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_our_own_words_are_published():
    answer = Client().get("/api/v1/terreau.ttl")

    assert answer.headers["Content-Type"] == "text/turtle; charset=utf-8"
    assert b"terreau:Fulfilment a owl:Class" in answer.content


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/x", "/api/v1/docs", "/api/v1/cooperations/"])
def test_what_is_at_no_address_is_a_problem_too(place, path):
    assert problem(program_of(place.alice).get(path))[0] == 404


def test_an_address_with_a_null_character_is_refused(place):
    program = program_of(place.alice)

    for path in (f"{BASE}/a%00b", f"{BASE}?after=%00", f"{events(place)}?agent=a%00"):
        assert problem(program.get(path))[0] == 400


def test_a_body_too_large_is_refused_unread(place):
    answer = program_of(place.alice).post(events(place), {"note": "x" * LARGEST})

    assert problem(answer)[0] == 413


def test_a_body_without_a_length_is_refused_and_said_so(place):
    """What comes in chunks is not read: it would look like nothing at all."""
    program = program_of(place.alice)
    headers = program.headers() | {"Transfer-Encoding": "chunked"}

    answer = program.client.generic("POST", events(place), headers=headers)

    assert problem(answer)[0] == 411


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"],
)
def test_what_is_not_json_is_refused(place, content_type):
    answer = program_of(place.alice).post(events(place), "a=b", content_type=content_type)

    assert problem(answer)[0] == 415


@pytest.mark.parametrize(
    "attack",
    ["' OR 1=1 --", "1; DROP TABLE x", "{{7*7}}", "../../etc/passwd", "%27", "é"],
)
def test_an_attack_is_a_word_like_another(place, attack):
    program = program_of(place.alice)
    base = f"{BASE}/{place.ecosystem.slug}"

    found = [
        program.get(f"{BASE}/{attack}").status_code,
        program.get(f"{base}/events/{attack}").status_code,
        program.get(f"{base}/events", agent=attack).status_code,
        program.get(f"{base}/events", after=attack).status_code,
        program.get(f"{base}/agents", limit=attack).status_code,
    ]

    assert set(found) <= {404, 422}


def test_no_secret_stands_in_a_log_whatever_happens(place, caplog, monkeypatch):
    program = program_of(place.alice)
    secret = program.secret.partition(".")[2]
    with caplog.at_level(logging.DEBUG):
        program.get(BASE)
        program.get("/api/v1/nowhere")
        Program(program.secret + "x").get(BASE)
        program.client.get(BASE, headers={"Authorization": f"Basic {program.secret}"})
        monkeypatch.setattr("terreau.api.reading.ecosystems_of", _fails)
        assert program.get(BASE).status_code == 500

    assert caplog.records and secret not in caplog.text


def _fails(*_):
    raise ZeroDivisionError


def test_a_database_that_does_not_answer_is_said(place, monkeypatch):
    monkeypatch.setattr("terreau.api.reading.ecosystems_of", _fails)
    monkeypatch.setattr(faults, "as_refusal", lambda error: NotNow())

    assert problem(program_of(place.alice).get(BASE))[0] == 503


def test_reading_writes_nothing_in_the_main_database(place):
    program = program_of(place.alice)
    before = AccessToken.objects.values().get()

    program.get(events(place))

    assert AccessToken.objects.values().get() == before
    assert TokenUse.objects.get().count == 1
