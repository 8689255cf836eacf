# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of needs, offers and proposals: a constant number of queries whatever there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from terreau.core import clock
from terreau.ledger.models import Event, Intent, Proposal, ProposalList, Publication, Satisfaction
from terreau.ledger.wishes.shares import Answered, Share, Standing, counted
from terreau.people.models import Space
from terreau.people.visibility import Reach, Reader, predicate, reach_of

RECORDS: dict[str, type[Intent | Proposal | ProposalList]] = {
    "intents": Intent,
    "proposals": Proposal,
    "lists": ProposalList,
}
"""The private records of the ledger, for those who walk over all of them."""


def readable_records(reader: Reader, model: type[Any]) -> QuerySet[Any]:
    """Return the records of one of ``RECORDS`` that this reader may read, in the order of writing.

    Those that ``visible_to`` lets through, and those proposed to an agent they speak for: who is
    asked always reads what.
    """
    reach = reach_of(reader)
    found: QuerySet[Any] = model.objects.filter(predicate(reach) | _addressed(model, reach))
    return found.order_by("pk")


def _addressed(model: type[Any], reach: Reach) -> Q:
    asked = Proposal.proposed_to.through._default_manager.filter(agent_id__in=reach.agents)
    if model is ProposalList:
        lists = ProposalList.proposed_to.through._default_manager.filter(agent_id__in=reach.agents)
        return Q(pk__in=lists.values("proposallist_id"))
    if model is Proposal:
        return Q(pk__in=asked.values("proposal_id"))
    published = Publication.objects.filter(proposal__in=asked.values("proposal_id"))
    return Q(pk__in=published.values("intent_id"))


def readable_intents(reader: Reader, ledger: Space) -> QuerySet[Intent]:
    """Return the needs and offers of a ledger that this reader may read, with what they name."""
    found: QuerySet[Intent] = readable_records(reader, Intent)
    related = (
        "specification", "resource", "input_of", "output_of", "planned_within", "stage", "place",
    )  # fmt: skip
    return found.filter(ledger_id=_root(ledger)).select_related(*related)


def open_intents(reader: Reader, ledger: Space) -> QuerySet[Intent]:
    """Return those of them that nobody said are over, and whose last day has not passed."""
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today())
    return readable_intents(reader, ledger).filter(running, finished_on=None)


def readable_proposals(reader: Reader, ledger: Space) -> QuerySet[Proposal]:
    """Return the proposals of a ledger that this reader may read, with what of them they read."""
    reach = reach_of(reader)
    found: QuerySet[Proposal] = readable_records(reach, Proposal)
    return (
        found.filter(ledger_id=_root(ledger))
        .select_related("place")
        .prefetch_related(
            "proposed_to",
            Prefetch(
                "publications",
                Publication.objects.filter(intent__in=readable_records(reach, Intent))
                .select_related("intent")
                .order_by("pk"),
            ),
            Prefetch("lists", readable_records(reach, ProposalList)),
        )
    )


def readable_lists(reader: Reader, ledger: Space) -> QuerySet[ProposalList]:
    """Return the lists of proposals of a ledger that this reader may read, with those they read."""
    reach = reach_of(reader)
    found: QuerySet[ProposalList] = readable_records(reach, ProposalList)
    return found.filter(ledger_id=_root(ledger)).prefetch_related(
        "proposed_to", Prefetch("proposals", readable_records(reach, Proposal))
    )


_OF_PROMISES = ("commitment__unit", "commitment__promised")
_HOW_FAR = ("commitment__state__fulfilled", "commitment__state__ended")
_OF_EVENTS = ("event__quantity", "event__unit", "event__effort", "event__effort_unit")
_TAKEN_BACK = ("event__correction__quantity_out", "event__correction__effort_out")


