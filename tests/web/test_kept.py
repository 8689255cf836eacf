# SPDX-License-Identifier: AGPL-3.0-or-later
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from terreau.ecosystems.models import Ecosystem, LogEntry
from terreau.web.kept import MOST, SESSION_KEY
from tests.ecosystems.factories import begin
from tests.factories import join, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilot():
    return make_user("Samir")


@pytest.fixture
def address(pilot):
    return f"/c/{begin(pilot).slug}/journal/ecrire/"


def sent(client, address, words):
    form = client.get(address).context["form"]
    fields = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in fields.items() if value is not None} | {"text": words}


def end_session(client):
    """Two months later: the browser has dropped the session, and nothing else."""
    del client.cookies[settings.SESSION_COOKIE_NAME]


@pytest.fixture
def written(client, pilot, address):
    """What the pilot sends in the evening, from a page opened in the morning."""
    client.force_login(pilot)
    fields = sent(client, address, "La réunion\r\na duré <deux> heures.")
    end_session(client)
    return fields


def test_what_was_sent_without_a_session_waits_for_its_writer(client, pilot, address, written):
    led = client.post(address, written)
    client.force_login(pilot)
    page = client.get(address)
    fields = dict(page.context["fields"])
    answer = client.post(address, fields)

    assert led.url == f"/compte/login/?next={address}"
    assert "a duré &lt;deux&gt; heures." in page.content.decode()
    assert answer.status_code == 302
    assert LogEntry.objects.get().text == "La réunion\na duré <deux> heures."
    assert "form" in client.get(address).context


def test_what_one_wrote_is_never_shown_to_another_who_signs_in(client, address, written):
    client.post(address, written)
    other = make_user("Odile")
    join(other, Ecosystem.objects.get())
    client.force_login(other)
    page = client.get(address).content.decode()

    assert "heures." not in page
    client.force_login(make_user("Samir encore"))
    assert SESSION_KEY not in client.session


def test_nothing_is_put_aside_where_nobody_ever_signed_in(address, written):
    stranger = Client()

    led = stranger.post(address, written)

    assert (led.status_code, SESSION_KEY in stranger.session) == (302, False)


def test_the_sign_in_page_says_that_the_text_is_kept(client, address, written):
    led = client.post(address, written)

    assert "Ce que vous avez écrit est gardé" in client.get(led.url).content.decode()


def test_giving_up_writes_nothing_and_is_asked_once(client, pilot, address, written):
    client.post(address, written)
    client.force_login(pilot)

    answer = client.post(address, {**written, "terreau_given_up": "1"})

    assert (answer.url, LogEntry.objects.count()) == ("/moi/", 0)
    assert "form" in client.get(address).context


def test_other_pages_are_not_held_up(client, pilot, address, written):
    client.post(address, written)
    client.force_login(pilot)

    assert client.get("/moi/?toutes").templates[0].name == "home/mine.html"


def test_an_address_that_only_listens_is_met_again_with_a_button(client, pilot, address):
    read = address.replace("journal/ecrire", "lu")
    client.force_login(pilot)
    client.get(address)
    end_session(client)
    client.post(read, {"seen": "1"})
    client.force_login(pilot)

    assert client.get(read).templates[0].name == "kept.html"


def test_a_book_is_not_put_aside(client, address):
    client.post(address, {"text": "x" * (MOST + 1), "key": uuid4()})

    assert SESSION_KEY not in client.session


def test_nothing_of_the_account_is_ever_put_aside(client):
    client.post("/compte/password/change/", {"oldpassword": "secret secret"})

    assert SESSION_KEY not in client.session


def test_a_forged_form_is_refused_before_it_is_put_aside(address, written):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(address, written).status_code == 403
    assert SESSION_KEY not in strict.session
