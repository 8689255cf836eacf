# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody without an account may read: what is public, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from terreau.ecosystems.enums import AimState
from terreau.ecosystems.models import Aim, Ecosystem, LogEntry, Obstacle, Stake
from terreau.people.models import GuestLink
from terreau.people.visibility import NOBODY

SHOWN = 20


@dataclass(frozen=True, slots=True)
class ToldToGuests:
    """An ecosystem as a guest reads it. ``aim`` is its adopted cap, when that is public."""

    name: str
    sentence: str
    invented: bool
    place: str
    functions: tuple[str, ...]
    aim: Aim | None
    stakes: tuple[Stake, ...]
    obstacles: tuple[Obstacle, ...]


def told_to_guests(ecosystem: Ecosystem) -> ToldToGuests:
    """Return what a guest link shows: the name, the sentence, and what everybody may read."""
    return ToldToGuests(
        name=ecosystem.name,
        sentence=ecosystem.sentence,
        invented=ecosystem.invented,
        place=ecosystem.place,
        functions=tuple(function.label for function in ecosystem.functions.all()),
        aim=Aim.objects.visible_to(NOBODY)
        .filter(ecosystem=ecosystem, state=AimState.ADOPTED)
        .order_by("-adopted_on", "-number")
        .first(),
        stakes=tuple(Stake.objects.visible_to(NOBODY).filter(ecosystem=ecosystem)[:SHOWN]),
        obstacles=tuple(Obstacle.objects.visible_to(NOBODY).filter(ecosystem=ecosystem)[:SHOWN]),
    )


def published_words(link: GuestLink) -> QuerySet[LogEntry]:
    """Return the words left by this link that were published, newest first, with their answers."""
    return (
        LogEntry.objects.visible_to(NOBODY).filter(guest_link=link).order_by("-day", "-pk")[:SHOWN]
    )


def with_words(links: QuerySet[GuestLink]) -> QuerySet[GuestLink]:
    """Add ``words``, the number of words left by each link."""
    return links.annotate(words=Count("entries"))
