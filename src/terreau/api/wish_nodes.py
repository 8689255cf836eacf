# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs, offers, proposals and matches as nodes, by the names of an exported file."""

from __future__ import annotations

from typing import Any

from terreau.core.quantities import MICRO
from terreau.exchange import wishes
from terreau.exchange.addresses import by_key
from terreau.exchange.export import NodeDict, measure, said
from terreau.exchange.measures import number
from terreau.ledger.matching.pairs import Pair
from terreau.ledger.matching.plans import Plan
from terreau.ledger.wishes.matches import Matches
from terreau.ledger.wishes.shares import Answered


def of_intent(one: Any, how_far: Answered) -> NodeDict:
    """Return a need or an offer, its words, and how far it is answered."""
    return wishes.of_intent(one) | said(
        {
            "note": one.note,
            "finished": one.finished_on is not None,
            "terreau:place": of_place(one.place),
            "terreau:satisfied": measure(how_far.answered, one.unit),
            "terreau:remaining": measure(how_far.remaining, one.unit),
            "terreau:version": one.version,
        }
    )


def of_place(place: Any) -> NodeDict | None:
    if place is None:
        return None
    node = {"@id": by_key(place.key), "@type": "SpatialThing", "name": place.name}
    latitude, longitude = place.latitude, place.longitude
    return node | said(
        {
            "mappableAddress": place.address,
            "lat": None if latitude is None else number(latitude),
            "long": None if longitude is None else number(longitude),
        }
    )


def of_proposal(one: Any) -> NodeDict:
    """Return a proposal, with what of it and of its lists the reader reads."""
    listed = [by_key(found.key) for found in one.lists.all()]
    more = {"note": one.note, "listedIn": listed, "eligibleLocation": of_place(one.place)}
    return wishes.of_proposal(one) | said(more | {"terreau:version": one.version})


def of_list(one: Any) -> NodeDict:
    """Return a list of proposals, with those that the reader reads."""
    return wishes.of_list(one) | said({"note": one.note, "terreau:version": one.version})


def of_match(one: Any, found: Matches) -> NodeDict:
    """Return what may answer an intent, and the ways to share out, none chosen."""
    return {
        "@type": "terreau:Match",
        "terreau:of": by_key(one.key),
        "terreau:pairs": [_pair(pair, found) for pair in found.pairs],
        "terreau:sharings": [_sharing(plan, found) for plan in found.plans],
        "terreau:incomplete": found.more,
    }


def _pair(pair: Pair, found: Matches) -> NodeDict:
    need, offer = found.rows[pair.need], found.rows[pair.offer]
    metres = pair.metres
    return {
        "@type": "terreau:Pair",
        "terreau:need": by_key(need.key),
        "terreau:offer": by_key(offer.key),
        "terreau:speaksFor": list(pair.for_it),
        "terreau:speaksAgainst": list(pair.against),
        "terreau:most": measure(pair.most, need.unit),
    } | said({"terreau:distance": None if metres is None else measure(metres * MICRO, "m")})


def _sharing(plan: Plan, found: Matches) -> NodeDict:
    return {
        "@type": "terreau:Sharing",
        "name": plan.name,
        "note": plan.how,
        "terreau:shares": [
            _share(found, share.need, share.quantity, share.offer) for share in plan.shares
        ],
        "terreau:unmet": [_share(found, need, rest) for need, rest in plan.left],
    }


def _share(found: Matches, need: int, quantity: int, offer: int | None = None) -> NodeDict:
    row = found.rows[need]
    node: NodeDict = {"@type": "terreau:Share", "terreau:need": by_key(row.key)}
    if offer is not None:
        node["terreau:offer"] = by_key(found.rows[offer].key)
    return node | {"terreau:quantity": measure(quantity, row.unit)}
