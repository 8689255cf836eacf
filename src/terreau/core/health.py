# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether the instance can work: databases take writes, the disk has room, pages have files."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connections

from terreau.core import static_files

ROOM_BYTES = 50 * 1024 * 1024
WAIT_MS = 1000  # anybody may ask, and a worker answers nothing else while it waits


def problems() -> list[str]:
    """Return what keeps the instance from working, in plain French; nothing when all is well.

    Nothing is written: each database is asked for its write lock, or whether it is read-only.
    """
    found = [
        f"La base « {alias} » ne répond pas ou ne prend pas d'écriture."
        for alias in connections
        if not takes_writes(alias)
    ]
    if not _has_room(Path(settings.TERREAU.data_dir)):
        found.append("Le disque des données est presque plein.")
    if static_files.lost():
        found.append("Les fichiers des pages (images, mise en page) ne sont pas en place.")
    return found


def takes_writes(alias: str) -> bool:
    """Tell whether a database answers and would take a write now."""
    connection = connections[alias]
    try:
        if connection.vendor == "sqlite":
            return _sqlite_takes_writes(alias)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery() OR current_setting(%s)::bool", [READ_ONLY])
            row = cursor.fetchone()
            return row is not None and not row[0]
    except DatabaseError:
        return False


READ_ONLY = "transaction_read_only"


def _sqlite_takes_writes(alias: str) -> bool:
    connection = connections[alias]
    if connection.in_atomic_block:
        return True  # the lock is held already
    connection.ensure_connection()
    raw = connection.connection
    usual = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    raw.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
    try:
        # Below Django on purpose: the write lock is taken and given back, nothing is written.
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("ROLLBACK")
    except raw.Error:
        return False
    finally:
        raw.execute(f"PRAGMA busy_timeout = {usual}")
    return True


def _has_room(folder: Path) -> bool:
    existing = next((place for place in (folder, *folder.parents) if place.exists()), None)
    return existing is None or shutil.disk_usage(existing).free > ROOM_BYTES
