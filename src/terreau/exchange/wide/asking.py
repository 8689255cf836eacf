# SPDX-License-Identifier: AGPL-3.0-or-later
"""Balances and flows of any period, as known at any moment, by whatever is asked. Ibis alone.

The expressions name no engine: DuckDB answers them over Parquet here; Spark, ClickHouse or Trino
would over the same files (``docs/how-to/books.md``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ibis

from terreau.core.quantities import MICRO
from terreau.core.spans import Span
from terreau.exchange.wide.columns import COLUMNS, microseconds
from terreau.exchange.wide.questions import Balance, By, Flow

Table = Any
Tables = Mapping[str, Table]


def in_duckdb(folder: Path) -> Tables:
    """Return the files of a folder as tables of DuckDB."""
    engine = ibis.duckdb.connect()
    return {name: engine.read_parquet(folder / f"{name}.parquet") for name in COLUMNS}


def flows(tables: Tables, by: By, span: Span) -> dict[Flow, int]:
    """Return what flowed, in millionths."""
    legs = _within(_FLOWING[by](tables), span)
    return {Flow._make(row): much for *row, much in _summed(legs, Flow._fields)}


def balances(tables: Tables, by: By, span: Span) -> dict[Balance, int]:
    """Return what came in less what went out, in millionths; what comes to nothing is left out."""
    legs = _within(_BALANCED[by](tables), span)
    sign = ibis.cases((legs.side == "out", -1), else_=1)
    legs = legs.mutate(units=legs.units * sign, rest=legs.rest * sign)
    return {Balance._make(row): much for *row, much in _summed(legs, Balance._fields) if much}


def _within(legs: Table, span: Span) -> Table:
    if span.since is not None:
        legs = legs.filter(legs.happened_on >= span.since.isoformat())
    if span.until is not None:
        legs = legs.filter(legs.happened_on <= span.until.isoformat())
    if span.known_at is not None:
        legs = legs.filter(legs.recorded_us <= microseconds(span.known_at))
    return legs


def _summed(legs: Table, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    asked = legs.group_by(list(names)).aggregate(units=legs.units.sum(), rest=legs.rest.sum())
    answer = asked.to_pyarrow().to_pydict()
    rows = zip(*(answer[name] for name in (*names, "units", "rest")), strict=True)
    return [(*row, units * MICRO + rest) for *row, units, rest in rows]


def _legs(table: Table, of: str, side: str) -> Table:
    """Return the rows that name something in a column, told by it."""
    table = table.filter(table[of].notnull())
    return table.mutate(of=table[of], side=ibis.literal(side))[[*_LEG]]


_LEG = (*Flow._fields, "units", "rest", "happened_on", "recorded_us")


def _both(name: str, came_in: str, went_out: str) -> Callable[[Tables], Table]:
    return lambda tables: _legs(tables[name], came_in, "in").union(
        _legs(tables[name], went_out, "out")
    )


def _one(name: str, of: str) -> Callable[[Tables], Table]:
    return lambda tables: _legs(tables[name], of, "")


def _moved(of: str) -> Callable[[Tables], Table]:
    return lambda tables: tables["moves"].mutate(of=tables["moves"][of])[[*_LEG]]


def _kept(tables: Tables) -> Table:
    table = tables["kept"]
    return _legs(table.filter(table.agreement != ""), "agreement", "")


_FLOWING: dict[By, Callable[[Tables], Table]] = {
    By.AGENT: _both("flows", "receiver", "provider"),
    By.RESOURCE: _moved("resource"),
    By.SPECIFICATION: _one("flows", "specification"),
    By.PROCESS: _both("flows", "input_of", "output_of"),
    By.AGREEMENT: _kept,
    By.ECOSYSTEM: _one("flows", "ecosystem"),
}
_BALANCED: dict[By, Callable[[Tables], Table]] = _FLOWING | {
    By.SPECIFICATION: _moved("specification"),
    By.ECOSYSTEM: _moved("ecosystem"),
}
