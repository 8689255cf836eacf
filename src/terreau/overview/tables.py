# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every table of a cooperation as one reader may read it, for the archive.

Private records pass through ``kinds.readable``; what hangs on them (versions, bearers, answers…)
follows its record. What else belongs to a cooperation comes as its page shows it. Accounts,
addresses and tokens never come here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from terreau.agreements.models import (
    Agreement,
    AgreementVersion,
    Commitment,
    Contribution,
    ContributionChange,
    Party,
    Review,
    Valuation,
    ValuationPrice,
)
from terreau.agreements.queries.contributions import talks_of
from terreau.agreements.queries.followed import partly_hidden, sight_of
from terreau.documents.tables import Cell
from terreau.ecosystems.models import (
    Attachment,
    Bearer,
    Ecosystem,
    Effect,
    EffectLink,
    LogEntry,
    Maillon,
    NamingNotice,
    Performance,
    PhaseChange,
    Presence,
    Rewording,
    VoidedAnswer,
)
from terreau.ecosystems.queries import keys
from terreau.ledger import queries as ledger
from terreau.overview.columns import (
    HIDDEN,
    STOCKED,
    Field,
    Keep,
    data,
    heading,
    is_told,
    of_a_guest,
    related,
    shown,
)
from terreau.overview.kinds import KINDS, RecordKind, readable
from terreau.people.models import Agent, GuestLink, Role
from terreau.people.visibility import Reach
from terreau.programmes import queries as programmes
from terreau.territories.models import Territory

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name in the archive, its title, and its rows for a reader.

    ``uncounted``: rows whose quantities the reader may not be told.
    """

    name: str
    title: str
    rows: QuerySet[Any]
    uncounted: frozenset[int] = field(default=frozenset())

    @property
    def fields(self) -> list[Field]:
        """What leaves, in the JSON."""
        meta = self.rows.model._meta
        every = (*meta.concrete_fields, *meta.many_to_many)
        return [one for one in every if one.name not in HIDDEN]

    @property
    def columns(self) -> list[Field]:
        """The columns that a list shows: without what only a machine needs."""
        return [one for one in self.fields if is_told(one)]

    @property
    def headers(self) -> list[str]:
        return [heading(one) for one in self.columns]

    def lines(self, keep: Keep) -> Iterator[list[Cell]]:
        """Yield the rows as a list shows them; of links only those that ``keep`` lets through."""
        fields = self.columns
        for row in self._streamed():
            yield [shown(row, one, keep) for one in fields]

    def objects(self, keep: Keep) -> Iterator[dict[str, Any]]:
        """Yield the rows as plain data; of links only those that ``keep`` lets through."""
        fields = self.fields
        for row in self._streamed():
            told = dict(pair for one in fields for pair in data(row, one, keep))
            yield told | {"voice": row.voice} if of_a_guest(row) else told

    def _streamed(self) -> Iterator[Any]:
        told = [one for one in self.fields if one.is_relation and is_told(one)]
        many = [one.name for one in told if isinstance(one, models.ManyToManyField)]
        # None drops what the query came with; a second None asks for no row beside it.
        beside: list[str | None] = [*related(told)] or [None]
        rows = self.rows.select_related(None).select_related(*beside)  # type: ignore[arg-type]
        rows = rows.prefetch_related(None).prefetch_related(*many).order_by("pk")
        for row in rows.iterator(chunk_size=AT_ONCE):
            if row.pk in self.uncounted:
                for name in STOCKED:
                    setattr(row, name, None)
            yield row


def tables_of(ecosystem: Ecosystem, reach: Reach) -> list[Table]:
    """Return every table, records first, then what hangs on them and what stands around."""
    records = {kind.model: _ids(kind, ecosystem, reach) for kind in KINDS}
    kinds = [
        Table(kind.code, kind.label, kind.model.objects.filter(pk__in=records[kind.model]))
        for kind in KINDS
    ]
    others = (*_hanging(ecosystem, reach, records), *_around(ecosystem, reach))
    return [*kinds, *(Table(*one) for one in others), _stocks(ecosystem, reach)]


def _ids(kind: RecordKind, ecosystem: Ecosystem, reach: Reach) -> QuerySet[Any]:
    return readable(kind, ecosystem, reach).order_by().values("pk")


def _hanging(
    ecosystem: Ecosystem, reach: Reach, records: dict[Any, QuerySet[Any]]
) -> list[tuple[str, str, QuerySet[Any]]]:
    versions = AgreementVersion.objects.filter(agreement__in=records[Agreement])
    roles = Role.objects.filter(space__root_id=ecosystem.space_id)
    reworded = Rewording.objects.visible_to(reach).filter(
        Q(effect__in=records[Effect])
        | Q(maillon__in=records[Maillon])
        | Q(performance__in=records[Performance])
    )
    here = Q(pk__in=roles.values("agent_id")) | Q(presences__in=records[Presence])
    return [
        ("roles", "rôles", roles),
        (
            "agents",
            "personnes et organisations",
            Agent.objects.filter(pk__in=Agent.objects.filter(here).values("pk")),
        ),
        ("phases", "où nous en sommes", PhaseChange.objects.filter(ecosystem=ecosystem)),
        ("versions", "versions des engagements", versions),
        ("parties", "parties des engagements", Party.objects.filter(version__in=versions)),
        ("promesses", "promesses", Commitment.objects.filter(version__in=versions)),
        ("revues", "revues", Review.objects.filter(commitment__version__in=versions)),
        (
            "rectifications",
            "rectifications",
            ContributionChange.objects.filter(contribution__in=records[Contribution]),
        ),
        (
            "prix",
            "prix des conventions d'évaluation",
            ValuationPrice.objects.filter(valuation__in=records[Valuation]),
        ),
        (
            "verifications",
            "contributions dont on a parlé",
            talks_of(reach).filter(contribution__in=records[Contribution]),
        ),
        ("s-en-charge", "qui s'en charge", Bearer.objects.filter(maillon__in=records[Maillon])),
        (
            "liens-effets",
            "effets et acteurs",
            EffectLink.objects.filter(effect__in=records[Effect]),
        ),
        ("mots-d-avant", "ce qui était écrit avant", reworded),
        (
            "reponses-d-avant",
            "réponses à ce qui était écrit avant",
            VoidedAnswer.objects.filter(rewording__in=reworded.values("pk")),
        ),
        (
            "preavis",
            "préavis avant d'être nommé",
            NamingNotice.objects.filter(presence__in=records[Presence]),
        ),
        (
            "fichiers",
            "fichiers du journal",
            Attachment.objects.filter(entry__in=records[LogEntry]),
        ),
    ]


def _around(ecosystem: Ecosystem, reach: Reach) -> list[tuple[str, str, QuerySet[Any]]]:
    """Return what every member reads on the pages of the cooperation; guest links: who steers."""
    guests = GuestLink.objects.filter(space__root_id=ecosystem.space_id)
    if ecosystem.space_id not in reach.stewarded:
        guests = guests.none()
    here = Ecosystem.objects.filter(pk=ecosystem.pk)
    parts = Territory.objects.filter(pk__in=ecosystem.territories.values("pk"))
    return [
        ("presentation", "la coopération", here),
        ("territoires", "nos territoires", parts),
        ("liens", "liens avec d'autres coopérations", ecosystem.links.all()),
        ("liens-d-invite", "liens d'invité", guests),
        ("montre-a", "à quels programmes nous montrons", programmes.links_of(ecosystem)),
        ("accompagnement", "qui nous accompagne", programmes.coaches_of(ecosystem)),
        ("interims", "intérims", keys.interims(ecosystem)),
        ("emports", "qui a tout emporté", ecosystem.takings.all()),
    ]


def _stocks(ecosystem: Ecosystem, reach: Reach) -> Table:
    """Return the stocks as their page shows them: no quantity beside what is hidden."""
    sight = sight_of(reach, ecosystem)
    rows = ledger.stocks(ecosystem.space).filter(pk__in=sight.stocks)
    return Table("ressources", "ressources suivies", rows, partly_hidden(sight, ecosystem))


LEFT_OUT = {
    "agreements.Posting": "written with each contribution, as the promise that it keeps",
    "agreements.Tally": "totals, worked out again from the contributions",
    "ecosystems.ActorKind": "written with each actor",
    "ecosystems.Visit": "what one person has read is theirs: it leaves with « mes données »",
    "people.Invitation": "addresses of people who have not answered",
    "people.Space": "written with each row, as its circle",
    "programmes.Programme": "belongs to whoever bears it; its name stands with each link",
    "ledger": "what happened stands in contributions and stocks; its keeper takes the ledger itself"
    " out whole (docs/how-to/ledger-in-and-out.md)",
    "publishing": "a public copy of what is here, given to everybody by the directory; letters to"
    " it carry addresses of strangers",
}
"""Models, or apps whole, that belong to a cooperation and have no table of their own, and why."""
