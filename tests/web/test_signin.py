# SPDX-License-Identifier: AGPL-3.0-or-later
import base64
import json
import re
import socket

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from terreau.people.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
FALSE_PASSKEY = json.dumps(
    {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": {
            "clientDataJSON": base64.urlsafe_b64encode(
                b'{"type": "webauthn.get", "challenge": "AAAA", "origin": "http://testserver"}'
            ).decode(),
            "authenticatorData": base64.urlsafe_b64encode(bytes(37)).decode(),
            "signature": "AAAA",
            "userHandle": "AAAA",
        },
    }
)
PASSWORD = "une phrase assez longue"


@pytest.fixture(autouse=True)
def _own_cache(settings):
    # Limits on attempts are counted in the cache: each test has its own.
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "own"}
    }
    from django.core.cache import cache

    cache.clear()


def code_of(message) -> str:
    """The code stands alone on its line."""
    return re.search(r"^([A-Z0-9-]{6,})$", message.body, re.MULTILINE).group(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def signed_in_as(client) -> str:
    return client.session.get("_auth_user_id", "")


def test_one_signs_in_with_an_emailed_code(client):
    alice = make_user("Alice")

    client.post(reverse("account_request_login_code"), {"email": alice.email})
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_of(mail.outbox[0])})

    assert (answer.status_code, answer.url) == (302, "/moi/")
    assert signed_in_as(client) == str(alice.pk)


def test_a_wrong_code_opens_nothing(client):
    alice = make_user("Alice")

    client.post(reverse("account_request_login_code"), {"email": alice.email})
    answer = client.post(reverse("account_confirm_login_code"), {"code": "AAAAAA"})

    assert answer.status_code == 200
    assert signed_in_as(client) == ""


def test_an_unknown_address_is_told_by_mail_and_not_on_the_page():
    known = make_user("Alice").email

    pages = [
        Client().post(reverse("account_request_login_code"), {"email": address}).url
        for address in (known, "personne-inconnue@exemple.invalid")
    ]

    assert pages[0] == pages[1]
    assert mail.outbox[1].subject == "Cette adresse n'a pas encore de compte"


def test_one_signs_in_with_a_password_once_the_address_is_verified(client):
    alice = make_user("Alice", password=PASSWORD)
    alice.emailaddress_set.create(email=alice.email, verified=True, primary=True)

    answer = client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})

    assert answer.url == "/moi/"
    assert signed_in_as(client) == str(alice.pk)


def test_guessing_a_password_is_stopped_after_a_few_tries(client):
    alice = make_user("Alice", password=PASSWORD)
    alice.emailaddress_set.create(email=alice.email, verified=True, primary=True)
    for _ in range(5):
        client.post(reverse("account_login"), {"login": alice.email, "password": "faux"})

    client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})

    assert signed_in_as(client) == ""


def test_the_page_offers_a_passkey_and_the_server_a_challenge(client):
    page = client.get(reverse("account_login")).content.decode()
    challenge = client.get(
        reverse("mfa_login_webauthn"), headers={"Accept": "application/json"}
    ).json()

    assert page.count('id="passkey_login"') == 1
    assert len(challenge["request_options"]["publicKey"]["challenge"]) > 20


@pytest.mark.parametrize(
    "credential", [FALSE_PASSKEY, '{"id": "x"}', "[]", "null", '{"id": 1, "rawId": {}}', "mot"]
)
def test_a_false_passkey_opens_nothing(client, credential):
    make_user("Alice")
    client.get(reverse("mfa_login_webauthn"))

    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})

    assert answer.status_code == 302
    assert signed_in_as(client) == ""


def test_one_opens_an_account_with_a_name_an_address_and_a_code(client):
    client.post(
        reverse("account_signup"),
        {"name": "Nour", "email": "nour@exemple.invalid", "password1": ""},
    )
    client.post(reverse("account_email_verification_sent"), {"code": code_of(mail.outbox[0])})

    nour = User.objects.get(email="nour@exemple.invalid")
    assert (nour.agent.name, nour.agent.kind) == ("Nour", "person")
    assert signed_in_as(client) == str(nour.pk)


def test_an_account_without_address_is_refused_in_french(client):
    answer = client.post(reverse("account_signup"), {"name": "Nour", "email": ""})

    assert "Remplissez cette case." in answer.content.decode()


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_request_login_code"])
def test_what_is_to_mend_is_called_as_its_field_is(client, name):
    page = client.post(reverse(name), {"email": "rien", "login": "rien"}).content.decode()

    assert "Adresse électronique" in page
    assert "E-mail" not in page


def test_an_administrator_adds_a_second_factor_before_anything_else(client):
    admin = make_user("Alice", is_staff=True, is_superuser=True)
    client.force_login(admin)

    before = client.get("/moi/")
    Authenticator.objects.create(user=admin, type="totp", data={"secret": "x"})
    after = client.get("/moi/")

    assert (before.status_code, before.url) == (302, reverse("mfa_index"))
    assert after.status_code == 200


def test_a_second_factor_is_asked_of_who_has_one(client):
    alice = make_user("Alice", password=PASSWORD)
    alice.emailaddress_set.create(email=alice.email, verified=True, primary=True)
    Authenticator.objects.create(user=alice, type="totp", data={"secret": "x"})

    answer = client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})

    assert answer.url == reverse("mfa_authenticate")
    assert signed_in_as(client) == ""


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_request_login_code", "account_reset_password"],
)
def test_the_pages_of_sign_in_are_in_french_and_hold_nothing_inline(client, name):
    page = client.get(reverse(name), headers={"Accept-Language": "en"}).content.decode()

    assert re.findall("Sign|Password|Email|please", re.sub("<[^>]*>", "", page)) == []
    assert re.findall(r"<script(?![^>]*(src=|type=\"application/json\"))", page) == []
    assert re.findall(r"\sstyle=|\son[a-z]+=", page) == []


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_set_password",
        "account_logout",
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_activate_totp",
        "socialaccount_connections",
    ],
)
def test_the_pages_of_one_s_keys_are_in_french(client, name):
    # Opened in the session that has just proved who is there, as after a sign-in.
    alice = make_user("Alice")
    client.post(reverse("account_request_login_code"), {"email": alice.email})
    client.post(reverse("account_confirm_login_code"), {"code": code_of(mail.outbox[0])})

    answer = client.get(reverse(name))

    words = re.sub(r"<script.*?</script>|<[^>]*>", "", answer.content.decode(), flags=re.DOTALL)
    assert answer.status_code == 200
    assert re.findall("Sign|Password|Email|[Pp]lease|Security|Add |Not used", words) == []


def test_an_identity_provider_is_offered_once_it_is_set(client, settings):
    told = {
        "provider_id": "identite",
        "name": "Fournisseur d'essai",
        "client_id": "terreau",
        "secret": "secret",
        "settings": {"server_url": "https://identite.invalid"},
    }
    without = client.get(reverse("account_login")).content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [told]}}

    page = client.get(reverse("account_login")).content.decode()

    assert "Fournisseur" not in without
    assert page.count("Avec Fournisseur d&#x27;essai") == 1
    assert page.count('id="passkey_login"') == page.count('id="code_email"') == 1
