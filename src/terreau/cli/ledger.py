# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau ledger``: the ledger of a cooperation as files for other tools."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from terreau.cli import serving

if TYPE_CHECKING:
    from terreau.core.spans import Span
    from terreau.ecosystems.models import Ecosystem

BOOKS = ("hledger", "beancount", "parquet", "csv", "ods")
FORMAT = click.option(
    "--format", "table", type=click.Choice(("csv", "json")), default="csv", show_default=True,
    help="How the answer is written.",
)  # fmt: skip
Command = Callable[..., None]


class Moment(click.DateTime):
    """A day, taken whole, or a moment of it."""

    def convert(self, value: Any, *around: Any) -> Any:
        found = super().convert(value, *around)
        day_alone = isinstance(value, str) and "T" not in value
        return datetime.combine(found, time.max) if day_alone else found


def _days(command: Command) -> Command:
    """Give a command the two ends of a period."""
    day: dict[str, Any] = {"type": click.DateTime(["%Y-%m-%d"]), "metavar": "YYYY-MM-DD"}
    until = click.option("--until", **day, help="Last day (else the last event).")
    return click.option("--since", **day, help="First day (else the first event).")(until(command))


@click.group()
def ledger() -> None:
    """Read the ledger of a cooperation as a whole, or write it for other tools."""


@ledger.command()
@click.argument("cooperation")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format", "book", type=click.Choice(BOOKS), required=True, help="What the file is for."
)
@_days
def export(
    cooperation: str, file: Path, book: str, since: datetime | None, until: datetime | None
) -> None:
    """Write every event of a COOPERATION (its name in addresses) to FILE, in the order of days.

    This is the whole ledger, whoever may read it on screen; persons stand in it by number. FILE
    must not be there yet; it appears when it is whole. A dash (-) is standard output, for hledger,
    beancount and csv.
    """
    serving.set_up_on_tables()
    from terreau.core.durable import STANDARD_OUTPUT
    from terreau.core.snapshot import standing_still
    from terreau.exchange import books
    from terreau.exchange.entries import entries

    (found,), span = _found((cooperation,)), _span(since, until)
    told = entries(found, span.since, span.until)
    with standing_still("default"), closing(told):
        books.write(told, books.Book(book), file)
    if file != STANDARD_OUTPUT:
        click.echo(f"{file} written.")


BY = ("agent", "resource", "specification", "process", "agreement", "ecosystem")
MOMENT = Moment(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])


def _asked(command: Command) -> Command:
    """Give a command the options of a wide question."""
    options = (
        click.argument("cooperations", nargs=-1, required=True),
        click.option(
            "--by", type=click.Choice(BY), default="agent", show_default=True,
            help="What the sums are told by.",
        ),
        _days,
        click.option(
            "--known-at", type=MOMENT, metavar="MOMENT",
            help="Leave out what was recorded after this day, or moment (2026-07-15T18:30:00).",
        ),
        FORMAT,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@ledger.command()
@_asked
def flows(cooperations: tuple[str, ...], by: str, table: str, **span: datetime | None) -> None:
    """Tell what flowed in COOPERATIONS (their names in addresses): in, out, by action and unit.

    A day given to --known-at includes it whole. Whoever may read what on screen, all is counted.
    """
    _answer("flows", cooperations, by, table, span)


@ledger.command()
@_asked
def balances(cooperations: tuple[str, ...], by: str, table: str, **span: datetime | None) -> None:
    """Tell what came in less what went out in COOPERATIONS (their names in addresses).

    By agent, process and agreement: what events measured. By resource, specification and ecosystem:
    what stocks hold, in their books (accounting) and at hand (on_hand).
    """
    _answer("balances", cooperations, by, table, span)


@ledger.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("cooperations", nargs=-1, required=True)
def columns(folder: Path, cooperations: tuple[str, ...]) -> None:
    """Write the Parquet files of wide questions to a new FOLDER, for an engine of your own."""
    serving.set_up_on_tables()
    from terreau.core.durable import whole
    from terreau.core.snapshot import standing_still
    from terreau.exchange.wide import answers

    found = _found(cooperations)
    with standing_still("default"), whole(folder) as draft:
        draft.mkdir()
        answers.write_columns(draft, found)
    click.echo(f"{folder} written.")


@ledger.command()
@click.argument("cooperation")
@click.option("--event", type=int, help="What went into this event (its number in an export).")
@click.option("--stock", help="What went into what this stock holds now (its name).")
@FORMAT
def origins(cooperation: str, event: int | None, stock: str | None, table: str) -> None:
    """Tell where something of a COOPERATION came from: every event, and how much of it went there.

    In proportion to what was there, over the whole ledger, whoever may read it on screen.
    """
    if (event is None) == (stock is None):
        raise click.UsageError("Give either --event or --stock.")
    serving.set_up_on_tables()
    from django.conf import settings

    from terreau.core.errors import Refusal
    from terreau.core.quantities import to_decimal
    from terreau.core.snapshot import standing_still
    from terreau.exchange.wide.answers import analysis
    from terreau.ledger.queries import stocks
    from terreau.ledger.tracing.graph import Kind

    (found,) = _found((cooperation,))
    with standing_still("default"):
        names = {one.pk: one.name for one in stocks(found.space)}
        kind, ref = Kind.FLOW, event
        if stock is not None:
            kind = Kind.STOCK
            ref = next((pk for pk, name in names.items() if name == stock), None)
        if ref is None:
            raise Refusal(f"There is no stock called {stock}.")
        wide = analysis("origins")
        kept = wide.kept_in(Path(settings.TERREAU.data_dir), found.space_id)
        told = wide.origins(found.space_id, kind, ref, kept)
    rows = [[one.event, names.get(one.stock, ""), to_decimal(one.micro), one.unit] for one in told]
    _print(table, ["event", "unknown before", "amount", "unit"], rows)


def _answer(
    what: str,
    cooperations: tuple[str, ...],
    by: str,
    table: str,
    span: Mapping[str, datetime | None],
) -> None:
    serving.set_up_on_tables()
    from terreau.core.snapshot import standing_still
    from terreau.exchange.wide import answers
    from terreau.exchange.wide.questions import Balance, By, Flow

    found, asked = _found(cooperations), _span(**span)
    with standing_still("default"):
        if what == "flows":
            table_of = answers.told(found, By(by), answers.flows(found, By(by), asked), Flow)
        else:
            table_of = answers.told(found, By(by), answers.balances(found, By(by), asked), Balance)
    _print(table, *table_of)


def _span(since: datetime | None, until: datetime | None, known_at: datetime | None = None) -> Span:
    from django.utils import timezone

    from terreau.core.spans import Span

    if since and until and since > until:
        raise click.UsageError("The first day (--since) comes after the last one (--until).")
    if known_at is not None and known_at.tzinfo is None:
        known_at = timezone.make_aware(known_at)
    first, last = (day.date() if day else None for day in (since, until))
    return Span(first, last, known_at)


def _found(cooperations: tuple[str, ...]) -> list[Ecosystem]:
    from terreau.core.errors import Refusal
    from terreau.ecosystems.queries.addresses import at_address

    found = []
    for name in dict.fromkeys(cooperations):
        one = at_address(name)
        if one is None:
            raise Refusal(f"There is no cooperation at /c/{name}/.")
        found.append(one)
    return found


def _print(table: str, headers: list[str], rows: list[list[Any]]) -> None:
    from terreau.documents import tables

    if table == "json":
        told = [dict(zip(headers, row, strict=True)) for row in rows]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1, default=str))
        return
    for line in tables.csv_lines(headers, rows):
        click.echo(line.decode(), nl=False)
