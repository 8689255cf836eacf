# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers a wide question from where it costs least, and says it in words.

What is asked often (agents, kinds and cooperations over any period, stocks as they are now) comes
from the tables that posting keeps up; all the rest from columns written for the question.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from terreau.agreements.queries import carried
from terreau.core.errors import Refusal
from terreau.core.quantities import to_decimal
from terreau.core.spans import Span
from terreau.ecosystems.models import Ecosystem
from terreau.exchange.wide.questions import Balance, By, Flow
from terreau.ledger import whole
from terreau.ledger.balances import agent_balances
from terreau.ledger.lines import party
from terreau.ledger.queries import stocks, summed
from terreau.people.models import Agent

Cells = list[Any]
Ecosystems = Sequence[Ecosystem]


def flows(ecosystems: Ecosystems, by: By, span: Span) -> dict[Flow, int]:
    """Return what flowed, in millionths. Raises Refusal where the engine is not installed."""
    names = _KEPT_FLOWS.get(by)
    if names is None or span.known_at is not None:
        wide: dict[Flow, int] = _wide(ecosystems, "flows", by, span)
        return wide
    slugs = {one.space_id: one.slug for one in ecosystems}
    found: dict[Flow, int] = {}
    for side, name in names:
        columns = (name, "action", "specification__code")
        rows = summed([one.space for one in ecosystems], columns, span)
        for (of, action, kind, *measured), amount in rows.items():
            told = slugs[of] if by is By.ECOSYSTEM else of
            found[Flow(told, side, action, kind, *measured)] = amount
    return found


_KEPT_FLOWS = {
    By.AGENT: (("in", "receiver_id"), ("out", "provider_id")),
    By.SPECIFICATION: (("", "specification__code"),),
    By.ECOSYSTEM: (("", "ledger_id"),),
}


def balances(ecosystems: Ecosystems, by: By, span: Span) -> dict[Balance, int]:
    """Return what came in less what went out. Raises Refusal where the engine is not installed."""
    if by is By.AGENT and span.known_at is None:
        rows = agent_balances([one.space for one in ecosystems], span)
        nets = {Balance(*held): received - given for held, (given, received) in rows.items()}
        return {balance: net for balance, net in nets.items() if net}
    if by in _OF_STOCKS and span == Span():
        return _stocks_now(ecosystems, by)
    wide: dict[Balance, int] = _wide(ecosystems, "balances", by, span)
    return wide


_OF_STOCKS = (By.RESOURCE, By.SPECIFICATION, By.ECOSYSTEM)


def _stocks_now(ecosystems: Ecosystems, by: By) -> dict[Balance, int]:
    found: dict[Balance, int] = {}
    for ecosystem in ecosystems:
        for stock in stocks(ecosystem.space):
            kind = stock.specification.code
            about: dict[By, int | str] = {By.RESOURCE: stock.pk, By.SPECIFICATION: kind}
            of = about.get(by, ecosystem.slug)
            for measure, micro in (("accounting", stock.accounting), ("on_hand", stock.on_hand)):
                key = Balance(of, kind, measure, stock.unit)
                found[key] = found.get(key, 0) + micro
    return {balance: micro for balance, micro in found.items() if micro}


def _wide(ecosystems: Ecosystems, what: str, by: By, span: Span) -> Any:
    with tempfile.TemporaryDirectory(prefix="terreau-wide-") as name:
        write_columns(Path(name), ecosystems)
        asking = analysis("asking")
        return getattr(asking, what)(asking.in_duckdb(Path(name)), by, span)


def write_columns(folder: Path, ecosystems: Ecosystems) -> None:
    """Write the files of a wide read into a folder that exists. Raises Refusal without Arrow."""
    analysis("facts").write(folder, ecosystems)


def analysis(name: str) -> Any:
    """Import what only those who analyse have installed. Raises Refusal where it is not."""
    try:
        return import_module(f"terreau.exchange.wide.{name}")
    except ImportError:
        raise Refusal(
            "This question needs the extra « analysis »: pip install 'terreau[analysis]'."
        ) from None


def names_of(ecosystems: Ecosystems, by: By, ids: Iterable[int | str]) -> Mapping[int | str, str]:
    """Return what to call each of these; private persons have a number, no name."""
    if by is By.AGENT:
        rows = Agent.objects.filter(pk__in=list(ids)).values_list("pk", "name", "kind")
        return {pk: party(pk, name, kind).name for pk, name, kind in rows}
    found: dict[int | str, str] = {}
    for ecosystem in ecosystems:
        ledger = ecosystem.space_id
        if by is By.RESOURCE:
            found |= {one.pk: one.name for one in whole.stocks(ledger)}
        elif by is By.PROCESS:
            found |= {one.pk: one.name for one in whole.processes(ledger)}
        elif by is By.AGREEMENT:
            found |= {str(key): name for key, name, _ in carried.agreements(ecosystem)}
    return found


def told(
    ecosystems: Ecosystems, by: By, sums: Mapping[Any, int], row: type[Flow] | type[Balance]
) -> tuple[list[str], list[Cells]]:
    """Return the headers and the rows of a table: ids, names, and amounts in their unit.

    ``row``: what the sums are told in, for a table without any. No column stands there twice.
    """
    names = names_of(ecosystems, by, {key.of for key in sums})
    fields = [name for name in row._fields[1:] if name != by.value]
    rows: list[Cells] = [
        [
            key.of,
            names.get(key.of, str(key.of)),
            *(getattr(key, name) for name in fields),
            to_decimal(sums[key]),
        ]
        for key in sorted(sums, key=lambda key: (key.of, *map(str, key[1:])))
    ]
    return [by.value, "name", *fields, "amount"], rows
