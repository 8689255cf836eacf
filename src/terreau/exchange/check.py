# SPDX-License-Identifier: AGPL-3.0-or-later
"""Does a graph of ValueFlows agree with itself?

The events are applied, in the order in which they are written, to the first snapshot of each
resource; every later snapshot of it is compared. What the file leaves unsaid is not compared, and
what had to be taken for granted is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from terreau.core.errors import Invalid
from terreau.core.units import as_fraction, convert, convertible
from terreau.exchange.answered import how_far
from terreau.exchange.graphs import Graph, Node
from terreau.exchange.intake.held import Held
from terreau.exchange.measures import Amount, amount, number, rights_share
from terreau.exchange.vocabulary import about_action, unit_names
from terreau.ledger.engine.replay import Replay
from terreau.ledger.engine.state import (
    Claim,
    Event,
    Link,
    Measure,
    Promise,
    Resource,
    Settle,
)
from terreau.ledger.engine.table import table

QUANTITIES = {"accountingQuantity": "accounting", "onhandQuantity": "on_hand"}
SHARES = ("terreau:Fulfilment", "terreau:Settlement")
POINTERS = {
    "primaryAccountable": "accountable",
    "terreau:custodian": "custodian",
    "containedIn": "container",
    "currentLocation": "location",
    "stage": "stage",
}


@dataclass(slots=True)
class Line:
    """One resource: what was compared, and how often each thing agreed or differed."""

    id: str
    name: str
    agrees: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Remaining:
    """A commitment, a claim or an intent: what was said, what events made of it, what remains."""

    id: str
    kind: str
    said: str
    done: str
    remaining: str


@dataclass(slots=True)
class Report:
    """What ``check`` found. ``events``: how many were applied; ``totals``: what they add up to."""

    resources: list[Line] = field(default_factory=list)
    remaining: list[Remaining] = field(default_factory=list)
    totals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    events: int = 0

    @property
    def agrees(self) -> bool:
        return not any(line.differs for line in self.resources)


def check_graph(graph: Graph) -> Report:
    """Apply the events of a graph and compare its snapshots."""
    return _Check(graph).run()


class _Check:
    """The state of one check: numbers for the names of the graph, and the replay so far."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.report = Report(notes=[*graph.notes, *graph.foreign])
        self.held = Held()
        self.numbers: dict[str, int] = {}
        self.names: list[str] = [""]  # by number, which begins at one
        corrected = {one for node in graph.nodes for one in node.all("corrects")}
        self.replay = Replay({}, {}, frozenset(map(self.number_of, corrected)))
        self.lines: dict[str, Line] = {}
        self.called: dict[int, str] = {}
        self.unsaid: dict[int, set[str]] = {}
        self.said_before: dict[str, Node] = {}
        self.given_out: dict[str, set[str]] = {}
        for node in graph.nodes:
            if node.kind == "EconomicEvent" and node.text("action") in ("modify", "produce"):
                process = node.text("outputOf") or (node.within[0].id if node.within else "")
                self.given_out.setdefault(process, set()).add(node.text("resourceInventoriedAs"))
        self.shared: dict[int, list[Node]] = {}
        for node in graph.nodes:
            if node.kind in SHARES and node.within is not None:
                self.shared.setdefault(id(node.within[0]), []).append(node)
        self.stages = {
            node.id: node.text("basedOn") for node in graph.nodes if node.kind == "Process"
        }

    def run(self) -> Report:
        self.learn_holders()
        for kind in ("Commitment", "Claim"):
            for node in self.graph.nodes:
                if node.kind == kind:
                    self.tried(node, self.promise if kind == "Commitment" else self.claim)
        for node in self.graph.nodes:
            if node.kind == "EconomicResource":
                self.tried(node, self.snapshot)
            elif node.kind == "EconomicEvent":
                self.tried(node, self.event)
        self.report.resources = list(self.lines.values())
        self.report.totals = list(self.totals())
        self.report.remaining = [*self.promises_left(), *self.claims_left(), *self.wishes_left()]
        return self.report

    def learn_holders(self) -> None:
        """Read what plans, activities and recipes name; note what the graph does not describe."""
        for node in self.graph.nodes:
            try:
                self.held.learn([node])
            except Invalid as refusal:
                self.report.notes.append(f"{node.where} : {refusal.message}")
        described = {(node.kind, node.id) for node in self.graph.nodes}
        unmet = self.held.unmet(lambda kind, name: (kind, name) in described)
        self.report.notes += (f"{where} : {says}" for where, says in unmet)

    def tried(self, node: Node, do: Callable[[Node], None]) -> None:
        try:
            do(node)
        except Invalid as refusal:
            self.note(node, f"{refusal.message} : laissé de côté")

    def note(self, node: Node, says: str) -> None:
        self.report.notes.append(f"{node.where} : {node.kind} {node.id or '(sans @id)'} : {says}")

    def number_of(self, name: str) -> int:
        found = self.numbers.get(name)
        if found is None:
            found = self.numbers[name] = len(self.names)
            self.names.append(name)
        return found

    def agent(self, name: str) -> int:
        """Return the number of an agent: some write its address with a last slash, some without."""
        return self.number_of(name.rstrip("/"))

    def pointer(self, name: str) -> int | None:
        return self.number_of(name) if name else None

    # Resources

    def snapshot(self, node: Node) -> None:
        pk = self.number_of(node.id)
        if node.id in self.lines:
            self.compare(node, self.replay.resources[pk])
            return
        self.lines[node.id] = Line(node.id, node.text("name") or node.text("trackingIdentifier"))
        if node.text("terreau:countedIn"):
            self.begun_empty(node, pk)
            return
        figures = {
            ours: amount(node.values[theirs])
            for theirs, ours in QUANTITIES.items()
            if node.values.get(theirs)
        }
        first = next(iter(figures.values()), None)
        if first is None:
            self.note(
                node,
                "aucune quantité n'est dite : ce que les événements en changent n'est pas comparé",
            )
        unit, owned = first.unit if first else "item", bool(node.text("primaryAccountable"))
        owner = self.agent(node.text("primaryAccountable")) if owned else None
        begun = {name: convert(one.micro, one.unit, unit) for name, one in figures.items()}
        both = next(iter(begun.values()), 0)
        self.called[pk] = first.called if first else "one"
        self.unsaid[pk] = {
            *({"accounting", "on_hand"} - set(begun)),
            *(ours for theirs, ours in POINTERS.items() if theirs not in node.values),
        }
        self.replay.resources[pk] = Resource(
            pk,
            "",
            unit,
            None,
            begun.get("accounting", both),
            begun.get("on_hand", both),
            owner,
            owner,
            1,
            location=self.pointer(node.text("currentLocation")),
            stage=self.pointer(node.text("stage")),
            state=node.text("state"),
        )
        self.contain(pk, self.pointer(node.text("containedIn")))

    def begun_empty(self, node: Node, pk: int) -> None:
        """An export says what a stock is counted in; all that it holds comes from its events."""
        none = amount({"hasNumericalValue": "0", "hasUnit": node.text("terreau:countedIn")})
        self.called[pk], self.unsaid[pk] = none.called, set()
        self.replay.resources[pk] = Resource(pk, "", none.unit, None)

    def contain(self, pk: int, container: int | None) -> None:
        if container is not None:
            one = self.replay.resources[pk]
            self.replay.resources[pk] = replace(one, container=container)
            self.replay.inside.setdefault(container, set()).add(pk)

    def compare(self, node: Node, now: Resource) -> None:
        for name, says, gives in self.compared(node, now):
            line = self.lines[node.id]
            if says == gives:
                line.agrees.append(f"{name} {says or 'rien'}")
            else:
                line.differs.append(
                    f"{node.where} : {name} : le fichier dit {says or 'rien'}, les "
                    "événements donnent "
                    f"{gives or 'rien'}"
                )

    def compared(self, node: Node, now: Resource) -> Iterator[tuple[str, str, str]]:
        """Yield each property that can be compared: its name, what is said, what events give."""
        unsaid = self.unsaid[now.id]
        for theirs, ours in QUANTITIES.items():
            if node.values.get(theirs) and ours not in unsaid:
                said = amount(node.values[theirs])
                given = as_fraction(getattr(now, ours), now.unit, said.unit)
                exact = number(int(given)) if given.denominator == 1 else str(given / 10**6)
                yield theirs, str(said), f"{exact} {said.called}"
        for theirs, ours in POINTERS.items():
            if theirs in node.values and ours not in unsaid:
                pointed = getattr(now, ours)
                said_to = node.text(theirs)
                yield theirs, said_to.rstrip("/"), self.names[pointed or 0].rstrip("/")
        if node.text("state"):
            yield "state", node.text("state"), now.state

    # Events

    def event(self, node: Node) -> None:
        before = self.said_before.setdefault(node.id, node) if node.id else node
        if before is not node:
            if before.values != node.values:
                self.note(node, "dit deux fois, et autrement : le premier compte")
            return
        event = self.as_event(node)
        for pk in (event.resource, event.to_resource):
            if pk is not None and pk not in self.replay.resources:
                self.unknown(node, pk, event.unit)
        self.assume_owner(node, event)
        if event.corrects is not None and event.corrects not in self.replay.past:
            raise Invalid("corrige un événement que le fichier ne contient pas avant lui")
        self.replay.feed(self.number_of(node.id or node.where), event, "")
        self.touched(event)
        self.report.events += 1

    def as_event(self, node: Node) -> Event:
        action = node.text("action").removeprefix("vf:")
        if wrong := about_action(action, tuple(table())):
            raise Invalid(wrong)
        measured: dict[Measure, Amount] = {}
        if node.values.get("resourceQuantity"):
            measured["quantity"] = amount(node.values["resourceQuantity"])
        if node.values.get("effortQuantity"):
            measured["effort"] = amount(node.values["effortQuantity"])
        if not measured:
            raise Invalid("n'a pas de quantité")
        quantity, effort = measured.get("quantity"), measured.get("effort")
        corrects = node.all("corrects")
        if not corrects and any(one.micro < 0 for one in measured.values()):
            self.note(node, "négatif, et ne corrige rien")
        process_in, process_out = self.processes(node)
        return Event(
            action,
            self.agent(node.text("provider")),
            self.agent(node.text("receiver")),
            node.text("resourceConformsTo") or node.text("resourceInventoriedAs"),
            quantity.micro if quantity else None,
            quantity.unit if quantity else "",
            effort.micro if effort else None,
            effort.unit if effort else "",
            self.pointer(node.text("resourceInventoriedAs")),
            self.pointer(self.to_resource(node, action, process_in)),
            self.links(node, measured),
            self.number_of(corrects[0]) if corrects else None,
            self.pointer(node.text("toLocation")),
            node.text("state"),
            self.pointer(self.stages.get(process_out, "")),
            self.pointer(process_in),
            self.pointer(process_out),
            self.settles(node, measured),
            rights_share(node.text("terreau:rightsShare")),
        )

    def processes(self, node: Node) -> tuple[str, str]:
        """Return what the event goes into and comes out of, said on it or by the activity."""
        goes_in, comes_out = self.held_by(node, "inputOf"), self.held_by(node, "outputOf")
        if table()[node.text("action").removeprefix("vf:")].direction and not goes_in + comes_out:
            self.note(node, "d'aucune activité")
        return goes_in, comes_out

    def held_by(self, node: Node, term: str) -> str:
        try:
            return self.held.of(node, term)
        except Invalid as refusal:
            self.note(node, f"{refusal.message} : ce qu'il dit lui-même compte")
            return node.text(term)

    def to_resource(self, node: Node, action: str, process: str) -> str:
        """Return the to-resource; the container of a combine may have to be found."""
        named = node.text("toResourceInventoriedAs")
        if named or action != "combine":
            return named
        given_back = self.given_out.get(process, set()) if process else set()
        if len(given_back) != 1:
            self.note(node, "ne nomme pas de contenant, et son activité n'en désigne aucun")
            return ""
        container = next(iter(given_back))
        self.note(node, f"ne nomme pas de contenant : pris pour {container}, que son activité rend")
        return container

    def links(self, node: Node, measured: dict[Measure, Amount]) -> tuple[Link, ...]:
        fulfilled = node.all("fulfills")
        if "terreau:fulfilment" in node.values:
            return tuple(self.shares(node))
        if len(fulfilled) > 1:
            self.note(node, "tient plusieurs engagements sans dire combien de chacun")
            return ()
        for name in fulfilled:
            promise = self.replay.promises.get(self.number_of(name))
            one = measured.get(promise.measure) if promise else None
            if promise is None:
                self.note(node, f"tient {name}, qui n'est pas un engagement du fichier")
            elif one is None or not convertible(one.unit, promise.unit):
                self.note(node, f"ne se compte pas comme {name}")
            else:
                return (Link(promise.id, convert(one.micro, one.unit, promise.unit)),)
        return ()

    def shares(self, node: Node) -> Iterator[Link]:
        """Yield what an event fulfils, share by share, as our exports say it."""
        for one in self.shared.get(id(node), ()):
            if one.kind != "terreau:Fulfilment":
                continue
            promise = self.replay.promises.get(self.number_of(one.text("terreau:of")))
            much = amount(one.values.get("terreau:quantity"))
            if promise is None:
                self.note(
                    node, f"tient {one.text('terreau:of')}, qui n'est pas un engagement du fichier"
                )
            else:
                yield Link(promise.id, convert(much.micro, much.unit, promise.unit))

    def unknown(self, node: Node, pk: int, unit: str) -> None:
        name = self.names[pk]
        self.note(node, f"rien ne dit avant lui ce que contient {name} : ce n'est pas comparé")
        self.replay.resources[pk] = Resource(pk, "", unit or "item", None)
        self.lines[name] = Line(name, "")
        self.called[pk] = ""
        self.unsaid[pk] = {*QUANTITIES.values(), *POINTERS.values()}

    def assume_owner(self, node: Node, event: Event) -> None:
        """Somebody answers for a thing: when the file does not say who, its first giver does."""
        one = self.replay.resources.get(event.resource or 0)
        if one is None or one.accountable is not None or event.corrects is not None:
            return
        if one.is_new:
            return  # the event says it itself
        self.replay.resources[one.id] = replace(
            one, accountable=event.provider, custodian=event.provider
        )
        if table()[event.action].name == "transferCustody":
            self.note(
                node, "la chose n'a pas de primaryAccountable : pris pour qui la donne en premier"
            )

    def touched(self, event: Event) -> None:
        """What an event gave is known from then on, even if the first snapshot did not say it."""
        row = table()[event.action]
        if event.to_resource is not None and row.accountable == "to":
            self.unsaid[event.to_resource].discard("accountable")
        if event.resource is not None and row.contained:
            self.unsaid[event.resource].discard("container")

    def totals(self) -> Iterator[str]:
        """Yield what was done of each thing in all, corrections taken off."""
        sums: dict[tuple[str, str, str], int] = {}
        for (_, _, _, action, what, _, unit), (total, _) in self.replay.balances.items():
            sums[action, what, unit] = sums.get((action, what, unit), 0) + total
        names = {code: name.removeprefix("om2:") for code, name in unit_names().items()}
        for (action, what, unit), total in sums.items():
            yield f"{action} {number(total)} {names[unit]}{f' de {what}' if what else ''}"

    # Commitments and claims

    def promise(self, node: Node) -> None:
        name: Measure = "quantity" if node.values.get("resourceQuantity") else "effort"
        said = amount(node.values.get(f"{'resource' if name == 'quantity' else 'effort'}Quantity"))
        pk = self.number_of(node.id)
        self.called[pk] = said.called
        provider = self.agent(node.text("provider"))
        self.replay.promises[pk] = Promise(pk, provider, name, said.unit, said.micro)

    def claim(self, node: Node) -> None:
        of: Measure = "quantity" if node.values.get("resourceQuantity") else "effort"
        said = amount(node.values.get("resourceQuantity") or node.values.get("effortQuantity"))
        pk, trigger = self.number_of(node.id), self.pointer(node.text("triggeredBy")) or 0
        self.called[pk] = said.called
        sides = (self.agent(node.text("provider")), self.agent(node.text("receiver")))
        self.replay.enter_claim(Claim(pk, *sides, of, said.unit, said.micro, trigger))

    def settles(self, node: Node, measured: dict[Measure, Amount]) -> tuple[Settle, ...]:
        if "terreau:settlement" in node.values:
            return tuple(self.settled(node))
        named = node.all("settles")
        if len(named) > 1:
            self.note(node, "règle plusieurs créances sans dire combien de chacune")
            return ()
        for name in named:
            claim = self.replay.claims.get(self.number_of(name))
            one = measured.get(claim.measure) if claim else None
            if claim is None:
                self.note(node, f"règle {name}, qui n'est pas une créance du fichier")
            elif one is None or not convertible(one.unit, claim.unit):
                self.note(node, f"ne se compte pas comme {name}")
            else:
                return (Settle(claim.id, convert(one.micro, one.unit, claim.unit)),)
        return ()

    def settled(self, node: Node) -> Iterator[Settle]:
        """Yield what an event settles, share by share, as our exports say it."""
        for one in self.shared.get(id(node), ()):
            if one.kind != "terreau:Settlement":
                continue
            claim = self.replay.claims.get(self.number_of(one.text("terreau:of")))
            much = amount(one.values.get("terreau:quantity"))
            if claim is None:
                self.note(
                    node, f"règle {one.text('terreau:of')}, qui n'est pas une créance du fichier"
                )
            else:
                yield Settle(claim.id, convert(much.micro, much.unit, claim.unit))

    def promises_left(self) -> Iterator[Remaining]:
        for pk, one in self.replay.promises.items():
            told = (one.promised, one.fulfilled, one.remaining)
            said, done, left = (f"{number(much)} {self.called[pk]}" for much in told)
            yield Remaining(self.names[pk], "Commitment", said, done, left)

    def claims_left(self) -> Iterator[Remaining]:
        for pk, one in self.replay.claims.items():
            told = (one.claimed, one.settled, one.remaining)
            said, done, left = (f"{number(much)} {self.called[pk]}" for much in told)
            yield Remaining(self.names[pk], "Claim", said, done, left)

    def wishes_left(self) -> Iterator[Remaining]:
        kept = {self.names[pk]: one.fulfilled for pk, one in self.replay.promises.items()}
        for name, called, found in how_far(self.graph.nodes, kept, self.note):
            told = (found.wanted, found.answered, found.remaining)
            said, done, left = (f"{number(much)} {called}" for much in told)
            yield Remaining(name, "Intent", said, done, left)
