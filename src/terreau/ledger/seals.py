# SPDX-License-Identifier: AGPL-3.0-or-later
"""The seals: each fact of a ledger, and the seal before it, under one SHA-256.

The digest is that of the digest before it (32 zero bytes for the first), followed by the JSON array
``[ledger, number, kind, id, …columns as stored]`` in UTF-8 without spaces; an event's array ends
with its links ``[commitment, quantity]`` in the order of the commitments and, when it settles
claims, ``"settles"`` and the links ``[claim, quantity]`` in their order. Moments are UTC, keys 32
digits. Whoever knows this sentence can check a ledger in any language.

Persons stand in it as the ids of agents. Names, addresses and free text are not facts: they may be
edited or erased, and no seal covers them.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from json import JSONEncoder
from typing import cast

from terreau.core.values import frozen
from terreau.ledger.sql import ROWS_A_STATEMENT, Execute, Value

BEFORE_THE_FIRST = bytes(32)

# What each table seals: all that never changes in it. Links stand in the seal of their event.
SEALED = {
    "specification": ("id", "ledger_id", "code"),
    "processspecification": ("id", "ledger_id", "code"),
    "place": ("id", "ledger_id", "key"),
    "resource": (
        "id", "ledger_id", "key", "specification_id", "unit", "floor", "tracking_identifier",
        "of_batch_lot_id", "opened_by_id", "opened_at",
    ),
    "batchlotrecord": ("id", "ledger_id", "key", "code", "expires_on"),
    "plan": ("id", "ledger_id", "key", "opened_by_id", "opened_at"),
    "process": (
        "id", "ledger_id", "key", "specification_id", "planned_within_id", "opened_by_id",
        "opened_at",
    ),
    "commitment": (
        "id", "ledger_id", "key", "action", "provider_id", "receiver_id", "specification_id",
        "measure", "promised", "unit", "due", "input_of_id", "output_of_id", "planned_within_id",
        "independent_demand_of_id", "stage_id", "in_state", "recorded_by_id", "recorded_at",
    ),
    "commitmentend": (
        "commitment_id", "key", "kind", "successor_id", "recorded_by_id", "recorded_at",
    ),
    "claim": (
        "id", "ledger_id", "key", "action", "provider_id", "receiver_id", "specification_id",
        "measure", "claimed", "unit", "triggered_by_id", "due", "recorded_by_id", "mandate_id",
        "recorded_at",
    ),
    "claimend": ("claim_id", "key", "kind", "successor_id", "recorded_by_id", "recorded_at"),
    "event": (
        "id", "ledger_id", "key", "action", "provider_id", "receiver_id", "specification_id",
        "quantity", "unit", "effort", "effort_unit", "resource_id", "to_resource_id",
        "corrects_id", "happened_on", "recorded_at", "recorded_by_id", "on_behalf_of_id",
        "mandate_id", "input_of_id", "output_of_id", "to_location_id", "state",
        "rights",
    ),
    "intent": (
        "id", "ledger_id", "key", "action", "provider_id", "receiver_id", "specification_id",
        "measure", "quantity", "available", "minimum", "unit", "resource_id", "input_of_id",
        "output_of_id", "planned_within_id", "stage_id", "state", "place_id", "reach", "begins_on",
        "ends_on", "due", "recorded_by_id", "created_at",
    ),
    "satisfaction": (
        "id", "ledger_id", "key", "intent_id", "commitment_id", "event_id", "quantity",
        "recorded_by_id", "recorded_at",
    ),
}  # fmt: skip
# Sealed from the moment that something else makes a fact of it, not when it is written.
SEALED_ONCE = {
    "intent": "EXISTS (SELECT 1 FROM ledger_satisfaction a WHERE a.intent_id = f.id)",
}
_json = JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


@frozen
class Fact:
    """What is sealed: the table's short name, the row's id, its columns (and an event's links)."""

    kind: str
    id: int
    content: tuple[object, ...]


def linked(links: Sequence[object], settles: Sequence[object]) -> tuple[object, ...]:
    """Return what the array of an event ends with."""
    return (links, "settles", settles) if settles else (links,)


def digest_of(before: bytes, ledger: int, number: int, fact: Fact) -> bytes:
    """Return the digest of a seal."""
    return sha256(before + _json([ledger, number, fact.kind, *fact.content]).encode()).digest()


def append(execute: Execute, ledger: int, facts: Iterable[Fact]) -> None:
    """Seal facts in the transaction that wrote them, in which the ledger is ours alone."""
    last = execute(
        "SELECT number, digest FROM ledger_seal WHERE ledger_id = %s ORDER BY number DESC LIMIT 1",
        (ledger,),
    )
    count, digest = cast("tuple[int, bytes]", last[0]) if last else (0, BEFORE_THE_FIRST)
    rows: list[tuple[Value, ...]] = []
    for number, fact in enumerate(facts, count + 1):
        digest = digest_of(digest, ledger, number, fact)
        rows.append((ledger, number, fact.kind, fact.id, digest))
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        chunk = rows[start : start + ROWS_A_STATEMENT]
        execute(
            "INSERT INTO ledger_seal (ledger_id, number, kind, fact, digest) VALUES "  # noqa: S608
            + ", ".join(["(%s, %s, %s, %s, %s)"] * len(chunk)),
            [value for row in chunk for value in row],
        )
