# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which SQLite library to use: the standard one if new enough, else the one ``pysqlite3`` bundles.

Before 3.51.3, two connections that write and checkpoint at once may corrupt a database in WAL mode.
"""

import importlib
import sqlite3
import sys
from types import ModuleType

from django.core.exceptions import ImproperlyConfigured

VERSION_MIN = (3, 51, 3)


def choose() -> ModuleType:
    """Put a good SQLite behind the name ``sqlite3`` that Django imports, and return it.

    Raises ImproperlyConfigured when this machine has none.
    """
    if sqlite3.sqlite_version_info >= VERSION_MIN:
        return sqlite3
    bundled = _bundled()
    if bundled is None or bundled.sqlite_version_info < VERSION_MIN:
        raise ImproperlyConfigured(_refusal(sqlite3.sqlite_version))
    sys.modules["sqlite3"] = bundled
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")
    return bundled


def confirm(used: ModuleType) -> None:
    """Raise ImproperlyConfigured when Django was loaded with another library than chosen."""
    if used.sqlite_version_info < VERSION_MIN:
        raise ImproperlyConfigured(_refusal(used.sqlite_version))


def _bundled() -> ModuleType | None:
    try:
        return importlib.import_module("pysqlite3")
    except ImportError:
        return None


def _refusal(found: str) -> str:
    wanted = ".".join(map(str, VERSION_MIN))
    return (
        f"SQLite {found} may corrupt a database that several workers write to. Terreau needs "
        f"{wanted} or newer: install the Python package pysqlite3, or set TERREAU_DATABASE_URL to "
        "a PostgreSQL server."
    )
