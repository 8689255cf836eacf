# SPDX-License-Identifier: AGPL-3.0-or-later
"""The last pass: what was rehearsed is written, a batch a transaction, in the ids of this instance.

Stopped at any moment, what was written stays, whole batches of it; the same command goes on from
there, since what is known under its key is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from terreau.exchange.intake.definitions import Definitions
from terreau.exchange.intake.reading import Tell
from terreau.ledger import kernel, landing
from terreau.ledger.claiming import landing as claim_landing
from terreau.ledger.engine.shares import kept, read
from terreau.ledger.engine.state import Event, Link, Settle
from terreau.ledger.flows import Claimed, Promise
from terreau.ledger.landing import Land
from terreau.ledger.posting import Wanted, Who

Ids = dict[int | None, int | None]
Deal = TypeVar("Deal", Promise, Claimed)


def write(
    land: Land, things: Definitions, agents: dict[int, int], spool: Iterable[list[Any]], tell: Tell
) -> int:
    """Write all; return how many events the graph holds."""
    writing = _Writing(land, things, agents)
    for batch, changes, claims in spool:
        writing.batch(batch, changes)
        writing.claim(claims)
        tell("written", writing.count)
    landing.ends(land, things.ends, writing.promise_ids)
    claim_landing.ends(land, things.claim_ends, writing.claim_ids)
    return writing.count


class _Writing:
    def __init__(self, land: Land, things: Definitions, agents: dict[int, int]) -> None:
        self.land = land
        self.parties = agents
        self.wanted_claims = things.claims
        self.claims: dict[int, int] = {}
        self.claim_ids: landing.Ids = {}
        self.who = Who(land.agent)
        self.count = 0
        self.events: Ids = {None: None}
        self.agents: Ids = {number: agents.get(number or 0) for number in (None, *agents)}
        kinds = landing.stages(land, [word for word in things.stages if word])
        self.stages: Ids = {n: kinds[word] for n, word in enumerate(things.stages) if word}
        self.stages[None] = None
        places = landing.places(land, things.places.values())
        made = landing.batches(land, things.batches.values())
        batches: Ids = {None: None, **{n: made[one.key] for n, one in things.batches.items()}}
        drawn = landing.plans(land, list(things.plans.values()))
        self.plans: Ids = {None: None, **{n: drawn[one.key] for n, one in things.plans.items()}}
        activities = [
            replace(one, planned_within_id=self.plans[one.planned_within_id])
            for one in things.processes.values()
        ]
        processes = landing.processes(land, activities, kinds, things.finished)
        shelves = (replace(one, batch_id=batches[one.batch_id]) for one in things.stocks.values())
        stocks = landing.stocks(land, list(shelves))
        self.places: Ids = {None: None, **{n: places[one.key] for n, one in things.places.items()}}
        self.processes: Ids = {n: processes[one.key] for n, one in things.processes.items()}
        self.processes[None] = None
        promises = [self.placed(_between(one, agents)) for one in things.promises.values()]
        self.promise_ids = landing.promises(land, promises, kinds)
        self.stocks: Ids = {n: stocks[one.key] for n, one in things.stocks.items()}
        self.stocks[None] = None
        self.promises = {n: self.promise_ids[one.key] for n, one in things.promises.items()}

    def placed(self, one: Promise) -> Promise:
        return replace(
            one,
            input_of_id=self.processes[one.input_of_id],
            output_of_id=self.processes[one.output_of_id],
            planned_within_id=self.plans[one.planned_within_id],
            demand_of_id=self.plans[one.demand_of_id],
        )

    def batch(self, rows: list[list[Any]], changes: list[list[Any]]) -> None:
        wanted = [self.wanted(row) for row in rows]
        kept = tuple(self.kept(*change) for change in changes)
        ids = landing.events(self.land, wanted, kept)
        for row, pk in zip(rows, ids, strict=True):
            if row[3]:
                self.events[row[3]] = pk
        self.count += len(rows)

    def claim(self, pairs: list[list[int]]) -> None:
        """Enter the claims, by their numbers, that the events just written triggered."""
        claims = {
            number: _between(
                replace(self.wanted_claims[number], triggered_by_id=self.events[trigger] or 0),
                self.parties,
            )
            for number, trigger in pairs
        }
        ids = claim_landing.claims(self.land, list(claims.values()))
        self.claim_ids |= ids
        self.claims |= {number: ids[one.key] for number, one in claims.items()}

    def wanted(self, row: list[Any]) -> Wanted:
        (
            key, day, beyond, _, action, provider, receiver, word, quantity, unit, effort,
            effort_unit, resource, to_resource, links, corrects, location, state, stage,
            input_of, output_of, settles, rights,
        ) = row  # fmt: skip
        event = Event(
            action,
            self.agents[provider],  # type: ignore[arg-type]
            self.agents[receiver],  # type: ignore[arg-type]
            word,
            quantity,
            unit,
            effort,
            effort_unit,
            self.stocks[resource],
            self.stocks[to_resource],
            tuple(sorted((Link(self.promises[one], much) for one, much in links), key=_promise)),
            self.events[corrects],
            self.places[location],
            state,
            self.stages[stage],
            self.processes[input_of],
            self.processes[output_of],
            tuple(
                Settle(*share) for share in sorted((self.claims[n], much) for n, much in settles)
            ),
            rights,
        )
        return Wanted(UUID(int=key), event, date.fromisoformat(day), self.who, beyond)

    def kept(
        self, table: str, number: int, was: int, version: int, values: list[Any]
    ) -> kernel.Kept:
        if table == "ledger_commitmentstate":
            return kernel.Kept(table, self.promises[number], was, version, tuple(values))
        if table == "ledger_claimstate":
            return kernel.Kept(table, self.claims[number], was, version, tuple(values))
        if table == "ledger_correction":
            pk = self.events[number]
            return kernel.Kept(table, pk or 0, was or None, version, tuple(values))
        accounting, on_hand, accountable, custodian, location, container, stage, state, *of = values
        told = (
            accounting, on_hand, self.agents[accountable], self.agents[custodian],
            self.places[location], self.stocks[container], self.stages[stage], state,
            *map(self.held, of),
        )  # fmt: skip
        return kernel.Kept(table, self.stocks[number] or 0, was, version, told)

    def held(self, shares: str) -> str:
        """Say who holds rights by the agents that stand here, not by their numbers in the file."""
        return kept(tuple(sorted((self.agents[one] or 0, much) for one, much in read(shares))))


def _promise(link: Link) -> int:
    return link.promise


def _between(one: Deal, agents: dict[int, int]) -> Deal:
    return replace(one, provider_id=agents[one.provider_id], receiver_id=agents[one.receiver_id])
