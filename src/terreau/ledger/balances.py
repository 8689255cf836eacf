# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each agent gave and received, from the figures that posting keeps up to date.

Read often, and by many: the balances of all time are one plain statement over what is kept (an
index finds those of one agent); any other span goes the way of ``queries.summed``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from django.db.models import Q

from terreau.core.quantities import MICRO
from terreau.core.spans import Span
from terreau.core.statements import execute
from terreau.ledger.queries import roots, summed
from terreau.people.models import Space


class Held(NamedTuple):
    """An agent, with what it gave or received: never added across kinds, measures or units."""

    agent_id: int
    specification: str
    measure: str
    unit: str


Given = dict[Held, tuple[int, int]]
"""What was given, and what was received, in millionths."""

EVER = Span()
_SUM = f"SUM(total / {MICRO}), SUM(total - total / {MICRO} * {MICRO})"
_CODE = "(SELECT code FROM ledger_specification s WHERE s.id = specification_id)"


def agent_balances(
    ledgers: Iterable[Space], span: Span = EVER, agents: Iterable[int] | None = None
) -> Given:
    """Return what each agent, or each of those named, gave and received in a span."""
    asked, wanted = list(ledgers), None if agents is None else sorted(set(agents))
    if not asked or wanted == []:
        return {}
    if span != EVER:
        return _folded(_in_span(asked, span, wanted), wanted)
    if wanted is None:
        return _folded(_all(roots(asked)), None)
    return _of(roots(asked), wanted)


def _marks(values: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(values))


def _all(ledgers: list[int]) -> Iterable[tuple[Any, ...]]:
    rows = execute(
        f"SELECT provider_id, receiver_id, {_CODE}, measure, unit, {_SUM} FROM ledger_balance "  # noqa: S608
        f"WHERE ledger_id IN ({_marks(ledgers)}) "
        "GROUP BY provider_id, receiver_id, specification_id, measure, unit",
        ledgers,
    )
    for *key, high, low in cast("list[tuple[Any, ...]]", rows):
        yield *key, int(high) * MICRO + int(low)


def _of(ledgers: list[int], agents: list[int]) -> Given:
    """Return what some agents gave and received: each side by its own index."""
    sides = (
        f"SELECT {name}, {_CODE}, measure, unit, {number}, {_SUM} FROM ledger_balance "  # noqa: S608
        f"WHERE {name} IN ({_marks(agents)}) AND ledger_id IN ({_marks(ledgers)}) "
        f"GROUP BY {name}, specification_id, measure, unit"
        for number, name in enumerate(("provider_id", "receiver_id"))
    )
    found: Given = {}
    rows = execute(" UNION ALL ".join(sides), [*agents, *ledgers] * 2)
    for agent, kind, measure, unit, side, high, low in cast("list[tuple[Any, ...]]", rows):
        amount, key = int(high) * MICRO + int(low), Held(agent, kind, measure, unit)
        gave, got = found.get(key, (0, 0))
        found[key] = (gave, got + amount) if side else (gave + amount, got)
    return found


def _in_span(
    ledgers: list[Space], span: Span, agents: list[int] | None
) -> Iterable[tuple[Any, ...]]:
    names = ("provider_id", "receiver_id", "specification__code")
    about = None
    if agents is not None:
        about = Q(provider_id__in=agents) | Q(receiver_id__in=agents)
    return ((*key, amount) for key, amount in summed(ledgers, names, span, about).items())


def _folded(rows: Iterable[tuple[Any, ...]], agents: list[int] | None) -> Given:
    """Tell what flowed between two by each of them."""
    found: Given = {}
    wanted = None if agents is None else frozenset(agents)
    for provider, receiver, kind, measure, unit, amount in rows:
        for agent, given, received in ((provider, amount, 0), (receiver, 0, amount)):
            if wanted is None or agent in wanted:
                key = Held(agent, kind, measure, unit)
                gave, got = found.get(key, (0, 0))
                found[key] = (gave + given, got + received)
    return found
