# SPDX-License-Identifier: AGPL-3.0-or-later
"""What all tests share. ``tests/databases.py`` says how tests that commit are cleaned up after.

On PostgreSQL: ``python tools/postgresql.py .venv/bin/pytest tests/yours``.
"""

import os
import shutil

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import SimpleTestCase
from django.test.utils import teardown_databases
from hypothesis import settings as hypothesis_settings

from tests import databases

hypothesis_settings.register_profile("suite", deadline=None, print_blob=True, max_examples=60)
hypothesis_settings.register_profile(
    # The same examples at each run: CI says what a change did, not what luck did.
    "ci",
    hypothesis_settings.get_profile("suite"),
    derandomize=True,
    print_blob=True,
)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "suite")
databases.put_back_after_transactional_tests()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """Prepare every database, and keep a copy for the tests that commit."""
    with django_db_blocker.unblock():
        made = databases.set_up()
        for connection in connections.all():
            databases.keep_pristine(connection)
    yield
    with django_db_blocker.unblock():
        for connection in connections.all():
            databases.forget(connection)
        teardown_databases(made, verbosity=0)


def pytest_collection_modifyitems(config, items):
    """Leave out what is about the other database than this run's, and what takes minutes.

    What walks through the whole world comes first: begun last, it would leave one worker alone.
    """
    vendor = connections["default"].vendor
    unasked = [{"sqlite": "postgresql", "postgresql": "sqlite"}[vendor]]
    if "torture" not in config.getoption("markexpr"):
        unasked = [*unasked, "torture"]
    away = [item for item in items if any(map(item.get_closest_marker, unasked))]
    if vendor == "postgresql":  # what asks no database would be the same test twice
        away += [item for item in items if item not in away and not _asks_a_database(item)]
    kept = [item for item in items if item not in away]
    items[:] = sorted(kept, key=lambda item: not getattr(item.cls, "walks_the_world", False))
    config.hook.pytest_deselected(items=away)


def _asks_a_database(item):
    """Tell whether a test may ask one: pytest-django refuses it to all others."""
    marked = any(map(item.get_closest_marker, ["django_db", "postgresql", "torture"]))
    given = {"db", "transactional_db", "live_server"} & {*item.fixturenames}
    return marked or given or (item.cls and issubclass(item.cls, SimpleTestCase))


def pytest_sessionfinish(session):
    """In CI nothing is skipped: a skip there is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure():
    """Remove the folder of this run."""
    shutil.rmtree(django_settings.TERREAU.data_dir, ignore_errors=True)


@pytest.fixture(autouse=True)
def _simple_static_files(settings):
    """Serve static files by their plain names, and hash passwords fast."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
