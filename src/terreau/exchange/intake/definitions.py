# SPDX-License-Identifier: AGPL-3.0-or-later
"""What events name, as the ledger takes it in: kinds, places, processes, stocks, promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from terreau.core.errors import Invalid
from terreau.core.units import convert
from terreau.exchange.addresses import key_of
from terreau.exchange.graphs import Node
from terreau.exchange.intake import recipes
from terreau.exchange.intake.reading import Names, Said
from terreau.exchange.intake.values import day, truth
from terreau.exchange.measures import amount, micro
from terreau.exchange.vocabulary import about_action
from terreau.ledger import rules
from terreau.ledger.engine import state as engine
from terreau.ledger.engine.table import table
from terreau.ledger.enums import EndKind
from terreau.ledger.flows import Activity, Batch, Claimed, Planned, Promise, Somewhere, Stock
from terreau.ledger.landing import End
from terreau.ledger.planning import rules as planning
from terreau.ledger.recipes.shapes import Formula

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
    recipes: list[Formula] = field(default_factory=list)

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
        for where, says in self.said.held.unmet(self.said.describes):
            self.said.faults.add(where, says)
        self.found.recipes = recipes.define(self.said, self.found, self.ledger)
        return self.found

    def each(self, kind: str, names: Names, make: Callable[[int, Node], None]) -> None:
        for number in self.said.in_order(kind):
            node, name = self.said.nodes.get((kind, number)), names.of[number]
            if node is None:
                where, says = names.by[number]
                self.said.faults.add(
                    where,
                    f"{says} : {name} n'est pas décrit dans le fichier comme {kind} "
                    ": décrivez-le, ou retirez-le",
                )
                continue
            try:
                make(number, node)
            except Invalid as refusal:
                self.said.faults.add(node.where, f"{kind} {node.id} : {refusal.message}")

    def words(self, names: Names, kind: str) -> list[str]:
        """Return the word for each kind: its name; its address when it is described elsewhere."""
        found, by_word = [""], dict[str, str]()
        for number, name in enumerate(names.of[1:], 1):
            node = self.said.nodes.get((kind, number))
            where, says = names.by[number] if node is None else (node.where, f"{kind} {node.id}")
            word = name if node is None else node.text("name").strip()
            found.append(word)
            if node is None and not is_elsewhere(name):
                self.said.faults.add(
                    where,
                    f"{says} : {name} n'est pas décrit dans le fichier comme {kind} "
                    ": décrivez-le, ou retirez-le",
                )
            elif not 0 < len(word) <= WORD:
                told = f"« {word[:80]} »" if word else "rien"
                self.said.faults.add(where, f"{says} : son nom est {told} : 1 à {WORD} signes")
            elif by_word.setdefault(word, name) != name:
                self.said.faults.add(
                    where, f"{says} : {by_word[word]} a le même nom : changez-en un"
                )
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
        plan = Planned(self.key(node), node.text("name"), "", day(node, "due"))
        planning.check_plan(plan)
        self.found.plans[number] = plan

    def batch(self, number: int, node: Node) -> None:
        batch = Batch(
            self.key(node), node.text("batchLotCode").strip(), day(node, "expirationDate")
        )
        planning.check_batch(batch)
        if any(one.code == batch.code for one in self.found.batches.values()):
            raise Invalid(f"un autre lot a le code « {batch.code} » : changez-en un")
        self.found.batches[number] = batch

    def process(self, number: int, node: Node) -> None:
        stage = self.said.stages.numbers.get(node.text("basedOn"))
        activity = Activity(
            self.key(node),
            node.text("name"),
            self.found.stages[stage] if stage else "",
            day(node, "hasBeginning"),
            day(node, "hasEnd"),
            self.said.plans.numbers.get(self.said.held.of(node, "plannedWithin")),
        )
        rules.check_activity(activity)
        self.found.processes[number] = activity
        if truth(node, "finished"):
            self.found.finished.add(activity.key)
        self.found.stage_of[number] = stage

    def stock(self, number: int, node: Node) -> None:
        kind = self.said.kinds.numbers.get(node.text("conformsTo"))
        if kind is None:
            raise Invalid("il manque conformsTo : dites de quelle nature est cette chose")
        unit = self.said.opened.get(number)
        if unit is None:
            raise Invalid("ne dit ni quantité ni terreau:countedIn : en quoi cela se compte")
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
        if truth(node, "terreau:noFloor"):
            return None
        if "terreau:floor" not in node.values:
            return 0
        floor = amount(node.values["terreau:floor"])
        return convert(floor.micro, floor.unit, unit)

    def what(self, node: Node) -> tuple[UUID, str, int, int, str]:
        """Return what promises and claims begin with: key, action, both parties, kind."""
        kind = self.said.kinds.numbers.get(node.text("resourceConformsTo"))
        if kind is None:
            raise Invalid("il manque resourceConformsTo : dites de quoi il s'agit")
        parties = (self.party(node, "provider"), self.party(node, "receiver"))
        action = node.text("action").removeprefix("vf:")
        if wrong := about_action(action, tuple(table())):
            raise Invalid(wrong)
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
            raise Invalid("il manque triggeredBy : dites en retour de quel événement")
        claim = Claimed(*self.what(node), 0, *self.much(node), day(node, "due"))
        if (claim.quantity is None) == (claim.effort is None):
            raise Invalid(
                "dit une quantité (resourceQuantity) ou un temps (effortQuantity), un seul des deux"
            )
        self.found.claims[number] = claim
        if node.text("terreau:ended"):
            self.found.claim_ends.append(self.end(node))

    def promise(self, number: int, node: Node) -> None:
        of, processes, plans = (
            self.said.held.of,
            self.said.processes.numbers,
            self.said.plans.numbers,
        )
        goes_in, comes_out = (processes.get(of(node, term)) for term in ("inputOf", "outputOf"))
        within, demand = (
            plans.get(of(node, term)) for term in ("plannedWithin", "independentDemandOf")
        )
        stage = self.found.stages[self.said.stages.numbers.get(node.text("stage"), 0)]
        promise = Promise(
            *self.what(node), *self.much(node), day(node, "due"), goes_in, comes_out, within,
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
            raise Invalid(f"il manque {name} : dites qui")
        return found

    def end(self, node: Node) -> End:
        kind, successor = node.text("terreau:ended"), node.text("terreau:successor")
        if kind not in EndKind.values:
            raise Invalid(f"terreau:ended est {kind} : dites {' ou '.join(EndKind.values)}")
        if (kind == EndKind.SUPERSEDED) != bool(successor):
            raise Invalid("ce qui est superseded a un terreau:successor, et rien d'autre n'en a")
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
