# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings: nonsense stops with the variable's name; production refuses what is unsafe."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from terreau.config import databases
from terreau.config.databases import database
from terreau.config.environment import PROJECT_ROOT, read_environment

SAFE = {
    "TERREAU_MODE": "production",
    "TERREAU_SECRET_KEY": "k7Vq2mZx9LpT4wRb8NcY3sHd6JfG1aEu5QoWi0XtKyBnMrCzPv",
    "TERREAU_HOSTS": "cooperer.example.org, www.cooperer.example.org",
    "TERREAU_BASE_URL": "https://cooperer.example.org/",
    "TERREAU_MAIL_URL": "smtps://anne:secret@mail.example.org",
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    for name in list(os.environ):
        if name.startswith("TERREAU_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("TERREAU_MODE", "prod", "TERREAU_MODE: Input should be 'development', 'demonstration'"),
        ("TERREAU_PORT", "eight", "TERREAU_PORT: Input should be a valid integer"),
        ("TERREAU_PORT", "70000", "TERREAU_PORT: Input should be less than or equal to 65535"),
        ("TERREAU_WEB_WORKERS", "0", "TERREAU_WEB_WORKERS: Input should be greater than"),
        ("TERREAU_DATABASE_URL", "mysql://x", "TERREAU_DATABASE_URL: expected an address that"),
        ("TERREAU_MAIL_URL", "mail.example", "TERREAU_MAIL_URL: expected an address that begins"),
        ("TERREAU_MAIL_URL", "smtp://a:b@c?tls=no", "TERREAU_MAIL_URL: expected nothing after"),
        ("TERREAU_MAIL_URL", "smtps://c?tls=no", "TERREAU_MAIL_URL: expected nothing after"),
        ("TERREAU_MAIL_URL", "smtp://c?tsl=no", "TERREAU_MAIL_URL: expected nothing after"),
        ("TERREAU_BASE_URL", "cooperer", "TERREAU_BASE_URL: expected an address such as https"),
        ("TERREAU_BASE_URL", "https://b.org", "TERREAU_BASE_URL: expected an address of one of"),
        ("TERREAU_HOSTS", "a.org", "TERREAU_BASE_URL: expected an address of one of"),
        ("TERREAU_MAIL_FROM", "nonsense", "TERREAU_MAIL_FROM: expected an address, or a name"),
        (
            "TERREAU_MAIL_FROM",
            "A <a@example.org>\nBcc: c@example.org",
            "TERREAU_MAIL_FROM: expected an addr",
        ),
        ("TERREAU_FOO", "1", "TERREAU_FOO: no setting has this name; did you mean TERREAU_"),
        (
            "TERREAU_MAIL_FORM",
            "a@example.org",
            "TERREAU_MAIL_FORM: no setting has this name; did you mean TERREAU_MAIL_FROM?",
        ),
        ("TERREAU_BEHIND_PROXY", "maybe", "TERREAU_BEHIND_PROXY: Input should be a valid boolean"),
        ("TERREAU_OIDC_NAME", "ProConnect", "OpenID Connect needs also TERREAU_OIDC_SERVER_URL"),
        ("TERREAU_SECRET_KEY", "short", "TERREAU_SECRET_KEY: String should have at least 24"),
        ("TERREAU_SECRET_KEY_FILE", "/nowhere", "TERREAU_SECRET_KEY_FILE: expected a file that"),
    ],
)
def test_nonsense_is_named(monkeypatch, variable, value, expected):
    monkeypatch.setenv(variable, value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read_environment()

    assert str(refusal.value)[: len(expected)] == expected


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TERREAU_SECRET_KEY", "hunter2"),
        ("TERREAU_DATABASE_URL", "postgre://anne:hunter2@db.example/coop"),
        ("TERREAU_SIDE_DATABASE_URL", "postgre://anne:hunter2@db.example/coop"),
        ("TERREAU_MAIL_URL", "smpt://anne:hunter2@mail.example"),
    ],
)
def test_a_bad_secret_is_not_repeated(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read_environment()

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TERREAU_SECRET_KEY", "development-only-not-a-secret"),
        ("TERREAU_SECRET_KEY", "a" * 60),
        ("TERREAU_HOSTS", "*"),
        ("TERREAU_BASE_URL", "http://cooperer.example.org"),
    ],
)
def test_production_refuses_what_is_unsafe(monkeypatch, variable, value):
    for name, safe in (SAFE | {variable: value}).items():
        monkeypatch.setenv(name, safe)

    with pytest.raises(ImproperlyConfigured, match=variable):
        read_environment()


def test_production_without_a_way_for_codes_to_arrive_is_refused(monkeypatch):
    for name, safe in (SAFE | {"TERREAU_MAIL_URL": ""}).items():
        monkeypatch.setenv(name, safe)

    with pytest.raises(ImproperlyConfigured, match="TERREAU_MAIL_URL: expected a mail server"):
        read_environment()


@pytest.mark.parametrize(
    "way",
    [
        {"TERREAU_MAIL_AS_FILES": "true"},
        {
            f"TERREAU_OIDC_{name}": "x"
            for name in ("NAME", "SERVER_URL", "CLIENT_ID", "CLIENT_SECRET")
        },
    ],
)
def test_production_without_a_mail_server_is_a_choice(monkeypatch, way):
    for name, safe in (SAFE | {"TERREAU_MAIL_URL": ""} | way).items():
        monkeypatch.setenv(name, safe)

    assert read_environment().mail_url == ""


