# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ``terreau`` command. ``docs/reference/commands.md`` describes each (a test compares).

Exit codes: 0 done, 1 refused or failed (one sentence says why), 2 called wrongly.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from terreau.cli import demonstration, keeping, serving
from terreau.cli.exchange import vf
from terreau.cli.ledger import ledger
from terreau.cli.seal import seal
from terreau.cli.verify import verify
from terreau.core.errors import Refusal


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="terreau")
def terreau() -> None:
    """Run and keep an instance of Terreau."""


@terreau.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def manage(words: tuple[str, ...]) -> None:
    """Run one of Django's own commands (`terreau manage help` lists them)."""
    from django.core.management import execute_from_command_line

    serving.choose_settings()
    execute_from_command_line(["terreau manage", *words])


@terreau.command()
def migrate() -> None:
    """Bring the databases, the triggers and the static files to this version."""
    serving.set_up()
    serving.migrate()


@terreau.command()
@click.option("--listen", help="Network address to listen on (else TERREAU_LISTEN).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port (else TERREAU_PORT).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes (else TERREAU_WEB_WORKERS).")
def serve(listen: str | None, port: int | None, workers: int | None) -> None:
    """Answer web requests until stopped. Refuses a database that could lose or spoil data."""
    serving.set_up_on_tables()
    serving.serve(listen=listen, port=port, workers=workers)


@terreau.command()
def worker() -> None:
    """Run background tasks (mails, files) until stopped; the task under way is finished."""
    serving.set_up_on_tables()
    serving.work()


@terreau.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, help="Port (default 8000).")
@click.option("--prepare", is_flag=True, help="Only prepare: migrate and load, do not serve.")
def demo(port: int, prepare: bool) -> None:
    """Load the demonstration if it is not there, then serve it with its worker until stopped."""
    demonstration.run(port=port, prepare_only=prepare)


@terreau.command(name="load-territories")
@click.argument("folder", type=click.Path(path_type=Path))
def load_territories(folder: Path) -> None:
    """Read INSEE's official files (communes, movements, EPCI…) from a folder. May be repeated."""
    serving.set_up_on_tables()
    from terreau.territories.actions import load_official_files

    click.echo(load_official_files(folder))


@terreau.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write rows, files and their fingerprints into one archive, while the instance runs."""
    serving.set_up_on_tables()
    keeping.backup(file)


@terreau.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--resume-mail",
    is_flag=True,
    help="Send the mails that waited in the archive: the instance that made it is gone for good.",
)
def restore(file: Path, resume_mail: bool) -> None:
    """Read an archive into an empty instance, on SQLite or PostgreSQL, and check every row."""
    serving.set_up_on_tables()
    keeping.restore(file, resume_mail=resume_mail)


terreau.add_command(ledger)
terreau.add_command(seal)
terreau.add_command(verify)
terreau.add_command(vf)


def main() -> None:
    """Run the command line; a refusal is one sentence and exit code 1."""
    try:
        terreau()
    except Refusal as refusal:
        _fail(refusal.message)
    except (ImproperlyConfigured, DatabaseError, OSError) as error:
        if os.environ.get("TERREAU_TRACE"):
            raise
        _fail(_sentence(error))


def _sentence(error: Exception) -> str:
    """Say an error of the system or of the database on one line; nonsense keeps a line a fault."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    if isinstance(error, DatabaseError):
        return f"The database refused or did not answer: {' '.join(str(error).split())}"
    return str(error)


def _fail(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(1)
