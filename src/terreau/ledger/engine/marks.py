# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an event leaves on a resource beside quantities: place, container, stage, state, pairs.

A correction takes back quantities, containment and pairs. Place, stage and state it leaves: what
was overwritten is not known any more, and a new event says what is right.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from terreau.core.units import convert
from terreau.ledger.engine.state import Event, Out, OutKey, Resource, State
from terreau.ledger.engine.table import Row

Resources = Mapping[int, Resource]
Side = Literal["from", "to"]


def amount_in(resource: Resource, event: Event) -> int:
    """Return the event's quantity in the resource's own unit (effort never moves a quantity)."""
    return convert(event.quantity, event.unit, resource.unit) if event.quantity else 0


def marked(resource: Resource, event: Event, row: Row, side: Side) -> Resource:
    """Return the resource with the place, stage, state and container that the event gives it."""
    if side == "from" and row.contained:
        resource = replace(resource, container=_container(event, row))
    if event.corrects is not None:
        return resource
    if not event.to_location and not event.stage and not event.state:
        return resource
    placed = row.location == side or (row.location == "new" and resource.is_new)
    return replace(
        resource,
        location=event.to_location if placed and event.to_location else resource.location,
        stage=event.stage if row.stage == side and event.stage else resource.stage,
        state=event.state if row.state == side and event.state else resource.state,
    )


def _container(event: Event, row: Row) -> int | None:
    goes_in = (row.contained == "from") == (event.corrects is None)
    return event.to_resource if goes_in else None


def acted_on(event: Event, row: Row) -> int | None:
    """Return the resource that a pair's action is about: the one that the doer holds."""
    if row.direction == "input" and event.provider != event.receiver and event.to_resource:
        return event.to_resource
    return event.resource


def out_key(event: Event, row: Row) -> OutKey | None:
    """Return the process and resource of a pair's action, None for any other event."""
    process = event.input_of if row.direction == "input" else event.output_of
    resource = acted_on(event, row)
    if not row.pair or process is None or resource is None:
        return None
    return process, resource


def paired(state: State, event: Event, row: Row) -> Mapping[OutKey, Out]:
    """Return what processes have in hand after the event."""
    key = out_key(event, row)
    if key is None or key[1] not in state.resources:
        return state.outs
    took = row.direction == "input"
    old = state.outs.get(key)
    if old is None or not old.quantity:  # empty-handed, it may take the thing another way
        old = Out(*key, row.name if took else row.pair, version=old.version if old else 0)
    amount = amount_in(state.resources[key[1]], event)
    new = replace(
        old, quantity=old.quantity + (amount if took else -amount), version=old.version + 1
    )
    return {**state.outs, key: new}
