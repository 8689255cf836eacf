# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig

from terreau.core import triggers
from terreau.ledger.seals import SEALED, SEALED_ONCE

FACTS = (
    "ledger_event",
    "ledger_eventlink",
    "ledger_commitment",
    "ledger_commitmentend",
    "ledger_claim",
    "ledger_claimend",
    "ledger_settlement",
    "ledger_specification",
    "ledger_processspecification",
    "ledger_batchlotrecord",
    "ledger_satisfaction",
    "ledger_seal",
)
FIXED = {
    "ledger_resource": (
        "ledger_id", "key", "specification_id", "unit", "floor", "tracking_identifier",
        "of_batch_lot_id", "opened_by_id", "opened_at",
    ),
    "ledger_plan": ("ledger_id", "key", "opened_by_id", "opened_at"),
    "ledger_process": (
        "ledger_id", "key", "specification_id", "planned_within_id", "opened_by_id", "opened_at",
    ),
    "ledger_place": ("ledger_id", "key"),
}  # fmt: skip


class LedgerConfig(AppConfig):
    name = "terreau.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Have the database refuse any change to what happened."""
        for table in FACTS:
            triggers.register(*triggers.append_only(table))
        for table, columns in FIXED.items():
            triggers.register(*triggers.fixed(table, *columns))
        for kind, condition in SEALED_ONCE.items():
            due, sealed = condition.replace("f.id", "OLD.id"), SEALED[kind][1:]
            triggers.register(*triggers.fixed_once(f"ledger_{kind}", sealed, due))
