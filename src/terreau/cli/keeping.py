# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ``backup`` and ``restore`` do and say."""

from __future__ import annotations

from pathlib import Path

import click


def backup(file: Path) -> None:
    """Write an archive."""
    from terreau.core import archive

    click.echo(archive.write(file))


def restore(file: Path, *, resume_mail: bool) -> None:
    """Read an archive into an empty instance."""
    from terreau.core import archive

    report = archive.read(file, resume_mail=resume_mail)
    click.echo(report)
    if report.mails_held:
        click.echo("To send them, restore into an empty instance with --resume-mail.")
