# SPDX-License-Identifier: AGPL-3.0-or-later
"""The whole sign-in through OpenID Connect, with a provider of its own, in another process.

The provider is ``oidc-provider-mock`` (Authlib inside). What a browser would do between the two
sites is done here: follow the redirect, say who one is, come back.
"""

import os
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.urls import reverse

from terreau.people.models import User
from tests.factories import make_user
from tests.web.test_signin import code_of, free_port, signed_in_as

pytestmark = pytest.mark.django_db
DOOR = reverse("openid_connect_login", args=["identite"])


@pytest.fixture(scope="module")
def provider():
    """The address of a provider that answers."""
    address = f"http://127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", address.rpartition(":")[2]],
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=15)


def wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{address}/.well-known/openid-configuration").raise_for_status()
            return
        except httpx.HTTPError:
            assert time.monotonic() < until, "the provider did not start"
            time.sleep(0.2)


@pytest.fixture(autouse=True)
def _offered(settings, provider):
    offer(settings, provider)


def offer(settings, address: str) -> None:
    told = {
        "provider_id": "identite",
        "name": "Fournisseur d'essai",
        "client_id": "terreau",
        "secret": "secret",
        "settings": {"server_url": address},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [told]}}


def known_as(provider: str, subject: str, **claims: object) -> None:
    """Tell the provider about somebody."""
    httpx.put(f"{provider}/users/{subject}", json=claims).raise_for_status()


def leave(client: Client) -> str:
    """Press the button; return where the browser goes."""
    answer = client.post(DOOR)
    assert answer.status_code == 302
    return answer.url


def allow(address: str, subject: str) -> str:
    """Say there who one is; return where the browser comes back."""
    return httpx.post(address, data={"sub": subject}).headers["Location"]


def enter(client: Client, subject: str):
    return client.get(allow(leave(client), subject))


def lead(answer) -> str:
    return answer.content.decode().split('<p class="lead">')[1].split("</p>")[0]


def test_a_new_person_enters_under_the_name_the_provider_gives(client, provider):
    known_as(provider, "nour", email="nour@exemple.invalid", email_verified=True, name="Nour B.")

    answer = enter(client, "nour")

    user = User.objects.get(email="nour@exemple.invalid")
    assert (answer.status_code, answer.url) == (302, "/moi/")
    assert (user.agent.name, signed_in_as(client)) == ("Nour B.", str(user.pk))
    assert user.has_usable_password() is False


def test_a_provider_that_gives_two_names_gives_both(client, provider):
    names = {"given_name": "Nour", "family_name": "Benali"}
    known_as(provider, "deux", email="deux@exemple.invalid", email_verified=True, **names)

    enter(client, "deux")

    assert User.objects.get(email="deux@exemple.invalid").agent.name == "Nour Benali"


def test_the_same_person_comes_back_to_the_same_account(provider):
    known_as(provider, "nour", email="nour@exemple.invalid", email_verified=True, name="Nour")
    first, again = Client(), Client()

    enter(first, "nour")
    enter(again, "nour")

    assert signed_in_as(first) == signed_in_as(again)
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 1)


@pytest.mark.parametrize("verified_here", [True, False])
def test_a_known_address_opens_its_own_account_and_says_so_by_mail(client, provider, verified_here):
    alice = make_user("Alice")
    if verified_here:
        EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    known_as(provider, "alice", email=alice.email, email_verified=True, name="Autre nom")

    answer = enter(client, "alice")

    alice.refresh_from_db()
    assert (answer.url, signed_in_as(client)) == ("/moi/", str(alice.pk))
    assert (alice.agent.name, User.objects.count()) == ("Alice", 1)
    assert [sent.subject for sent in mail.outbox] == ["Une identité reliée à votre compte"]
    assert "Fournisseur d'essai" in mail.outbox[0].body


def test_a_second_factor_is_asked_after_the_provider_too(client, provider):
    alice = make_user("Alice", is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=alice, type="totp", data={"secret": "x"})
    known_as(provider, "alice", email=alice.email, email_verified=True)

    answer = enter(client, "alice")

    assert answer.url == reverse("mfa_authenticate")
    assert signed_in_as(client) == ""


