# SPDX-License-Identifier: AGPL-3.0-or-later
"""The chain read again: every fact under its seal, every seal after the one before it.

A chunk at a time: memory does not grow with the ledger. A fact that changed is named, and the walk
goes on from the digest that was stored, so that one change is told once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.db import connection

from terreau.core.statements import execute
from terreau.ledger.difference import Difference
from terreau.ledger.models import Seal
from terreau.ledger.seals import (
    BEFORE_THE_FIRST,
    SEALED,
    SEALED_ONCE,
    Fact,
    digest_of,
    linked,
)
from terreau.ledger.sql import Rows, plain

CHUNK = 5_000
NAMED_MAX = 10


Row = tuple[int, str, int, bytes]
"""A seal as it stands: number, kind, fact, digest."""
Contents = dict[tuple[str, int], tuple[object, ...]]


def ledgers() -> list[int]:
    """Return the ledgers that hold a seal."""
    found = Seal.objects.order_by("ledger_id").values_list("ledger_id", flat=True)
    return list(found.distinct())


def breaks(ledger: int) -> Iterator[Difference]:
    """Yield every break in the chain of a ledger, the first one first."""
    last, before = 0, BEFORE_THE_FIRST
    for chunk in _chunks(ledger):
        facts = _facts(ledger, chunk)
        for number, kind, pk, digest in chunk:
            content = facts.get((kind, pk))
            if number != last + 1:
                yield _gap(ledger, last + 1, number - 1)
            elif content is None:
                yield _broken(ledger, number, kind, pk, "was sealed and is gone")
            elif digest_of(before, ledger, number, Fact(kind, pk, content)) != digest:
                yield _broken(ledger, number, kind, pk, "is not what was sealed")
            last, before = number, digest


def unsealed() -> Iterator[Difference]:
    """Yield the facts that no seal covers: written by another way than the actions."""
    for kind, (key, *_) in SEALED.items():
        due = SEALED_ONCE.get(kind, "1 = 1")
        found = execute(
            f"SELECT f.{key} FROM ledger_{kind} f LEFT JOIN ledger_seal s "  # noqa: S608
            f"ON s.kind = %s AND s.fact = f.{key} WHERE s.id IS NULL AND {due} "
            f"ORDER BY 1 LIMIT {NAMED_MAX}",
            (kind,),
        )
        for (pk,) in found:
            yield Difference(f"{kind} {pk}", "stands without a seal")


def _gap(ledger: int, first: int, last: int) -> Difference:
    seals = f"seal {first}" if first == last else f"seals {first} to {last}"
    return Difference(f"ledger {ledger}", f"{seals} missing from the chain")


def _broken(ledger: int, number: int, kind: str, pk: int, says: str) -> Difference:
    return Difference(f"{kind} {pk}", f"{says} (ledger {ledger}, seal {number})")


def _chunks(ledger: int) -> Iterator[list[Row]]:
    last = -1
    while True:
        rows = execute(
            "SELECT number, kind, fact, digest FROM ledger_seal "  # noqa: S608
            f"WHERE ledger_id = %s AND number > %s ORDER BY number LIMIT {CHUNK}",
            (ledger, last),
        )
        if not rows:
            return
        chunk = cast("list[Row]", rows)
        yield chunk
        last = chunk[-1][0]


def _facts(ledger: int, chunk: list[Row]) -> Contents:
    """Return what stands now of the facts that these seals cover, by kind and id."""
    span = (ledger, chunk[0][0], chunk[-1][0])
    found: Contents = {}
    for kind in {row[1] for row in chunk} & set(SEALED):
        rows = cast("list[tuple[int, ...]]", _rows(kind, span))
        if kind == "event":
            links = _links(span, "eventlink", "commitment_id")
            settles = _links(span, "settlement", "claim_id")
            for row in rows:
                pk = row[0]
                found[kind, pk] = (*row, *linked(links.get(pk, ()), settles.get(pk, ())))
        else:
            found |= {(kind, row[0]): row for row in rows}
    return found


_IN_SPAN = "WHERE s.ledger_id = %s AND s.number BETWEEN %s AND %s AND s.kind = %s"


def _rows(kind: str, span: tuple[int, int, int]) -> Rows:
    columns = ", ".join(told(f"f.{column}") for column in SEALED[kind])
    rows = execute(
        f"SELECT {columns} FROM ledger_seal s "  # noqa: S608
        f"JOIN ledger_{kind} f ON f.{SEALED[kind][0]} = s.fact {_IN_SPAN}",
        (*span, kind),
    )
    return rows if connection.vendor == "sqlite" else [tuple(map(plain, row)) for row in rows]


def told(column: str) -> str:
    """Return how to select a column as it is kept.

    A sign keeps SQLite's driver from making dates of texts, which would then be made texts again.
    """
    return f"+{column}" if connection.vendor == "sqlite" else column


def _links(span: tuple[int, int, int], table: str, target: str) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    rows = execute(
        f"SELECT l.event_id, l.{target}, l.quantity FROM ledger_seal s "  # noqa: S608
        f"JOIN ledger_{table} l ON l.event_id = s.fact {_IN_SPAN} "
        f"ORDER BY l.event_id, l.{target}, l.quantity",
        (*span, "event"),
    )
    for event, linked_to, quantity in cast("list[tuple[int, int, int]]", rows):
        found.setdefault(event, []).append((linked_to, quantity))
    return found
