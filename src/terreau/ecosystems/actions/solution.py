# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changes to « Notre solution »: performances, maillons, who takes charge of them, their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction

from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed, NotFound
from terreau.ecosystems.actions.records import Edit, Filing, change, keep, must_see
from terreau.ecosystems.enums import MaillonState
from terreau.ecosystems.models import Bearer, Ecosystem, Maillon, Performance
from terreau.ecosystems.queries.solution import bearers_possible
from terreau.ecosystems.rules.days import happened
from terreau.ecosystems.rules.solution import closes_a_circle, moved
from terreau.people import rules as people_rules
from terreau.people.models import Agent, User


@dataclass(frozen=True, slots=True)
class PerformanceText:
    """What a performance of use says."""

    statement: str
    for_whom: str = ""
    conditions: str = ""
    observed_how: str = ""


@dataclass(frozen=True, slots=True)
class MaillonText:
    """What a maillon says; ``holds_without`` True makes it an option, None is « not said »."""

    name: str
    nature: str
    state: str = MaillonState.MISSING
    holds_without: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class MaillonLinks:
    """The performances that a maillon serves and the maillons that it needs."""

    performances: Iterable[Performance] = ()
    depends_on: Iterable[Maillon] = ()


NO_LINKS = MaillonLinks()


@transaction.atomic
def add_performance(
    *, by: User, ecosystem: Ecosystem, filing: Filing, text: PerformanceText
) -> Performance:
    """Say what the answer must make possible. Once for a key."""
    performance, _ = keep(
        Performance, by=by, ecosystem=ecosystem, filing=filing, fields=asdict(text)
    )
    return performance


@transaction.atomic
def edit_performance(
    *, by: User, performance: Performance, edit: Edit, text: PerformanceText
) -> Performance:
    """Change the words of a performance. Raises EditConflict when somebody saved in between."""
    change(by=by, record=performance, edit=edit, fields=asdict(text))
    return performance


@transaction.atomic
def add_maillon(
    *,
    by: User,
    ecosystem: Ecosystem,
    filing: Filing,
    text: MaillonText,
    links: MaillonLinks = NO_LINKS,
) -> Maillon:
    """Add a maillon. Once for a key; what it is linked to must be readable here."""
    maillon, created = keep(Maillon, by=by, ecosystem=ecosystem, filing=filing, fields=asdict(text))
    if created:
        _link(by, maillon, links)
    else:
        _must_be_linked(maillon, links)
    return maillon


def _must_be_linked(maillon: Maillon, links: MaillonLinks) -> None:
    uses, needs = set(links.performances), set(links.depends_on)
    if (uses, needs) != (set(maillon.performances.all()), set(maillon.depends_on.all())):
        raise KeyReused


@transaction.atomic
def edit_maillon(
    *, by: User, maillon: Maillon, edit: Edit, text: MaillonText, links: MaillonLinks
) -> Maillon:
    """Change a maillon and its links. Raises EditConflict, Invalid (a circle of needs)."""
    try:
        change(by=by, record=maillon, edit=edit, fields=asdict(text))
    except EditConflict as conflict:
        raise conflict.joined(_told(by, maillon), _told_of(links)) from None
    _link(by, maillon, links)
    return maillon


def _told(by: User, maillon: Maillon) -> dict[str, str]:
    uses = maillon.performances.all().visible_to(by)
    return _told_of(MaillonLinks(uses, maillon.depends_on.all().visible_to(by)))


def _told_of(links: MaillonLinks) -> dict[str, str]:
    return {
        "performances": ", ".join(sorted(map(str, links.performances))),
        "depends_on": ", ".join(sorted(map(str, links.depends_on))),
    }


def _link(by: User, maillon: Maillon, links: MaillonLinks) -> None:
    uses = _readable(by, maillon, Performance, links.performances)
    needs = _readable(by, maillon, Maillon, links.depends_on)
    _refuse_circle(maillon, needs)
    # What this person may not read was not on the form: it keeps its link.
    maillon.performances.set(uses | _hidden(by, maillon.performances))
    maillon.depends_on.set(needs | _hidden(by, maillon.depends_on))


