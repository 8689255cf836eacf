# SPDX-License-Identifier: AGPL-3.0-or-later
"""``python -m benchmarks`` (or ``make bench``)."""

from benchmarks.run import main

main()
