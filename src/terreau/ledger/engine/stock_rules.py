# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rules about stocks: whose they are, who holds them, what they are counted in."""

from fractions import Fraction

from terreau.core.units import UNITS, as_fraction, say
from terreau.ledger.engine.cases import (
    Case,
    Rule,
    gives_by_the_way,
    hands_over_one_record,
    is_all_of,
    source,
    stocks,
    takes_what_is_lent,
)
from terreau.ledger.engine.marks import out_key
from terreau.ledger.engine.state import Resource


def resources_are_known(case: Case) -> str | None:
    for which, wanted in (("départ", case.event.resource), ("arrivée", case.event.to_resource)):
        if wanted is not None and wanted not in case.before.resources:
            of = "d'" if which == "arrivée" else "de "
            return (
                f"Le stock {of}{which} (numéro {wanted}) n'existe pas dans cette coopération : "
                "choisissez-en un des siens."
            )
    return None


def resource_is_named(case: Case) -> str | None:
    """Raising and lowering act on a stock; what leaves a stock does not arrive in the same one."""
    event = case.event
    if case.row.name in ("raise", "lower", "move") and event.resource is None:
        return f"Dites de quel stock de « {event.specification} » il s'agit."
    if case.row.name in ("move", "copy") and event.to_resource in (None, event.resource):
        return f"Dites dans quel autre stock arrive ce qui est dans {told(case, event.resource)}."
    goes = case.row.accounting == "out_in" and event.resource is not None
    if goes and event.to_resource == event.resource:
        return (
            f"Ce qui sort arrive au même endroit, dans {told(case, event.resource)} : dites dans "
            "quel autre stock cela arrive."
        )
    return None


def destination_suits_the_action(case: Case) -> str | None:
    """A second stock is named only where something arrives in it."""
    event, row = case.event, case.row
    if event.to_resource in (None, event.resource) or row.contained:
        return None
    arrives = event.provider != event.receiver if row.implies else row.creates == "to"
    if arrives:
        return None
    return (
        f"« {row.says} » ne fait rien arriver dans {told(case, event.to_resource)} : n'indiquez "
        "pas de stock d'arrivée."
    )


def resource_is_of_this_kind(case: Case) -> str | None:
    for resource in stocks(case):
        if resource.specification != case.event.specification:
            return (
                f"{begun(resource)} tient « {resource.specification} », pas "
                f"« {case.event.specification} » : choisissez le stock qui convient."
            )
    return None


def resource_counts_in_this_dimension(case: Case) -> str | None:
    """The event may be in another unit than the stock, if it converts exactly."""
    if case.event.quantity is None:
        return None
    for resource in stocks(case):
        given, kept = UNITS[case.event.unit], UNITS[resource.unit]
        if given.dimension != kept.dimension:
            return (
                f"{begun(resource)} se compte en {kept.plural}, pas en {given.plural} : choisissez "
                "une unité de même nature."
            )
        if given is kept:
            continue
        if as_fraction(case.event.quantity, given.code, kept.code).denominator != 1:
            much = say(case.event.quantity, given.code)
            return (
                f"Converti en {kept.plural}, {much} ne tombe pas juste : notez-le dans l'unité de "
                f"{resource.called}."
            )
    return None


_NEEDS_RIGHTS = frozenset({"transfer", "transferAllRights", "lower", "consume", "raise", "produce"})
# What is lent as one record is out of hand whole: nothing is added to it before it came home.
_NEEDS_CUSTODY = frozenset(
    "transferCustody transfer lower consume raise produce move pickup dropoff accept modify "
    "combine".split()
)


def provider_is_accountable(case: Case) -> str | None:
    resource = source(case)
    if resource is None or resource.is_new or case.event.rights:
        return None
    if case.row.name not in _NEEDS_RIGHTS and not gives_by_the_way(case):
        return None
    if resource.accountable not in (None, case.event.provider):
        return (
            f"Celui qui donne n'est pas celui qui répond de {resource.called} : choisissez son "
            "propre stock, ou faites noter ce don par qui en répond."
        )
    return None


def provider_has_it(case: Case) -> str | None:
    resource = source(case)
    if resource is None or resource.is_new:
        return None
    if case.row.name not in _NEEDS_CUSTODY and not gives_by_the_way(case):
        return None
    if case.row.on_hand == "in" and resource.is_empty:
        return None  # nothing is away: what enters is in the hands of who brings it
    if resource.custodian not in (None, case.event.provider):
        return (
            f"Ce que tient {resource.called} est en ce moment chez quelqu'un d'autre que celui qui "
            "le donne : notez d'abord son retour."
        )
    return None


def received_where_it_belongs(case: Case) -> str | None:
    """What comes with its rights enters a stock of the receiver, or a new one."""
    if case.event.to_resource in (None, case.event.resource) or case.event.corrects is not None:
        return None
    if case.row.contained:
        return None
    target = case.before.resources[case.event.to_resource]
    gives_rights = "transfer" in (case.row.implies, case.row.name) or case.row.accountable
    if target.is_new or not gives_rights or target.accountable in (None, case.event.receiver):
        return None
    return (
        f"La partie qui reçoit n'est pas celle qui répond de {target.called} : choisissez un de "
        "ses stocks."
    )


_HANDS_ARRIVE = frozenset({"out_in", "to_in"})


