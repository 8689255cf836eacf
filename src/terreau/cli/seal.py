# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau seal``: signed checkpoints of the ledgers, to be kept elsewhere."""

from __future__ import annotations

import itertools
from pathlib import Path

import click

from terreau.cli import serving

SHOWN_MAX = 20


@click.group()
def seal() -> None:
    """Sign where the ledgers stand, and check later that nothing before was rewritten."""


@seal.command()
@click.argument("file", type=click.Path(path_type=Path))
def checkpoint(file: Path) -> None:
    """Write the last seal of each ledger into FILE, signed. Give it to somebody else to keep."""
    serving.set_up_on_tables()
    from terreau.core.snapshot import standing_still
    from terreau.ledger import checkpoints

    with standing_still("default"):
        made = checkpoints.write(file)
    click.echo(_told(made.ledgers))
    click.echo(f"signed by {made.public_key}")


@seal.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", help="The public key that must have signed (else any; it is printed).")
def check(file: Path, key: str | None) -> None:
    """Compare the ledgers with the checkpoint in FILE; exit status 1 when they were rewritten."""
    serving.set_up_on_tables()
    from terreau.core.errors import Invalid
    from terreau.core.snapshot import standing_still
    from terreau.ledger import checkpoints

    read = checkpoints.read(file)
    if key is not None and key.strip().lower() != read.public_key:
        raise Invalid(f"{file} was signed by another key: {read.public_key}.")
    with standing_still("default"):
        found = list(itertools.islice(checkpoints.differences(read), SHOWN_MAX))
    for difference in found:
        click.echo(f"DIFFERENT {difference}")
    verdict = "differences found" if found else "nothing before it was changed"
    click.echo(f"{_told(read.ledgers)}, signed on {read.made_at} by {read.public_key}: {verdict}")
    if found:
        raise SystemExit(1)


def _told(ledgers: tuple[tuple[int, int, str], ...]) -> str:
    return f"{sum(count for _, count, _ in ledgers)} seals of {len(ledgers)} ledgers"
