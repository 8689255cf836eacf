# SPDX-License-Identifier: AGPL-3.0-or-later
"""Install hledger where this user may; its tests are skipped, saying why, where it is missing."""

import shutil
import sys

import machine

if __name__ == "__main__":
    there = shutil.which("hledger") or machine.install("hledger")
    sys.exit(0 if there else machine.skip("tests of journals", "no hledger: install hledger"))
