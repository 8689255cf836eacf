# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads about agreements and promises."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from terreau.agreements.enums import ContributionState, VersionState
from terreau.agreements.models import (
    Agreement,
    AgreementVersion,
    Commitment,
    Contribution,
    Party,
    Posting,
)
from terreau.agreements.rules.periods import began, begun, last_day
from terreau.agreements.totals import Progress
from terreau.core import clock
from terreau.core.units import convert
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import queries as ledger_queries
from terreau.people.visibility import Reader, predicate, reach_of

REVIEW_AHEAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Standing:
    """A promise and where it stands: in all, and in the running period when it has one."""

    commitment: Commitment
    progress: Progress | None
    now: Progress | None = None

    @property
    def period_ends(self) -> date | None:
        """The last day of the period that runs today."""
        row = self.commitment
        if self.now is None or row.since is None:
            return None
        return last_day(row.since, row.period, clock.today())

    @property
    def is_due(self) -> bool:
        """Whether its day to be looked at together has come."""
        day = self.commitment.review_on
        return day is not None and day <= clock.today() and self.commitment.is_running


def readable(reader: Reader) -> QuerySet[Agreement]:
    """Return the agreements that this reader may read.

    Those that ``visible_to`` lets through, and those of which an agent they speak for is a party:
    who is asked to promise reads what, even outside the circle.
    """
    reach = reach_of(reader)
    mine = Party.objects.filter(agent_id__in=reach.agents).values("version__agreement_id")
    return Agreement.objects.filter(predicate(reach) | Q(pk__in=mine)).select_related(
        "author", "ecosystem", "ecosystem__space", "ecosystem__agent"
    )


def agreements_of(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Agreement]:
    """Return the agreements of an ecosystem that this reader may read, with their versions."""
    versions = AgreementVersion.objects.prefetch_related(
        Prefetch("parties", Party.objects.select_related("agent"))
    ).annotate(promises=Count("commitments"))
    return (
        readable(reader)
        .filter(ecosystem=ecosystem)
        .prefetch_related(Prefetch("versions", versions))
        .order_by("ended_on", "name", "pk")
    )


def commitments_in(version: AgreementVersion) -> list[Commitment]:
    """Return the promises of a version with all that a page or a print says of them."""
    return list(
        version.commitments.select_related("provider", "receiver").prefetch_related(
            "in_return_of__provider", "answered_by", "reviews__said_by"
        )
    )


def parties_of(version: AgreementVersion) -> list[Party]:
    """Return the parties of a version, each with its agent and legal form."""
    return list(version.parties.select_related("agent__legal_form", "agreed_by"))


def current(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Commitment]:
    """Return the promises in force that this reader may read."""
    return (
        Commitment.objects.filter(
            version__agreement__in=readable(reader).filter(ecosystem=ecosystem),
            version__state=VersionState.ACCEPTED,
            declined_on__isnull=True,
            closed_on__isnull=True,
        )
        .select_related("provider", "receiver", "version__agreement")
        .order_by("review_on", "pk")
    )


def to_review(
    reader: Reader, ecosystem: Ecosystem, *, days: int = REVIEW_AHEAD_DAYS
) -> QuerySet[Commitment]:
    """Return the promises to look at together: their day is past or comes within ``days``."""
    until = clock.today() + timedelta(days=days)
    return current(reader, ecosystem).filter(review_on__lte=until)


def my_promises(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Commitment]:
    """Return the promises in force held by an agent this reader speaks for."""
    return current(reader, ecosystem).filter(provider_id__in=reach_of(reader).agents)


def promised_to_me(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Commitment]:
    """Return the promises in force made to an agent this reader speaks for."""
    return current(reader, ecosystem).filter(receiver_id__in=reach_of(reader).agents)


def to_answer(reader: Reader, ecosystem: Ecosystem) -> QuerySet[Party]:
    """Return the parties for which this reader has an answer to give on a proposed version."""
    return (
        Party.objects.filter(
            agent_id__in=reach_of(reader).agents,
            version__agreement__ecosystem=ecosystem,
            version__state=VersionState.PROPOSED,
            validated_on__isnull=True,
            declined_on__isnull=True,
        )
        .select_related("agent", "version__agreement")
        .order_by("version__proposed_on", "pk")
    )


def progress_of(commitments: Collection[Commitment]) -> dict[int, Progress]:
    """Return where each counted promise stands (four queries, whatever their number).

    What is in discussion does not fulfil. A promise that no longer runs expects nothing more: it
    counts for what was given towards it, and promised nothing more since it ended.
    """
    counted = {row.pk: row for row in commitments if row.quantity is not None}
    lines = list(
        Posting.objects.filter(commitment_id__in=counted).values_list("ledger_id", "commitment_id")
    )
    fulfilled, replaced = _fulfilled_by(lines, counted), _replaced_since(counted.values())
    found = {}
    for pk, row in counted.items():
        given, quantity = fulfilled.get(pk, 0), _promised_until_now(row, replaced.get(pk))
        running = row.is_running and row.version.state == VersionState.ACCEPTED
        found[pk] = Progress(quantity if running else min(quantity, given), given)
    return found


