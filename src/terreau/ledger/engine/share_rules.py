# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rules about rights that several hold by exact fractions."""

from fractions import Fraction
from math import floor

from terreau.core.units import as_fraction, say
from terreau.ledger.engine.cases import Case, Rule, gives_by_the_way, source
from terreau.ledger.engine.shares import FINEST, is_share, told
from terreau.ledger.engine.state import State
from terreau.ledger.engine.stock_rules import begun
from terreau.ledger.engine.stock_rules import told as stock_told


def share_is_of_rights(case: Case) -> str | None:
    """A share is of the rights on one stock, in lowest terms, at most all of them."""
    event = case.event
    if not event.rights:
        return None
    if case.row.name != "transferAllRights" or event.to_resource not in (None, event.resource):
        called = stock_told(case, event.resource)
        return f"Une part de droits se cède sur un stock, sans stock d'arrivée : ici {called}."
    if event.resource is None:
        return f"Dites sur quel stock de « {event.specification} » porte cette part de droits."
    called = stock_told(case, event.resource)
    if not is_share(event.rights):
        return f"La part de droits sur {called} s'écrit comme une fraction simple, par exemple 1/3."
    if Fraction(event.rights) > 1:
        return f"La part de droits sur {called} ne dépasse pas le tout : cédez au plus 1/1."
    return None


def share_is_held_by_the_giver(case: Case) -> str | None:
    """Whoever cedes a share has it; whoever takes the gift back, too."""
    event = case.event
    if not event.rights:
        return None
    resource = case.before.resources[event.resource or 0]
    giver = event.provider if event.corrects is None else event.receiver
    held = resource.holders.get(giver, Fraction(0))
    missing = Fraction(event.rights) - held
    if missing <= 0:
        return None
    whose = "Celui qui cède" if event.corrects is None else "Celui qui avait reçu"
    return (
        f"{whose} tient {told(held)} des droits sur {resource.called} : il manque "
        f"{told(missing)}. Cédez une part plus petite."
    )


def share_says_its_quantity(case: Case) -> str | None:
    """The quantity beside a share is that share of the stock, down to the millionth."""
    event = case.event
    if not event.rights or event.quantity is None:
        return None
    resource = case.before.resources[event.resource or 0]
    if event.corrects is not None:
        whole = -case.before.past[event.corrects].left("quantity") == event.quantity
        says = f"La part de droits sur {resource.called} se reprend en entier, ou pas du tout."
        return None if whole else says
    due = floor(Fraction(event.rights) * resource.accounting)
    if due and as_fraction(event.quantity, event.unit, resource.unit) == due:
        return None
    if not due:
        return f"{begun(resource)} est vide : notez d'abord ce qui y entre."
    return (
        f"{event.rights} de ce que compte {resource.called}, c'est {say(due, resource.unit)} : "
        "notez cette quantité."
    )


def shared_rights_stay_together(case: Case) -> str | None:
    """What several hold goes to nobody by the word of one: they cede shares, or gather them."""
    resource = source(case)
    if resource is None or not resource.shares or case.event.rights:
        return None
    if case.row.accounting == "out_in" or gives_by_the_way(case):
        return (
            f"{begun(resource)} est à plusieurs : cédez une part des droits, ou réunissez-les "
            "d'abord chez une seule partie."
        )
    return None


def shares_hold_after(_: Case, after: State) -> str | None:
    """The shares of a stock sum to one, and none is finer than can be kept."""
    for resource in after.resources.values():
        parts = [part for _, part in resource.shares]
        if parts and (sum(parts) != 1 or min(parts) <= 0):
            return (
                f"Les parts de droits sur {resource.called} ne feraient plus un tout : vérifiez "
                "la part que vous cédez."
            )
        if any(part.denominator > FINEST for part in parts):
            return (
                f"Les parts de droits sur {resource.called} deviendraient trop fines : cédez une "
                "part plus simple."
            )
    return None


SHARE_RULES: tuple[Rule, ...] = (
    share_is_of_rights,
    share_is_held_by_the_giver,
    share_says_its_quantity,
    shared_rights_stay_together,
)
