# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which open needs and offers of a ledger go together, as one reader may know it.

What is loaded here (a constant number of queries) is compared by ``ledger.matching``, which says
why, and lays the ways to share out side by side. Nothing is chosen, nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, Prefetch, Q, When

from terreau.core import clock
from terreau.ledger.matching.pairs import Intent, Pair, Spot, compare
from terreau.ledger.matching.plans import Plan, plans
from terreau.ledger.models import Intent as Row
from terreau.ledger.models import Place, Proposal, Publication
from terreau.ledger.wishes.queries import answered, open_intents, readable_records
from terreau.people.enums import Level
from terreau.people.models import Role, Space
from terreau.people.queries import running_on
from terreau.people.visibility import Reach, Reader, reach_of

MOST = 60
"""How many needs, and how many offers, are laid side by side: those that were said first."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs with the reasons for and against each, and ways to share out, none chosen.

    ``rows``: the needs and offers that they name, by id. ``more``: there were too many to compare.
    """

    rows: dict[int, Row]
    pairs: tuple[Pair, ...]
    plans: tuple[Plan, ...]
    more: bool


def matches_of(reader: Reader, ledger: Space, wish: Row) -> Matches:
    """Return what answers one need, or what one offer answers, among those of the same kind.

    The plans are those of the whole kind: what others need and offer of it counts there too.
    """
    found = _found(reach_of(reader), ledger, wish)
    needs, offers = found.sides()
    mine = needs if wish.receiver_id else offers
    others = offers if wish.receiver_id else needs
    one = next((one for one in mine if one.id == wish.pk), None)
    pairs = [] if one is None else [_compared(wish, one, other) for other in others]
    return Matches(found.rows, tuple(pairs), tuple(plans(needs, offers)), found.more)


def all_matches(reader: Reader, ledger: Space) -> Matches:
    """Return the pairs that hold among all open needs and offers, and the ways to share out."""
    found = _found(reach_of(reader), ledger)
    needs, offers = found.sides()
    pairs = (compare(need, offer) for need in needs for offer in offers)
    holding = tuple(pair for pair in pairs if pair.holds)
    return Matches(found.rows, holding, tuple(plans(needs, offers)), found.more)


def _compared(wish: Row, one: Intent, other: Intent) -> Pair:
    return compare(one, other) if wish.receiver_id else compare(other, one)


@dataclass(frozen=True, slots=True)
class _Found:
    rows: dict[int, Row]
    wishes: dict[int, Intent]
    more: bool

    def sides(self) -> tuple[list[Intent], list[Intent]]:
        """Return the needs and the offers, in the order in which they were said."""
        told = [self.wishes[pk] for pk in sorted(self.wishes)]
        is_need = {one.id: self.rows[one.id].receiver_id is not None for one in told}
        return [one for one in told if is_need[one.id]], [
            one for one in told if not is_need[one.id]
        ]


def _found(reader: Reach, ledger: Space, wish: Row | None = None) -> _Found:
    """Load the open wishes that the reader reads: of the kind of one of them, which is among."""
    # A proposal that the reader does not read must not be told by its place or by who is asked.
    asking = Publication.objects.filter(
        _standing(), proposal__in=readable_records(reader, Proposal).order_by()
    ).select_related("proposal__place")
    asking = asking.prefetch_related("proposal__proposed_to").order_by("pk")
    every = open_intents(reader, ledger).prefetch_related(
        Prefetch("publications", asking, to_attr="published")
    )
    if wish is not None:
        every = every.filter(specification=wish.specification_id)
    first = Case(When(pk=wish.pk if wish else 0, then=0), default=1)
    needs = list(every.filter(provider=None).order_by(first, "pk")[: MOST + 1])
    offers = list(every.filter(receiver=None).order_by(first, "pk")[: MOST + 1])
    rows: dict[int, Row] = {row.pk: row for row in (*needs[:MOST], *offers[:MOST])}
    how_far = answered(rows.values())
    members = _members(rows.values())
    wishes = {
        pk: _wish(row, how_far[pk].remaining, members)
        for pk, row in rows.items()
        if how_far[pk].remaining
    }
    return _Found(rows, wishes, max(len(needs), len(offers)) > MOST)


def _standing() -> Q:
    """Return the condition of a publication whose proposal stands today."""
    today = clock.today()
    begun = Q(proposal__begins_on__isnull=True) | Q(proposal__begins_on__lte=today)
    runs = Q(proposal__ends_on__isnull=True) | Q(proposal__ends_on__gte=today)
    return Q(proposal__closed_on__isnull=True) & begun & runs


def _members(rows: Iterable[Row]) -> dict[int, frozenset[int]]:
    """Return who is in each space whose wishes are for those in it alone (one query)."""
    spaces = {row.space_id for row in rows if row.level in (Level.PAIR, Level.CIRCLE)}
    roles = Role.objects.filter(running_on(clock.today()), space_id__in=spaces)
    found: dict[int, set[int]] = {space: set() for space in spaces}
    for space, agent in roles.order_by().values_list("space_id", "agent_id"):
        found[space].add(agent)
    return {space: frozenset(agents) for space, agents in found.items()}


def _wish(row: Row, remaining: int, members: dict[int, frozenset[int]]) -> Intent:
    published: Sequence[Publication] = row.published  # type: ignore[attr-defined]
    place = row.place or next((one.proposal.place for one in published if one.proposal.place), None)
    return Intent(
        id=row.pk,
        agent=row.author_id,
        specification=row.specification.code,
        quantity=remaining,
        unit=row.unit,
        minimum=row.minimum or 0,
        since=row.begins_on,
        until=row.ends_on,
        spot=_spot(place),
        reach=row.reach,
        circle=_circle(row, published, members),
        action=row.action,
    )


def _spot(place: Place | None) -> Spot | None:
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return Spot(place.latitude, place.longitude)


def _circle(
    row: Row, published: Sequence[Publication], members: dict[int, frozenset[int]]
) -> frozenset[int] | None:
    """Return who may answer: those who read it, or those to whom all its proposals are addressed.

    None for anybody of the cooperation.
    """
    asked = [frozenset(one.pk for one in told.proposal.proposed_to.all()) for told in published]
    if asked and all(asked):
        return frozenset().union(*asked)
    if row.level == Level.AUTHOR:
        return frozenset()
    return members.get(row.space_id) if row.level in (Level.PAIR, Level.CIRCLE) else None
