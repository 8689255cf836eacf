# SPDX-License-Identifier: AGPL-3.0-or-later
"""Walks through what a cooperation does, at two widths: each person has a browser of their own."""

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.e2e.gestures.hands import Hands

WIDTHS = {"phone": 360, "screen": 1280}


@pytest.fixture(params=WIDTHS)
def width(request):
    """How wide the window of everybody is."""
    return WIDTHS[request.param]


@pytest.fixture
def person(browser, browser_context_args, live_server, width):
    """Give somebody a browser, signed in or not. A script that fails fails the test."""
    contexts, faults = [], []

    def with_a_browser(user=None):
        size = {"width": width, "height": 800}
        context = browser.new_context(
            **{**browser_context_args, "viewport": size}, service_workers="block"
        )
        contexts.append(context)
        context.on("weberror", lambda fault: faults.append(str(fault.error)))
        if user is not None:
            context.add_cookies([_session_of(user, live_server.url)])
        return Hands(context.new_page())

    yield with_a_browser
    for context in contexts:
        context.close()
    assert faults == []


def _session_of(user, url):
    client = Client()
    client.force_login(user)
    name = django_settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