def _readable(by: User, maillon: Maillon, model: Any, wanted: Iterable[Any]) -> set[int]:
    asked = {thing.pk for thing in wanted}
    here = model.objects.visible_to(by).filter(ecosystem_id=maillon.ecosystem_id, pk__in=asked)
    found = set(here.values_list("pk", flat=True))
    if found != asked:
        raise Invalid("L'un des liens choisis n'existe plus ici. Rechargez la page.")
    return found


def _hidden(by: User, linked: Any) -> set[int]:
    every = set(linked.values_list("pk", flat=True))
    return every - set(linked.visible_to(by).values_list("pk", flat=True))


def _refuse_circle(maillon: Maillon, wanted: set[int]) -> None:
    needs: dict[int, set[int]] = {}
    through = Maillon.depends_on.through.objects.filter(
        from_maillon__ecosystem_id=maillon.ecosystem_id
    ).exclude(from_maillon_id=maillon.pk)
    for source, target in through.values_list("from_maillon_id", "to_maillon_id"):
        needs.setdefault(source, set()).add(target)
    if closes_a_circle(needs, maillon.pk, wanted):
        raise Invalid(
            "Ces maillons s'attendraient les uns les autres, en rond. Rien n'a été changé : "
            "retirez l'un des besoins choisis.",
            field="depends_on",
        )


@transaction.atomic
def take_charge(*, by: User, maillon: Maillon, agent: Agent, since: date | None = None) -> Bearer:
    """Say who takes charge of a maillon from a day on. Already said changes nothing."""
    must_see(by, maillon)
    if not bearers_possible(maillon.ecosystem, by).filter(pk=agent.pk).exists():
        raise Invalid("Choisissez quelqu'un de la coopération.", field="agent")
    day = happened(since, field="since", what="Notez qui s'en charge quand cela commence")
    bearer, _ = Bearer.objects.get_or_create(
        maillon=maillon, agent=agent, until=None, defaults={"since": day}
    )
    return bearer


@transaction.atomic
def leave_charge(*, by: User, bearer: Bearer, until: date | None = None) -> Bearer:
    """Say that somebody no longer takes charge, from a day on; what was stays written."""
    must_see(by, bearer.maillon)
    day = happened(until, field="until", what="Notez la fin quand elle est là")
    if day < bearer.since:
        raise Invalid(
            f"{bearer.agent.name} s'en charge depuis le {bearer.since:%d/%m/%Y} : "
            "la fin ne peut pas venir avant.",
            field="until",
        )
    if bearer.until is None:
        bearer.until = day
        bearer.save(update_fields=["until"])
    return bearer


@transaction.atomic
def move(*, by: User, record: Performance | Maillon, up: bool) -> None:
    """Move a performance, or a maillon among those of its nature, one place up or down."""
    must_see(by, record)
    model: Any = type(record)
    siblings = model.objects.visible_to(by).filter(ecosystem_id=record.ecosystem_id)
    if isinstance(record, Maillon):
        siblings = siblings.filter(nature=record.nature)
    order = moved(list(siblings.values_list("pk", flat=True)), record.pk, up=up)
    for place, pk in enumerate(order):
        model.objects.filter(pk=pk).exclude(position=place).update(position=place)


@transaction.atomic
def remove(*, by: User, record: Performance | Maillon) -> None:
    """Take a performance or a maillon away: its author or a steward may.

    Somebody who took charge, or an effect seen, keeps a maillon in place: its state can change.
    """
    must_see(by, record)
    steward = people_rules.can_steward(by, record.space)
    if not steward and not people_rules.can_speak_for(by, record.author):
        raise NotAllowed(
            "Seules la personne qui l'a écrit et celles qui gardent les clés peuvent le retirer."
        )
    if isinstance(record, Maillon) and (record.bearers.exists() or record.effects.exists()):
        raise Invalid(
            "Ce maillon a une histoire (quelqu'un s'en est chargé, ou un changement y tient). "
            "Changez plutôt son état."
        )
    if not type(record).objects.filter(pk=record.pk).exists():
        raise NotFound("C'est déjà retiré.")
    record.delete()
