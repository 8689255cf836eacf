# SPDX-License-Identifier: AGPL-3.0-or-later
"""Browser tests on the demonstration, served by a real process of ``terreau serve``.

Loading it takes half a minute: done once for what the code and the day are, by the first worker
that asks, then copied by each into a folder of its own. What older code prepared is kept a while:
somebody else on this machine may be copying it.
"""

import fcntl
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[3]
PREPARED = Path(tempfile.gettempdir()) / "terreau-demonstrations"
PREPARED_KEPT = 4
START_TRIES_MAX = 200


@dataclass(frozen=True)
class Site:
    """Where it answers, and every address that opens on something there."""

    url: str
    addresses: list[dict[str, Any]]

    def path(self, name: str) -> str:
        """Return the address of a page."""
        return next(page["path"] for page in self.addresses if page["name"] == name)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory):
    """The demonstration at a port of its own."""
    folder = tmp_path_factory.mktemp("demonstration") / "data"
    _copy_prepared(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "terreau", "serve", "--port", str(port), "--workers", "1"]
    with (folder / "serve.log").open("w") as log:
        server = subprocess.Popen(command, env=_environment(folder, url), stdout=log, stderr=log)
        try:
            _wait(url, server)
            yield Site(url, json.loads((folder / "addresses.json").read_text()))
        finally:
            server.terminate()
            server.wait(timeout=30)


def _environment(folder: Path, url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TERREAU_")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "terreau.config.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "TERREAU_MODE": "demonstration",
        "TERREAU_DATA_DIR": str(folder),
        "TERREAU_BASE_URL": url,
        "TERREAU_LOG_LEVEL": "WARNING",
    }


def _copy_prepared(folder: Path) -> None:
    """Prepare it if nobody has, forget the oldest, and copy: one at a time on this machine."""
    PREPARED.mkdir(exist_ok=True)
    done = PREPARED / f"{datetime.now(UTC).date()}-{_digest()}"
    with (PREPARED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _prepare(done)
        shutil.copytree(done, folder)


def _prepare(done: Path) -> None:
    for old in sorted(PREPARED.glob("*-*"), key=lambda path: path.stat().st_mtime)[:-PREPARED_KEPT]:
        shutil.rmtree(old)
    unfinished = Path(tempfile.mkdtemp(dir=PREPARED))
    try:
        subprocess.run(
            [sys.executable, "-m", "tests.e2e.demonstration.prepare", str(unfinished)],
            env=_environment(unfinished, "http://127.0.0.1"),
            cwd=ROOT,
            check=True,
        )
        unfinished.rename(done)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _digest() -> str:
    """Stand for all that decides what is prepared."""
    told = hashlib.sha256()
    mine = [Path(__file__).with_name("prepare.py"), *ROOT.glob("tests/*.py")]
    for file in [*sorted((ROOT / "src/terreau").rglob("*")), ROOT / "tests/web/world.py", *mine]:
        if file.suffix in (".py", ".toml", ".json", ".csv"):
            told.update(file.read_bytes())
    return told.hexdigest()[:12]


def _wait(url: str, server: subprocess.Popen) -> None:
    """Return when it answers: each try that is refused at once waits for the process a little."""
    for _ in range(START_TRIES_MAX):
        try:
            urlopen(f"{url}/sante/", timeout=10).close()
            return
        except OSError:  # nobody answers yet, or not in time on a busy machine
            try:
                server.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
            break
    raise AssertionError("the demonstration does not answer: see its serve.log")


@pytest.fixture
def browser_context_args(demonstration):
    """French, on a phone, at the demonstration."""
    return {
        "base_url": demonstration.url,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "viewport": {"width": 360, "height": 740},
    }


@pytest.fixture
def enter(page):
    """Enter by one of the doors, as anybody does."""

    def enter_by(code: str, page: Page = page) -> Page:
        page.goto("/demonstration/")
        page.locator(f'form[action$="/{code}/"]').get_by_role("button").click()
        page.wait_for_url(lambda url: "/demonstration/" not in url)
        return page

    return enter_by


@pytest.fixture(autouse=True)
def _no_error_in_the_console(context, demonstration):
    """Neither an error in the console, nor a request to anybody else.

    A form that is refused (422) is no error: the page says what it lacks.
    """
    faults = []

    def note(said):
        if said.type == "error" and "status of 422" not in said.text:
            faults.append(said.text)

    context.on("weberror", lambda fault: faults.append(str(fault.error)))
    context.on("console", note)
    context.on(
        "request",
        lambda asked: (
            asked.url.startswith((demonstration.url, "data:", "blob:"))
            or faults.append(f"asked elsewhere: {asked.url}")
        ),
    )
    yield
    assert faults == []
