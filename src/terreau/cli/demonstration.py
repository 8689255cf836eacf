# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau demo``: everything from nothing, in the foreground, and the same again in seconds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from terreau.config.environment import PROJECT_ROOT

WORKER_STOP_SECONDS_MAX = 15


def run(*, port: int, prepare_only: bool) -> None:
    """Prepare the demonstration, then serve it with its worker until stopped."""
    _choose_mode(port)
    from terreau.cli import serving

    serving.set_up()
    begun = time.monotonic()
    _prepare()
    if prepare_only:
        click.echo(f"Ready in {time.monotonic() - begun:.0f} s")
        return
    serving.refuse_taken("127.0.0.1", port)
    _greet(port)
    with _worker():
        serving.serve(listen="127.0.0.1", port=port, workers=2)
    click.echo("Stopped. The data stays in " + os.environ["TERREAU_DATA_DIR"])


def _choose_mode(port: int) -> None:
    """Keep the demonstration apart from the data of development."""
    os.environ["TERREAU_MODE"] = "demonstration"
    os.environ.setdefault("TERREAU_DATA_DIR", str(PROJECT_ROOT / "var/demonstration"))
    os.environ.setdefault("TERREAU_LOG_LEVEL", "WARNING")
    os.environ.setdefault("TERREAU_BASE_URL", f"http://localhost:{port}")


def _prepare() -> None:
    from terreau.cli import serving
    from terreau.demo.load import is_loaded, load

    serving.migrate()
    if not is_loaded():
        click.echo("Demonstration: loading it, dated back from today (less than a minute)")
        load()


def _greet(port: int) -> None:
    address = f"http://localhost:{port}"
    click.echo(f"\nTerreau is at {address}/")
    for label, path in _doors():
        click.echo(f"  {label}: {address}{path}")
    click.echo(f"  Letters are not sent but written in {os.environ['TERREAU_DATA_DIR']}/mail")
    click.echo("Everybody and everything in it is invented. Ctrl+C stops it.\n")


def _doors() -> list[tuple[str, str]]:
    """Return the sign-in links of the demonstration, a role each."""
    from django.urls import NoReverseMatch, reverse

    try:
        return [("Sign in as one of the roles", reverse("doors_page"))]
    except NoReverseMatch:
        return []


@contextmanager
def _worker() -> Iterator[None]:
    """Run the worker beside the web server, and end it politely."""
    process = subprocess.Popen([sys.executable, "-m", "terreau", "worker"])  # noqa: S603
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=WORKER_STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
