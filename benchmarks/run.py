# SPDX-License-Identifier: AGPL-3.0-or-later
"""Measure, each part on an instance of its own in a temporary folder; print a line a figure.

``NAME value=… ratio=… target=… OK|SHORT``. Every ratio is to something measured in the same run:
read the ratios, not the times. ``python -m benchmarks posting`` measures one part only;
``importing:1000000`` measures a part that has a size at another one.
"""

import importlib
import os
import subprocess
import sys
import tempfile
import time

PARTS = (
    "start", "posting", "form", "pages", "crowd", "directory", "balances", "trace", "importing",
    "verify", "drill",
)  # fmt: skip


def main() -> None:
    """Measure all parts, or those named, each on an instance of its own."""
    parts = sys.argv[1:] or PARTS
    if len(parts) == 1:
        _measure(parts[0])
        return
    codes = [subprocess.call([sys.executable, "-m", "benchmarks", part]) for part in parts]
    sys.exit(max(codes))


def _measure(part: str) -> None:
    with tempfile.TemporaryDirectory(prefix="terreau-bench-") as folder:
        os.environ["DJANGO_SETTINGS_MODULE"] = "terreau.config.settings"
        os.environ["TERREAU_MODE"] = "development"
        os.environ["TERREAU_DATA_DIR"] = folder
        _prepare()
        started = time.monotonic()
        name, _, size = part.partition(":")
        figures = importlib.import_module(f"benchmarks.{name}").figures
        for figure in figures(int(size)) if size else figures():
            print(figure, flush=True)
        print(f"# {part}: {time.monotonic() - started:.0f} s", flush=True)


def _prepare() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    settings.ALLOWED_HOSTS.append("testserver")
    settings.DEBUG = False  # else Django keeps a copy of every statement
    for alias in connections:
        call_command("migrate", database=alias, interactive=False, verbosity=0)
    # A process that serves has not just made the schema: on the connection that did, SQLite writes
    # three times slower.
    connections.close_all()
