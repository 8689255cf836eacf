# SPDX-License-Identifier: AGPL-3.0-or-later
"""The settings of the tests: those of an instance in test mode, on either database.

``TERREAU_TEST_DATABASE_URL`` names a PostgreSQL server (see ``tools/postgresql.py``); without it
the tests run on SQLite files in a temporary folder, with our own backend.
"""

import os

os.environ["TERREAU_MODE"] = "test"
os.environ["TERREAU_DATABASE_URL"] = os.environ.get("TERREAU_TEST_DATABASE_URL", "")

from terreau.config.settings import *  # noqa: E402, F403
