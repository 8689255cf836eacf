# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau vf``: graphs of ValueFlows, read from files. Needs no instance and no database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from terreau.exchange.check import Line, Report, check_graph
from terreau.exchange.graphs import read_graph
from terreau.exchange.streams import Unreadable


@click.group()
def vf() -> None:
    """Read graphs of ValueFlows 1.0 (JSON-LD or YAML)."""


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
        click.echo(refusal.message, err=True)
        raise SystemExit(2) from None
    if as_json:
        click.echo(json.dumps({"agrees": report.agrees, **asdict(report)}, indent=2))
    else:
        click.echo("\n".join(_told(report)))
    raise SystemExit(0 if report.agrees else 1)


def _told(report: Report) -> Iterator[str]:
    for line in report.resources:
        yield f"{'DIFFERS' if line.differs else 'AGREES '} {_named(line)}{_compared(line)}"
        yield from (f"        {one}" for one in line.differs)
    for one in report.remaining:
        yield f"{one.kind.upper()} {one.id}: {one.said}, done {one.done}, remains {one.remaining}"
    yield from (f"TOTAL {one}" for one in report.totals)
    yield from (f"NOTE {one}" for one in report.notes)
    verdict = "every snapshot agrees" if report.agrees else "differences found"
    yield f"{report.events} events applied: {verdict}"


def _named(line: Line) -> str:
    return f"{line.id} ({line.name})" if line.name else line.id


def _compared(line: Line) -> str:
    if not line.agrees and not line.differs:
        return ": nothing to compare"
    return f": {', '.join(line.agrees)}" if line.agrees else ""
