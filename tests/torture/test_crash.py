# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writers are killed at any moment: what was acknowledged stays, and nothing stays by halves."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest
from click.testing import CliRunner

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
