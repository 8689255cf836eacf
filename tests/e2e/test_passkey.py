# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_one_adds_a_passkey_then_enters_with_it_alone(page, context, enter):
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    alice = make_user("Alice")
    alice.emailaddress_set.create(email=alice.email, verified=True, primary=True)
    enter(alice)

    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_label("Son nom").fill("Mon téléphone")
    page.get_by_role("button", name="Ajouter cette clé").click()
    expect(page.get_by_text("Clé de sécurité ajoutée")).to_be_visible()
    page.goto(reverse("account_logout"))
    page.get_by_role("button", name="Se déconnecter").click()
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Avec une clé d'accès").click()

    expect(page.get_by_role("heading", name="Mes coopérations")).to_be_visible()
