# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rules about claims: what an event settles, and what may be claimed in return for an event."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from terreau.core.quantities import LARGEST
from terreau.core.units import UNITS, as_fraction, say
from terreau.ledger.engine.cases import Case, Rule
from terreau.ledger.engine.state import Claim, Past, State
from terreau.ledger.engine.table import table


def claims_are_known(case: Case) -> str | None:
    for one in case.event.settles:
        if one.claim not in case.before.claims:
            return "Cette créance n'existe pas dans cette coopération : choisissez-en une autre."
    return None


def claim_is_settled_by_who_owes_it(case: Case) -> str | None:
    for claim, _ in _settled(case):
        if case.event.provider not in {claim.provider, *claim.providers}:
            return (
                "Cette créance est due par quelqu'un d'autre que celui qui donne : choisissez une "
                "de celles qu'il doit."
            )
    return None


def claim_is_settled_to_whom_it_is_due(case: Case) -> str | None:
    for claim, _ in _settled(case):
        if case.event.receiver not in {claim.receiver, *claim.receivers}:
            return (
                "Cette créance est due à quelqu'un d'autre que celui qui reçoit : choisissez une "
                "de celles qui lui sont dues."
            )
    return None


def claim_is_still_open(case: Case) -> str | None:
    """What is entered again counts for the claim that it settled, even if that ended since."""
    if case.again or case.event.corrects is not None:
        return None
    for claim, _ in _settled(case):
        if claim.lifted:
            return "Ce qui avait donné lieu à cette créance a été annulé : il n'est plus rien dû."
        if claim.ended:
            return "Cette créance a été retirée ou remplacée : choisissez celle qui est en cours."
    return None


def claim_counts_in_this_dimension(case: Case) -> str | None:
    measures = {name: unit for name, _, unit in case.event.measured()}
    for claim, _ in _settled(case):
        given = measures.get(claim.measure)
        wanted = UNITS[claim.unit]
        if given is None or UNITS[given].dimension != wanted.dimension:
            told = UNITS[given or next(iter(measures.values()))].plural
            return (
                f"La créance se compte en {wanted.plural}, ce qui est noté en {told} : choisissez "
                "une unité de même nature."
            )
    return None


def settlements_have_the_right_sign(case: Case) -> str | None:
    correction = case.event.corrects is not None
    if len({one.claim for one in case.event.settles}) < len(case.event.settles):
        return "La même créance est citée deux fois."
    if any(
        (one.quantity >= 0) if correction else (one.quantity <= 0) for one in case.event.settles
    ):
        return "La part qui règle une créance est plus grande que zéro."
    return None


def settlements_fit_in_the_event(case: Case) -> str | None:
    """The shares that settle claims are never more than what was given."""
    for name, much, unit in case.event.measured():
        shares = sum(
            (
                as_fraction(quantity, claim.unit, unit)
                for claim, quantity in _settled(case)
                if claim.measure == name
            ),
            Fraction(0),
        )
        if abs(shares) > abs(much):
            return "Les parts qui règlent des créances dépassent ce qui est noté : réduisez-les."
    return None


def claim_is_not_exceeded(case: Case) -> str | None:
    """Nobody settles more than is due: what is given beyond is a gift, noted apart."""
    if case.event.corrects is not None:
        return None
    for claim, quantity in _settled(case):
        if quantity > claim.unsettled:
            return (
                f"Il reste {say(claim.unsettled, claim.unit)} à régler sur cette créance : notez "
                "le surplus à part."
            )
    return None


def correction_gives_back_what_was_settled(case: Case) -> str | None:
    """A correction gives back to a claim at most what the event had settled of it."""
    event = case.event
    if event.corrects is None or not event.settles:
        return None
    left = case.before.past[event.corrects].settles_left
    if any(-one.quantity > left.get(one.claim, 0) for one in event.settles):
        return "La correction rend à une créance plus que ce qui en avait été réglé."
    return None


def claim_holds_after(_: Case, after: State) -> str | None:
    """What is settled of a claim stays between nothing and all of it."""
    for claim in after.claims.values():
        if not 0 <= claim.settled <= claim.claimed:
            return "Ce qui est réglé d'une créance ne peut ni la dépasser ni passer sous zéro."
    return None


CLAIM_RULES: tuple[Rule, ...] = (
    claims_are_known,
    claim_is_settled_by_who_owes_it,
    claim_is_settled_to_whom_it_is_due,
    claim_is_still_open,
    claim_counts_in_this_dimension,
    settlements_have_the_right_sign,
    settlements_fit_in_the_event,
    claim_is_not_exceeded,
    correction_gives_back_what_was_settled,
)


def _settled(case: Case) -> list[tuple[Claim, int]]:
    return [(case.before.claims[one.claim], one.quantity) for one in case.event.settles]


@dataclass(frozen=True, slots=True)
class Claiming:
    """What the rules of a new claim look at: it, its action, and the event that triggers it.

    ``givers`` and ``takers``: the ids of all who are the same as the two sides of that event.
    """

    claim: Claim
    action: str
    trigger: Past | None
    givers: frozenset[int] = field(default_factory=frozenset)
    takers: frozenset[int] = field(default_factory=frozenset)


ClaimRule = Callable[[Claiming], str | None]


def claim_counts_something(case: Claiming) -> str | None:
    """One measure, which the action may carry, in a known unit, more than zero."""
    claim, row = case.claim, table().get(case.action)
    if row is None:
        return f"« {case.action[:40]} » n'est pas une action du registre."
    if row.measure == "quantity" and claim.measure != "quantity":
        return f"« {row.says} » se compte en quantité, pas en temps passé."
    if claim.unit not in UNITS:
        return (
            f"L'unité « {claim.unit[:40]} » n'existe pas."
            if claim.unit
            else "Choisissez une unité."
        )
    if not 0 < claim.claimed <= LARGEST:
        return "Ce qui est dû est une quantité plus grande que zéro."
    return None


def claim_has_its_trigger(case: Claiming) -> str | None:
    """A claim is in return for something that took place, and of which something still stands."""
    if case.trigger is None:
        return "Ce qui donne lieu à cette créance n'existe pas dans cette coopération."
    if case.trigger.event.corrects is not None:
        return "Une correction ne donne lieu à aucune créance : choisissez ce qui a eu lieu."
    if not case.trigger.stands:
        return "Ce qui donnerait lieu à cette créance a été annulé en entier."
    return None


def claim_is_between_the_two_of_its_trigger(case: Claiming) -> str | None:
    """Who gave may claim from who received."""
    if case.trigger is None:
        return None
    gave, received = case.trigger.event.provider, case.trigger.event.receiver
    if gave == received or case.claim.provider == case.claim.receiver:
        return "Rien n'est dû à soi-même : une créance est entre deux parties."
    if case.claim.receiver not in {gave, *case.givers}:
        return "Une créance revient à celui qui a donné : choisissez-le comme celui qui réclame."
    if case.claim.provider not in {received, *case.takers}:
        return "Une créance est due par celui qui a reçu : choisissez-le comme celui qui doit."
    return None


CLAIMING_RULES: tuple[ClaimRule, ...] = (
    claim_counts_something,
    claim_has_its_trigger,
    claim_is_between_the_two_of_its_trigger,
)
