# SPDX-License-Identifier: AGPL-3.0-or-later
"""The settings of the tests: those of an instance in test mode, on either database.

``TERREAU_TEST_DATABASE_URL`` names a PostgreSQL server (see ``tools/postgresql.py``); without it
the tests run on SQLite files in a temporary folder, with our own backend.
"""

import os
import tempfile

for name in [name for name in os.environ if name.startswith("TERREAU_")]:
    if not name.startswith("TERREAU_TEST_"):
        del os.environ[name]
os.environ["TERREAU_MODE"] = "test"
os.environ["TERREAU_LOG_LEVEL"] = "WARNING"
os.environ["TERREAU_DATA_DIR"] = tempfile.mkdtemp(prefix="terreau-tests-")
os.environ["TERREAU_DATABASE_URL"] = os.environ.get("TERREAU_TEST_DATABASE_URL", "")

from terreau.config.settings import *  # noqa: E402, F403

# Tests read sentences as they are written; tests/ui/test_typography.py tries the spaces of print,
# and the browser's tests on the demonstration see them everywhere.
MIDDLEWARE.remove("terreau.web.middleware.SpacesMiddleware")  # noqa: F405
