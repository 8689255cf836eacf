# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must hold between rows, asked of the database in plain SQL: a query a law.

These sums share nothing with the engine: each is the other's witness. What the engine derives (what
stocks hold, who has them, how far promises are kept) is compared by ``verify`` itself.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from terreau.core.statements import execute
from terreau.ledger.difference import Difference

NAMED_MAX = 10
PRIME = "2147483647"

# Each query gives the rows that break the law: the table's short name, the row, and what it says.
LAWS = {
    "a promise is kept by what its links say": """
        SELECT 'commitment', k.commitment_id FROM ledger_commitmentstate k
        LEFT JOIN (SELECT commitment_id, SUM(quantity) AS kept FROM ledger_eventlink
                   GROUP BY commitment_id) l ON l.commitment_id = k.commitment_id
        WHERE k.fulfilled <> COALESCE(l.kept, 0)""",
    "a claim is settled by what its settlements say": """
        SELECT 'claim', k.claim_id FROM ledger_claimstate k
        JOIN ledger_claim c ON c.id = k.claim_id
        LEFT JOIN (SELECT claim_id, SUM(quantity) AS settled FROM ledger_settlement
                   GROUP BY claim_id) s ON s.claim_id = k.claim_id
        WHERE k.settled <> COALESCE(s.settled, 0) OR k.settled + k.unsettled <> c.claimed""",
    "a claim answers an event that is no correction": """
        SELECT 'claim', c.id FROM ledger_claim c JOIN ledger_event e ON e.id = c.triggered_by_id
        WHERE e.corrects_id IS NOT NULL""",
    "a claim is lifted when all of what triggered it was taken back": """
        SELECT 'claim', c.id FROM ledger_claim c JOIN ledger_claimstate k ON k.claim_id = c.id
        JOIN ledger_event e ON e.id = c.triggered_by_id
        LEFT JOIN (SELECT corrects_id, SUM(quantity) AS quantity, SUM(effort) AS effort
                   FROM ledger_event WHERE corrects_id IS NOT NULL GROUP BY corrects_id) b
          ON b.corrects_id = e.id
        WHERE k.lifted <> (COALESCE(e.quantity, 0) + COALESCE(b.quantity, 0) = 0
                           AND COALESCE(e.effort, 0) + COALESCE(b.effort, 0) = 0)""",
    # Sums of remainders: these always fit in 64 bits, the sums of a whole ledger may not.
    "a ledger's balances add up to its events": """
        SELECT 'ledger', e.ledger_id FROM (
            SELECT ledger_id, SUM(COALESCE(quantity, 0) %% {prime}) AS quantity,
                   SUM(COALESCE(effort, 0) %% {prime}) AS effort
            FROM ledger_event GROUP BY ledger_id) e
        LEFT JOIN (
            SELECT ledger_id,
                   SUM(CASE WHEN measure = 'quantity' THEN total %% {prime} ELSE 0 END) AS quantity,
                   SUM(CASE WHEN measure = 'effort' THEN total %% {prime} ELSE 0 END) AS effort
            FROM ledger_balance GROUP BY ledger_id) b ON b.ledger_id = e.ledger_id
        WHERE (e.quantity - COALESCE(b.quantity, 0)) %% {prime} <> 0
           OR (e.effort - COALESCE(b.effort, 0)) %% {prime} <> 0""".replace("{prime}", PRIME),
    "a correction is of the same flow as what it corrects, which is none itself": """
        SELECT 'event', c.id FROM ledger_event c JOIN ledger_event e ON e.id = c.corrects_id
        WHERE e.corrects_id IS NOT NULL OR c.id < e.id OR c.ledger_id <> e.ledger_id
           OR c.action <> e.action OR c.provider_id <> e.provider_id
           OR c.receiver_id <> e.receiver_id OR c.specification_id <> e.specification_id
           OR c.unit <> e.unit OR c.effort_unit <> e.effort_unit
           OR COALESCE(c.resource_id, 0) <> COALESCE(e.resource_id, 0)
           OR COALESCE(c.to_resource_id, 0) <> COALESCE(e.to_resource_id, 0)
           OR COALESCE(c.input_of_id, 0) <> COALESCE(e.input_of_id, 0)
           OR COALESCE(c.output_of_id, 0) <> COALESCE(e.output_of_id, 0)""",
    "no more is taken back of an event than it gave": """
        SELECT 'event', e.id FROM ledger_event e
        JOIN (SELECT corrects_id, SUM(quantity) AS quantity, SUM(effort) AS effort
              FROM ledger_event WHERE corrects_id IS NOT NULL GROUP BY corrects_id) c
          ON c.corrects_id = e.id
        WHERE COALESCE(e.quantity, 0) + COALESCE(c.quantity, 0) < 0
           OR COALESCE(e.effort, 0) + COALESCE(c.effort, 0) < 0""",
    "a stock is not under its floor": """
        SELECT 'resource', id FROM ledger_resource
        WHERE accounting < floor OR on_hand < floor""",
    "a container is not inside itself": """
        WITH RECURSIVE up(id, above) AS (
            SELECT id, container_id FROM ledger_resource WHERE container_id IS NOT NULL
            UNION SELECT up.id, r.container_id FROM up JOIN ledger_resource r ON r.id = up.above
            WHERE r.container_id IS NOT NULL)
        SELECT 'resource', id FROM up WHERE id = above""",
    "what an event keeps was promised in the same ledger": """
        SELECT 'event', e.id FROM ledger_eventlink l JOIN ledger_event e ON e.id = l.event_id
        JOIN ledger_commitment c ON c.id = l.commitment_id WHERE c.ledger_id <> e.ledger_id""",
    "what an event settles was claimed in the same ledger": """
        SELECT 'event', e.id FROM ledger_settlement s JOIN ledger_event e ON e.id = s.event_id
        JOIN ledger_claim c ON c.id = s.claim_id WHERE c.ledger_id <> e.ledger_id""",
}


