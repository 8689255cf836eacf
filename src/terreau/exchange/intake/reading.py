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
from terreau.exchange.intake.spool import Spool
from terreau.exchange.measures import Amount, amount
from terreau.ledger.engine.table import table

BATCH = 1_000
PARTIES = ("Agent", "Person", "Organization", "EcologicalAgent")
TAKEN = {
    "EconomicEvent": frozenset(
        "action provider receiver inputOf outputOf resourceInventoriedAs toResourceInventoriedAs "
        "resourceConformsTo resourceQuantity effortQuantity toLocation state hasBeginning hasEnd "
        "hasPointInTime fulfills settles corrects terreau:fulfilment terreau:settlement "
        "terreau:beyondPromise".split()
    )
    | wishes.ANSWERING,
    "Commitment": frozenset(
        "action provider receiver resourceConformsTo resourceQuantity effortQuantity due inputOf "
        "outputOf plannedWithin independentDemandOf stage state terreau:ended "
        "terreau:successor".split()
    )
    | wishes.ANSWERING,
    "Plan": frozenset("name due planIncludes hasIndependentDemand".split()),
    "BatchLotRecord": frozenset(["batchLotCode", "expirationDate"]),
    "Claim": frozenset(
        "action provider receiver resourceConformsTo resourceQuantity effortQuantity triggeredBy "
        "due terreau:ended terreau:successor".split()
    ),
    "EconomicResource": frozenset(
        "name conformsTo accountingQuantity onhandQuantity primaryAccountable stage state "
        "containedIn currentLocation trackingIdentifier ofBatchLot terreau:countedIn "
        "terreau:floor terreau:noFloor terreau:custodian".split()
    ),
    "Process": frozenset(
        "name basedOn plannedWithin hasBeginning hasEnd finished hasInput hasOutput".split()
    ),
    "SpatialThing": frozenset("name lat long mappableAddress".split()),
    "ResourceSpecification": frozenset(["name"]),
    "ProcessSpecification": frozenset(["name"]),
    **{kind: frozenset(["name", "terreau:siren", "terreau:siret", "terreau:mergedInto"])
       for kind in PARTIES},
    "Unit": frozenset(["label", "symbol", "omUnitIdentifier"]),
    "Measure": frozenset(),
    "terreau:Fulfilment": frozenset(["terreau:of", "terreau:quantity"]),
    "terreau:Settlement": frozenset(["terreau:of", "terreau:quantity"]),
    **wishes.TAKEN,
}  # fmt: skip
"""The properties that are taken in; any other of 1.0 is left out and counted."""


SHARES = {"terreau:Fulfilment": "terreau:fulfilment", "terreau:Settlement": "terreau:settlement"}
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
            self.by.append((node.where, f"{node.kind} {node.id}: {term}"))
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
    intents: Names = field(default_factory=Names)
    proposals: Names = field(default_factory=Names)
    lists: Names = field(default_factory=Names)
    answers: list[wishes.Source] = field(default_factory=list)
    nodes: dict[tuple[str, int], Node] = field(default_factory=dict)
    opened: dict[int, str] = field(default_factory=dict)
    corrected: set[str] = field(default_factory=set)
    triggers: dict[str, list[int]] = field(default_factory=dict)
    openings: int = 0
    events: int = 0


Tell = Callable[[str, int], None]


