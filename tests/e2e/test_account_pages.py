# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every page of allauth, by its name in the resolver: what axe says, and how wide it is."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.urls import get_resolver, reverse
from playwright.sync_api import expect

from tests.e2e.test_passkey import DEVICE
from tests.factories import make_user
from tests.web.world import walk

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PASSWORD = "une phrase assez longue"
CODE = re.compile(r"^([A-Z0-9-]{6,})\r?$", re.MULTILINE)
WIDTHS = (360, 1280)
# What shows no page by itself: it leads to a provider or comes back from one, gives a file, or
# hears a script; and old addresses that lead to the new ones have no name.
NO_PAGE = {
    None,
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_signup",
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
}


def names_of_allauth() -> set[str]:
    found = {p.name for p, _ in walk(get_resolver()) if p.callback.__module__.startswith("allauth")}
    return found - NO_PAGE


class Looking:
    """A browser, and what was wrong on each page that it was shown."""

    def __init__(self, page, faults_of, mailoutbox):
        self.page, self.faults_of, self.mail = page, faults_of, mailoutbox
        self.found = {}

    def look(self, name):
        """Look at the page as it stands, at both widths, under this name."""
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        faults = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            faults += [f"at {width} px: {fault}" for fault in self.faults_of()]
        self.found[name] = faults

    def open(self, *names):
        """Open pages by their names, and look at each; being led elsewhere is a fault."""
        for name in names:
            path = reverse(name) if isinstance(name, str) else reverse(name[0], args=name[1:])
            answer = self.page.goto(path)
            if "/reauthenticate/?next" in self.page.url:  # asked again who one is, for what matters
                self.send(password=PASSWORD)
            self.look(name if isinstance(name, str) else name[0])
            if answer.status not in (200, 401) or urlsplit(self.page.url).path != path:
                self.found[name] = [f"{answer.status} at {self.page.url}"]

    def begin(self, name):
        """Open a page as somebody whom nothing is known of."""
        self.page.context.clear_cookies()
        self.page.goto(reverse(name))

    def send(self, **fields):
        """Fill in fields by the names they are sent under, and send."""
        main = self.page.get_by_role("main")
        main.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        for name, value in fields.items():
            main.locator(f"[name={name}]").first.fill(value)
        last = main.locator(f"[name={name}]").first
        with self.page.expect_navigation():
            last.press("Enter")

    def code(self):
        return CODE.search(self.mail[-1].body).group(1)


@pytest.fixture
def looking(page, faults_of, mailoutbox):
    cache.clear()  # limits on attempts are counted there
    return Looking(page, faults_of, mailoutbox)


@pytest.fixture
def alice():
    alice = make_user("Alice", password=PASSWORD)
    alice.emailaddress_set.create(email=alice.email, verified=True, primary=True)
    return alice


def add_a_key(page):
    """Add a key that this browser holds, through its page; return what is kept of it."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_label("Son nom").fill("Mon téléphone")
    page.get_by_role("button", name="Ajouter cette clé").click()
    expect(page.get_by_text("Clé de sécurité ajoutée")).to_be_visible()
    return Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)


def who_has_no_session(looking, alice):
    looking.open(
        "account_login", "account_signup", "account_inactive", "account_reset_password",
        "account_request_login_code", "account_password_reset_completed",
        "socialaccount_login_cancelled",
    )  # fmt: skip
    looking.begin("account_signup")
    looking.send(name="Nadège", email="nadege@exemple.invalid")
    looking.look("account_email_verification_sent")
    looking.begin("account_reset_password")
    looking.send(email=alice.email)
    looking.look("account_confirm_password_reset_code")
    looking.send(code=looking.code())
    looking.look("account_complete_password_reset")
    looking.begin("account_request_login_code")
    looking.send(email=alice.email)
    looking.look("account_confirm_login_code")


def who_signed_in(looking, alice):
    looking.begin("account_login")
    looking.send(login=alice.email, password=PASSWORD)
    looking.open(
        "account_email", "account_change_password", "account_reauthenticate", "account_logout",
        "mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn",
        "socialaccount_connections", "socialaccount_login_error",
    )  # fmt: skip
    TOTP.activate(alice, generate_totp_secret())
    key = add_a_key(looking.page)
    looking.open(
        "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
        ("mfa_edit_webauthn", key.pk), ("mfa_remove_webauthn", key.pk),
    )  # fmt: skip


def test_every_page_of_sign_in_and_account(page, looking, alice, enter):
    who_has_no_session(looking, alice)
    who_signed_in(looking, alice)
    looking.begin("account_login")
    looking.send(login=alice.email, password=PASSWORD)
    looking.look("mfa_authenticate")
    page.context.clear_cookies()
    enter(make_user("Basile"))
    looking.open("account_set_password")

    assert {name: faults for name, faults in looking.found.items() if faults} == {}
    assert names_of_allauth() - looking.found.keys() == set()