def answered(intents: Iterable[Intent]) -> dict[int, Answered]:
    """Return how far each wish is answered, by id (one query)."""
    asked = {one.pk: one for one in intents}
    promised, given = Counter[Hashable](), Counter[Hashable]()
    mine = Satisfaction.objects.filter(intent_id__in=list(asked))
    # What answers these wishes may answer others too, and its shares are served in their order.
    around = (
        Q(pk__in=mine.values("pk"))
        | Q(event__in=mine.filter(event__isnull=False).values("event"))
        | Q(commitment__in=mine.filter(commitment__isnull=False).values("commitment"))
    )
    rows = Satisfaction.objects.filter(around).order_by("pk") if asked else mine.none()
    for share, much in counted(*_shares(rows)):
        (promised if isinstance(share.source, _Promise) else given)[share.wish] += much
    return {pk: Answered(one.total, promised[pk], given[pk], one.unit) for pk, one in asked.items()}


@dataclass(frozen=True, slots=True)
class _Promise:
    promise: int
    measure: str


@dataclass(frozen=True, slots=True)
class _Event:
    event: int
    measure: str


def _shares(rows: QuerySet[Satisfaction]) -> tuple[list[Share], dict[Hashable, Standing]]:
    shares, standing = list[Share](), dict[Hashable, Standing]()
    names = ("intent_id", "intent__unit", "intent__measure", "quantity", "commitment_id")
    told = (*names, *_OF_PROMISES, *_HOW_FAR, "event_id", *_OF_EVENTS, *_TAKEN_BACK)
    for wish, unit, measure, quantity, promise, *rest in rows.values_list(*told):
        if promise is not None:
            source: Hashable = _Promise(promise, measure)
            standing[source] = standing_promise(*rest[:4])
        else:
            source = _Event(rest[4], measure)
            standing[source] = standing_event(measure, *rest[5:])
        shares.append(Share(wish, unit, source, quantity))
    return shares, standing


def standing_promise(unit: str, promised: int, fulfilled: int, ended: bool) -> Standing:
    """Return what stands of a promise: all of it, or once ended what was given of it."""
    return Standing(min(promised, fulfilled) if ended else promised, unit)


def standing_event(
    measure: str,
    quantity: int | None,
    unit: str,
    effort: int | None,
    effort_unit: str,
    quantity_out: int | None,
    effort_out: int | None,
) -> Standing:
    """Return what stands of an event in one measure, corrections taken off."""
    if measure == "effort":
        return Standing((effort or 0) - (effort_out or 0), effort_unit)
    return Standing((quantity or 0) - (quantity_out or 0), unit)


def answers_to(
    reader: Reader, *, events: Collection[int] = (), promises: Collection[int] = ()
) -> dict[tuple[str, int], list[UUID]]:
    """Return the keys of the wishes that these answer and that the reader reads (one query).

    By ``("event", id)`` or ``("promise", id)``, in the order in which they were noted.
    """
    mine = readable_records(reader, Intent).order_by()
    rows = Satisfaction.objects.filter(
        Q(event__in=list(events)) | Q(commitment__in=list(promises)), intent__in=mine
    )
    found: dict[tuple[str, int], list[UUID]] = {}
    for event, promise, key in rows.order_by("pk").values_list(
        "event_id", "commitment_id", "intent__key"
    ):
        source = ("event", event) if event is not None else ("promise", promise)
        found.setdefault(source, []).append(key)
    return found


def events_of_process(process_id: int) -> QuerySet[Event]:
    """Return the events of a process: those that name it, and those that answer a wish of it,
    themselves or by a promise that they keep.
    """
    wishes = Intent.objects.filter(Q(input_of=process_id) | Q(output_of=process_id))
    answers = Satisfaction.objects.filter(intent__in=wishes.values("pk"))
    promises = answers.filter(commitment__isnull=False).values("commitment")
    return (
        Event.objects.filter(
            Q(input_of=process_id)
            | Q(output_of=process_id)
            | Q(pk__in=answers.filter(event__isnull=False).values("event"))
            | Q(pk__in=Event.objects.filter(links__commitment__in=promises).values("pk"))
        )
        .select_related("specification")
        .order_by("pk")
    )


def _root(ledger: Space) -> int:
    return ledger.root_id or ledger.pk
