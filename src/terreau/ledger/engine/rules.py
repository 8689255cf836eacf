# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be posted: each rule has a name, looks at one thing, and answers with a sentence.

A rule returns None when the event keeps it, or what is wrong and what to do, in plain French.
``check`` raises at the first broken one. Rules that look at the outcome receive the state after.
"""

from fractions import Fraction
from functools import cache

from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST
from terreau.core.units import UNITS, as_fraction, say
from terreau.ledger.engine.cases import Case, Outcome, Rule
from terreau.ledger.engine.claim_rules import (
    CLAIM_RULES,
    CLAIMING_RULES,
    Claiming,
    claim_holds_after,
)
from terreau.ledger.engine.holding_rules import (
    HOLDING_RULES,
    container_goes_whole,
    containment_is_still_as_it_was_left,
    contents_are_those_that_came,
    one_process_takes_it_in_one_way,
    pair_gives_back_what_it_took,
    what_goes_in_goes_whole,
    what_is_inside_is_left_alone,
)
from terreau.ledger.engine.share_rules import (
    SHARE_RULES,
    share_is_held_by_the_giver,
    share_says_its_quantity,
    shared_rights_stay_together,
    shares_hold_after,
)
from terreau.ledger.engine.state import Event, Promise, State
from terreau.ledger.engine.stock_rules import (
    HANDS_RULES,
    NAMED_RULES,
    custody_is_still_there,
    custody_of_one_record_is_whole,
    destination_suits_the_action,
    hands_are_clear_when_rights_go,
    moved_within_what_is_ones_own,
    provider_has_it,
    provider_is_accountable,
    received_where_it_belongs,
    received_where_it_is_held,
    resource_counts_in_this_dimension,
    resource_is_of_this_kind,
    resources_are_known,
)


class RuleBroken(Invalid):
    """The event may not be posted; ``rule`` is the name of the rule."""

    def __init__(self, rule: str, message: str, *, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.rule = rule


def something_is_measured(case: Case) -> str | None:
    return None if case.event.measured() else "Indiquez une quantité et son unité."


def measure_suits_the_action(case: Case) -> str | None:
    """Most actions count things; work and use may count the time spent as well."""
    if case.row.measure == "quantity" and case.event.quantity is None:
        return f"« {case.row.says} » se compte en quantité, pas en temps passé."
    if case.row.measure == "quantity" and case.event.effort is not None:
        return f"« {case.row.says} » ne porte pas de temps passé : notez-le comme un travail."
    return None


def units_are_known(case: Case) -> str | None:
    for _, _, unit in case.event.measured():
        if unit not in UNITS:
            return f"L'unité « {unit[:40]} » n'existe pas." if unit else "Choisissez une unité."
    return None


def quantities_have_the_right_sign(case: Case) -> str | None:
    """Positive, except in a correction, which is the only place for a negative quantity."""
    correction = case.event.corrects is not None
    for _, much, _ in case.event.measured():
        if abs(much) > LARGEST:
            return "Cette quantité est trop grande pour être gardée exactement."
        if not correction and much <= 0:
            return "Une quantité donnée est plus grande que zéro."
        if correction and much >= 0:
            return "Une correction retire ce qui avait été noté en trop."
    return None


_BETWEEN_TWO = frozenset({"transfer", "transferCustody", "transferAllRights", "deliverService"})


def giver_and_receiver_differ(case: Case) -> str | None:
    if case.row.name in _BETWEEN_TWO and case.event.provider == case.event.receiver:
        return "Celui qui donne et celui qui reçoit sont les mêmes : choisissez une autre partie."
    return None


_WITHIN_ONE = frozenset({"raise", "lower", "move"})


def giver_is_receiver_where_nothing_is_given(case: Case) -> str | None:
    """Counting anew and putting elsewhere give nothing to anybody."""
    event = case.event
    if case.row.name in _WITHIN_ONE and event.provider != event.receiver:
        return f"« {case.row.says} » ne concerne qu'une partie : pour donner, remettez la chose."
    return None


def promises_are_known(case: Case) -> str | None:
    for link in case.event.links:
        if link.promise not in case.before.promises:
            return "Cette promesse n'existe pas dans cette coopération : choisissez-en une autre."
    return None


def promise_is_of_the_giver(case: Case) -> str | None:
    for promise, _ in _linked(case):
        if case.event.provider not in {promise.provider, *promise.merged}:
            return (
                "Cette promesse a été faite par quelqu'un d'autre que celui qui donne : choisissez "
                "une des siennes, ou notez-le hors promesse."
            )
    return None


def promise_is_still_open(case: Case) -> str | None:
    if case.again or case.event.corrects is not None:
        return None
    if any(promise.ended for promise, _ in _linked(case)):
        return "Cette promesse a été retirée ou remplacée : choisissez celle qui est en cours."
    return None


def promise_is_kept_in_its_activity(case: Case) -> str | None:
    """What was promised for an activity goes into it, or comes out of it."""
    around = (case.event.input_of, case.event.output_of)
    for promise, _ in _linked(case):
        wanted = (promise.input_of, promise.output_of)
        if any(one not in (None, given) for one, given in zip(wanted, around, strict=True)):
            return (
                "Cette promesse est faite pour une activité : indiquez la même, ou choisissez une "
                "autre promesse."
            )
    return None


def promise_counts_in_this_dimension(case: Case) -> str | None:
    measures = {name: unit for name, _, unit in case.event.measured()}
    for promise, _ in _linked(case):
        given = measures.get(promise.measure)
        wanted = UNITS[promise.unit]
        if given is None:
            given = next(iter(measures.values()))
            return (
                f"La promesse se compte en {wanted.plural}, ce qui est noté en "
                f"{UNITS[given].plural}."
            )
        if UNITS[given].dimension != wanted.dimension:
            return (
                f"La promesse se compte en {wanted.plural}, ce qui est noté en "
                f"{UNITS[given].plural} : choisissez une unité de même nature."
            )
    return None


def links_have_the_right_sign(case: Case) -> str | None:
    correction = case.event.corrects is not None
    if len({link.promise for link in case.event.links}) < len(case.event.links):
        return "La même promesse est citée deux fois."
    if any(
        (link.quantity >= 0) if correction else (link.quantity <= 0) for link in case.event.links
    ):
        return "La part qui revient à une promesse est plus grande que zéro."
    return None


def links_fit_in_the_event(case: Case) -> str | None:
    """The shares that go to promises are never more than what was given."""
    for name, much, unit in case.event.measured():
        shares: int | Fraction = 0
        for promise, quantity in _linked(case):
            if promise.measure == name and promise.unit == unit:
                shares += quantity
            elif promise.measure == name:
                shares += as_fraction(quantity, promise.unit, unit)
        if not -abs(much) <= shares <= abs(much):
            return "Les parts données aux promesses dépassent ce qui est noté : réduisez-les."
    return None


def promise_is_not_exceeded(case: Case) -> str | None:
    """Giving more than was promised is welcome, once somebody said that it is on purpose."""
    if case.beyond or case.event.corrects is not None:
        return None
    for promise, quantity in _linked(case):
        if quantity > promise.remaining:
            return (
                f"Il reste {say(promise.remaining, promise.unit)} à donner sur cette promesse. "
                "Dites que le surplus est voulu, ou notez-le hors promesse."
            )
    return None


def correction_stays_within(case: Case) -> str | None:
    """A correction takes back at most what still stands of the event it points to."""
    event = case.event
    if event.corrects is None:
        return None
    past = case.before.past.get(event.corrects)
    if past is None:
        return "Ce qui est à corriger n'existe pas dans cette coopération."
    if past.event.corrects is not None:
        return "Une correction ne se corrige pas : notez à nouveau ce qui s'est passé."
    for name, much, unit in event.measured():
        if -much > past.left(name):
            return f"Il ne reste que {say(past.left(name), unit)} à retirer de ce qui était noté."
    if any(-link.quantity > past.links_left.get(link.promise, 0) for link in event.links):
        return "La correction retire à une promesse plus que ce qui lui avait été compté."
    return None


_ALIKE = (
    "action", "provider", "receiver", "specification", "resource", "to_resource", "input_of",
    "output_of", "rights",
)  # fmt: skip


def correction_is_alike(case: Case) -> str | None:
    """A correction carries the same action, parties, kind, units and resources as the original."""
    if case.event.corrects is None:
        return None
    original, event = case.before.past[case.event.corrects].event, case.event
    same = all(getattr(original, name) == getattr(event, name) for name in _ALIKE)
    units = {name: unit for name, _, unit in original.measured()}
    if same and all(units.get(name) == unit for name, _, unit in event.measured()):
        return None
    return "Une correction porte sur la même action, les mêmes parties et la même unité."


def promise_holds_after(case: Case, after: State) -> str | None:
    for promise in after.promises.values():
        if promise.fulfilled < 0:
            return "Cette correction retirerait à une promesse plus que ce qui a été donné."
        if promise.fulfilled > LARGEST:
            return "Le total de cette promesse est trop grand pour être gardé exactement."
    return None


def floor_holds_after(case: Case, after: State) -> str | None:
    """No stock goes under its floor, in rights or in hand; the sentence says what is missing."""
    for resource in after.resources.values():
        lowest = min(resource.accounting, resource.on_hand)
        if max(abs(resource.accounting), abs(resource.on_hand)) > LARGEST:
            return (
                f"Ce que compte {resource.called} serait trop grand pour être gardé exactement : "
                "notez moins."
            )
        if resource.floor is not None and lowest < resource.floor:
            missing = say(resource.floor - lowest, resource.unit)
            return (
                f"Il manque {missing} dans {resource.called} : notez moins, ou d'abord ce qui y "
                "est entré."
            )
    return None


RULES: tuple[Rule, ...] = (
    something_is_measured,
    measure_suits_the_action,
    units_are_known,
    quantities_have_the_right_sign,
    giver_and_receiver_differ,
    giver_is_receiver_where_nothing_is_given,
    *NAMED_RULES,
    promises_are_known,
    correction_stays_within,
    correction_is_alike,
    *SHARE_RULES,
    *HANDS_RULES,
    *HOLDING_RULES,
    promise_is_of_the_giver,
    promise_is_still_open,
    promise_is_kept_in_its_activity,
    promise_counts_in_this_dimension,
    links_have_the_right_sign,
    links_fit_in_the_event,
    promise_is_not_exceeded,
    *CLAIM_RULES,
)
_OF_STOCKS = frozenset(
    {
        resources_are_known,
        resource_is_of_this_kind,
        resource_counts_in_this_dimension,
        provider_is_accountable,
        provider_has_it,
        received_where_it_belongs,
        received_where_it_is_held,
        destination_suits_the_action,
        hands_are_clear_when_rights_go,
        moved_within_what_is_ones_own,
        custody_of_one_record_is_whole,
        what_goes_in_goes_whole,
        what_is_inside_is_left_alone,
        container_goes_whole,
        one_process_takes_it_in_one_way,
        pair_gives_back_what_it_took,
        share_is_held_by_the_giver,
        share_says_its_quantity,
        shared_rights_stay_together,
    }
)
_OF_PROMISES = frozenset(
    {
        promises_are_known,
        promise_is_of_the_giver,
        promise_is_still_open,
        promise_is_kept_in_its_activity,
        promise_counts_in_this_dimension,
        links_have_the_right_sign,
        links_fit_in_the_event,
        promise_is_not_exceeded,
    }
)
_OF_CORRECTIONS = frozenset(
    {
        correction_stays_within,
        correction_is_alike,
        custody_is_still_there,
        containment_is_still_as_it_was_left,
        contents_are_those_that_came,
    }
)


@cache
def _rules_for(stocks: bool, promises: bool, claims: bool, correction: bool) -> tuple[Rule, ...]:
    """Leave out the rules that would look at nothing: most events name no stock and no promise."""
    asked = (
        (_OF_STOCKS, stocks),
        (_OF_PROMISES, promises),
        (frozenset(CLAIM_RULES), claims),
        (_OF_CORRECTIONS, correction),
    )
    silent = frozenset[Rule]().union(*(rules for rules, needed in asked if not needed))
    return tuple(rule for rule in RULES if rule not in silent)


def rules_of(event: Event) -> tuple[Rule, ...]:
    """Return the rules that have something to look at in this event, in their order."""
    stocks = event.resource is not None or event.to_resource is not None
    return _rules_for(stocks, bool(event.links), bool(event.settles), event.corrects is not None)


OUTCOMES: tuple[Outcome, ...] = (
    promise_holds_after,
    floor_holds_after,
    claim_holds_after,
    shares_hold_after,
)
FIELDS = {
    "units_are_known": "unit",
    "something_is_measured": "quantity",
    "quantities_have_the_right_sign": "quantity",
    "giver_and_receiver_differ": "receiver",
    "giver_is_receiver_where_nothing_is_given": "receiver",
    "promise_is_not_exceeded": "quantity",
    "floor_holds_after": "quantity",
    "provider_is_accountable": "resource",
    "provider_has_it": "resource",
    "received_where_it_belongs": "to_resource",
    # Of two stocks that do not go together, people are shown the one where it arrives.
    "resource_is_named": "to_resource",
    "resource_is_of_this_kind": "to_resource",
    "resource_counts_in_this_dimension": "unit",
    "claim_is_not_exceeded": "quantity",
    "claim_counts_something": "quantity",
}


def check(case: Case) -> None:
    """Raise RuleBroken at the first rule that the event breaks."""
    for rule in rules_of(case.event):
        message = rule(case)
        if message:
            raise RuleBroken(rule.__name__, message, field=FIELDS.get(rule.__name__))


def check_outcome(case: Case, after: State) -> None:
    """Raise RuleBroken when the state that the event leaves may not be."""
    for rule in OUTCOMES:
        message = rule(case, after)
        if message:
            raise RuleBroken(rule.__name__, message, field=FIELDS.get(rule.__name__))


def check_claim(claiming: Claiming) -> None:
    """Raise RuleBroken at the first rule that a new claim breaks."""
    for rule in CLAIMING_RULES:
        message = rule(claiming)
        if message:
            raise RuleBroken(rule.__name__, message, field=FIELDS.get(rule.__name__))


def _linked(case: Case) -> list[tuple[Promise, int]]:
    return [(case.before.promises[link.promise], link.quantity) for link in case.event.links]
