# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a process that writes starts from: Django made ready once, then forked for each."""

import multiprocessing
import shutil
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])

if not apps.ready:
    django.setup()
    shutil.rmtree(settings.TERREAU.data_dir)  # these write into the databases of another run


def run(path: str, *given: Any) -> None:
    """Run a function by its path, which may be imported only now."""
    import_string(path)(*given)


def process(path: str, *given: Any) -> Any:
    """Return a process of its own that will run this function."""
    return CONTEXT.Process(target=run, args=(path, *given), daemon=True)
