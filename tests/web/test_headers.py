# SPDX-License-Identifier: AGPL-3.0-or-later
"""Headers of pages, files and errors: strict policy, nothing inline, nothing kept in caches."""

import pytest
from django.urls import reverse

from tests.factories import make_user

pytestmark = pytest.mark.django_db
WANTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def policy_of(response) -> dict[str, list[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def addresses() -> list[str]:
    return ["/", "/nulle-part/", "/moi/", reverse("account_login"), reverse("public_directory")]


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("signed_in", [False, True])
def test_every_answer_has_its_headers(client, number, signed_in):
    if signed_in:
        client.force_login(make_user())

    response = client.get(addresses()[number])

    assert {name: response.headers.get(name) for name in WANTED} == WANTED
    assert response.headers["Permissions-Policy"].startswith("camera=()")
    assert ("private" in response.headers.get("Cache-Control", "")) >= signed_in


def test_the_policy_allows_nothing_inline_and_nobody_else(client):
    policy = policy_of(client.get("/"))

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    allowed = {source for sources in policy.values() for source in sources}
    assert allowed == {"'none'", "'self'", "data:", "blob:"}


def test_cookies_are_for_this_site_only(client):
    client.get(reverse("account_login"))

    assert {(name, morsel["samesite"]) for name, morsel in client.cookies.items()} == {
        ("csrf", "Lax")
    }
