# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was given: month after month, now and then, put right, and talked over."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import cycle
from typing import Any

from terreau.agreements.actions.contributions import Right, confirm, contribute, rectify
from terreau.agreements.actions.discussions import (
    Opening,
    agree_end,
    open_discussion,
    propose_end,
    say,
)
from terreau.agreements.actions.gifts import Gift
from terreau.agreements.actions.landmarks import Count, add_landmark
from terreau.agreements.models import Contribution, Discussion
from terreau.core import clock, quantities
from terreau.demo.cast import Cast
from terreau.demo.chronicle import speaker
from terreau.demo.promises import Promises, Told
from terreau.demo.timeline import Timeline, key, read
from terreau.people.models import User

CONFIRMED_AFTER = 6
"""Days between a contribution and the « D'accord » of who received it."""


def give(timeline: Timeline, cast: Cast, promises: Promises) -> None:
    """Note every contribution of the story on the timeline."""
    data = read("contributions")
    for told in [*_months(data["series"]), *data["singles"]]:
        _once(timeline, cast, promises, told)
    refund = {**data["refund"], "refund": True, "confirm": True}
    _once(timeline, cast, promises, refund)
    _talked_over(timeline, cast, promises, data["discussion"])
    for number, told in enumerate(read("story")["measures"]):
        timeline.add(told["to_ago"], partial(_count, timeline, cast, number, told))


def _months(series: list[Told]) -> Iterator[Told]:
    for told in series:
        quantity = cycle(told["quantities"])
        for ago in range(told["first"], told["last"] - 1, -told["every"]):
            yield {**told, "ago": ago, "quantity": next(quantity)}


def _name(told: Told) -> tuple[Any, ...]:
    return ("given", told["by"], told["to"], told["kind"], told["ago"], told["unit"])


def _once(timeline: Timeline, cast: Cast, promises: Promises, told: Told) -> None:
    ago = told["ago"]
    timeline.add(ago, partial(_record, cast, promises, told))
    if "rectified" in told:
        timeline.add(max(ago - 2, 0), partial(_put_right, cast, told))
    if told["confirm"] and ago > CONFIRMED_AFTER:
        timeline.add(ago - CONFIRMED_AFTER, partial(_agree, cast, told))


def _record(cast: Cast, promises: Promises, told: Told) -> Contribution:
    commitment = promises.commitments[told["for"]] if "for" in told else None
    gift = Gift(
        giver_id=cast.agents[told["by"]].pk,
        receiver_id=promises.receiver(told["to"]).pk,
        kind=told["kind"],
        quantity=quantities.parse(told["quantity"]),
        unit=told["unit"],
        happened_on=clock.today(),
        word=told["word"],
        commitment_id=commitment.pk if commitment else None,
        refund=told.get("refund", False),
    )
    return contribute(
        by=cast.users[told["who"]], ecosystem=cast.place, key=key(*_name(told)), gift=gift
    )


def _found(told: Told) -> Contribution:
    return Contribution.objects.get(key=key(*_name(told)))


def _put_right(cast: Cast, told: Told) -> None:
    contribution = _found(told)
    right = Right(
        quantity=quantities.parse(told["rectified"]),
        unit=told["unit"],
        happened_on=contribution.happened_on,
    )
    rectify(
        by=cast.users[told["who"]],
        contribution=contribution,
        key=key("right", *_name(told)),
        right=right,
    )


def _receiving(cast: Cast, told: Told) -> User:
    """Return who says « D'accord »: the receiving side, never who typed it."""
    if told["to"] != "ecosystem":
        return speaker(cast, told["to"])
    steward = cast.steward()
    return steward if steward != cast.users[told["who"]] else cast.users["odile"]


def _agree(cast: Cast, told: Told) -> None:
    confirm(by=_receiving(cast, told), ecosystem=cast.place, contributions=[_found(told)])


def _talked_over(timeline: Timeline, cast: Cast, promises: Promises, told: Told) -> None:
    def opened() -> Discussion:
        third = cast.agents[told["third"]]
        return open_discussion(
            by=cast.users[told["opened_by"]],
            contribution=_found(told),
            key=key("discussion"),
            opening=Opening(text=told["question"], third_id=third.pk),
        )

    def said(who: str, ago: int, text: str) -> None:
        discussion = Discussion.objects.get(contribution=_found(told))
        say(by=cast.users[who], discussion=discussion, key=key("note", ago), text=text)

    def ended() -> None:
        discussion = Discussion.objects.get(contribution=_found(told))
        propose_end(
            by=cast.users[told["opened_by"]],
            discussion=discussion,
            quantity=quantities.parse(told["agreed"]),
            lesson=told["lesson"],
        )
        discussion.refresh_from_db()
        agree_end(by=cast.users[told["who"]], discussion=discussion, key=key("agreed"))

    timeline.add(told["ago"], partial(_record, cast, promises, told))
    timeline.add(told["opened_ago"], opened)
    for ago, who, text in told["notes"]:
        timeline.add(ago, partial(said, who, ago, text))
    timeline.add(told["closed_ago"], ended)


def _count(timeline: Timeline, cast: Cast, number: int, told: Told) -> None:
    add_landmark(
        by=speaker(cast, told["by"]),
        ecosystem=cast.place,
        key=key("landmark", number),
        count=Count(
            label=told["label"],
            value=quantities.parse(told["value"]),
            unit_words=told["unit"],
            since=timeline.day(told["from_ago"]),
            until=timeline.day(told["to_ago"]),
            source=told["source"],
        ),
    )
