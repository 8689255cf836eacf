# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be promised and given, and what is refused, in plain French. Pure: no query."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from terreau.agreements.enums import Kind, Nature
from terreau.agreements.kinds import KINDS, measure
from terreau.core.units import UNITS, too_fine
from terreau.people.enums import AgentKind, Level

MAX_QUANTITY = 100_000_000 * 1_000_000
MAX_WORD = 400


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an entry cannot be taken: one sentence, and the field it is about."""

    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class CommitmentFacts:
    """What a promise says, as far as the rules need it. Quantities in millionths of the unit."""

    provider_id: int
    provider_kind: str
    receiver_id: int | None
    receiver_kind: str
    words: str
    kind: str
    nature: str
    quantity: int | None
    unit: str
    free: bool
    volunteers: bool
    in_return: int


def commitment_fault(facts: CommitmentFacts) -> Fault | None:
    """Return the first thing that prevents a promise from being written, or None."""
    return (
        _words_fault(facts.words, "words", 400)
        or _to_oneself(facts.provider_id, facts.receiver_id)
        or _volunteer_fault(facts)
        or _receiver_fault(facts.kind, facts.receiver_kind)
        or _counted_fault(facts)
    )


def _words_fault(words: str, field: str, limit: int) -> Fault | None:
    if not words.strip():
        return Fault("Dites en quelques mots ce qui est promis.", field)
    return _too_long(words, field, limit)


def _too_long(words: str, field: str, limit: int) -> Fault | None:
    if len(words) <= limit:
        return None
    return Fault(
        f"Ce texte compte {len(words)} caractères. Gardez-en {limit} au plus ; "
        "le reste peut aller dans le journal de bord.",
        field,
    )


def _to_oneself(one: int, other: int | None) -> Fault | None:
    if one != other:
        return None
    return Fault("On ne peut pas s'engager envers soi-même. Choisissez qui reçoit.", "receiver")


def _volunteer_fault(facts: CommitmentFacts) -> Fault | None:
    if facts.provider_kind == AgentKind.PERSON and facts.in_return:
        return Fault(
            "Une personne s'engage librement : elle n'a pas de « en retour de ». "
            "Laissez ce champ vide, ou engagez une organisation ou un collectif.",
            "in_return_of",
        )
    volunteers = facts.volunteers or facts.provider_kind in (
        AgentKind.PERSON,
        AgentKind.COLLECTIVE,
    )
    if volunteers and facts.nature == Nature.RESULT:
        return Fault(
            "Des bénévoles s'engagent sur des moyens ou une attention, jamais sur un résultat. "
            "Choisissez « des moyens » ou « une attention ».",
            "nature",
        )
    if facts.free and facts.in_return:
        return Fault(
            "« Sans contrepartie » et « en retour de » ne vont pas ensemble : "
            "gardez l'un des deux.",
            "in_return_of",
        )
    return None


def _receiver_fault(kind: str, receiver_kind: str) -> Fault | None:
    rule = KINDS[kind]
    if receiver_kind == AgentKind.ECOSYSTEM and not rule.to_all:
        return Fault(
            "Seuls le temps et le savoir peuvent aller « à nous tous ». Choisissez "
            "l'organisation qui reçoit, par exemple pour l'ensemble.",
            "receiver",
        )
    if rule.needs_organisation and receiver_kind not in ("", AgentKind.ORGANISATION):
        return Fault(
            "De l'argent, un bien, du matériel ou un lieu sont reçus par une organisation. "
            "Choisissez laquelle.",
            "receiver",
        )
    return None


def _counted_fault(facts: CommitmentFacts) -> Fault | None:
    if facts.quantity is None:
        return None
    return quantity_fault(facts.kind, facts.quantity, facts.unit)


def quantity_fault(kind: str, quantity: int, unit: str) -> Fault | None:
    """Return why a quantity (millionths of the unit) of this kind is refused, or None."""
    if quantity <= 0:
        return Fault(
            "Indiquez une quantité plus grande que zéro. Pour reprendre une erreur, "
            "utilisez « Annuler » ou « Rectifier ».",
            "quantity",
        )
    if quantity > MAX_QUANTITY:
        return Fault("Cette quantité est trop grande : vérifiez les zéros.", "quantity")
    if measure(kind, unit) is None:
        return Fault(
            f"« {Kind(kind).label.capitalize()} » se compte en {_units_of(kind)}. "
            "Choisissez une de ces unités.",
            "unit",
        )
    finer = too_fine(quantity, unit)
    return Fault(finer, "quantity") if finer else None


def _units_of(kind: str) -> str:
    names = [UNITS[code].plural or UNITS[code].label for code in KINDS[kind].units]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} ou {names[-1]}"


@dataclass(frozen=True, slots=True)
class GiftFacts:
    """What a contribution says, as far as the rules need it. Quantities in millionths."""

    giver_id: int
    receiver_id: int
    receiver_kind: str
    receiver_is_here: bool
    kind: str
    quantity: int
    unit: str
    happened_on: date
    word: str
    refund: bool
    linked: bool


def gift_fault(facts: GiftFacts, *, began_on: date | None, today: date) -> Fault | None:
    """Return the first thing that prevents a contribution from being taken, or None.

    ``began_on`` is the day on which the giver's role (and the writer's mandate) began.
    """
    return (
        _gift_to(facts)
        or quantity_fault(facts.kind, facts.quantity, facts.unit)
        or day_fault(facts.happened_on, began_on=began_on, today=today)
        or _too_long(facts.word, "word", MAX_WORD)
        or _refund_fault(facts)
    )


def _gift_to(facts: GiftFacts) -> Fault | None:
    if facts.giver_id == facts.receiver_id:
        return Fault("Qui donne et qui reçoit sont les mêmes. Choisissez qui reçoit.", "receiver")
    if not facts.receiver_is_here:
        return Fault("Cette organisation n'est pas dans la coopération.", "receiver")
    return _receiver_fault(facts.kind, facts.receiver_kind)


def level_fault(level: str, promise_level: str) -> Fault | None:
    """Return what is wrong with who reads a gift that keeps a promise.

    How far a promise is kept is read with it, so such a gift is not for its two sides alone.
    """
    if level != Level.AUTHOR or promise_level == Level.AUTHOR:
        return None
    return Fault(
        "Ce qui est apporté pour un engagement se voit dans cet engagement : « moi seulement » ne "
        "tiendrait pas. Choisissez « le cercle », ou notez-le hors engagement.",
        "level",
    )


def stocks_fault(kind: str, fields: Collection[str], level: str) -> Fault | None:
    """Return why a contribution of this kind, read so far, may not name stocks in these fields."""
    for field in fields:
        if field not in KINDS[kind].stocks:
            return Fault(
                "Seul un bien entre dans une ressource suivie ou en sort ; du matériel suivi peut "
                "servir. Laissez ce choix vide.",
                field,
            )
    if level != Level.AUTHOR:
        return None
    return Fault(
        "Ce qui passe par une ressource suivie se voit sur sa page : « moi seulement » ne "
        "tiendrait pas. Choisissez « le cercle », ou laissez vide la ressource suivie.",
        "level",
    )


def day_fault(day: date, *, began_on: date | None, today: date) -> Fault | None:
    """Return why a day is refused: still to come, or before the role or mandate began."""
    if day > today:
        return Fault(
            "Cette date est à venir. Une contribution se note quand elle a eu lieu ; "
            "pour la suite, prenez un engagement.",
            "happened_on",
        )
    if began_on is None:
        return Fault("Qui apporte n'a pas encore de rôle dans la coopération.", "giver")
    if day < began_on:
        return Fault(
            f"Le rôle ou le mandat a commencé le {began_on:%d/%m/%Y} : "
            "choisissez une date à partir de ce jour.",
            "happened_on",
        )
    return None


def _refund_fault(facts: GiftFacts) -> Fault | None:
    if not facts.refund:
        return None
    if facts.kind != Kind.MONEY:
        return Fault("Un remboursement de frais est de l'argent.", "refund")
    if facts.linked:
        return Fault(
            "Un remboursement de frais n'est pas un don : il ne compte pour aucun engagement.",
            "refund",
        )
    return None
