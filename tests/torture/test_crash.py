# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writers are killed at any moment: what was acknowledged stays, and nothing stays by halves."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from random import Random

import pytest
from click.testing import CliRunner
from django.db import OperationalError, connection

from terreau.cli.verify import verify
from tests.torture.ground import keys_in_order
from tests.torture.writers import Crew, Heard, database_here, make_place

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 3
PLENTY = 100_000
SIZES = [
    pytest.param(5, id="short"),
    pytest.param(100, id="long", marks=pytest.mark.torture),
]


@dataclass
class Toll:
    """What all rounds together did: calls acknowledged, and not, and killed writers."""

    told: int = 0
    kept_untold: int = 0
    lost_untold: int = 0
    killed: int = 0

    def add(self, heard: Heard, stored: set[object]) -> None:
        """Count one writer in, and check that what it was told is there, and each call whole."""
        self.told += len(heard.told)
        assert all(set(keys) <= stored for keys in heard.told)
        untold = heard.wanted[len(heard.told) :]
        assert len(untold) <= 1
        for keys in untold:
            there = len(set(keys) & stored)
            assert there in (0, len(keys)), "a call was written by half"
            self.kept_untold += bool(there)
            self.lost_untold += not there


def verified() -> str:
    """Return what `terreau verify` says."""
    answer = CliRunner().invoke(verify)
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.mark.parametrize("rounds", SIZES)
def test_writers_killed_at_any_moment_lose_nothing_acknowledged(rounds):
    place = make_place(database_here(), loaves=PLENTY, writers=WRITERS)
    chance, toll = Random(rounds), Toll()
    for _ in range(rounds):
        crew = Crew("bake_for_ever", place, WRITERS)
        crew.listen(seconds=0.1 + 0.3 * chance.random())
        crew.kill()

        stored = set(keys_in_order())
        for heard in crew.heard:
            toll.add(heard, stored)
        toll.killed += [one.exitcode for one in crew.processes].count(-9)
        said = verified()

    print(toll, said)
    assert toll.killed == rounds * WRITERS
    assert toll.told > rounds * WRITERS
    assert toll.lost_untold > 0
    assert len(stored) > toll.told


def of_the_writers() -> list[int]:
    """Return the processes of the server that serve the writers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def come_back(seconds: float = 60) -> None:
    """Return once the server, which restarts all of itself, answers again."""
    until = time.monotonic() + seconds
    while True:
        connection.close()
        try:
            return connection.ensure_connection()
        except OperationalError:
            assert time.monotonic() < until, "the server does not come back"
            time.sleep(0.2)


@pytest.mark.postgresql
@pytest.mark.torture
def test_a_process_of_the_server_killed_at_any_moment_loses_nothing_acknowledged():
    """The server of the tests may forget what it did not write yet: here it may not."""
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
    place = make_place(database_here(), loaves=PLENTY, writers=WRITERS)
    chance, toll, rounds = Random(1), Toll(), 20
    for _ in range(rounds):
        crew = Crew("bake_for_ever", place, WRITERS)
        crew.listen(seconds=0.1 + 0.3 * chance.random())
        os.kill(chance.choice(of_the_writers()), signal.SIGKILL)
        crew.listen()  # each finds its connection gone, and ends
        come_back()

        stored = set(keys_in_order())
        for heard in crew.heard:
            toll.add(heard, stored)
        toll.killed += 1
        said = verified()

    print(toll, said)
    assert (toll.killed, toll.told > rounds * WRITERS, toll.lost_untold > 0) == (rounds, True, True)
