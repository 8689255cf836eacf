# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one table of the kinds of contribution.

For each kind: the ValueFlows action, the units in which it is counted, and whether it may go « à
nous tous ». Money, goods, equipment and premises name an organisation that receives them, because a
cooperation has no legal personality; only time (animation is time too) and knowledge may go to all.
"""

from __future__ import annotations

from dataclasses import dataclass

from terreau.agreements.enums import Kind

TIME_UNITS = ("hour", "half_day", "day")


@dataclass(frozen=True, slots=True)
class KindRule:
    """How one kind of contribution is written in the ledger.

    ``effort``: units of time count as effort (somebody's work, the use of a thing). ``stocks``:
    which stocks it may name, that it comes out of (or that is used) and that it goes into.
    """

    kind: Kind
    action: str
    units: tuple[str, ...]
    effort: bool = False
    to_all: bool = False
    needs_organisation: bool = False
    stocks: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """How a quantity of a kind is written: the action, and as effort or as resource quantity."""

    action: str
    effort: bool


def _rule(kind: Kind, action: str, units: tuple[str, ...], **more: object) -> KindRule:
    return KindRule(kind, action, units, **more)  # type: ignore[arg-type]


KINDS: dict[str, KindRule] = {
    rule.kind.value: rule
    for rule in (
        _rule(Kind.MONEY, "transfer", ("eur",), needs_organisation=True,
              example="4 500 euros versés à La Halte"),
        _rule(Kind.TIME, "work", TIME_UNITS, effort=True, to_all=True,
              example="trois heures pour préparer la réunion"),
        _rule(Kind.PLACE, "use", (*TIME_UNITS, "m2", "m2_day", "m2_month", "place"), effort=True,
              needs_organisation=True, example="la salle, une demi-journée"),
        _rule(Kind.EQUIPMENT, "use", (*TIME_UNITS, "km", "item"), effort=True,
              needs_organisation=True, stocks=("resource",), example="le fourgon, deux jours"),
        _rule(Kind.GOOD, "transfer", ("item", "kg", "tonne", "litre"), needs_organisation=True,
              stocks=("resource", "to_resource"), example="neuf bancs"),
        _rule(Kind.KNOWLEDGE, "deliverService", (*TIME_UNITS, "item", "time", "person"),
              to_all=True, example="une formation d'une demi-journée"),
        _rule(Kind.ANIMATION, "work", TIME_UNITS, effort=True, to_all=True,
              example="deux heures à tenir la réunion"),
        _rule(Kind.INTRODUCTION, "deliverService", ("person", "time", "item"),
              example="sept personnes mises en relation"),
        _rule(Kind.LEGITIMACY, "deliverService", ("time", "item"),
              example="une lettre de soutien"),
        _rule(Kind.RISK, "deliverService", ("time", "item", *TIME_UNITS),
              example="un horaire décalé à l'essai"),
    )
}  # fmt: skip


def family_of(action: str, what: str, unit: str) -> str:
    """Return the kind that a thing of a stock is of, or nothing: what is handed over is a good."""
    is_good = action == "transfer" and what not in KINDS and unit in KINDS[Kind.GOOD].units
    return Kind.GOOD.value if is_good else ""


def measure(kind: str, unit: str) -> Measure | None:
    """Return how this kind is written in this unit, or None when the unit is not one of its own."""
    rule = KINDS[kind]
    if unit not in rule.units:
        return None
    return Measure(rule.action, effort=rule.effort and unit in TIME_UNITS)
