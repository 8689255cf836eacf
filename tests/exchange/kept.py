# SPDX-License-Identifier: AGPL-3.0-or-later
"""All that is kept of a ledger, in words that two ledgers can share."""

from dataclasses import replace
from uuid import UUID

from terreau.ledger.models import (
    Balance,
    BatchLotRecord,
    Claim,
    Commitment,
    Event,
    EventLink,
    Intent,
    Place,
    Plan,
    Process,
    ProcessSpecification,
    Proposal,
    ProposalList,
    Publication,
    Resource,
    Satisfaction,
    Settlement,
    Specification,
)
from terreau.ledger.recipes.queries import formulas
from terreau.ledger.wishes.queries import answered


def recipes_of(ledger: int):
    """All recipes, in words that two ledgers can share; notes stay where they were written."""
    nameless = {"key": UUID(int=0), "note": ""}
    return [replace(one, **nameless) for one in formulas(ledger)]


def state_of(ledger: int):
    """All that is kept of a ledger, in words that two ledgers can share."""
    stocks = Resource.objects.filter(ledger_id=ledger).order_by("pk").values_list(
        "name", "specification__code", "unit", "floor", "accounting", "on_hand", "accountable_id",
        "custodian_id", "location__name", "container__name", "stage__code", "state", "version",
        "tracking_identifier", "of_batch_lot__code", "of_batch_lot__expires_on", "rights",
    )  # fmt: skip
    balances = Balance.objects.filter(ledger_id=ledger).values_list(
        "month", "provider_id", "receiver_id", "action", "specification__code", "measure", "unit",
        "total", "events",
    )  # fmt: skip
    promises = Commitment.objects.filter(ledger_id=ledger).order_by("pk").values_list(
        "action", "provider_id", "receiver_id", "specification__code", "measure", "promised",
        "unit", "due", "input_of__name", "output_of__name", "planned_within__name",
        "independent_demand_of__name", "stage__code", "in_state", "state__fulfilled",
        "state__ended", "state__version", "end__kind", "end__successor__promised",
        "end__successor__due",
    )  # fmt: skip
    events = Event.objects.filter(ledger_id=ledger).order_by("pk").values_list(
        "action", "provider_id", "receiver_id", "specification__code", "quantity", "unit",
        "effort", "effort_unit", "resource__name", "to_resource__name", "input_of__name",
        "output_of__name", "to_location__name", "state", "happened_on", "corrects__action",
        "rights",
        "corrects__quantity", "corrects__effort",
        "correction__quantity_out", "correction__effort_out", "correction__version",
    )  # fmt: skip
    claims = Claim.objects.filter(ledger_id=ledger).values_list(
        "action", "provider_id", "receiver_id", "specification__code", "measure", "claimed",
        "unit", "due", "triggered_by__action", "triggered_by__effort", "state__settled",
        "state__unsettled", "state__ended", "state__lifted", "state__version", "end__kind",
        "end__successor__claimed",
    )  # fmt: skip
    settled = Settlement.objects.filter(event__ledger_id=ledger).order_by("pk").values_list(
        "event__quantity", "quantity", "claim__measure", "claim__state__settled"
    )  # fmt: skip
    planned = (
        Process.objects.filter(ledger_id=ledger)
        .order_by("pk")
        .values_list(
            "name",
            "specification__code",
            "begins_on",
            "ends_on",
            "planned_within__name",
            "planned_within__due",
            "finished",
        )  # fmt: skip
    )
    owed = sorted(claims, key=repr), list(settled), list(planned)
    links = EventLink.objects.filter(event__ledger_id=ledger).order_by("event_id", "commitment_id")
    around = list(links.values_list("event__action", "quantity", "commitment__promised"))
    whole = (list(stocks), sorted(balances), list(promises), list(events))
    return *whole, *owed, wishes_of(ledger), recipes_of(ledger), around, things_of(ledger)


def things_of(ledger: int):
    """What is named by others, or stands alone; notes stay where they were written."""
    columns = {
        Plan: ("name", "due"),
        BatchLotRecord: ("code", "expires_on"),
        Place: ("name", "address", "latitude", "longitude"),
        ProcessSpecification: ("code",),
        Specification: ("code",),
    }
    return {
        model.__name__: sorted(
            map(repr, model.objects.filter(ledger_id=ledger).values_list(*names))
        )
        for model, names in columns.items()
    }


def wishes_of(ledger: int):
    """All that is said of wishes, in words that two ledgers can share."""
    intents = Intent.objects.filter(ledger_id=ledger).order_by("pk")
    told = intents.values_list(
        "action", "provider_id", "receiver_id", "author_id", "specification__code", "measure",
        "quantity", "available", "minimum", "unit", "resource__name", "input_of__name",
        "output_of__name", "planned_within__name", "stage__code", "state", "place__name", "reach",
        "begins_on", "ends_on", "due", "finished_on", "name", "level",
    )  # fmt: skip
    proposals = Proposal.objects.filter(ledger_id=ledger).order_by("pk").values_list(
        "name", "purpose", "unit_based", "begins_on", "ends_on", "place__name", "closed_on",
        "author_id", "level",
    )  # fmt: skip
    published = Publication.objects.filter(proposal__ledger_id=ledger).order_by("pk")
    lists = ProposalList.objects.filter(ledger_id=ledger).order_by("pk", "proposals__name")
    links = Satisfaction.objects.filter(ledger_id=ledger).values_list(
        "intent__name", "intent__quantity", "quantity", "commitment__action",
        "commitment__promised", "event__action", "event__happened_on",
    )  # fmt: skip
    return (
        list(told),
        list(proposals),
        [
            sorted(
                map(repr, model.objects.filter(ledger_id=ledger).values_list("name", "proposed_to"))
            )
            for model in (Proposal, ProposalList)
        ],
        list(published.values_list("proposal__name", "intent__quantity", "reciprocal")),
        list(lists.values_list("name", "author_id", "level", "proposals__name")),
        sorted(map(repr, links)),
        sorted(map(repr, answered(intents).values()), key=str),
    )
