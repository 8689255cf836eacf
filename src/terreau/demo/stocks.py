# SPDX-License-Identifier: AGPL-3.0-or-later
"""The stocks that the story follows, what was done with them, and where they went."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from terreau.agreements.actions.contributions import confirm, contribute
from terreau.agreements.actions.gifts import Gift
from terreau.agreements.models import Contribution
from terreau.core import clock, quantities
from terreau.demo.cast import Cast
from terreau.demo.promises import Told
from terreau.demo.timeline import Timeline, key, read
from terreau.ledger.actions import Activity, Flow, Stock, keep_stock, open_process, post


@dataclass
class Kept:
    """The ids of what was opened, by the name that the data file gives it."""

    cast: Cast
    stocks: dict[str, int] = field(default_factory=dict)
    activities: dict[str, int] = field(default_factory=dict)
    moves: dict[str, int] = field(default_factory=dict)


def keep(timeline: Timeline, cast: Cast) -> Kept:
    """Note every stock, activity and flow of the story; return what will hold their ids."""
    data, kept = read("stocks"), Kept(cast)
    for name, told in data["stocks"].items():
        timeline.add(told["ago"], partial(_open_stock, kept, name, told))
    for name, told in data["activities"].items():
        timeline.add(told["ago"], partial(_open_activity, kept, name, told))
    for number, told in enumerate(data["flows"]):
        timeline.add(told["ago"], partial(_flow, kept, number, told))
    for told in data["gifts"]:
        timeline.add(told["ago"], partial(_gift, kept, told))
        if "confirmed" in told:
            timeline.add(told["confirmed"]["ago"], partial(_agree, kept, told))
    return kept


def _gift(kept: Kept, told: Told) -> None:
    """Note a contribution that names the stock it comes out of, goes into, or that served."""
    gift = Gift(
        giver_id=kept.cast.agents[told["by"]].pk,
        receiver_id=kept.cast.agents[told["to"]].pk,
        kind=told["kind"],
        quantity=quantities.parse(told["quantity"]),
        unit=told["unit"],
        happened_on=clock.today(),
        word=told["word"],
        resource_id=kept.stocks.get(told.get("from", "")),
        to_resource_id=kept.stocks.get(told.get("into", "")),
    )
    by, place = kept.cast.users[told["who"]], kept.cast.place
    contribute(by=by, ecosystem=place, key=key("gift", told["ago"]), gift=gift)


def _agree(kept: Kept, told: Told) -> None:
    rows = list(Contribution.objects.filter(key=key("gift", told["ago"])))
    by = kept.cast.users[told["confirmed"]["who"]]
    confirm(by=by, ecosystem=kept.cast.place, contributions=rows)


def _open_stock(kept: Kept, name: str, told: Told) -> None:
    stock = Stock(key("stock", name), told["name"], told["what"], told["unit"])
    by, ledger = kept.cast.users[told["who"]], kept.cast.place.space
    kept.stocks[name] = keep_stock(by=by, ledger=ledger, stock=stock)


def _open_activity(kept: Kept, name: str, told: Told) -> None:
    activity = Activity(key("activity", name), told["name"], told["kind"], clock.today())
    by, ledger = kept.cast.users[told["who"]], kept.cast.place.space
    kept.activities[name] = open_process(by=by, ledger=ledger, activity=activity)


def _flow(kept: Kept, number: int, told: Told) -> None:
    giver = kept.cast.agents[told["by"]].pk
    is_effort = "effort" in told
    much = quantities.parse(told["effort"] if is_effort else told["quantity"])
    flow = Flow(
        key=key("flow", number),
        action=told["action"],
        provider_id=giver,
        receiver_id=kept.cast.agents[told["to"]].pk if "to" in told else giver,
        happened_on=clock.today(),
        specification=told["what"],
        quantity=None if is_effort else much,
        unit="" if is_effort else "item",
        effort=much if is_effort else None,
        effort_unit="hour" if is_effort else "",
        resource_id=kept.stocks.get(told.get("from", "")),
        to_resource_id=kept.stocks.get(told.get("into", "")),
        input_of_id=kept.activities.get(told.get("enters", "")),
        output_of_id=kept.activities.get(told.get("leaves", "")),
        on_behalf_of_id=giver,
    )
    by, ledger = kept.cast.users[told["who"]], kept.cast.place.space
    kept.moves[told.get("name", "")] = post(by=by, ledger=ledger, flows=[flow])[0]