def broken() -> Iterator[Difference]:
    """Yield the rows that break a law, some of each."""
    for law, query in LAWS.items():
        for what, pk in execute(f"{query} ORDER BY 2 LIMIT {NAMED_MAX}", ()):
            yield Difference(f"{what} {pk}", f"breaks the law « {law} »")


def orphans() -> Iterator[Difference]:
    """Yield rows of the ledger that point to nothing, or into another ledger (a query a key)."""
    for model in apps.get_app_config("ledger").get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                yield from _astray(model, field)


def _astray(model: type[models.Model], field: models.ForeignKey[Any, Any]) -> Iterator[Difference]:
    here, there = model._meta, field.related_model._meta
    mine, theirs, key = map(connection.ops.quote_name, _columns(here.pk, there.pk, field))
    elsewhere = ""
    if _has_a_ledger(model) and _has_a_ledger(field.related_model):
        elsewhere = " OR b.ledger_id <> a.ledger_id"
    rows = execute(
        f"SELECT a.{mine}, b.{theirs} FROM {here.db_table} a "  # noqa: S608
        f"LEFT JOIN {there.db_table} b ON b.{theirs} = a.{key} "
        f"WHERE a.{key} IS NOT NULL AND (b.{theirs} IS NULL{elsewhere}) "
        f"ORDER BY 1 LIMIT {NAMED_MAX}",
        (),
    )
    for pk, found in rows:
        says = "points to nothing" if found is None else "points into another ledger"
        yield Difference(f"{here.db_table} {pk}", f"{field.name} {says}")


def _has_a_ledger(model: type[models.Model]) -> bool:
    return any(field.name == "ledger" for field in model._meta.concrete_fields)


def _columns(*fields: models.Field[Any, Any]) -> Iterator[str]:
    return (str(field.column) for field in fields)
