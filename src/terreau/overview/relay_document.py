# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay as a document to print: the same page, in blocks."""

from __future__ import annotations

from collections.abc import Iterator

from terreau.agreements.models import Commitment
from terreau.core import clock, units
from terreau.documents.blocks import (
    Block,
    Bullets,
    Document,
    Facts,
    Grid,
    Heading,
    Paragraph,
)
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.queries.solution import Link
from terreau.overview.relay import Here, Relay

NOTHING = "Rien n'est noté."
FOOTER = "Passage de relais. Ne contient ni mot de passe, ni note privée. À relire à deux."


def document_of(ecosystem: Ecosystem, relay: Relay) -> Document:
    """Return the relay as a document."""
    return Document(
        title="Passage de relais",
        subtitle=f"{ecosystem.name}, le {clock.today():%d/%m/%Y}",
        blocks=tuple(_blocks(ecosystem, relay)),
        footer=FOOTER,
    )


def _blocks(ecosystem: Ecosystem, relay: Relay) -> Iterator[Block]:
    yield Paragraph(ecosystem.sentence)
    yield from _first(relay)
    yield from _aim(ecosystem, relay)
    yield from _list("Ce qui attend", relay.waiting)
    yield from _holds(relay)
    yield from _promises(ecosystem, relay)
    yield from _list(
        "Ce que nous avons décidé", [f"{row.day:%d/%m/%Y} : {row.text}" for row in relay.decisions]
    )
    yield from _list(
        "Ce qui a coincé, et ce qu'on en a fait",
        [f"{row.year} : {row.words} {row.learnt}".strip() for row in relay.obstacles],
    )
    yield from _list(
        "Les dernières lignes du journal",
        [f"{row.day:%d/%m/%Y}, {row.voice} : {row.text}" for row in relay.entries],
    )
    yield from _here(relay)


def _first(relay: Relay) -> Iterator[Block]:
    yield Heading("Qui appeler d'abord")
    lines = [f"{one.name} : {', '.join([*one.roles, *one.voices])}" for one in relay.to_call]
    yield Bullets(lines) if lines else Paragraph("Personne ne tient encore l'ensemble.", quiet=True)


def _aim(ecosystem: Ecosystem, relay: Relay) -> Iterator[Block]:
    yield Heading("Notre cap")
    if relay.aim is None:
        yield Paragraph("Le cap n'est pas encore adopté.", quiet=True)
    else:
        yield Paragraph(relay.aim.text, strong=True)
        pairs = [("Depuis le", f"{relay.aim.adopted_on:%d/%m/%Y}")]
        pairs += [("Comment", relay.aim.adopted_how)] if relay.aim.adopted_how else []
        pairs += [("Pourquoi", relay.aim.why)] if relay.aim.why else []
        yield Facts(pairs)
    for other in relay.disagreements:
        yield Paragraph(f"Désaccord ouvert, {other.agent} : {other.text}")
    if relay.phase is not None:
        since = f"{relay.phase.get_phase_display()}, depuis le {relay.phase.since:%d/%m/%Y}"
        yield Facts([("Où nous en sommes", f"{since}. {relay.phase.words}".strip())])


def _holds(relay: Relay) -> Iterator[Block]:
    yield Heading("Ce qu'il faut pour que ça marche")
    if not relay.solution.links:
        yield Paragraph(NOTHING, quiet=True)
        return
    rows = [
        (link.maillon.name, link.maillon.get_state_display(), bearers(link), link.maillon.note)
        for link in relay.solution.links
    ]
    yield Grid(("Maillon", "État", "S'en charge", "En quelques mots"), rows)


def bearers(link: Link) -> str:
    """Return who takes charge of a maillon, in words."""
    names = ", ".join(bearer.agent.name for bearer in link.bearers)
    return names or "personne encore"


def _promises(ecosystem: Ecosystem, relay: Relay) -> Iterator[Block]:
    yield Heading("Nos engagements")
    if not relay.promises:
        yield Paragraph("Aucun engagement en cours.", quiet=True)
        return
    rows = [
        (
            row.provider.name,
            promise_words(row),
            _receiver(ecosystem, row),
            f"{row.review_on:%d/%m/%Y}" if row.review_on else "",
        )
        for row in relay.promises
    ]
    yield Grid(("Qui", "Quoi", "Pour", "À revoir le"), rows)


def _receiver(ecosystem: Ecosystem, row: Commitment) -> str:
    if row.receiver is None:
        return "à préciser"
    return "nous tous" if row.receiver_id == ecosystem.agent_id else row.receiver.name


def promise_words(row: Commitment) -> str:
    """Return a promise with its quantity, in its own unit."""
    if row.quantity is None:
        return row.words
    period = f" {row.get_period_display()}" if row.period else ""
    return f"{row.words} ({units.say(row.quantity, row.unit)}{period})"


def _here(relay: Relay) -> Iterator[Block]:
    yield Heading("Qui est là")
    if not relay.here:
        yield Paragraph(NOTHING, quiet=True)
        return
    rows = [(one.name, _role_words(one), _can(one), _cannot(one)) for one in relay.here]
    yield Grid(("Qui", "Rôles, et avec qui", "Tient à cœur, sait faire", "Contraintes"), rows)


def _role_words(one: Here) -> str:
    away = one.presence.away_until if one.presence is not None else None
    parts = [*one.roles]
    parts += [f"avec {', '.join(one.voices)}"] if one.voices else []
    if away is not None and away >= clock.today():
        parts.append(f"en retrait jusqu'au {away:%d/%m/%Y}")
    return " ; ".join(parts)


def _can(one: Here) -> str:
    return _joined(one.presence.cares, one.presence.can_do) if one.presence else ""


def _cannot(one: Here) -> str:
    if one.presence is None:
        return ""
    asked = f"Ne pas demander : {one.presence.not_ask}" if one.presence.not_ask else ""
    return _joined(one.presence.limits, asked)


def _joined(*texts: str) -> str:
    return " ".join(text for text in texts if text)


def _list(title: str, lines: list[str]) -> Iterator[Block]:
    yield Heading(title)
    yield Bullets(lines) if lines else Paragraph(NOTHING, quiet=True)
