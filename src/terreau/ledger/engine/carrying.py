# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a container holds goes where it goes, and comes back as it was when that is taken back."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from terreau.ledger.engine.state import Came, Event, Resource
from terreau.ledger.engine.table import Row

Resources = Mapping[int, Resource]


def carried(resources: Resources, event: Event, row: Row) -> Resources:
    """Let what a container holds go where it goes, into the same hands, with its owner's rights."""
    source = event.resource
    if source is None or row.contained or event.rights or not goes_elsewhere(row):
        return resources
    held = list(inside(resources, source))
    if not held:
        return resources
    target = event.to_resource
    into = target if row.on_hand == "out_in" and target is not None else source
    changed = dict(resources)
    for one in held:
        changed[one.id] = replace(
            one,
            container=into if one.container == source else one.container,
            location=resources[into].location if row.location else one.location,
            custodian=event.receiver if _hands_change(event, row) else one.custodian,
            accountable=_owner(one, event, row),
            version=one.version + 1,
        )
    return changed


def goes_elsewhere(row: Row) -> bool:
    """Tell whether what a thing holds goes where it goes: elsewhere, or into other hands."""
    hands = row.on_hand == "out_in" or row.implies == "transferCustody"
    return row.location not in ("", "new") or row.accountable == "to" or hands


def _hands_change(event: Event, row: Row) -> bool:
    hands = row.on_hand == "out_in" or row.implies == "transferCustody"
    return hands and event.provider != event.receiver


def _owner(one: Resource, event: Event, row: Row) -> int | None:
    given = row.accountable == "to" and one.accountable == event.provider and not one.shares
    return event.receiver if given else one.accountable


def inside(resources: Resources, container: int) -> Iterator[Resource]:
    """Yield all that a container holds, at any depth."""
    for one in resources.values():
        if one.container == container:
            yield one
            yield from inside(resources, one.id)


def remembered(before: Resources, resources: Resources, event: Event, row: Row) -> Resources:
    """Write on what was carried with what it came, and whose it was: only that can be undone."""
    named = (event.resource, event.to_resource)
    if row.contained or all(key in named for key in resources):
        return resources  # most stocks hold nothing and are inside of nothing
    changed = dict(resources)
    elsewhere = event.to_resource if event.to_resource != event.resource else None
    there = set() if elsewhere is None else {one.id for one in inside(before, elsewhere)}
    for key in named:
        for one in inside(resources, key) if key is not None else ():
            old = before[one.id]
            brought = one.version != old.version and one.id not in there
            if key is not None and one.id not in named and brought:
                came = Came(key, resources[key].version, old.custodian, old.accountable)
                changed[one.id] = replace(one, came=came)
    return changed


def put_back(before: Resources, resources: Resources, event: Event) -> Resources:
    """Give back what was carried to each who held it: the event that carried it is taken back."""
    changed = dict(resources)
    for key in (event.resource, event.to_resource):
        for one in inside(before, key) if key is not None else ():
            if key is not None and came_last(one, before[key]):
                changed[one.id] = _as_before(one, resources, event)
    return changed


def came_last(one: Resource, container: Resource) -> bool:
    """Tell whether a thing came with its container the last time that something befell that."""
    came = one.came
    return came is not None and (came.container, came.version) == (container.id, container.version)


def _as_before(one: Resource, resources: Resources, event: Event) -> Resource:
    source, came = event.resource, one.came
    if came is None or source is None:
        return one
    moved = came.container != source
    return replace(
        one,
        container=source if one.container == came.container else one.container,
        location=resources[source].location if moved else one.location,
        custodian=came.custodian,
        accountable=came.accountable,
        came=None,
        version=one.version + 1,
    )