def received_where_it_is_held(case: Case) -> str | None:
    """One record has one custodian: what arrives joins only what is in the same hands."""
    event, row = case.event, case.row
    if event.to_resource in (None, event.resource) or event.corrects is not None or row.contained:
        return None
    target = case.before.resources[event.to_resource]
    if target.is_empty or not (row.on_hand in _HANDS_ARRIVE or row.implies or row.accounting):
        return None
    if target.custodian in (None, event.receiver):
        return None
    return (
        f"Ce que tient {target.called} est en ce moment chez quelqu'un d'autre que la partie qui "
        "reçoit : notez d'abord son retour, ou choisissez un autre stock."
    )


def moved_within_what_is_ones_own(case: Case) -> str | None:
    """Moving changes no rights: both stocks are of the same party, or the second is new."""
    given = source(case)
    if case.row.name != "move" or given is None or case.event.to_resource is None:
        return None
    target = case.before.resources[case.event.to_resource]
    if target.is_new or (target.accountable == given.accountable and not target.shares):
        return None
    return (
        f"{begun(given)} et {target.called} ne sont pas à la même partie : on ne déplace qu'entre "
        "stocks d'une même partie. Pour donner, remettez la chose."
    )


def _is_about_who_has_it(case: Case) -> bool:
    lent = takes_what_is_lent(case.event, case.row, source(case))
    return lent or hands_over_one_record(case.event, case.row)


def custody_of_one_record_is_whole(case: Case) -> str | None:
    """One record has one custodian: to hand over a part, say which stock it goes to."""
    event = case.event
    if not _is_about_who_has_it(case):
        return None
    resource = case.before.resources.get(event.resource or 0)
    if resource is not None and event.quantity is not None and not is_all_of(resource, event):
        return (
            f"{begun(resource)} compte {say(resource.accounting, resource.unit)} : pour n'en "
            "confier qu'une partie, dites dans quel stock elle arrive."
        )
    return None


def custody_is_still_there(case: Case) -> str | None:
    """What a thing's hands did is taken back only while it is in those where that left it."""
    event = case.event
    on_one = case.row.pair and event.to_resource in (None, event.resource)
    if event.corrects is None or not (on_one or hands_over_one_record(event, case.row)):
        return None
    resource = case.before.resources.get(event.resource or 0)
    if resource is not None and resource.custodian not in (None, event.receiver):
        return f"{begun(resource)} a changé de mains depuis : corrigez d'abord la suite."
    return None


def no_activity_has_it_meanwhile(case: Case) -> str | None:
    """What an activity took in hand on one record changes hands by that activity, or after it.

    What is lent is in one activity at a time: nothing would count what two of them take.
    """
    event = case.event
    if not _is_about_who_has_it(case):
        return None
    gives_back = (case.row.direction == "output") == (event.corrects is None)
    own = out_key(event, case.row) if gives_back else None
    if any(
        out.quantity and key[1] == event.resource and key != own
        for key, out in case.before.outs.items()
    ):
        held = told(case, event.resource)
        return f"Une activité a encore en main {held} : notez d'abord qu'elle le rend."
    return None


def hands_are_clear_when_rights_go(case: Case) -> str | None:
    """Rights go so that the thing can still come home, on its record, to who has them."""
    resource, event = source(case), case.event
    if case.row.name != "transferAllRights" or resource is None or not resource.accounting:
        return None
    held, holder = resource.holders, resource.custodian
    is_away = holder is not None and holder not in held
    if not event.rights and is_away:
        return (
            f"{begun(resource)} est confié à quelqu'un : cédez-en la part 1/1, sans stock "
            "d'arrivée, ou notez d'abord son retour."
        )
    if is_away and holder == event.receiver:
        return (
            f"{begun(resource)} est confié à la partie qui en recevrait les droits : notez d'abord "
            "son retour, puis remettez-le."
        )
    leaves = event.rights and holder == event.provider != event.receiver
    if leaves and held.get(event.provider) == Fraction(event.rights) and _is_partly_out(resource):
        out = say(resource.accounting - resource.on_hand, resource.unit)
        return (
            f"{begun(resource)} n'est pas tout en main, il manque {out} : notez d'abord qu'il "
            "revient, puis cédez les droits."
        )
    return None


def _is_partly_out(resource: Resource) -> bool:
    return resource.on_hand != resource.accounting


def told(case: Case, key: int | None) -> str:
    """Return how a sentence names a stock that is perhaps not known."""
    resource = case.before.resources.get(key or 0)
    return "ce stock" if resource is None else resource.called


def begun(resource: Resource) -> str:
    """Return how a sentence that begins with a stock names it."""
    called = resource.called
    return called[0].upper() + called[1:]


NAMED_RULES: tuple[Rule, ...] = (
    resource_is_named,
    destination_suits_the_action,
    resources_are_known,
    resource_is_of_this_kind,
    resource_counts_in_this_dimension,
)
HANDS_RULES: tuple[Rule, ...] = (
    provider_is_accountable,
    provider_has_it,
    hands_are_clear_when_rights_go,
    received_where_it_belongs,
    moved_within_what_is_ones_own,
    received_where_it_is_held,
    custody_of_one_record_is_whole,
    custody_is_still_there,
    no_activity_has_it_meanwhile,
)
