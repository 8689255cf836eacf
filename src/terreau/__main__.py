# SPDX-License-Identifier: AGPL-3.0-or-later
"""``python -m terreau`` is the ``terreau`` command."""

from terreau.cli.main import main

main()
