# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether the static files of this version were gathered where an instance in production serves."""

from __future__ import annotations

from django.apps import apps
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage


def lost() -> list[str]:
    """Return the files that pages may name and that cannot be served, by name.

    Empty outside production, where they are read from the apps. What a process found missing when
    it started stays so until it starts again, as its pages do.
    """
    storage = staticfiles_storage
    if not isinstance(storage, ManifestFilesMixin):
        return []
    there = storage.manifest_storage.exists(storage.manifest_name)
    known = storage.hashed_files if there else {}
    ignored = apps.get_app_config("staticfiles").ignore_patterns
    every = {path for finder in get_finders() for path, _ in finder.list(ignored)}
    return sorted(every - known.keys())
