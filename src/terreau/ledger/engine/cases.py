# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the rules look at."""

from collections.abc import Callable

from terreau.core.units import as_fraction
from terreau.core.values import frozen
from terreau.ledger.engine.state import Event, Resource, State
from terreau.ledger.engine.table import Row


@frozen
class Case:
    """What the rules look at. ``beyond``: giving more than was promised was said on purpose.

    ``again``: it was noted before and taken back, so an end that came since does not count.
    """

    event: Event
    row: Row
    before: State
    beyond: bool = False
    again: bool = False


Rule = Callable[[Case], str | None]
Outcome = Callable[[Case, State], str | None]


def stocks(case: Case) -> list[Resource]:
    """Return the stocks that the quantity enters or leaves; a container is none of them."""
    wanted = [case.event.resource, None if case.row.contained else case.event.to_resource]
    return [case.before.resources[key] for key in wanted if key is not None]


def source(case: Case) -> Resource | None:
    """Return the stock that the provider gives from (a correction gives nothing)."""
    if case.event.resource is None or case.event.corrects is not None:
        return None
    return case.before.resources[case.event.resource]


def is_all_of(resource: Resource, event: Event) -> bool:
    """Tell whether the event is about the whole of a resource."""
    return as_fraction(abs(event.quantity or 0), event.unit, resource.unit) == resource.accounting


def hands_over_one_record(event: Event, row: Row) -> bool:
    """Tell whether the event changes who holds a stock, and leaves it on its record."""
    if event.to_resource not in (None, event.resource):
        return False
    implied = row.implies == "transferCustody" and event.provider != event.receiver
    return implied or row.name == "transferCustody"


def takes_what_is_lent(event: Event, row: Row, resource: Resource | None) -> bool:
    """Tell whether an activity takes a thing in hand where it is lent, on one record."""
    if resource is None or not (row.pair and row.direction == "input"):
        return False
    return bool(resource.accounting) and event.provider not in resource.holders


def gives_by_the_way(case: Case) -> bool:
    """Tell whether a transfer goes with the action: then it asks what a transfer asks."""
    elsewhere = case.event.to_resource not in (None, case.event.resource)
    return case.row.implies == "transfer" and elsewhere