def test_an_address_that_the_provider_did_not_verify_is_proved_by_a_code(client, provider):
    known_as(provider, "doute", email="doute@exemple.invalid", email_verified=False)

    answer = enter(client, "doute")

    assert answer.url == reverse("account_email_verification_sent")
    assert signed_in_as(client) == ""
    client.post(answer.url, {"code": code_of(mail.outbox[0])})
    assert signed_in_as(client) == str(User.objects.get(email="doute@exemple.invalid").pk)


def test_an_address_not_verified_never_opens_the_account_of_somebody_else(client, provider):
    alice = make_user("Alice")
    known_as(provider, "intrus", email=alice.email, email_verified=False)

    answer = enter(client, "intrus")

    # The same page as for anybody; only the owner of the address learns that it has an account.
    assert answer.url == reverse("account_email_verification_sent")
    assert (signed_in_as(client), SocialAccount.objects.count()) == ("", 0)
    assert (mail.outbox[0].to, code_in(mail.outbox[0])) == ([alice.email], False)


def code_in(message) -> bool:
    try:
        return bool(code_of(message))
    except AttributeError:
        return False


def test_a_provider_that_tells_no_address_leads_to_a_form(client, provider):
    known_as(provider, "sans", name="Sans adresse")

    answer = enter(client, "sans")
    page = client.get(answer.url)

    assert answer.url == reverse("socialaccount_signup")
    assert lead(page).strip().startswith("Le service d'identité ne nous a pas donné d'adresse")
    client.post(answer.url, {"name": "Sam", "email": "sam@exemple.invalid"})
    client.post(reverse("account_email_verification_sent"), {"code": code_of(mail.outbox[0])})
    assert User.objects.get(pk=signed_in_as(client)).agent.name == "Sam"


def test_who_refuses_there_is_told_that_nothing_was_said(client, provider):
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    back = reverse("openid_connect_callback", args=["identite"])

    answer = client.get(back, {"error": "access_denied", "state": state}, follow=True)

    assert lead(answer).strip().startswith("Vous avez refusé que le service d'identité")
    assert (signed_in_as(client), User.objects.count()) == ("", 0)


def test_a_refusal_without_its_state_is_told_too(client, provider):
    refusal = httpx.post(leave(client), data={"action": "deny"}).headers["Location"]

    answer = client.get(refusal, follow=True)

    assert (answer.status_code, "La connexion n'a pas" in answer.content.decode()) == (401, True)
    assert signed_in_as(client) == ""


def test_an_address_of_return_serves_once_and_in_one_browser(client, provider):
    known_as(provider, "nour", email="nour@exemple.invalid", email_verified=True, name="Nour")
    back = allow(leave(client), "nour")
    stranger = Client()

    stolen = stranger.get(back)
    client.get(back)
    client.post(reverse("account_logout"))
    again = client.get(back)

    for answer in (stolen, again):
        assert answer.status_code == 401
        assert lead(answer).strip().startswith("Le service d'identité n'a pas confirmé")
    assert (signed_in_as(stranger), signed_in_as(client)) == ("", "")


def test_a_false_code_is_refused(client, provider):
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    back = reverse("openid_connect_callback", args=["identite"])

    answer = client.get(back, {"code": "false", "state": state})

    assert (answer.status_code, signed_in_as(client)) == (401, "")
    assert lead(answer).strip().startswith("Le service d'identité n'a pas confirmé")


def test_a_provider_that_is_down_leaves_the_other_door_open(client, provider, settings):
    known_as(provider, "nour", email="nour@exemple.invalid", email_verified=True)
    back = allow(leave(client), "nour")
    offer(settings, f"http://127.0.0.1:{free_port()}")

    before, after = client.post(DOOR), client.get(back)

    for answer in (before, after):
        assert answer.status_code == 502
        assert lead(answer).strip().startswith("Rien n'a changé pour vous.")
        assert f'href="{reverse("account_login")}"' in answer.content.decode()
    assert client.get(reverse("account_login")).status_code == 200


def test_a_mere_link_signs_nobody_in(client, provider):
    answer = client.get(DOOR)

    assert answer.status_code == 200
    assert lead(answer).strip().startswith("Ce service nous dira")
