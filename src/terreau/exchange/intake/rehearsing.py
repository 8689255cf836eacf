# SPDX-License-Identifier: AGPL-3.0-or-later
"""The second pass: each event by all the rules of the ledger, each later snapshot compared.

All in memory, from nothing: what a graph brings is new to the ledger. What comes of it lies in a
spool, in batches that are each one transaction of the last pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.core.units import as_fraction, convert
from terreau.exchange.addresses import key_number
from terreau.exchange.intake.definitions import Definitions, entered
from terreau.exchange.intake.parties import Parties
from terreau.exchange.intake.reading import Said, Tell
from terreau.exchange.intake.spool import Spool
from terreau.exchange.measures import number as written
from terreau.ledger import rules
from terreau.ledger.engine.claim_rules import Claiming
from terreau.ledger.engine.rules import check_claim
from terreau.ledger.engine.state import Event, Link, Resource, Settle
from terreau.ledger.flows import Claimed
from terreau.ledger.rehearsal import Rehearsal

BATCH = 2_000


def rehearse(
    told: Iterable[list[Any]], said: Said, things: tuple[Definitions, Parties], ledger: int,
    spool: Spool, tell: Tell, opened_on: date | None,
) -> None:  # fmt: skip
    """Rehearse all events; what is refused is added to the faults of what was said."""
    rehearsing = _Rehearsing(said, *things, ledger, spool, opened_on)
    for rows in told:
        for row in rows:
            rehearsing.take(row)
        tell("checked", rehearsing.number)
    rehearsing.flush()
    rehearsing.never_triggered()
    said.faults.refuse()


class _Rehearsing:
    def __init__(
        self, said: Said, things: Definitions, parties: Parties, ledger: int,
        spool: Spool, opened_on: date | None,
    ) -> None:  # fmt: skip
        self.said = said
        self.things = things
        self.ledger = ledger
        self.spool = spool
        self.opened_on = opened_on
        pointed = sorted(said.corrected | set(said.triggers))
        self.corrected = {name: number for number, name in enumerate(pointed, 1)}
        self.parties = parties
        self.claims: list[list[int]] = []
        self.met: set[int] = set()
        self.in_batch: set[int] = set()
        self.number = 0
        self.days: set[str] = set()
        self.batch: list[list[Any]] = []
        self.rehearsal = Rehearsal(
            things.resources(),
            things.commitments(parties.same()),
            frozenset(self.corrected.values()),
        )

    def take(self, row: list[Any]) -> None:
        if row[0] is None:
            _, where, stock, told = row
            if stock in self.things.stocks:
                self.compare(where, stock, told)
            return
        told = row[0]
        try:
            self.post(told)
        except Invalid as refusal:
            what = (
                f"EconomicEvent {told['id']}" if not told["part"] else "ce qu'il contient d'abord"
            )
            self.said.faults.add(told["where"], f"{what} : {refusal.message}")

    def out_of_where(self, event: Event) -> Event:
        """Say what a thing comes out of: a graph may leave it out, the ledger keeps it."""
        if event.action != "separate" or event.to_resource is not None or event.resource is None:
            return event
        if event.corrects in self.rehearsal.course.past:
            container = self.rehearsal.course.past[event.corrects].event.to_resource
        else:
            container = self.rehearsal.course.resources[event.resource].container
        return replace(event, to_resource=container)

    def post(self, told: dict[str, Any]) -> None:
        self.number += 1
        day = self.day(told)
        event = self.out_of_where(self.event(told))
        number = self.corrected.get(told["id"], 0) if not told["part"] else 0
        beyond = told.get("beyond", False)
        if event.corrects in self.in_batch or self.settles_what_came_now(event):
            self.flush()
        self.rehearsal.post(number, event, beyond=beyond)
        if number:
            self.met.add(number)
            self.in_batch.add(number)
            self.claim(told["id"], number)
        key = key_number(self.ledger, told["id"], told["part"])
        links = [[link.promise, link.quantity] for link in event.links]
        self.batch.append(
            [
                key, day, beyond, number, event.action, event.provider, event.receiver,
                event.specification, event.quantity, event.unit, event.effort, event.effort_unit,
                event.resource, event.to_resource, links, event.corrects, event.to_location,
                event.state, event.stage, event.input_of, event.output_of,
                [[share.claim, share.quantity] for share in event.settles], event.rights,
            ]
        )  # fmt: skip
        if len(self.batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        if self.batch:
            changes = [tuple(one) for one in self.rehearsal.changes()]
            self.spool.add([self.batch, changes, self.claims])
        self.batch, self.in_batch, self.claims = [], set(), []

    # Claims: each is entered as soon as its trigger is written, in the same batch

    def claim(self, name: str, trigger: int) -> None:
        for number in self.said.triggers.get(name, ()):
            wanted = self.things.claims.get(number)
            if wanted is not None:
                self.enter(number, replace(wanted, triggered_by_id=trigger))

    def enter(self, number: int, wanted: Claimed) -> None:
        node, same = self.said.nodes["Claim", number], self.parties.same()
        past = self.rehearsal.course.past[wanted.triggered_by_id]
        nobody = frozenset[int]()
        providers, receivers = same.get(wanted.provider_id), same.get(wanted.receiver_id)
        claim = entered(number, wanted, (providers or nobody, receivers or nobody))
        gave, received = same.get(past.event.provider), same.get(past.event.receiver)
        try:
            check_claim(Claiming(claim, wanted.action, past, gave or nobody, received or nobody))
        except Invalid as refusal:
            self.said.faults.add(node.where, f"Claim {node.id} : {refusal.message}")
            return
        self.rehearsal.course.enter_claim(claim)
        self.claims.append([number, wanted.triggered_by_id])

    def settles_what_came_now(self, event: Event) -> bool:
        claims = self.rehearsal.course.claims
        return any(
            one.claim in claims and claims[one.claim].trigger in self.in_batch
            for one in event.settles
        )

    def never_triggered(self) -> None:
        """Add the claims whose trigger the graph does not hold to the faults."""
        for name, waiting in self.said.triggers.items():
            for number in waiting:
                node = self.said.nodes.get(("Claim", number))
                if node is not None and self.corrected[name] not in self.met:
                    says = f"{name} n'est pas un EconomicEvent du fichier : décrivez-le"
                    self.said.faults.add(node.where, f"Claim {node.id} : {says}")

    def day(self, told: dict[str, Any]) -> str:
        text = told.get("day", "")
        if text in self.days:
            return str(text)
        day = date.fromisoformat(text) if text else self.opened_on or clock.today()
        rules.check_day(day)
        self.days.add(day.isoformat())
        return day.isoformat()

    def event(self, told: dict[str, Any]) -> Event:
        kind, resource = told["kind"], told["resource"]
        if kind is not None:
            word = self.things.kinds[kind]
        else:
            stock = self.things.stocks.get(resource or told.get("to_resource") or 0)
            if stock is None:
                raise Invalid("il manque resourceConformsTo : dites de quoi il s'agit")
            word = stock.specification
        rules.check_state(told["state"])
        goes_in, output = self.around(told)
        return Event(
            told["action"],
            told["provider"],
            told["receiver"],
            word,
            told["quantity"],
            told["unit"],
            told["effort"],
            told["effort_unit"],
            resource,
            told.get("to_resource"),
            tuple(self.links(told)),
            self.corrects(told),
            told.get("to_location"),
            told["state"],
            self.things.stage_of.get(output) if output else None,
            goes_in,
            output,
            tuple(self.settles(told)),
            told.get("rights", ""),
        )

    def around(self, told: dict[str, Any]) -> Iterator[int | None]:
        """Yield the activity that an event goes into, and the one that it comes out of.

        The event may have been read before the activity that names it.
        """
        for inverse, ours in (("hasInput", "input_of"), ("hasOutput", "output_of")):
            said, held = told.get(ours), self.said.held.by.get((inverse, told["id"]))
            number = self.said.processes.numbers.get(held.id) if held else said
            if said not in (None, number):
                names = self.said.processes.of
                raise Invalid(
                    f"est à la fois de {names[said]} et de {names[number or 0]} : gardez-en un"
                )
            yield number

    def corrects(self, told: dict[str, Any]) -> int | None:
        if not told.get("corrects"):
            return None
        number = self.corrected[told["corrects"]]
        if number not in self.met:
            raise Invalid(f"corrige {told['corrects']}, que le fichier ne contient pas avant lui")
        return number

    def links(self, told: dict[str, Any]) -> Iterator[Link]:
        for number, micro, unit in sorted(told.get("links", ())):
            promise = self.things.promises.get(number)
            if promise is None:
                raise Invalid(f"{self.said.promises.of[number]} n'est pas un Commitment du fichier")
            _, counted = rules.measured(promise)
            if micro is None:
                name = "quantity" if promise.quantity is not None else "effort"
                micro, unit = told[name], told["unit" if name == "quantity" else "effort_unit"]
            if micro is None:
                raise Invalid(
                    "ne se compte pas comme l'engagement qu'il tient : dites la "
                    "part par terreau:fulfilment"
                )
            yield Link(number, convert(micro, unit, counted))

    def settles(self, told: dict[str, Any]) -> Iterator[Settle]:
        for number, micro, unit in sorted(told.get("settles", ())):
            claim = self.rehearsal.course.claims.get(number)
            if claim is None:
                name = self.said.claims.of[number]
                raise Invalid(
                    f"{name} n'est pas un Claim dont l'événement vient avant dans le fichier"
                )
            if micro is None:
                micro = told[claim.measure]
                unit = told["unit" if claim.measure == "quantity" else "effort_unit"]
            if micro is None:
                raise Invalid(
                    "ne se compte pas comme la créance qu'il règle : dites la part "
                    "par terreau:settlement"
                )
            yield Settle(number, convert(micro, unit, claim.unit))

    # Snapshots

    def compare(self, where: str, number: int, told: dict[str, Any]) -> None:
        now = self.rehearsal.course.resources[number]
        for name, said in told.items():
            says, gives = self.compared(now, name, said)
            if says != gives:
                self.said.faults.add(
                    where,
                    f"EconomicResource {self.said.stocks.of[number]} : {name} : le fichier dit "
                    f"{says or 'rien'}, les événements donnent {gives or 'rien'}",
                )

    def compared(self, now: Resource, name: str, said: Any) -> tuple[str, str]:
        found = getattr(now, name)
        if name in ("accounting", "on_hand"):
            given = as_fraction(found, now.unit, said[1])
            exact = written(int(given)) if given.denominator == 1 else str(given / 10**6)
            return f"{written(said[0])} {said[1]}", f"{exact} {said[1]}"
        if name == "state":
            return said, found
        names = {"container": self.said.stocks, "location": self.said.places}
        register = names.get(name, self.said.stages if name == "stage" else self.said.agents)
        return register.of[said or 0], register.of[found or 0]
