# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ``backup`` and ``restore`` do and say."""

from __future__ import annotations

from pathlib import Path

import click


def backup(file: Path) -> None:
    """Write an archive."""
    from terreau.core import archive

    click.echo(archive.write(file))


def restore(file: Path) -> None:
    """Read an archive into an empty instance."""
    from terreau.core import archive

    click.echo(archive.read(file))
