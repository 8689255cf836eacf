# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first pass: what a graph says, each thing by a number, the events put aside in their order.

Nothing is guessed: what is missing, or is no word of 1.0, is a fault. What the ledger has no place
for (notes, images…) is left out, and counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from terreau.core.errors import Invalid
from terreau.exchange.graphs import Graph, Node
from terreau.exchange.intake import wishes
from terreau.exchange.intake.faults import Faults
from terreau.exchange.intake.held import Held
from terreau.exchange.intake.spool import Spool
from terreau.exchange.intake.taken import PARTIES, SHARES, TAKEN
from terreau.exchange.intake.values import as_day, truth
from terreau.exchange.measures import Amount, amount, rights_share
from terreau.exchange.vocabulary import about_action
from terreau.ledger.engine.table import table

BATCH = 1_000
Share = tuple[int | None, int | None, str]
"""The number of a promise or claim, how much of it, in what unit; nothing said: all there is."""


class Names:
    """Numbers for names, from one. ``of[number]`` is the name, ``by[number]`` who said it first."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.of: list[str] = [""]
        self.by: list[tuple[str, str]] = [("", "")]
        self.mentioned: set[int | None] = set()

    def number(self, name: str, node: Node, term: str) -> int | None:
        """Return the number of a name, the next one for a new name, none for no name."""
        if not name:
            return None
        found = self.numbers.get(name)
        if found is None:
            found = self.numbers[name] = len(self.of)
            self.of.append(name)
            self.by.append((node.where, f"{node.kind} {node.id} : {term}"))
        return found

    def named(self, node: Node, term: str) -> int | None:
        """Return the number of what a property of a node names."""
        return self.number(node.text(term), node, term)

    def agent(self, node: Node, term: str) -> int | None:
        """Return the number of an agent: some write its address with a last slash, some without."""
        found = self.number(node.text(term).rstrip("/"), node, term)
        self.mentioned.add(found)
        return found


@dataclass(slots=True)
class Said:
    """All that a graph says, beside its events, which lie in the spool."""

    faults: Faults = field(default_factory=Faults)
    agents: Names = field(default_factory=Names)
    kinds: Names = field(default_factory=Names)
    stages: Names = field(default_factory=Names)
    processes: Names = field(default_factory=Names)
    places: Names = field(default_factory=Names)
    stocks: Names = field(default_factory=Names)
    promises: Names = field(default_factory=Names)
    claims: Names = field(default_factory=Names)
    plans: Names = field(default_factory=Names)
    batches: Names = field(default_factory=Names)
    recipes: Names = field(default_factory=Names)
    steps: Names = field(default_factory=Names)
    flows: Names = field(default_factory=Names)
    intents: Names = field(default_factory=Names)
    proposals: Names = field(default_factory=Names)
    lists: Names = field(default_factory=Names)
    answers: list[wishes.Source] = field(default_factory=list)
    nodes: dict[tuple[str, int], Node] = field(default_factory=dict)
    opened: dict[int, str] = field(default_factory=dict)
    held: Held = field(default_factory=Held)
    seen: set[bytes] = field(default_factory=set)
    """Marks of the events: see ``mark``."""
    corrected: set[str] = field(default_factory=set)
    triggers: dict[str, list[int]] = field(default_factory=dict)
    openings: int = 0
    events: int = 0

    def registers(self) -> dict[str, Names]:
        """Return, by class, the names of what is described once."""
        return {
            "ResourceSpecification": self.kinds,
            "ProcessSpecification": self.stages,
            "Process": self.processes,
            "SpatialThing": self.places,
            "EconomicResource": self.stocks,
            "Commitment": self.promises,
            "Claim": self.claims,
            "Recipe": self.recipes,
            "RecipeProcess": self.steps,
            "RecipeFlow": self.flows,
            "Plan": self.plans,
            "BatchLotRecord": self.batches,
            "Intent": self.intents,
            "Proposal": self.proposals,
            "ProposalList": self.lists,
            **dict.fromkeys(PARTIES, self.agents),
        }

    def in_order(self, kind: str) -> list[int]:
        """Return the numbers of a class as they are described in the file, then what is not."""
        described = [number for one, number in self.nodes if one == kind]
        missing = set(self.registers()[kind].numbers.values()) - set(described)
        return [*described, *sorted(missing)]

    def describes(self, kind: str, name: str) -> bool:
        """Tell whether the graph describes a thing of this class and name."""
        if kind == "EconomicEvent":
            return mark(name) in self.seen
        return (kind, self.registers()[kind].numbers.get(name, 0)) in self.nodes


Tell = Callable[[str, int], None]


def read(parts: Iterable[Graph], spool: Spool, tell: Tell) -> Said:
    """Read a graph, part by part. Raises Refused or Unreadable."""
    reading = _Reading(spool)
    for part in parts:
        for fault in part.notes:
            where, told, says = fault.partition(" : ")
            reading.said.faults.add(where if told else "@context", says or fault)
        if part.foreign:
            reading.said.faults.left_out.update(one.split(" : ", 1)[1] for one in part.foreign)
        reading.part(part.nodes)
        if len(reading.rows) >= BATCH:
            reading.flush()
            tell("read", reading.said.events)
    reading.flush()
    tell("read", reading.said.events)
    return reading.said


class _Reading:
    def __init__(self, spool: Spool) -> None:
        self.said = Said()
        self.spool = spool
        self.rows: list[list[Any]] = []
        self.touched: set[int] = set()
        self.shares: dict[int, list[Node]] = {}
        said = self.said
        self.seldom: dict[str, Callable[[Node], dict[str, Any]]] = {
            "toLocation": lambda node: {"to_location": said.places.named(node, "toLocation")},
            "corrects": lambda node: {"corrects": self.corrects(node)},
            "fulfills": lambda node: {"links": self.links(node)},
            "terreau:fulfilment": lambda node: {"links": self.links(node)},
            "settles": lambda node: {"settles": self.settles(node)},
            "terreau:settlement": lambda node: {"settles": self.settles(node)},
            "terreau:beyondPromise": lambda node: {"beyond": truth(node, "terreau:beyondPromise")},
        }
        self.registers = said.registers()

    def flush(self) -> None:
        if self.rows:
            self.spool.add(self.rows)
            self.rows = []

    def part(self, nodes: list[Node]) -> None:
        """Read a node and what is nested in it."""
        self.shares = {}
        for node in nodes:
            if node.kind in SHARES and node.within is not None:
                self.shares.setdefault(id(node.within[0]), []).append(node)
        for node in nodes:
            self.node(node)
        try:
            self.said.held.learn(nodes)
            self.said.answers += wishes.answers_in(self.said, nodes)
        except Invalid as refusal:
            self.said.faults.add(nodes[0].where, refusal.message)

    def node(self, node: Node) -> None:
        taken = TAKEN.get(node.kind)
        if taken is None:
            self.said.faults.left_out[node.kind] += 1
            return
        for name in node.values.keys() - taken:
            self.said.faults.left_out[f"{node.kind} {name}"] += 1
        try:
            if node.kind == "EconomicEvent":
                self.event(node)
            elif node.kind == "EconomicResource":
                self.stock(node)
            elif node.kind in self.registers:
                self.described(node)
        except Invalid as refusal:
            self.said.faults.add(node.where, f"{node.kind} {node.id} : {refusal.message}")

    def described(self, node: Node) -> None:
        """Keep what is said once of a thing that events name."""
        if not node.id:
            raise Invalid("il manque son @id")
        register = self.registers[node.kind]
        is_party = node.kind in PARTIES
        name = node.id.rstrip("/") if is_party else node.id
        number = register.number(name, node, "@id")
        key = ("Agent" if is_party else node.kind, number or 0)
        before = self.said.nodes.setdefault(key, node)
        self.names(node)
        if before is not node and before.values != node.values:
            raise Invalid(
                f"est dit deux fois, et autrement (d'abord {before.where}) : gardez une façon"
            )

    def names(self, node: Node) -> None:
        """Give a number to what a thing names, so that a reference to nothing is found out."""
        said = self.said
        said.agents.agent(node, "provider")
        said.agents.agent(node, "receiver")
        said.agents.agent(node, "terreau:mergedInto")
        said.kinds.named(node, "resourceConformsTo")
        said.kinds.named(node, "conformsTo")
        said.kinds.named(node, "primaryOutput")
        said.stages.named(node, "processConformsTo")
        said.stages.named(node, "basedOn")
        said.stages.named(node, "stage")
        said.batches.named(node, "ofBatchLot")
        self.planned(node)
        if node.kind == "Claim":
            said.claims.named(node, "terreau:successor")
            self.triggered(node)
        else:
            said.promises.named(node, "terreau:successor")
        if node.kind in wishes.TAKEN:
            wishes.name_them(said, node)

    def planned(self, node: Node) -> None:
        """Number the activities and plans that a process or a commitment names itself."""
        for term in ("inputOf", "outputOf"):
            self.said.processes.named(node, term)
        for term in ("plannedWithin", "independentDemandOf"):
            self.said.plans.named(node, term)

    def triggered(self, node: Node) -> None:
        """Note which event a claim waits for; one node that is said twice waits once."""
        waiting = self.said.triggers.setdefault(node.text("triggeredBy"), [])
        number = self.said.claims.numbers[node.id]
        if number not in waiting:
            waiting.append(number)

    # Stocks

    def stock(self, node: Node) -> None:
        """The first time, what is opened; every other time, what must be so at this moment."""
        if not node.id:
            raise Invalid("il manque son @id")
        pk = self.said.stocks.number(node.id, node, "@id") or 0
        first = self.said.nodes.setdefault(("EconomicResource", pk), node)
        self.names(node)
        self.known_of(first, node)
        figures = self.figures(node)
        unit = node.text("terreau:countedIn")
        if pk not in self.said.opened and (unit or figures):
            self.said.opened[pk] = amount_unit(unit) if unit else next(iter(figures.values())).unit
        fresh = first is node and pk not in self.touched and not unit
        if fresh and any(one.micro for one in figures.values()):
            self.opening(node, pk, figures)
        self.snapshot(node, pk, figures)

    def known_of(self, first: Node, node: Node) -> None:
        for name in ("name", "conformsTo", "terreau:countedIn", "terreau:floor"):
            if name in node.values and node.values[name] != first.values.get(name):
                raise Invalid(f"son {name} n'est pas celui de {first.where} : gardez-en un")

    def figures(self, node: Node) -> dict[str, Amount]:
        names = {"accountingQuantity": "accounting", "onhandQuantity": "on_hand"}
        return {
            ours: amount(node.values[theirs])
            for theirs, ours in names.items()
            if node.values.get(theirs)
        }

    def opening(self, node: Node, pk: int, figures: dict[str, Amount]) -> None:
        """What a stock holds before any event is entered as counted then, by who answers for it."""
        owner = self.said.agents.agent(node, "primaryAccountable")
        if owner is None:
            raise Invalid(
                "contient quelque chose avant tout événement, et n'a pas de "
                "primaryAccountable : dites "
                "qui en répond"
            )
        both = list(figures.values())
        if any((one.micro, one.unit) != (both[0].micro, both[0].unit) for one in both):
            raise Invalid(
                "avant tout événement, accountingQuantity et onhandQuantity "
                "diffèrent : dites par un "
                "événement dans quelles mains c'est"
            )
        self.said.openings += 1
        self.touched.add(pk)
        row: dict[str, Any] = {
            "id": node.id, "part": "opening", "where": node.where, "action": "raise",
            "provider": owner, "receiver": owner, "kind": None, "quantity": both[0].micro,
            "unit": both[0].unit, "effort": None, "effort_unit": "", "resource": pk,
            "state": node.text("state"),
        }  # fmt: skip
        self.put(row)

    def snapshot(self, node: Node, pk: int, figures: dict[str, Amount]) -> None:
        said = self.said
        pointers = {
            "accountable": said.agents.agent(node, "primaryAccountable"),
            "custodian": said.agents.agent(node, "terreau:custodian"),
            "container": said.stocks.named(node, "containedIn"),
            "location": said.places.named(node, "currentLocation"),
            "stage": said.stages.named(node, "stage"),
        }
        told: dict[str, Any] = {name: pointed for name, pointed in pointers.items() if pointed}
        if "containedIn" in node.values:
            told["container"] = pointers["container"]
        if node.text("state"):
            told["state"] = node.text("state")
        told |= {name: [one.micro, one.unit] for name, one in figures.items()}
        if told:
            self.rows.append([None, node.where, pk, told])

    # Events

    def event(self, node: Node) -> None:
        if not node.id:
            raise Invalid("il manque son @id : on ne pourrait pas le reconnaître")
        action = node.text("action").removeprefix("vf:")
        if wrong := about_action(action, tuple(table())):
            raise Invalid(wrong)
        said = self.said
        quantity, effort = self.measured(node)
        goes_in, comes_out = said.held.of(node, "inputOf"), said.held.of(node, "outputOf")
        row: dict[str, Any] = {
            "id": node.id,
            "part": "",
            "where": node.where,
            "action": action,
            "provider": self.party(node, "provider"),
            "receiver": self.party(node, "receiver"),
            "kind": said.kinds.named(node, "resourceConformsTo"),
            "quantity": quantity.micro if quantity else None,
            "unit": quantity.unit if quantity else "",
            "effort": effort.micro if effort else None,
            "effort_unit": effort.unit if effort else "",
            "resource": said.stocks.named(node, "resourceInventoriedAs"),
            "to_resource": said.stocks.named(node, "toResourceInventoriedAs"),
            "day": day_of(node).isoformat(),
            "state": node.text("state").strip(),
            "rights": rights_share(node.text("terreau:rightsShare")),
        }
        if goes_in or comes_out:
            row["input_of"] = said.processes.number(goes_in, node, "inputOf")
            row["output_of"] = said.processes.number(comes_out, node, "outputOf")
        for name in node.values.keys() & self.seldom.keys():
            row |= self.seldom[name](node)
        self.touched |= {row["resource"], row["to_resource"]}
        self.put(row)

    def put(self, row: dict[str, Any]) -> None:
        one = mark(row["id"], row["part"])
        if one in self.said.seen:
            raise Invalid("est dit deux fois : gardez-en un")
        self.said.seen.add(one)
        self.said.events += 1
        self.rows.append([row])

    def measured(self, node: Node) -> tuple[Amount | None, Amount | None]:
        values = node.values
        quantity = amount(values["resourceQuantity"]) if values.get("resourceQuantity") else None
        effort = amount(values["effortQuantity"]) if values.get("effortQuantity") else None
        if quantity is None and effort is None:
            raise Invalid("n'a pas de quantité : dites resourceQuantity, ou effortQuantity")
        return quantity, effort

    def party(self, node: Node, name: str) -> int:
        found = self.said.agents.agent(node, name)
        if found is None:
            raise Invalid(f"il manque {name} : dites qui")
        return found

    def corrects(self, node: Node) -> str:
        named = node.all("corrects")
        if len(named) > 1:
            raise Invalid("corrige plusieurs événements : faites une correction pour chacun")
        self.said.corrected.update(named)
        return named[0] if named else ""

    def links(self, node: Node) -> list[Share]:
        """Return the promises that an event goes to; without a share when it goes to one only."""
        if len(node.all("fulfills")) > 1:
            raise Invalid(
                "tient plusieurs engagements sans dire combien de chacun : dites-le par "
                "terreau:fulfilment"
            )
        return self.parts(node, "fulfills", "terreau:Fulfilment", self.said.promises)

    def settles(self, node: Node) -> list[Share]:
        """Return the claims that an event settles; without a share when it settles one only."""
        if len(node.all("settles")) > 1:
            raise Invalid(
                "règle plusieurs créances sans dire combien de chacune : dites-le par "
                "terreau:settlement"
            )
        return self.parts(node, "settles", "terreau:Settlement", self.said.claims)

    def parts(self, node: Node, plain: str, kind: str, names: Names) -> list[Share]:
        shares = [one for one in self.shares.get(id(node), ()) if one.kind == kind]
        exact, named = SHARES[kind], node.all(plain)
        if shares and named:
            raise Invalid(f"dit à la fois {plain} et {exact} : gardez {exact}")
        if exact in node.values and not shares:
            raise Invalid(f"{exact} contient des nœuds de type {kind}, et rien d'autre")
        if named:
            return [(names.number(named[0], node, plain), None, "")]
        return [self.share(one, names) for one in shares]

    def share(self, node: Node, names: Names) -> Share:
        much = amount(node.values.get("terreau:quantity"))
        named = names.named(node, "terreau:of")
        if named is None:
            raise Invalid(f"une part de {SHARES[node.kind]} dit de quoi elle est (terreau:of)")
        return named, much.micro, much.unit


def amount_unit(name: str) -> str:
    """Return the code of a unit. Raises Invalid when it is not known."""
    return amount({"hasNumericalValue": "0", "hasUnit": name}).unit


def day_of(node: Node) -> date:
    """Return the day of an event: its point in time, else its end. Raises Invalid without one."""
    for name in ("hasPointInTime", "hasEnd"):
        if node.text(name):
            return as_day(node.text(name), name)
    raise Invalid("ne dit pas de jour : il manque hasPointInTime, ou hasEnd")


def mark(name: str, part: str = "") -> bytes:
    """Return what is remembered of an event: millions of names would be too much."""
    return hashlib.blake2b(f"{part}:{name}".encode(), digest_size=16).digest()
