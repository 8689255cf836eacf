# SPDX-License-Identifier: AGPL-3.0-or-later
"""What events name, as the ledger takes it in: kinds, places, processes, stocks, promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from terreau.core.errors import Invalid
from terreau.core.units import convert
from terreau.exchange.addresses import key_of
from terreau.exchange.graphs import Node
from terreau.exchange.intake.reading import Names, Said, around, as_day, plans_of
from terreau.exchange.measures import amount, micro
from terreau.ledger import rules
from terreau.ledger.engine import state as engine
from terreau.ledger.enums import EndKind
from terreau.ledger.flows import Activity, Batch, Claimed, Planned, Promise, Somewhere, Stock
from terreau.ledger.landing import End
from terreau.ledger.planning import rules as planning

WORD = 60


@dataclass(slots=True)
class Definitions:
    """By the numbers that the reading gave. The parties of promises are numbers too."""

    kinds: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    places: dict[int, Somewhere] = field(default_factory=dict)
    processes: dict[int, Activity] = field(default_factory=dict)
    plans: dict[int, Planned] = field(default_factory=dict)
    batches: dict[int, Batch] = field(default_factory=dict)
    finished: set[UUID] = field(default_factory=set)
    stage_of: dict[int, int | None] = field(default_factory=dict)
    stocks: dict[int, Stock] = field(default_factory=dict)
    promises: dict[int, Promise] = field(default_factory=dict)
    ends: list[End] = field(default_factory=list)
    claims: dict[int, Claimed] = field(default_factory=dict)
    claim_ends: list[End] = field(default_factory=list)

    def plan_within(self, one: planning.InAPlan) -> int | None:
        """Return the plan of a promise or a wish, that of its activity when none is said."""
        known = self.processes
        plan_of = {
            pk: known[pk].planned_within_id if pk in known else None
            for pk in planning.activities_of(one)
        }
        return planning.plan_within(one, plan_of)

    def resources(self) -> Iterator[engine.Resource]:
        """Yield the stocks as they are opened, for the engine."""
        for pk, one in self.stocks.items():
            yield engine.Resource(pk, one.specification, one.unit, one.floor, name=one.name)

    def commitments(self, same: dict[int, frozenset[int]]) -> Iterator[engine.Promise]:
        """Yield the promises, for the engine. ``same``: agents that became one with another."""
        for pk, one in self.promises.items():
            much, unit = rules.measured(one)
            name: engine.Measure = "quantity" if one.quantity is not None else "effort"
            merged = same.get(one.provider_id, frozenset())
            yield engine.Promise(
                pk, one.provider_id, name, unit, much, merged=merged, input_of=one.input_of_id,
                output_of=one.output_of_id,
            )  # fmt: skip


def define(said: Said, ledger: int) -> Definitions:
    """Return what the graph describes; what is wrong with it is added to the faults."""
    return _Defining(said, ledger).run()


class _Defining:
    def __init__(self, said: Said, ledger: int) -> None:
        self.said = said
        self.ledger = ledger
        self.found = Definitions()
        self.numbered: dict[tuple[str, str], str] = {}

    def run(self) -> Definitions:
        self.found.kinds = self.words(self.said.kinds, "ResourceSpecification")
        self.found.stages = self.words(self.said.stages, "ProcessSpecification")
        self.each("SpatialThing", self.said.places, self.place)
        self.each("Plan", self.said.plans, self.plan)
        self.each("BatchLotRecord", self.said.batches, self.batch)
        self.each("Process", self.said.processes, self.process)
        self.each("EconomicResource", self.said.stocks, self.stock)
        self.each("Commitment", self.said.promises, self.promise)
        self.each("Claim", self.said.claims, self.claim)
        return self.found

    def each(self, kind: str, names: Names, make: Callable[[int, Node], None]) -> None:
        for number, name in enumerate(names.of[1:], 1):
            node = self.said.nodes.get((kind, number))
            if node is None:
                where, says = names.by[number]
                self.said.faults.add(where, f"{says}: {name} is no {kind} of the graph")
                continue
            try:
                make(number, node)
            except Invalid as refusal:
                self.said.faults.add(node.where, f"{kind} {node.id}: {refusal.message}")

    def words(self, names: Names, kind: str) -> list[str]:
        """Return the word for each kind: its name; its address when it is described elsewhere."""
        found, by_word = [""], dict[str, str]()
        for number, name in enumerate(names.of[1:], 1):
            node = self.said.nodes.get((kind, number))
            where, says = names.by[number] if node is None else (node.where, f"{kind} {node.id}")
            word = name if node is None else node.text("name").strip()
            found.append(word)
            if node is None and not is_elsewhere(name):
                self.said.faults.add(where, f"{says}: {name} is no {kind} of the graph")
            elif not 0 < len(word) <= WORD:
                told = f"« {word[:80]} »" if word else "nothing"
                self.said.faults.add(where, f"{says}: its name is {told}: 1 to {WORD} signs")
            elif by_word.setdefault(word, name) != name:
                self.said.faults.add(where, f"{says}: {by_word[word]} has the same name")
        return found

    def key(self, node: Node, part: str = "") -> UUID:
        return key_of(self.ledger, node.id, part)

    def place(self, number: int, node: Node) -> None:
        place = Somewhere(
            self.key(node),
            node.text("name"),
            node.text("mappableAddress"),
            micro(node.text("lat")) if node.text("lat") else None,
            micro(node.text("long")) if node.text("long") else None,
        )
        rules.check_place(place)
        self.found.places[number] = place

    def plan(self, number: int, node: Node) -> None:
        """Its note is left out: words are no part of a ledger."""
        plan = Planned(self.key(node), node.text("name"), "", self.day(node, "due"))
        planning.check_plan(plan)
        self.found.plans[number] = plan

    def batch(self, number: int, node: Node) -> None:
        code, day = node.text("batchLotCode"), self.day(node, "expirationDate")
        batch = Batch(self.key(node), code.strip(), day)
        planning.check_batch(batch)
        if any(one.code == batch.code for one in self.found.batches.values()):
            raise Invalid(f"another batch has the code « {batch.code} »")
        self.found.batches[number] = batch

    def process(self, number: int, node: Node) -> None:
        stage = self.said.stages.numbers.get(node.text("basedOn"))
        activity = Activity(
            self.key(node),
            node.text("name"),
            self.found.stages[stage] if stage else "",
            self.day(node, "hasBeginning"),
            self.day(node, "hasEnd"),
            self.said.plans.numbers.get(plans_of(node)[0]),
        )
        rules.check_activity(activity)
        self.found.processes[number] = activity
        if node.text("finished") == "true":
            self.found.finished.add(activity.key)
        self.found.stage_of[number] = stage

    def day(self, node: Node, name: str) -> date | None:
        return as_day(node.text(name), name) if node.text(name) else None

    def stock(self, number: int, node: Node) -> None:
        kind = self.said.kinds.numbers.get(node.text("conformsTo"))
        if kind is None:
            raise Invalid("it has no conformsTo: what kind of thing it is")
        unit = self.said.opened.get(number)
        if unit is None:
            raise Invalid("it has neither a quantity nor terreau:countedIn: what it is counted in")
        word = self.found.kinds[kind]
        tracked = node.text("trackingIdentifier").strip()
        batch = self.said.batches.numbers.get(node.text("ofBatchLot"))
        name, floor = node.text("name") or word, self.floor(node, unit)
        stock = Stock(self.key(node), name, word, unit, floor, tracked, batch)
        rules.check_stock(stock)
        planning.check_number(stock, self.numbered.get((word, tracked), "") if tracked else "")
        self.numbered[word, tracked] = name
        self.found.stocks[number] = stock

    def floor(self, node: Node, unit: str) -> int | None:
        if node.text("terreau:noFloor") == "true":
            return None
        if "terreau:floor" not in node.values:
            return 0
        floor = amount(node.values["terreau:floor"])
        return convert(floor.micro, floor.unit, unit)

    def what(self, node: Node) -> tuple[UUID, str, int, int, str]:
        """Return what promises and claims begin with: key, action, both parties, kind."""
        kind = self.said.kinds.numbers.get(node.text("resourceConformsTo"))
        if kind is None:
            raise Invalid("it has no resourceConformsTo: what is promised, or due")
        parties = (self.party(node, "provider"), self.party(node, "receiver"))
        action = node.text("action").removeprefix("vf:")
        return self.key(node), action, *parties, self.found.kinds[kind]

    def much(self, node: Node) -> tuple[int | None, str, int | None, str]:
        quantity, effort = (
            amount(node.values[name]) if node.values.get(name) else None
            for name in ("resourceQuantity", "effortQuantity")
        )
        return (
            quantity.micro if quantity else None,
            quantity.unit if quantity else "",
            effort.micro if effort else None,
            effort.unit if effort else "",
        )

    def claim(self, number: int, node: Node) -> None:
        """The event that triggers it is known to the rehearsal by its name."""
        if not node.text("triggeredBy"):
            raise Invalid("it has no triggeredBy: what it is in return for")
        claim = Claimed(*self.what(node), 0, *self.much(node), self.day(node, "due"))
        if (claim.quantity is None) == (claim.effort is None):
            raise Invalid("it has a quantity or an effort, one of the two")
        self.found.claims[number] = claim
        if node.text("terreau:ended"):
            self.found.claim_ends.append(self.end(node))

    def promise(self, number: int, node: Node) -> None:
        processes, plans = self.said.processes.numbers, self.said.plans.numbers
        goes_in, comes_out = (processes.get(name) for name in around(node))
        within, demand = (plans.get(name) for name in plans_of(node))
        stage = self.found.stages[self.said.stages.numbers.get(node.text("stage"), 0)]
        promise = Promise(
            *self.what(node), *self.much(node), self.day(node, "due"), goes_in, comes_out, within,
            demand, stage, node.text("state").strip(),
        )  # fmt: skip
        rules.check_promise(promise)
        promise = self.placed(promise)
        self.found.promises[number] = promise
        if node.text("terreau:ended"):
            self.found.ends.append(self.end(node))

    def placed(self, promise: Promise) -> Promise:
        """Return a promise with the plan of its activity."""
        planning.check_promised_direction(promise)
        planning.check_promised_words(promise)
        return replace(promise, planned_within_id=self.found.plan_within(promise))

    def party(self, node: Node, name: str) -> int:
        found = self.said.agents.numbers.get(node.text(name).rstrip("/"))
        if found is None:
            raise Invalid(f"it has no {name}")
        return found

    def end(self, node: Node) -> End:
        kind, successor = node.text("terreau:ended"), node.text("terreau:successor")
        if kind not in EndKind.values:
            raise Invalid(f"terreau:ended is {kind}: one of {', '.join(EndKind.values)}")
        if (kind == EndKind.SUPERSEDED) != bool(successor):
            raise Invalid("what is superseded has a terreau:successor, nothing else has one")
        follows = key_of(self.ledger, successor) if successor else None
        return End(self.key(node, "end"), self.key(node), EndKind(kind), follows)


def entered(
    number: int, wanted: Claimed, same: tuple[frozenset[int], frozenset[int]]
) -> engine.Claim:
    """Return a claim for the engine. ``same``: who became one with its two sides."""
    effort = wanted.quantity is None
    return engine.Claim(
        number,
        wanted.provider_id,
        wanted.receiver_id,
        "effort" if effort else "quantity",
        wanted.effort_unit if effort else wanted.unit,
        (wanted.effort if effort else wanted.quantity) or 0,
        wanted.triggered_by_id,
        providers=same[0],
        receivers=same[1],
    )


def is_elsewhere(name: str) -> bool:
    """Tell whether a name is an address of the web: the graph need not describe what is there."""
    return name.startswith(("https://", "http://"))
