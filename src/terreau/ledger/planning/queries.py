# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of plans: a constant number of queries whatever the number of rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q, QuerySet

from terreau.ledger.models import BatchLotRecord, Event, Plan, Process, ProcessSpecification
from terreau.people.models import Space


@dataclass(frozen=True, slots=True)
class Course:
    """What follows from the activities of a plan. No activity: no day, and not finished."""

    begins_on: date | None
    ends_on: date | None
    finished: bool


def plans(ledger: Space) -> QuerySet[Plan]:
    """Return the plans of a ledger, in the order in which they were opened.

    Plans and activities are kept by the cooperation and read by its members, as stocks are; the
    promises in them have readers of their own (``queries.readable_commitments``).
    """
    return Plan.objects.filter(ledger_id=ledger.root_id or ledger.pk).order_by("pk")


def processes_of(ledger: Space) -> QuerySet[Process]:
    """Return the activities of a ledger with their kind and plan, in the order of opening."""
    mine = Process.objects.filter(ledger_id=ledger.root_id or ledger.pk)
    return mine.select_related("specification", "planned_within").order_by("pk")


def stages(ledger: Space) -> Iterator[tuple[int, str]]:
    """Yield the kinds of activities of a ledger: their ids and words (one query)."""
    mine = ProcessSpecification.objects.filter(ledger_id=ledger.root_id or ledger.pk)
    yield from mine.order_by("pk").values_list("pk", "code")


def batches(ledger: Space) -> QuerySet[BatchLotRecord]:
    """Return the batches of a ledger, in the order in which they were noted."""
    return BatchLotRecord.objects.filter(ledger_id=ledger.root_id or ledger.pk).order_by("pk")


def courses(plan_ids: Iterable[int]) -> dict[int, Course]:
    """Return when plans begin and end, and whether all their activities are over (one query)."""
    rows = (
        Plan.objects.filter(pk__in=list(plan_ids))
        .annotate(
            first=Min("processes__begins_on"),
            last=Max("processes__ends_on"),
            known=Count("processes"),
            going_on=Count("processes", filter=Q(processes__finished=False)),
        )
        .values_list("pk", "first", "last", "known", "going_on")
    )
    return {
        pk: Course(first, last, bool(known) and not going_on)
        for pk, first, last, known, going_on in rows
    }


def events_of(process_ids: Iterable[int]) -> QuerySet[Event]:
    """Return the events of activities: a promise for an activity is kept within it, by a rule."""
    wanted = list(process_ids)
    named = Q(input_of_id__in=wanted) | Q(output_of_id__in=wanted)
    return Event.objects.filter(named).select_related("specification").order_by("pk")
