# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the tools ask of the machine: a Debian package, or a plain reason why not."""

import os
import shutil
import subprocess
import sys


def install(*packages: str) -> bool:
    """Install Debian packages where this user may; tell whether it worked."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        if subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL).returncode != 0:
            return False
    return True


def skip(what: str, reason: str) -> int:
    """Say that tests were not run, and why. In CI that is a failure."""
    print(f"NOT RUN: {what}: {reason}", file=sys.stderr)
    return 1 if os.environ.get("CI") else 0
