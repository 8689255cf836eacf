# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ``migrate``, ``serve`` and ``worker`` do."""

from __future__ import annotations

import os

import click
import django

from terreau.config.environment import environment

APPLICATION = "terreau.cli.web:application"


def choose_settings() -> None:
    """Name the settings, unless the caller already did."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.config.settings")


def set_up() -> None:
    """Make Django ready. Raises ImproperlyConfigured on nonsense in the environment."""
    choose_settings()
    django.setup()


def migrate() -> None:
    """Bring every database to this version; say so only when something changed."""
    from django.core.management import call_command
    from django.db import connections

    from terreau.core import startup, triggers

    for connection in connections.all():
        if startup.is_behind(connection):
            click.echo(f"Database « {connection.alias} »: bringing it to this version")
            call_command("migrate", database=connection.alias, interactive=False, verbosity=0)
        elif triggers.missing(connection):
            triggers.install(connection)
    if environment().mode == "production":
        call_command("collectstatic", interactive=False, verbosity=0)


def serve(*, listen: str | None, port: int | None, workers: int | None) -> None:
    """Serve until told to stop (Ctrl+C or SIGTERM), requests under way being answered first."""
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from terreau.core import startup

    startup.refuse_unsafe()
    connections.close_all()  # the workers open their own
    env = environment()
    Granian(
        APPLICATION,
        address=listen or env.listen,
        port=port or env.port,
        interface=Interfaces.WSGI,
        workers=workers or env.web_workers,
        blocking_threads=1,
        websockets=False,
        workers_kill_timeout=20,
        log_level=LogLevels(env.log_level.lower()),
    ).serve()


def work() -> None:
    """Run tasks until told to stop."""
    from terreau.core import startup, worker

    startup.refuse_unsafe()
    stop = worker.stop_on_signals()
    worker.work(interval_seconds=environment().task_interval, stop=stop)