def read(parts: Iterable[Graph], spool: Spool, tell: Tell) -> Said:
    """Read a graph, part by part. Raises Refused or Unreadable."""
    reading = _Reading(spool)
    for part in parts:
        for fault in part.notes:
            where, told, says = fault.partition(": ")
            reading.said.faults.add(where if told else "@context", says or fault)
        if part.foreign:
            reading.said.faults.left_out.update(one.split(": ", 1)[1] for one in part.foreign)
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
        self.seen: set[bytes] = set()
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
            "terreau:beyondPromise": lambda node: {
                "beyond": node.text("terreau:beyondPromise") == "true"
            },
        }
        self.registers = {
            "ResourceSpecification": said.kinds,
            "ProcessSpecification": said.stages,
            "Process": said.processes,
            "SpatialThing": said.places,
            "Commitment": said.promises,
            "Claim": said.claims,
            "Plan": said.plans,
            "BatchLotRecord": said.batches,
            "Intent": said.intents,
            "Proposal": said.proposals,
            "ProposalList": said.lists,
            **dict.fromkeys(PARTIES, said.agents),
        }

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
            self.said.faults.add(node.where, f"{node.kind} {node.id}: {refusal.message}")

    def described(self, node: Node) -> None:
        """Keep what is said once of a thing that events name."""
        if not node.id:
            raise Invalid("it has no @id")
        register = self.registers[node.kind]
        is_party = node.kind in PARTIES
        name = node.id.rstrip("/") if is_party else node.id
        number = register.number(name, node, "@id")
        key = ("Agent" if is_party else node.kind, number or 0)
        before = self.said.nodes.setdefault(key, node)
        self.names(node)
        if before is not node and before.values != node.values:
            raise Invalid(f"it is said twice, not in the same way (first at {before.where})")

    def names(self, node: Node) -> None:
        """Give a number to what a thing names, so that a reference to nothing is found out."""
        said = self.said
        said.agents.agent(node, "provider")
        said.agents.agent(node, "receiver")
        said.agents.agent(node, "terreau:mergedInto")
        said.kinds.named(node, "resourceConformsTo")
        said.kinds.named(node, "conformsTo")
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
        """Number the activities and plans that a process or a commitment names."""
        for term, process in zip(("inputOf", "outputOf"), around(node), strict=True):
            self.said.processes.number(process, node, term)
        for term, plan in zip(
            ("plannedWithin", "independentDemandOf"), plans_of(node), strict=True
        ):
            self.said.plans.number(plan, node, term)

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
            raise Invalid("it has no @id")
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
                raise Invalid(f"its {name} is not that of {first.where}")

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
            raise Invalid("it holds something before any event, and has no primaryAccountable")
        both = list(figures.values())
        if any((one.micro, one.unit) != (both[0].micro, both[0].unit) for one in both):
            raise Invalid(
                "before any event, its accountingQuantity and onhandQuantity differ: say by an "
                "event in whose hands it is"
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
            raise Invalid("it has no @id: it could not be known again")
        action = node.text("action").removeprefix("vf:")
        if action not in table():
            raise Invalid(f"{action or 'nothing'} is not an action of 1.0")
        said = self.said
        quantity, effort = self.measured(node)
        goes_in, comes_out = around(node)
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
        }
        if goes_in or comes_out:
            row["input_of"] = said.processes.number(goes_in, node, "inputOf")
            row["output_of"] = said.processes.number(comes_out, node, "outputOf")
        for name in node.values.keys() & self.seldom.keys():
            row |= self.seldom[name](node)
        self.touched |= {row["resource"], row["to_resource"]}
        self.put(row)

    def put(self, row: dict[str, Any]) -> None:
        mark = _digest(f"{row['part']}:{row['id']}")
        if mark in self.seen:
            raise Invalid("it is said twice")
        self.seen.add(mark)
        self.said.events += 1
        self.rows.append([row])

    def measured(self, node: Node) -> tuple[Amount | None, Amount | None]:
        values = node.values
        quantity = amount(values["resourceQuantity"]) if values.get("resourceQuantity") else None
        effort = amount(values["effortQuantity"]) if values.get("effortQuantity") else None
        if quantity is None and effort is None:
            raise Invalid("it has no quantity")
        return quantity, effort

    def party(self, node: Node, name: str) -> int:
        found = self.said.agents.agent(node, name)
        if found is None:
            raise Invalid(f"it has no {name}")
        return found

    def corrects(self, node: Node) -> str:
        named = node.all("corrects")
        if len(named) > 1:
            raise Invalid("it corrects several events")
        self.said.corrected.update(named)
        return named[0] if named else ""

    def links(self, node: Node) -> list[Share]:
        """Return the promises that an event goes to; without a share when it goes to one only."""
        if len(node.all("fulfills")) > 1:
            raise Invalid("it fulfills several commitments without saying how much of each")
        return self.parts(node, "fulfills", "terreau:Fulfilment", self.said.promises)

    def settles(self, node: Node) -> list[Share]:
        """Return the claims that an event settles; without a share when it settles one only."""
        if len(node.all("settles")) > 1:
            raise Invalid("it settles several claims without saying how much of each")
        return self.parts(node, "settles", "terreau:Settlement", self.said.claims)

    def parts(self, node: Node, plain: str, kind: str, names: Names) -> list[Share]:
        shares = [one for one in self.shares.get(id(node), ()) if one.kind == kind]
        exact, named = SHARES[kind], node.all(plain)
        if shares and named:
            raise Invalid(f"it has both {plain} and {exact}")
        if exact in node.values and not shares:
            raise Invalid(f"{exact} holds nodes of type {kind}")
        if named:
            return [(names.number(named[0], node, plain), None, "")]
        return [self.share(one, names) for one in shares]

    def share(self, node: Node, names: Names) -> Share:
        much = amount(node.values.get("terreau:quantity"))
        named = names.named(node, "terreau:of")
        if named is None:
            raise Invalid(f"a share of {SHARES[node.kind]} has a terreau:of")
        return named, much.micro, much.unit


def around(node: Node) -> tuple[str, str]:
    """Return what a flow goes into and comes out of, said on it or by being nested."""
    holder, name = node.within if node.within else (None, "")
    held = holder.id if holder is not None and holder.kind == "Process" else ""
    goes_in = node.text("inputOf") or (held if name == "hasInput" else "")
    return goes_in, node.text("outputOf") or (held if name == "hasOutput" else "")


def plans_of(node: Node) -> tuple[str, str]:
    """Return the plan that something is a part of, and the one that is made for it."""
    holder, name = node.within if node.within else (None, "")
    held = holder.id if holder is not None and holder.kind == "Plan" else ""
    within = node.text("plannedWithin") or (held if name == "planIncludes" else "")
    demand = node.text("independentDemandOf") or (held if name == "hasIndependentDemand" else "")
    return within, demand


def amount_unit(name: str) -> str:
    """Return the code of a unit. Raises Invalid when it is not known."""
    return amount({"hasNumericalValue": "0", "hasUnit": name}).unit


def day_of(node: Node) -> date:
    """Return the day of an event: its point in time, else its end. Raises Invalid without one."""
    for name in ("hasPointInTime", "hasEnd"):
        if node.text(name):
            return as_day(node.text(name), name)
    raise Invalid("it says no day: hasPointInTime, or hasEnd, is missing")


def as_day(text: str, name: str) -> date:
    """Return the day of a date or a moment, as it is written."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Invalid(f"{name}: {text[:40]} is not a day") from None


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