@pytest.mark.parametrize(
    ("hosts", "address"),
    [
        ("a.org", "https://a.org"),
        ("www.a.org,a.org", "https://a.org:8443"),
        (".a.org", "https://b.a.org"),
        ("*", "https://a.org"),
        ("[::1]", "http://[::1]:8000"),
        ("A.org", "https://a.ORG"),
    ],
)
def test_an_address_of_one_of_the_hosts_is_taken(monkeypatch, hosts, address):
    monkeypatch.setenv("TERREAU_HOSTS", hosts)
    monkeypatch.setenv("TERREAU_BASE_URL", address)

    assert read_environment().base_url == address


@pytest.mark.parametrize(
    "sender", ["a@example.org", "Terreau <terreau@localhost>", '"A, b" <a@example.org>']
)
def test_a_sender_is_taken_with_or_without_a_name(monkeypatch, sender):
    monkeypatch.setenv("TERREAU_MAIL_FROM", sender)

    assert read_environment().mail_from == sender


@pytest.mark.parametrize("name", ["TERREAU_TEST_DATABASE_URL", "TERREAU_TRACE", "terreau_port"])
def test_names_of_tests_and_small_letters_are_no_slips(monkeypatch, name):
    monkeypatch.setenv(name, "8000")

    assert read_environment().base_url == "http://localhost:8000"


def test_the_settings_of_the_how_to_are_valid(monkeypatch):
    text = (PROJECT_ROOT / "docs/how-to/one-machine.md").read_text()
    block = text.split("```sh\nTERREAU_MODE")[1].split("```")[0]
    told = dict(re.findall(r'^(TERREAU_\w+)="?(.*?)"?$', f"TERREAU_MODE{block}", re.MULTILINE))
    for name, value in told.items():
        filled = value.replace("smtp://…", "smtp://mail.example.org")
        monkeypatch.setenv(name, filled.replace("…", SAFE["TERREAU_SECRET_KEY"]))

    found = read_environment()

    assert (len(told), found.mode, found.behind_proxy) == (14, "production", True)


def test_values_are_read_with_their_types(monkeypatch, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(SAFE["TERREAU_SECRET_KEY"] + "\n")
    for name, safe in SAFE.items():
        monkeypatch.setenv(name, safe)
    monkeypatch.delenv("TERREAU_SECRET_KEY")
    monkeypatch.setenv("TERREAU_SECRET_KEY_FILE", str(secret))

    found = read_environment()

    assert found.secret_key == SAFE["TERREAU_SECRET_KEY"]
    assert found.hosts == ["cooperer.example.org", "www.cooperer.example.org"]
    assert found.base_url == "https://cooperer.example.org"


def test_production_passes_djangos_own_deployment_check(tmp_path):
    asked = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    given = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT_ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "terreau.config.settings",
        "TERREAU_DATA_DIR": str(tmp_path),
        **SAFE,
    }

    answer = subprocess.run(asked, env=given, capture_output=True, text=True, check=False)

    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "System check identified no issues (0 silenced).\n"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ("terreau.core.sqlite", Path("/data/terreau.sqlite3"), "")),
        ("sqlite:////srv/a%20b.sqlite3", ("terreau.core.sqlite", Path("/srv/a b.sqlite3"), "")),
        (
            "postgres://anne:p%40ss@db.example:5433/coop?sslmode=require",
            ("django.db.backends.postgresql", "coop", "p@ss"),
        ),
        ("postgres:///coop?host=/run/pg", ("django.db.backends.postgresql", "coop", "")),
    ],
)
def test_database_addresses_are_read(address, expected):
    found = databases.database(address, Path("/data/terreau.sqlite3"))

    assert (found["ENGINE"], found["NAME"], found.get("PASSWORD", "")) == expected


def test_postgresql_needs_no_side_database_and_sqlite_has_one():
    folder = Path("/data")

    assert set(databases.databases("postgres:///coop", "", folder)) == {"default"}
    assert set(databases.databases("", "", folder)) == {"default", "side"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", databases.Mail()),
        ("smtp://localhost", databases.Mail("localhost", 587)),
        ("smtp://u:p@localhost", databases.Mail("localhost", 587, "u", "p", starttls=True)),
        ("smtp://mail.example:25", databases.Mail("mail.example", 25, starttls=True)),
        ("smtp://mail.example:25?tls=no", databases.Mail("mail.example", 25)),
        ("smtps://u:p%2F@mail.example", databases.Mail("mail.example", 465, "u", "p/", True)),
    ],
)
def test_mail_addresses_are_read(address, expected):
    assert databases.mail(address) == expected


def test_a_limit_on_guesses_outlives_a_crowd_of_others():
    cache.clear()
    limits = dict.fromkeys((f"limit-{number}" for number in range(20)), "spent")
    cache.set_many(limits)

    for number in range(600):
        cache.set(f"somebody-else-{number}", "once")

    assert cache.get_many(limits) == limits


@pytest.mark.parametrize("address", ["", "sqlite:///var/x.sqlite3", "postgres://u@h/n"])
def test_a_database_is_not_opened_anew_for_each_request(address, tmp_path):
    assert database(address, tmp_path / "x.sqlite3")["CONN_MAX_AGE"] == 60
