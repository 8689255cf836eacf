# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command as a person calls it: another process, its words and its exit code."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.cli.instances import migrated, run


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    """The environment of an instance of its own, migrated."""
    return migrated(tmp_path_factory.mktemp("instance"), TERREAU_TASK_INTERVAL="0.2")


def test_nonsense_in_the_environment_is_one_sentence(instance):
    code, out, err = run(instance | {"TERREAU_PORT": "huit"}, "migrate")

    assert (code, out, err.split(":")[0], err.count("\n")) == (1, "", "TERREAU_PORT", 0)


def test_an_unknown_command_is_called_wrongly(instance):
    assert run(instance, "fly")[0] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["restore", "/nowhere/a.zip"], "/nowhere/a.zip does not exist."),
        (["restore", __file__], "is damaged or is no archive of Terreau"),
        (["backup", "/nowhere/a.zip"], "/nowhere/a.zip.partial: No such file or directory."),
        (["backup", __file__], "exists already; give a new name."),
        (["load-territories", "/nowhere"], "Le dossier « /nowhere » n'existe pas."),
        (["serve", "--listen", "192.0.2.1", "--port", "8000"], "192.0.2.1, port 8000: cannot"),
        (["serve", "--listen", "300.1.1.1"], "300.1.1.1, port 8000: cannot listen there"),
    ],
)
def test_a_wrong_argument_is_refused_in_one_line(instance, words, said):
    code, out, err = run(instance, *words)

    assert (code, out, err.count("\n"), said in err) == (1, "", 0, True), err


@pytest.mark.parametrize(
    ("name", "value", "command", "said"),
    [
        ("TERREAU_DATA_DIR", "/proc/terreau", "worker", "TERREAU_DATA_DIR: /proc/terreau cannot"),
        ("TERREAU_DATA_DIR", __file__, "migrate", "TERREAU_DATA_DIR: "),
        ("TERREAU_DATABASE_URL", "postgres://127.0.0.1:1/x", "serve", "The database refused"),
        ("TERREAU_DATABASE_URL", "mysql://x", "verify", "TERREAU_DATABASE_URL: expected"),
        ("TERREAU_MODE", "prod", "migrate", "TERREAU_MODE: "),
        ("TERREAU_SECRET_KEY_FILE", "/nowhere", "serve", "TERREAU_SECRET_KEY_FILE: expected"),
    ],
)
def test_a_wrong_setting_stops_the_start_in_one_line(instance, name, value, command, said):
    code, out, err = run(instance | {name: value}, command)

    assert (code, out, err.count("\n"), err.startswith(said)) == (1, "", 0, True), err


def test_a_port_that_is_taken_is_refused_in_one_line(instance):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, out, err = run(instance, "serve", "--port", str(port))

    assert (code, out, err.count("\n")) == (1, "", 0)
    assert err.startswith(f"127.0.0.1, port {port}: cannot listen there")


def test_a_database_of_another_version_is_not_served(instance, tmp_path):
    folder = shutil.copytree(instance["TERREAU_DATA_DIR"], tmp_path / "older")
    with sqlite3.connect(folder / "terreau.sqlite3") as older:
        older.execute("DELETE FROM django_migrations WHERE app = 'programmes'")
    older.close()

    code, _, err = run(instance | {"TERREAU_DATA_DIR": str(folder)}, "serve")

    assert code == 1
    assert err.endswith("is not at this version. Run `terreau migrate`, or restore a backup.")


@pytest.mark.parametrize("command", ["restore", "verify", "backup", "load-territories"])
def test_before_migrate_a_command_says_what_to_run_and_leaves_nothing(instance, tmp_path, command):
    words = [] if command == "verify" else [str(tmp_path / "one.zip")]
    empty = tmp_path / "empty"

    code, out, err = run(instance | {"TERREAU_DATA_DIR": str(empty)}, command, *words)

    assert (code, out, err.count("\n"), [*empty.iterdir()]) == (1, "", 0, [])
    assert err == (
        f"The database « default » ({empty}/terreau.sqlite3) has no tables yet: "
        "run `terreau migrate` first."
    )


def test_a_second_migrate_says_and_does_nothing(instance):
    assert run(instance, "migrate") == (0, "", "")


def test_verify_says_how_much_it_replayed(instance):
    code, out, _ = run(instance, "verify")

    assert (code, out.split()[0], "replay equals all that is kept" in out) == (0, "0", True)


def test_verify_names_a_lost_trigger(instance, tmp_path):
    folder = shutil.copytree(instance["TERREAU_DATA_DIR"], tmp_path / "copy")
    given = instance | {"TERREAU_DATA_DIR": str(folder)}
    drop = "from django.db import connection as c; c.cursor().execute('DROP TRIGGER %s')"
    name = "ledger_eventlink_no_update"
    assert run(given, "manage", "shell", "--no-imports", "-c", drop % name)[0] == 0

    code, out, _ = run(given, "verify")

    assert (code, f"Missing triggers: {name}." in out) == (1, True)


def test_a_missing_folder_of_territories_is_refused_in_words(instance, tmp_path):
    code, _, err = run(instance, "load-territories", str(tmp_path / "nowhere"))

    assert (code, "Traceback" in err, bool(err)) == (1, False, True)


def test_web_and_worker_start_answer_and_stop_when_asked(instance):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web, worker = (
        subprocess.Popen(
            [sys.executable, "-m", "terreau", *words], env=instance, start_new_session=True
        )
        for words in (["serve", "--port", str(port), "--workers", "1"], ["worker"])
    )
    try:
        status = wait_for(f"http://127.0.0.1:{port}/")
    finally:
        codes = [stop(process) for process in (web, worker)]

    assert (status, codes) == (200, [0, 0])


def wait_for(address: str) -> int:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.status
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def stop(process: subprocess.Popen) -> int:
    """Press Ctrl+C: the whole group is told, as a terminal does. Slow to stop is an error."""
    os.killpg(process.pid, signal.SIGINT)
    return process.wait(timeout=15)
