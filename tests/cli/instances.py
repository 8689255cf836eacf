# SPDX-License-Identifier: AGPL-3.0-or-later
"""An instance of its own for the tests that call the command as a person does.

Migrating takes ten seconds of computing: once for what the migrations are, then copied.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from terreau.config.environment import PROJECT_ROOT
from tests import databases


def told(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of an instance whose data is in a folder."""
    given = {name: value for name, value in os.environ.items() if "TERREAU" not in name}
    given.pop("DJANGO_SETTINGS_MODULE", None)
    own = {"PYTHONPATH": str(PROJECT_ROOT / "src"), "TERREAU_DATA_DIR": str(folder)}
    return given | own | more


def migrated(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of an instance that ``terreau migrate`` made."""
    kept = databases.MIGRATED / f"instance-{databases.digest()}"
    with databases.one_at_a_time():
        if not kept.exists():
            unfinished = kept.with_suffix(".part")
            shutil.rmtree(unfinished, ignore_errors=True)
            code, _, said = run(told(unfinished), "migrate")
            assert code == 0, said
            unfinished.rename(kept)
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    return told(folder, **more)


def run(given: dict[str, str], *words: str) -> tuple[int, str, str]:
    """Return the exit code of the command, what it said, and what it complained of."""
    answer = subprocess.run(
        [sys.executable, "-m", "terreau", *words],
        env=given, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    return answer.returncode, answer.stdout.strip(), answer.stderr.strip()
