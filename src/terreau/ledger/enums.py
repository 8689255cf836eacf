# SPDX-License-Identifier: AGPL-3.0-or-later
"""The closed lists of the ledger."""

from django.db.models import TextChoices


class MeasureKind(TextChoices):
    QUANTITY = "quantity", "quantité"
    EFFORT = "effort", "temps passé"


class EndKind(TextChoices):
    """How a commitment stops binding before it is fulfilled."""

    WITHDRAWN = "withdrawn", "retirée"
    SUPERSEDED = "superseded", "remplacée"


class Purpose(TextChoices):
    """What a proposal makes known."""

    OFFER = "offer", "une offre"
    REQUEST = "request", "une demande"
