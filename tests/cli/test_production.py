# SPDX-License-Identifier: AGPL-3.0-or-later
"""An instance in production, as its visitors meet it: what is there, what is not, what fails."""

import re
import socket
import subprocess
import sys

import httpx
import pytest

from terreau.config.environment import PROJECT_ROOT
from tests.cli.instances import migrated, run
from tests.cli.test_commands import stop, wait_for

TOLD = {
    "TERREAU_MODE": "production",
    "TERREAU_SECRET_KEY": "une-longue-cle-de-cet-essai-et-de-lui-seul-0123456789",
    "TERREAU_HOSTS": "essai.example.org,127.0.0.1",
    "TERREAU_BASE_URL": "https://essai.example.org",
    "TERREAU_BEHIND_PROXY": "true",
    "TERREAU_MAIL_AS_FILES": "true",
    "TERREAU_PUBLISHER": "L'association d'essai, 1 rue de l'Exemple",
    "TERREAU_DATA_CONTACT": "donnees@essai.example.org",
    "TERREAU_RETENTION_YEARS": "3",
}
BROKEN = (
    "from django.db import connection as c; c.cursor().execute('ALTER TABLE %s RENAME TO gone')"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The port of a site in production whose table of corrections was lost while it ran."""
    given = migrated(tmp_path_factory.mktemp("production"), **TOLD)
    assert run(given, "migrate")[0] == 0  # which gathers the static files here
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = subprocess.Popen(
        [sys.executable, "-m", "terreau", "serve", "--port", str(port), "--workers", "1"],
        env=given, cwd=PROJECT_ROOT, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert wait_for(f"http://127.0.0.1:{port}/sante/") == 200
        lost = BROKEN % "publishing_correction"
        assert run(given, "manage", "shell", "--no-imports", "-c", lost)[0] == 0
        yield port
    finally:
        stop(web)


def get(port: int, path: str, proto: str = "https", host: str = "essai.example.org"):
    """Ask as the proxy does."""
    headers = {"Host": host, "X-Forwarded-Proto": proto}
    return httpx.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=60)


def test_a_page_that_is_not_there_and_one_that_fails_are_said_in_french(site):
    missing, failing = get(site, "/nulle-part/"), get(site, "/corrections/")

    assert (missing.status_code, failing.status_code) == (404, 500)
    for body in (missing.text, failing.text):
        assert '<html lang="fr">' in body
        assert len(re.findall("<h1", body)) == 1
        assert "Traceback" not in body and "no such table" not in body
    assert "Nous ne trouvons pas cette page" in missing.text


def test_http_leads_to_https_but_for_the_monitor(site):
    answer = get(site, "/", proto="http")

    assert (answer.status_code, answer.headers["Location"]) == (301, "https://essai.example.org/")
    assert get(site, "/sante/", proto="http").json() == {"etat": "bon", "problemes": []}


def test_a_host_that_is_not_ours_is_refused(site):
    assert get(site, "/", host="ailleurs.example").status_code == 400


def test_a_page_loads_only_from_here_and_its_files_may_be_kept(site):
    page = get(site, "/")
    files = re.findall(r'(?:src|href)="(/statique/[^"]+)"', page.text)
    loaded = re.findall(r'<(?:script|img|link)\b[^>]+(?:src|href)="([^"]+)"', page.text)

    assert {one for one in loaded if not one.startswith("/statique/")} == {
        "https://essai.example.org/"  # its canonical address
    }
    assert len(files) > 3
    for path in files:
        answer = get(site, path)
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["Cache-Control"], path
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_legal_pages_say_what_the_settings_say(site):
    legal, privacy = get(site, "/mentions-legales/").text, get(site, "/donnees-personnelles/").text

    assert "L&#x27;association d&#x27;essai, 1 rue de l&#x27;Exemple" in legal
    assert "donnees@essai.example.org" in privacy and re.search(r"3\s+ans", privacy)
