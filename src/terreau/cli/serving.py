# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ``migrate``, ``serve`` and ``worker`` do."""

from __future__ import annotations

import os
import socket

import click
import django

from terreau.config.environment import environment
from terreau.core.errors import Invalid

APPLICATION = "terreau.cli.web:application"


def choose_settings() -> None:
    """Name the settings, unless the caller already did."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.config.settings")


def set_up() -> None:
    """Make Django ready.

    Raises ImproperlyConfigured on nonsense in the environment, Invalid when the data folder cannot
    be written to.
    """
    choose_settings()
    django.setup()
    _refuse_unwritable()


def set_up_on_tables() -> None:
    """Make Django ready for a command that needs the tables; ImproperlyConfigured without them."""
    set_up()
    from terreau.core import startup

    startup.refuse_unprepared()


def _refuse_unwritable() -> None:
    folder, why = environment().data_dir, ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
    if not why and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        why = "no right to write there"
    if why:
        raise Invalid(f"TERREAU_DATA_DIR: {folder} cannot be written to ({why}).")


def refuse_taken(listen: str, port: int) -> None:
    """Raise Invalid when this address is not one of this machine, or its port is taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            listen, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Invalid(
            f"{listen}, port {port}: cannot listen there ({error.strerror}). If another program "
            "holds it, give another port (--port, or PORT=… make demo)."
        ) from None


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
    startup.refuse_bare()
    connections.close_all()  # the workers open their own
    env = environment()
    listen, port = listen or env.listen, port or env.port
    refuse_taken(listen, port)
    Granian(
        APPLICATION,
        address=listen,
        port=port,
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
