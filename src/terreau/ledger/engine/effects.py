# SPDX-License-Identifier: AGPL-3.0-or-later
"""``apply``: the state that an event leaves. Posting and replay both call it, and nothing else.

It is driven by the action table and checks nothing: the rules said before whether the event may be
posted. Replaying all events therefore gives every stored state, exactly.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from terreau.ledger.engine.carrying import carried, put_back, remembered
from terreau.ledger.engine.marks import amount_in, marked, paired
from terreau.ledger.engine.shares import ceded
from terreau.ledger.engine.state import Claim, Event, Past, Promise, Resource, State
from terreau.ledger.engine.table import Row, table

Resources = Mapping[int, Resource]


def apply(state: State, event: Event, row: Row) -> State:
    """Return the state after the event. ``state`` is left as it was."""
    if event.resource is None and event.to_resource is None and not event.links:
        return _said_back(state, event)
    resources = state.resources
    for one_row, one_event in composed(event, row):
        resources = _moved(resources, one_event, one_row)
        if event.corrects is None:
            resources = carried(resources, one_event, one_row)
    if event.corrects is None:
        resources = remembered(state.resources, resources, event, row)
    elif not row.contained:
        resources = put_back(state.resources, resources, event)
    past = _backed_out(state, event)
    return State(
        _unmade(state, resources, event, row),
        _fulfilled(state.promises, event),
        past,
        paired(state, event, row),
        _claims_after(state.claims, past, event),
    )


def _said_back(state: State, event: Event) -> State:
    """Return the state after an event that touches no stock and keeps no promise."""
    if event.corrects is None and not event.settles:
        return state
    past = _backed_out(state, event)
    return replace(state, past=past, claims=_claims_after(state.claims, past, event))


def _unmade(state: State, resources: Resources, event: Event, row: Row) -> Resources:
    """Make a stock as it was opened, once the only event that ever touched it is taken back.

    Whoever was noted by mistake as the one who answers for it would keep it for ever otherwise.
    """
    if event.corrects is None:
        return resources
    corrections, flows = state.past[event.corrects].version, composed(event, row)
    blank: dict[int, Resource] = {}
    for key in filter(None, {event.resource, event.to_resource}):
        old, new = state.resources[key], resources[key]
        touches = sum(key in (flow.resource, flow.to_resource) for _, flow in flows)
        if old.version == touches * (1 + corrections) and new.is_empty:
            made = Resource(key, new.specification, new.unit, new.floor, name=new.name)
            blank[key] = replace(made, version=new.version)
    return {**resources, **blank} if blank else resources


def composed(event: Event, row: Row) -> tuple[tuple[Row, Event], ...]:
    """Return the effects of an event one after the other, its implied transfer included.

    An input action first transfers, then acts on the to-resource; an output action acts on the
    from-resource, then transfers. With one and the same resource on both sides, or only one
    resource, the action acts once: nothing else could receive.
    """
    between = event.provider != event.receiver
    if not (row.implies and between and event.to_resource not in (None, event.resource)):
        return ((row, event),)
    transfer = table()[row.implies]
    if row.direction == "input":
        there = replace(event, resource=event.to_resource, provider=event.receiver)
        return (transfer, event), (row, there)
    at_home = replace(event, to_resource=None, receiver=event.provider)
    return (row, at_home), (transfer, event)


def _moved(resources: Resources, event: Event, row: Row) -> Resources:
    """Apply one row's effects to the one or two resources of an event."""
    if event.rights:
        return _ceded(resources, event, row)
    if row.name == "transferCustody" and event.to_resource in (None, event.resource):
        return _custody_of_one(resources, event, row)
    changed = dict(resources)
    one, other = event.resource, event.to_resource
    if other is not None and other != one and not row.contained:
        changed[other] = _received(changed[other], event, row, changed.get(one or 0))
    if one is not None:
        changed[one] = _acted_on(changed[one], event, row)
    if row.contained:
        _touch(changed, {other, resources[one].container if one is not None else None} - {one})
    return changed


def _touch(changed: dict[int, Resource], containers: set[int | None]) -> None:
    # Somebody who moves one of the containers, or puts the outermost away, at this moment must read
    # again what it holds.
    around = {one for key in containers for one in _outwards(changed, key)}
    for key in around:
        changed[key] = replace(changed[key], version=changed[key].version + 1)


def _outwards(resources: Resources, key: int | None) -> Iterator[int]:
    while key is not None:
        yield key
        key = resources[key].container


_FROM_SIGN = {"in": 1, "out": -1, "out_in": -1}
_TO_SIGN = {"out_in": 1, "to_in": 1}


def _acted_on(resource: Resource, event: Event, row: Row) -> Resource:
    amount = amount_in(resource, event)
    accountable, custodian = resource.accountable, resource.custodian
    if resource.is_empty and row.accountable == "new" and event.corrects is None:
        custodian = event.receiver
        accountable = custodian if resource.is_new else accountable
    elif row.implies == "transferCustody" and event.provider != event.receiver:
        # One record on both sides: the implied hand-over is all in who holds it now.
        custodian = event.receiver if event.corrects is None else event.provider
    return replace(
        marked(resource, event, row, "from"),
        accounting=resource.accounting + _FROM_SIGN.get(row.accounting, 0) * amount,
        on_hand=resource.on_hand + _in_hand(resource, event, row) * amount,
        accountable=accountable,
        custodian=custodian,
        version=resource.version + 1,
    )


