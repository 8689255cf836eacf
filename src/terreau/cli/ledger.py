# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau ledger``: the ledger of a cooperation as files for other tools."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from terreau.cli import serving

BOOKS = ("hledger", "beancount", "parquet", "csv", "ods")
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def ledger() -> None:
    """Write the ledger of a cooperation for other tools."""


@ledger.command()
@click.argument("cooperation")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "book", type=click.Choice(BOOKS), required=True)
@click.option("--since", type=DAY, help="First day (else the first event).")
@click.option("--until", type=DAY, help="Last day (else the last event).")
def export(
    cooperation: str, file: Path, book: str, since: datetime | None, until: datetime | None
) -> None:
    """Write every event of a COOPERATION (its name in addresses) to FILE, in the order of days.

    This is the whole ledger, whoever may read it on screen; persons stand in it by number.
    """
    serving.set_up()
    from terreau.core.errors import Refusal
    from terreau.core.snapshot import standing_still
    from terreau.ecosystems.queries.addresses import at_address
    from terreau.exchange import books
    from terreau.ledger.lines import lines

    found = at_address(cooperation)
    if found is None:
        raise Refusal(f"There is no cooperation at /c/{cooperation}/.")
    first, last = (day.date() if day else None for day in (since, until))
    with standing_still("default"):
        books.write(lines(found.space, first, last), books.Book(book), file)
    click.echo(f"{file} written.")