def _replaced_since(rows: Iterable[Commitment]) -> dict[int, date]:
    """Return since when the next version of a promise by period counts in its place."""
    ended = [row.pk for row in rows if row.period and row.version.state == VersionState.SUPERSEDED]
    following = Commitment.objects.filter(previous_id__in=ended, since__isnull=False)
    return {
        pk: since for pk, since in following.values_list("previous_id", "since") if pk and since
    }


def _promised_until_now(row: Commitment, replaced: date | None) -> int:
    """So much each period: the promise is made again each time one begins, until it ends."""
    if row.since is None:
        return row.quantity or 0
    until = row.closed_on or row.version.superseded_on or clock.today()
    if replaced is not None:
        until = min(until, replaced - timedelta(days=1))
    return (row.quantity or 0) * begun(row.since, row.period, until)


def _fulfilled_by(
    lines: Iterable[tuple[int, int]], counted: Mapping[int, Commitment]
) -> dict[int, int]:
    owners = dict(lines)
    totals: dict[int, int] = {}
    for ledger_id, item in ledger_queries.fulfilments(list(owners)).items():
        owner = owners[ledger_id]
        totals[owner] = totals.get(owner, 0) + item.fulfilled
    discussed = (
        Contribution.objects.filter(
            state=ContributionState.DISCUSSED, posting__ledger_id__in=owners
        )
        .values_list("posting__commitment_id", "unit")
        .annotate(Sum("quantity"))
    )
    for owner, unit, quantity in discussed:
        said = convert(int(quantity), unit, counted[owner].unit)
        totals[owner] = totals.get(owner, 0) - said
    return totals


def with_progress(commitments: list[Commitment]) -> list[Standing]:
    """Return promises, each with where it stands (None for one that is not counted)."""
    stands, now = progress_of(commitments), _now(commitments)
    return [Standing(row, stands.get(row.pk), now.get(row.pk)) for row in commitments]


def _now(commitments: Collection[Commitment]) -> dict[int, Progress]:
    """Return where the promises counted by period stand in the one that runs today."""
    today = clock.today()
    running = {
        row.pk: row
        for row in commitments
        if row.period and row.since and row.is_running and row.version.is_accepted
    }
    begins = {pk: began(row.since, row.period, today) for pk, row in running.items() if row.since}
    rows = Posting.objects.filter(commitment_id__in=running, begins_on__in=set(begins.values()))
    lines = [
        (ledger_id, pk)
        for ledger_id, pk, day in rows.values_list("ledger_id", "commitment_id", "begins_on")
        if begins[pk] == day
    ]
    given = _fulfilled_by(lines, running)
    return {pk: Progress(row.quantity or 0, given.get(pk, 0)) for pk, row in running.items()}


def commitment_for(reader: Reader, ecosystem: Ecosystem, pk: int) -> Commitment | None:
    """Return a promise of an agreement that this reader may read, or None."""
    return (
        Commitment.objects.filter(
            pk=pk, version__agreement__in=readable(reader).filter(ecosystem=ecosystem)
        )
        .select_related("provider", "receiver", "version__agreement")
        .prefetch_related("in_return_of__provider", "answered_by__provider")
        .first()
    )


def gifts_towards(reader: Reader, commitment: Commitment) -> QuerySet[Contribution]:
    """Return the contributions towards a promise that this reader may read, newest first."""
    reach = reach_of(reader)
    found: QuerySet[Contribution] = (
        Contribution.objects.filter(predicate(reach) | Q(receiver_id__in=reach.agents))
        .filter(posting__commitment=commitment)
        .exclude(state=ContributionState.UNDONE)
        .select_related("author", "receiver")
        .order_by("-happened_on", "-pk")
    )
    return found


def drafts_for(reader: Reader, ecosystem: Ecosystem) -> list[AgreementVersion]:
    """Return the versions being written in which this reader may write."""
    reach = reach_of(reader)
    rows = AgreementVersion.objects.filter(
        agreement__in=readable(reader).filter(ecosystem=ecosystem), state=VersionState.DRAFT
    ).select_related("agreement")
    if ecosystem.space_id not in reach.stewarded:
        rows = rows.filter(
            Q(parties__agent_id__in=reach.agents) | Q(agreement__author_id__in=reach.agents)
        ).distinct()
    return list(rows.order_by("agreement__name"))
