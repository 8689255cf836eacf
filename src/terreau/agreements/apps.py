# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig

from terreau.core import triggers

RULE = ("ecosystem_id", "key", "number", "content", "author_id", "recorded_by_id", "created_at")
VALUATION = (
    "ecosystem_id", "key", "method", "since", "until", "adopted_on", "adopted_by", "document",
    "author_id", "recorded_by_id", "created_at",
)  # fmt: skip


class AgreementsConfig(AppConfig):
    name = "terreau.agreements"
    label = "agreements"

    def ready(self) -> None:
        """Have the database refuse that a rule, or what was counted under it, changes."""
        triggers.register(*triggers.fixed("agreements_sharingrule", *RULE))
        triggers.register(*triggers.append_only("agreements_sharing"))
        triggers.register(*triggers.fixed("agreements_valuation", *VALUATION))
        triggers.register(*triggers.append_only("agreements_valuationprice"))
