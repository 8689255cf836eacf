# SPDX-License-Identifier: AGPL-3.0-or-later
"""Run browser tests with a Chromium found on this machine: ``python tools/chromium.py COMMAND …``.

Debian's is installed with apt where this user may: the one without windows, which takes a quarter
less to compute. Set ``TERREAU_TEST_CHROMIUM`` to name another.
"""

import os
import shutil
import subprocess
import sys

import machine

VARIABLE = "TERREAU_TEST_CHROMIUM"
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONTS = "fonts-dejavu-core"


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    return os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, NAMES)), None)


def _install() -> bool:
    return machine.install(SHELL, FONTS) or machine.install("chromium", FONTS)


def main(command: list[str]) -> int:
    """Run the command with the path of Chromium in its environment."""
    browser = find() or (_install() and find())
    if not browser:
        return machine.skip("browser tests", "no Chromium found: install chromium")
    return subprocess.run(command, env={**os.environ, VARIABLE: browser}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
