# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ``verify``, ``backup`` and ``restore`` do and say."""

from __future__ import annotations

from pathlib import Path

import click

from terreau.core.errors import Invalid


def verify() -> None:
    """Say that all is well, or every difference found, then refuse."""
    from django.db import connections

    from terreau.core import startup

    found = [reason for connection in connections.all() for reason in startup.problems(connection)]
    if found:
        raise Invalid("\n".join(found))
    click.echo("Settings and triggers: as they must be.")
    from terreau.ledger import queries

    report = queries.verify()
    click.echo(report)
    if not report.ok:
        raise Invalid("The ledger does not replay to what is kept. Nothing was changed.")


def backup(file: Path) -> None:
    """Write an archive."""
    from terreau.core import archive

    click.echo(archive.write(file))


def restore(file: Path) -> None:
    """Read an archive into an empty instance."""
    from terreau.core import archive

    click.echo(archive.read(file))
