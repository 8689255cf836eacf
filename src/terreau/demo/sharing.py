# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rule of sharing of the story: two versions, one adopted, and what was counted under it."""

from __future__ import annotations

from functools import partial

from terreau.agreements.accounts import Price
from terreau.agreements.actions.contributions import contribute
from terreau.agreements.actions.gifts import Gift
from terreau.agreements.actions.sharing import Adoption, Wanted, adopt_rule, share, write_rule
from terreau.agreements.actions.valuation import Convention, note_valuation
from terreau.agreements.models import Contribution, SharingRule
from terreau.agreements.queries.sharing import Basis
from terreau.core import clock, quantities
from terreau.demo.cast import Cast
from terreau.demo.promises import Told
from terreau.demo.stocks import Kept
from terreau.demo.timeline import Timeline, key, read
from terreau.ledger.sharing.rule import Counted, How, Part, Rule


def tell(timeline: Timeline, cast: Cast, kept: Kept) -> None:
    """Note on the timeline what was written, adopted, received and counted."""
    data = read("sharing")
    for number, told in enumerate(data["versions"]):
        timeline.add(told["ago"], partial(_write, cast, number, told))
        if "adopted" in told:
            timeline.add(told["adopted"]["ago"], partial(_adopt, cast, number, told["adopted"]))
    timeline.add(data["came"]["ago"], partial(_come, cast, data["came"]))
    timeline.add(data["count"]["ago"], partial(_count, kept, data["count"]))
    convention = data["convention"]
    timeline.add(convention["ago"], partial(_agree_on_prices, timeline, cast, convention))


def _write(cast: Cast, number: int, told: Told) -> None:
    write_rule(
        by=cast.users[told["who"]],
        ecosystem=cast.place,
        key=key("rule", number),
        words=told["words"],
        rule=Rule(tuple(map(_part, told["parts"]))),
    )


def _part(told: Told) -> Part:
    counts = [
        Counted(kind, unit, quantities.parse(points)) for kind, unit, points in told["counts"]
    ]
    return Part(told["name"], told["percent"], How(told["how"]), tuple(counts), told.get("most"))


def _adopt(cast: Cast, number: int, told: Told) -> None:
    rule = SharingRule.objects.get(key=key("rule", number))
    adoption = Adoption(clock.today(), told["by"], told["document"])
    adopt_rule(by=cast.users[told["who"]], rule=rule, adoption=adoption)


def _come(cast: Cast, told: Told) -> None:
    gift = Gift(
        giver_id=cast.agents[told["by"]].pk,
        receiver_id=cast.agents[told["to"]].pk,
        kind="money",
        quantity=quantities.parse(told["quantity"]),
        unit="eur",
        happened_on=clock.today(),
        word=told["word"],
    )
    by, place = cast.users[told["who"]], cast.place
    contribute(by=by, ecosystem=place, key=key("came"), gift=gift)


def _count(kept: Kept, told: Told) -> None:
    cast = kept.cast
    wanted = Wanted(
        told["title"],
        SharingRule.objects.get(key=key("rule", 0)).pk,
        Contribution.objects.get(key=key("came")).pk,
        basis=Basis(moved_id=kept.moves[told["moved"]]),
    )
    share(by=cast.users[told["who"]], ecosystem=cast.place, key=key("share"), wanted=wanted)


def _agree_on_prices(timeline: Timeline, cast: Cast, told: Told) -> None:
    convention = Convention(
        told["method"],
        timeline.day(told["from_ago"]),
        timeline.day(told["to_ago"]),
        clock.today(),
        told["adopted_by"],
        told["document"],
    )
    note_valuation(
        by=cast.users[told["who"]],
        ecosystem=cast.place,
        key=key("convention"),
        convention=convention,
        prices=[
            Price(kind, unit, quantities.parse(price), source)
            for kind, unit, price, source in told["prices"]
        ],
    )
