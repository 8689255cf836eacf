# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many needs, many offers: several ways to share them out, beside each other, none chosen.

Simple ways anybody can follow by hand, and the fullest one, worked out by HiGHS (through SciPy,
where it is installed). Amounts of different things are never added: each kind of thing, in each
dimension of its units, is shared out by itself. All amounts here are exact whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from terreau.core.units import unit
from terreau.ledger.matching.pairs import Intent, compare
from terreau.ledger.matching.tables import Share, Table, in_turn, nearest, smallest


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to share out, in a sentence, and what it gives. ``left`` is what no offer serves."""

    name: str
    how: str
    shares: tuple[Share, ...]
    left: tuple[tuple[int, int], ...]


Way = Callable[[Table], list[Share]]


def plans(needs: Sequence[Intent], offers: Sequence[Intent]) -> list[Plan]:
    """Return the ways to share out these offers, none better than another but by what it says."""
    tables = _tables(needs, offers)
    ways: list[tuple[str, str, Way]] = [
        ("in_turn", "Chaque besoin à son tour, dans l'ordre où il a été dit.", in_turn),
        ("nearest", "Les plus proches d'abord.", nearest),
        ("smallest", "Les plus petits besoins d'abord : le plus de besoins servis en entier.",
         smallest),
    ]  # fmt: skip
    try:
        from terreau.ledger.matching.fullest import fullest  # noqa: PLC0415  (needs SciPy)
    except ImportError:
        pass
    else:
        told = "Le plus possible de chaque chose, en faisant le moins de chemin."
        ways.append(("fullest", told, fullest))
    return [_plan(name, how, way, needs, tables) for name, how, way in ways]


def _tables(needs: Sequence[Intent], offers: Sequence[Intent]) -> list[Table]:
    tables = []
    for kind in sorted({_kind(one) for one in needs} & {_kind(one) for one in offers}):
        wanted = {one.id: one for one in needs if _kind(one) == kind}
        given = {one.id: one for one in offers if _kind(one) == kind}
        found = (compare(need, offer) for need in wanted.values() for offer in given.values())
        tables.append(Table(wanted, given, tuple(pair for pair in found if pair.holds)))
    return tables


def _kind(one: Intent) -> tuple[str, str]:
    return one.specification, unit(one.unit).dimension


def _plan(name: str, how: str, way: Way, needs: Sequence[Intent], tables: Iterable[Table]) -> Plan:
    shares = [share for table in tables for share in way(table)]
    left = {need.id: need.quantity for need in needs}
    for share in shares:
        left[share.need] -= share.quantity
    return Plan(name, how, tuple(shares), tuple((pk, rest) for pk, rest in left.items() if rest))
