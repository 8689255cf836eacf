# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real browser on a real server: ``make e2e``, or with ``DJANGO_ALLOW_ASYNC_UNSAFE=1``
``python tools/chromium.py .venv/bin/pytest tests/e2e -m e2e``."""

import os
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page, expect

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
LOOK = """() => axe.run({resultTypes: ['violations'], preload: false})
  .then(found => found.violations
  .filter(fault => ['serious', 'critical'].includes(fault.impact))
  .map(fault => `${fault.id}: ${fault.nodes[0].html.slice(0, 120)}`))"""
expect.set_options(timeout=20_000)  # a busy machine is late, which is no fault of ours
# The page and every file of ours that it uses: with one script less it is a form like another.
SHELL_IS_KEPT = """() => caches.open('terreau-shell').then(shell => shell.keys()).then(kept => {
  const used = performance.getEntriesByType('resource').map(entry => entry.name);
  const files = new Set(used.filter(name => name.includes('/statique/')));
  const there = new Set(kept.map(request => request.url));
  return there.has(location.href) && [...files].every(file => there.has(file));
})"""


def until(true, page):
    """Wait for something that the page does not show, half a minute at most."""
    for _ in range(300):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came")


def wait_until_kept(page):
    """Wait until the form opens without connection: its shell is kept, its worker is in charge."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # Not by wait_for_function: it looks again by eval, which our pages refuse.
    until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), page)
    until(lambda: page.evaluate(SHELL_IS_KEPT), page)


def lead(page, press):
    """Press what leads to another page, and wait until that one is loaded."""
    with page.expect_navigation():
        press()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium; without its sandbox, which root may not use.

    Letters are as wide as on a screen: without windows it would round each to whole pixels.
    """
    path = os.environ.get("TERREAU_TEST_CHROMIUM", "/usr/bin/chromium")
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "args": ["--no-sandbox", "--font-render-hinting=none"],
    }


@pytest.fixture
def browser_context_args(browser_context_args, live_server):
    """French, on a phone, at the address of the server of this test."""
    return {
        **browser_context_args,
        "base_url": live_server.url,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "viewport": {"width": 360, "height": 740},
    }


@pytest.fixture
def enter(context, live_server):
    """Give the browser the session of a person."""

    def enter_as(user):
        client = Client()
        client.force_login(user)
        name = django_settings.SESSION_COOKIE_NAME
        context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
        )

    return enter_as


@pytest.fixture
def faults_of(page):
    """What is wrong with the page as it stands: for axe (serious), and wider than the screen."""
    return lambda: axe(page) + overflow(page)


def overflow(page: Page) -> list[str]:
    """Return what is wider than the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return ["wider than the screen"] if wide else []


def axe(page: Page) -> list[str]:
    """Return what axe finds serious or critical."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(LOOK)


@pytest.fixture(autouse=True)
def _no_error_in_the_console(page):
    """A script that fails fails the test."""
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    yield
    assert faults == []