def _in_hand(resource: Resource, event: Event, row: Row) -> int:
    """Return what the action does to what is at hand.

    Handed over as one record, a thing is out of hand already: what an activity takes from there,
    or gives back there, counts again only once it comes home.
    """
    sign = _FROM_SIGN.get(row.on_hand, 0)
    if not (row.pair and resource.accounting):
        return sign
    holder = event.provider if row.direction == "input" else event.receiver
    return sign if holder in resource.holders else 0


def _received(resource: Resource, event: Event, row: Row, source: Resource | None) -> Resource:
    amount = amount_in(resource, event)
    accounting = resource.accounting + _TO_SIGN.get(row.accounting, 0) * amount
    on_hand = resource.on_hand + _TO_SIGN.get(row.on_hand, 0) * amount
    return replace(
        marked(resource, event, row, "to"),
        accounting=accounting,
        on_hand=on_hand,
        accountable=_accountable_of(resource, event, row, source),
        custodian=_custodian_of(resource, event, row),
        version=resource.version + 1,
    )


def _accountable_of(
    resource: Resource, event: Event, row: Row, source: Resource | None
) -> int | None:
    if event.corrects is not None:
        return resource.accountable
    if row.accountable == "to" or (row.accountable == "new" and resource.is_new):
        return event.receiver
    if resource.is_new and source is not None:
        return source.accountable  # only custody or place changed: the rights stay where they were
    return resource.accountable


def _custodian_of(resource: Resource, event: Event, row: Row) -> int | None:
    if event.corrects is not None or _TO_SIGN.get(row.on_hand, 0) == 0:
        return resource.custodian
    return event.receiver


def _custody_of_one(resources: Resources, event: Event, row: Row) -> Resources:
    """Hand a resource over as one record: the custodian changes, the accountable's rights do not.

    What leaves the hands of who holds rights is no longer at hand; what comes home is again. Taking
    the event back hands it the other way.
    """
    if event.resource is None:
        return resources
    resource = resources[event.resource]
    amount = amount_in(resource, event)
    giver, taker = event.provider, event.receiver
    if amount < 0:
        giver, taker, amount = taker, giver, -amount
    at_home = (taker in resource.holders) - (giver in resource.holders)
    handed = replace(
        marked(resource, event, row, "to"),
        on_hand=resource.on_hand + at_home * amount,
        custodian=taker,
        version=resource.version + 1,
    )
    return {**resources, resource.id: handed}


def _ceded(resources: Resources, event: Event, row: Row) -> Resources:
    """Give a share of the rights on one stock: who holds them changes, what it counts does not.

    Who acts for all stays the same while they hold a share; else it is who holds most. A thing in
    the hands of who has no right on it any more is out of hand, as if it were lent: it comes home.
    """
    if event.resource is None:
        return resources
    resource = resources[event.resource]
    giver, taker = event.provider, event.receiver
    if event.corrects is not None:
        giver, taker = taker, giver
    shares = ceded(resource.holders, giver, taker, Fraction(event.rights))
    held = dict(shares) or {taker: Fraction(1)}
    first = min(held, key=lambda agent: (agent != resource.accountable, -held[agent], agent))
    at_home = (resource.custodian in held) - (resource.custodian in resource.holders)
    changed = replace(
        marked(resource, event, row, "to"),
        on_hand=resource.on_hand + at_home * resource.accounting,
        shares=shares,
        accountable=first,
        version=resource.version + 1,
    )
    return {**resources, resource.id: changed}


def _fulfilled(promises: Mapping[int, Promise], event: Event) -> Mapping[int, Promise]:
    if not event.links:
        return promises
    changed = dict(promises)
    for link in event.links:
        old = changed[link.promise]
        changed[link.promise] = replace(
            old, fulfilled=old.fulfilled + link.quantity, version=old.version + 1
        )
    return changed


def _claims_after(
    claims: Mapping[int, Claim], past: Mapping[int, Past], event: Event
) -> Mapping[int, Claim]:
    """Settle claims, and lift those whose trigger was just taken back in full."""
    if event.corrects is None and not event.settles:
        return claims
    changed = dict(claims)
    for one in event.settles:
        old = changed[one.claim]
        changed[one.claim] = replace(
            old, settled=old.settled + one.quantity, version=old.version + 1
        )
    if event.corrects is None or past[event.corrects].stands:
        return changed
    for pk, claim in changed.items():
        if claim.trigger == event.corrects:
            changed[pk] = replace(claim, lifted=True, version=claim.version + 1)
    return changed


def _backed_out(state: State, event: Event) -> Mapping[int, Past]:
    if event.corrects is None:
        return state.past
    old = state.past[event.corrects]
    left = dict(old.links_left)
    for link in event.links:
        left[link.promise] = left.get(link.promise, 0) + link.quantity
    settles_left = dict(old.settles_left)
    for one in event.settles:
        settles_left[one.claim] = settles_left.get(one.claim, 0) + one.quantity
    taken = replace(
        old,
        quantity_out=old.quantity_out - (event.quantity or 0),
        effort_out=old.effort_out - (event.effort or 0),
        links_left=left,
        settles_left=settles_left,
        version=old.version + 1,
    )
    return {**state.past, event.corrects: taken}
