# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau vf``: graphs of ValueFlows in files. ``check`` needs no instance and no database."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from unicodedata import category

import click

from terreau.cli import serving
from terreau.core.errors import NotFound
from terreau.exchange.check import Line, Report, check_graph
from terreau.exchange.graphs import read_graph
from terreau.exchange.streams import Unreadable

if TYPE_CHECKING:
    from terreau.ecosystems.models import Ecosystem
    from terreau.exchange.intake.bringing import Brought


@click.group()
def vf() -> None:
    """Read and write graphs of ValueFlows 1.0 (JSON-LD or YAML)."""


@vf.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report for machines.")
def check(file: Path, as_json: bool) -> None:
    """Apply the events of a graph to its first snapshots and compare with the later ones.

    Exit status: 0 when every snapshot agrees (notes allowed), 1 on a difference, 2 when the file
    cannot be read.
    """
    try:
        report = check_graph(read_graph(file))
    except Unreadable as refusal:
        if as_json:
            click.echo(json.dumps({"unreadable": refusal.message}, indent=2))
        _unreadable(refusal)
    if as_json:
        click.echo(json.dumps({"agrees": report.agrees, **asdict(report)}, indent=2))
    else:
        _say(_told(report))
    raise SystemExit(0 if report.agrees else 1)


def _unreadable(refusal: Unreadable) -> NoReturn:
    click.echo(_printable(refusal.message), err=True)
    raise SystemExit(2) from None


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(_printable(line))


def _printable(line: str) -> str:
    """Leave out what could command a terminal: names of a file may hold any sign."""
    kept = (sign if sign.isprintable() or category(sign) == "Zs" else "�" for sign in line)
    return "".join(kept)


_KINDS = {"Commitment": "ENGAGEMENT", "Claim": "CRÉANCE", "Intent": "BESOIN OU OFFRE"}


def _told(report: Report) -> Iterator[str]:
    for line in report.resources:
        yield f"{'DIFFÈRE ' if line.differs else 'CONCORDE'} {_named(line)}{_compared(line)}"
        yield from (f"         {one}" for one in line.differs)
    for one in report.remaining:
        yield f"{_KINDS[one.kind]} {one.id} : {one.said}, fait {one.done}, reste {one.remaining}"
    yield from (f"TOTAL {one}" for one in report.totals)
    yield from (f"NOTE {one}" for one in report.notes)
    verdict = "tout concorde" if report.agrees else "des différences"
    yield f"{_counted(report.events, 'événement')} : {verdict}"


def _counted(number: int, *words: str) -> str:
    return f"{number} {' '.join(word + ('s' if number > 1 else '') for word in words)}"


def _named(line: Line) -> str:
    return f"{line.id} ({line.name})" if line.name else line.id


def _compared(line: Line) -> str:
    if not line.agrees and not line.differs:
        return " : rien à comparer"
    return f" : {', '.join(line.agrees)}" if line.agrees else ""


@vf.command()
@click.argument("ecosystem")
@click.argument("file", type=click.Path(path_type=Path), default="-")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonld", "yaml"]),
    default="jsonld",
    help="How the graph is written (default jsonld).",
)
def export(ecosystem: str, file: Path, form: str) -> None:
    """Write the whole ledger of a cooperation (the word of its address) as a graph.

    For whoever keeps the instance: all of the ledger, whoever may read it on the screens. Persons
    are opaque names, but for those who may be named in public; no free text, no mail address. FILE
    must not be there yet; it appears when it is whole. Without it, or with a dash (-): standard
    output.
    """
    serving.set_up_on_tables()
    from terreau.core.durable import whole_or_out
    from terreau.core.snapshot import standing_still
    from terreau.exchange.export import CONTEXT, graph
    from terreau.exchange.writing import write

    one = _ecosystem(ecosystem)
    with (
        standing_still("default"),
        whole_or_out(file) as out,
        closing(graph(one)) as nodes,
    ):
        count = write(out, "yaml" if form == "yaml" else "jsonld", CONTEXT, nodes)
    click.echo(_counted(count, "nœud"), err=True)


@vf.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--into", "ecosystem", required=True, help="The word of the cooperation's address.")
@click.option("--check", "check_only", is_flag=True, help="Read and check all; write nothing.")
@click.option(
    "--opened-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Since when the stocks hold what they hold before any event.",
)
def bring(file: Path, ecosystem: str, check_only: bool, opened_on: datetime | None) -> None:
    """Take a graph into the ledger of a cooperation, by all its rules; refuse all of it or none.

    May be stopped and called again: it goes on from where it was, and counts nothing twice. Exit
    status: 0 done, 1 refused (each fault with its node), 2 when the file cannot be read.
    """
    serving.set_up_on_tables()
    from terreau.exchange.intake.bringing import bring_in
    from terreau.exchange.intake.faults import Refused

    one = _ecosystem(ecosystem)
    day = opened_on.date() if opened_on else None
    try:
        found = bring_in(file, one, tell=_Progress(), check_only=check_only, opened_on=day)
    except Unreadable as refusal:
        _unreadable(refusal)
    except Refused as refusal:
        _say(f"FAUTE {fault}" for fault in refusal.faults)
        click.echo(refusal.message, err=True)
        raise SystemExit(1) from None
    _say(_brought(found, check_only))


def _brought(found: Brought, check_only: bool) -> Iterator[str]:
    yield from (f"LAISSÉ {count} {what}" for what, count in sorted(found.left_out.items()))
    yield from (f"NOUVEAU {name}" for name in found.new_agents)
    told = (
        (found.events, "événement"),
        (found.stocks, "stock"),
        (found.promises, "engagement"),
        (found.recipes, "recette"),
    )
    what = ", ".join(_counted(number, word) for number, word in told)
    verdict = "rien n'est écrit, tout peut l'être" if check_only else "c'est dans le registre"
    known = f"{found.known_agents} déjà ici, {len(found.new_agents)} de plus"
    yield f"{what} : {verdict} ; personnes et organisations : {known}"


def _ecosystem(slug: str) -> Ecosystem:
    from terreau.ecosystems.models import Ecosystem

    found = Ecosystem.objects.select_related("space").filter(slug=slug).first()
    if found is None:
        raise NotFound(f"Il n'y a pas ici de coopération « {slug} ».")
    return found


_STEPS = {"read": "lus", "checked": "essayés", "written": "écrits"}


class _Progress:
    """Says every few seconds how far a long work is."""

    def __init__(self) -> None:
        self.said = time.monotonic()

    def __call__(self, what: str, count: int) -> None:
        if time.monotonic() - self.said >= 2:
            self.said = time.monotonic()
            click.echo(f"{_counted(count, 'événement')} {_STEPS[what]}", err=True)
