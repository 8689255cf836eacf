# SPDX-License-Identifier: AGPL-3.0-or-later
"""Compile ``requirements/*.in`` into locked files with hashes that name no index host."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).parent / "uv"
OPTIONS = (
    "--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url",
    "--custom-compile-command=make lock", "--quiet",
)  # fmt: skip


def compile_one(name: str, *constraints: str) -> None:
    """Write requirements/NAME.txt from requirements/NAME.in."""
    files = [f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
    index = os.environ.get("PIP_INDEX_URL") or pip_index()
    given = {**os.environ, "UV_DEFAULT_INDEX": index} if index else dict(os.environ)
    subprocess.run(
        [UV, "pip", "compile", *files, *constraints, *OPTIONS], cwd=ROOT, env=given, check=True
    )


def pip_index() -> str:
    """Return the index that pip is set to on this machine, which uv does not read by itself."""
    asking = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    return subprocess.run(asking, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    compile_one("dev")
    compile_one("base", "-c", "requirements/dev.txt")
