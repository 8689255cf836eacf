# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs, offers, proposals and what answers them, as an import reads, checks and writes them.

They are few beside events, so that they are held in memory. What is read by whom is not taken from
a file: wishes land in the first circle, those for their author alone stay so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST, MICRO
from terreau.core.units import as_fraction, convert
from terreau.exchange.addresses import key_of
from terreau.exchange.graphs import Node
from terreau.exchange.intake.values import day, truth
from terreau.exchange.measures import Amount, amount
from terreau.exchange.wishes import METRE
from terreau.ledger import landing as ledger_landing
from terreau.ledger.enums import Purpose
from terreau.ledger.landing import Land
from terreau.ledger.wishes import landing, rules
from terreau.ledger.wishes.said import Answer, Listing, Offering, Wish
from terreau.people.enums import Level

if TYPE_CHECKING:
    from terreau.exchange.intake.definitions import Definitions
    from terreau.exchange.intake.parties import Parties
    from terreau.exchange.intake.reading import Said

_BOTH = "terreau:proposedBy terreau:visibility"
TAKEN = {
    "Intent": frozenset(
        "action provider receiver inputOf outputOf plannedWithin resourceConformsTo "
        "resourceInventoriedAs resourceQuantity effortQuantity availableQuantity minimumQuantity "
        "stage state "
        "hasBeginning hasEnd hasPointInTime due finished name terreau:place terreau:reach "
        "terreau:visibility".split()
    ),
    "Proposal": frozenset(
        "name hasBeginning hasEnd purpose unitBased publishes reciprocal proposedTo listedIn "
        f"eligibleLocation terreau:closed {_BOTH}".split()
    ),
    "ProposalList": frozenset(f"name lists proposedTo {_BOTH}".split()),
    "terreau:Satisfaction": frozenset(["terreau:of", "terreau:quantity"]),
}
ANSWERING = frozenset(["satisfies", "terreau:satisfaction"])
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Source:
    """A commitment or an event that answers wishes, by the numbers of the reading."""

    node: Node
    measured: dict[str, Amount]
    shares: tuple[tuple[int, Amount | None], ...]
    fulfils: frozenset[int | None]

    @property
    def is_event(self) -> bool:
        return self.node.kind == "EconomicEvent"


def name_them(said: Said, node: Node) -> None:
    """Give a number to what a wish or a proposal names, so that nothing is missed."""
    said.stages.named(node, "stage")
    said.stocks.named(node, "resourceInventoriedAs")
    for term in ("inputOf", "outputOf"):
        said.processes.named(node, term)
    for term in ("terreau:place", "eligibleLocation"):
        said.places.named(node, term)
    for term in ("publishes", "reciprocal"):
        for name in node.all(term):
            said.intents.number(name, node, term)
    for name in node.all("lists"):
        said.proposals.number(name, node, "lists")
    for name in node.all("listedIn"):
        said.lists.number(name, node, "listedIn")
    for name in (*node.all("proposedTo"), *node.all("terreau:proposedBy")):
        said.agents.mentioned.add(said.agents.number(name.rstrip("/"), node, "proposedTo"))


def answers_in(said: Said, nodes: list[Node]) -> Iterator[Source]:
    """Yield which of these nodes answer wishes, and by how much. Raises Invalid."""
    nested: dict[int, list[Node]] = {}
    for node in nodes:
        if node.kind in ("terreau:Satisfaction", "terreau:Fulfilment") and node.within is not None:
            nested.setdefault(id(node.within[0]), []).append(node)
    for node in nodes:
        if node.kind in ("EconomicEvent", "Commitment") and ANSWERING & node.values.keys():
            yield _source(said, node, nested.get(id(node), []))


def _source(said: Said, node: Node, nested: list[Node]) -> Source:
    plain = node.all("satisfies")
    shared = [one for one in nested if one.kind == "terreau:Satisfaction"]
    if len(plain) + bool(shared) > 1:
        raise Invalid(
            "répond à plusieurs besoins ou offres sans dire combien de chacun : dites-le par "
            "terreau:satisfaction"
        )
    shares: list[tuple[int, Amount | None]] = [(_number(said, one, node), None) for one in plain]
    shares += [(_number(said, one.text("terreau:of"), one), _much(one)) for one in shared]
    kept = [*node.all("fulfills")]
    kept += [one.text("terreau:of") for one in nested if one.kind == "terreau:Fulfilment"]
    fulfils = frozenset(said.promises.number(name, node, "fulfills") for name in kept)
    measured = {
        measure: amount(node.values[name])
        for measure, name in (("quantity", "resourceQuantity"), ("effort", "effortQuantity"))
        if node.values.get(name)
    }
    return Source(node, measured, tuple(shares), fulfils)


def _much(node: Node) -> Amount:
    return amount(node.values.get("terreau:quantity"))


def _number(said: Said, name: str, node: Node) -> int:
    found = said.intents.number(name, node, "satisfies")
    if found is None:
        raise Invalid("une part de terreau:satisfaction dit à quoi elle répond (terreau:of)")
    return found


@dataclass(slots=True)
class Wishes:
    """What of wishes is to be written, by the numbers of the reading."""

    intents: dict[int, Wish] = field(default_factory=dict)
    finished: set[UUID] = field(default_factory=set)
    proposals: dict[int, Offering] = field(default_factory=dict)
    closed: set[UUID] = field(default_factory=set)
    lists: dict[int, Listing] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    """Their intents by number; what answers by ``keys``."""
    keys: list[tuple[str, UUID]] = field(default_factory=list)


def define(said: Said, things: Definitions, parties: Parties, ledger: int) -> Wishes:
    """Return what the graph says of wishes; what is wrong with it is added to the faults."""
    return _Defining(said, things, parties, ledger).run()


class _Defining:
    def __init__(self, said: Said, things: Definitions, parties: Parties, ledger: int) -> None:
        self.said = said
        self.things = things
        self.ledger = ledger
        self.same = parties.same()
        self.found = Wishes()
        self.answered: dict[tuple[int, str], set[int]] = {}

    def run(self) -> Wishes:
        self.found.intents = self.each("Intent", self.said.intents, self.intent)
        self.found.proposals = self.each("Proposal", self.said.proposals, self.proposal)
        self.found.lists = self.each("ProposalList", self.said.lists, self.list)
        for source in sorted(self.said.answers, key=lambda one: one.is_event):
            try:
                self.answer(source)
            except Invalid as refusal:
                node = source.node
                self.said.faults.add(node.where, f"{node.kind} {node.id} : {refusal.message}")
        return self.found

    def each(self, kind: str, names: Any, make: Callable[[Node], Made]) -> dict[int, Made]:
        found = {}
        for number in self.said.in_order(kind):
            node, name = self.said.nodes.get((kind, number)), names.of[number]
            where, says = names.by[number]
            try:
                if node is None:
                    raise Invalid(
                        f"{name} n'est pas décrit dans le fichier comme {kind} : "
                        "décrivez-le, ou retirez-le"
                    )
                where, says = node.where, f"{kind} {node.id}"
                found[number] = make(node)
            except Invalid as refusal:
                self.said.faults.add(where, f"{says} : {refusal.message}")
        return found

    def key(self, node: Node) -> UUID:
        return key_of(self.ledger, node.id)

    def intent(self, node: Node) -> Wish:
        kind = self.said.kinds.numbers.get(node.text("resourceConformsTo"))
        if kind is None:
            raise Invalid("il manque resourceConformsTo : dites de quoi il s'agit")
        measured = [one for one in ("resourceQuantity", "effortQuantity") if node.values.get(one)]
        if len(measured) != 1:
            raise Invalid("dit combien : resourceQuantity ou effortQuantity, un seul des deux")
        said, much = self.said, amount(node.values[measured[0]])
        one_day = node.text("hasPointInTime")
        stage = said.stages.numbers.get(node.text("stage"))
        wish = Wish(
            self.key(node),
            node.text("action").removeprefix("vf:"),
            self.things.kinds[kind],
            much.micro,
            much.unit,
            "effort" if measured[0] == "effortQuantity" else "quantity",
            said.agents.numbers.get(node.text("provider").rstrip("/")),
            said.agents.numbers.get(node.text("receiver").rstrip("/")),
            self.amount(node, "availableQuantity", much.unit),
            self.amount(node, "minimumQuantity", much.unit),
            said.stocks.numbers.get(node.text("resourceInventoriedAs")),
            *_around(said, node),
            self.things.stages[stage] if stage else "",
            node.text("state"),
            said.places.numbers.get(node.text("terreau:place")),
            self.reach(node),
            day(node, "hasPointInTime" if one_day else "hasBeginning"),
            day(node, "hasPointInTime" if one_day else "hasEnd"),
            day(node, "due"),
            node.text("name"),
            level=_level(node),
        )
        rules.check_wish(wish)
        wish = replace(wish, planned_within_id=self.things.plan_within(wish))
        if truth(node, "finished"):
            self.found.finished.add(wish.key)
        return wish

    def amount(self, node: Node, name: str, unit: str) -> int | None:
        if not node.values.get(name):
            return None
        said = amount(node.values[name])
        return convert(said.micro, said.unit, unit)

    def reach(self, node: Node) -> int | None:
        metres = self.amount(node, "terreau:reach", METRE)
        if metres is not None and metres % MICRO:
            raise Invalid("son terreau:reach n'est pas un nombre entier de mètres : arrondissez-le")
        return None if metres is None else metres // MICRO

    def proposal(self, node: Node) -> Offering:
        said = self.said
        first = self.found.intents.get(next(iter(self.numbers(said.intents, node, "publishes")), 0))
        purpose = node.text("purpose") or _purpose(first)
        offering = Offering(
            self.key(node),
            node.text("name"),
            purpose,
            self.author(node, first),
            self.numbers(said.intents, node, "publishes"),
            self.numbers(said.intents, node, "reciprocal"),
            self.asked(node),
            unit_based=truth(node, "unitBased"),
            begins_on=day(node, "hasBeginning"),
            ends_on=day(node, "hasEnd"),
            place_id=said.places.numbers.get(node.text("eligibleLocation")),
            level=_level(node),
        )
        rules.check_offering(offering)
        if truth(node, "terreau:closed"):
            self.found.closed.add(offering.key)
        return offering

    def list(self, node: Node) -> Listing:
        number = self.said.lists.numbers[node.id]
        listed = list(self.numbers(self.said.proposals, node, "lists"))
        for pk in self.found.proposals:
            proposal = self.said.nodes["Proposal", pk]
            if number in self.numbers(self.said.lists, proposal, "listedIn") and pk not in listed:
                listed.append(pk)
        first = self.found.proposals.get(listed[0]) if listed else None
        author = self.said.agents.numbers.get(node.text("terreau:proposedBy").rstrip("/"))
        author = author or (first.author_id if first else None)
        if author is None:
            raise Invalid("ne dit pas qui la tient : il manque terreau:proposedBy")
        asked = self.asked(node)
        listing = Listing(
            self.key(node), node.text("name"), author, tuple(listed), asked, level=_level(node)
        )
        rules.check_listing(listing)
        return listing

    def author(self, node: Node, first: Wish | None) -> int:
        said = self.said.agents.numbers.get(node.text("terreau:proposedBy").rstrip("/"))
        found = said or (first and (first.provider_id or first.receiver_id))
        if not found:
            raise Invalid("ne dit pas qui propose : il manque terreau:proposedBy")
        return found

    def asked(self, node: Node) -> tuple[int, ...]:
        agents = self.said.agents.numbers
        return tuple(agents[name.rstrip("/")] for name in node.all("proposedTo"))

    def numbers(self, names: Any, node: Node, term: str) -> tuple[int, ...]:
        return tuple(names.numbers[name] for name in node.all(term))

    # What answers

    def answer(self, source: Source) -> None:
        used: dict[str, Fraction] = {}
        for number, much in source.shares:
            wish = self.found.intents.get(number)
            if wish is None:
                raise Invalid(
                    f"répond à {self.said.intents.of[number]}, qui a lui-même une "
                    "faute ou n'est pas décrit"
                )
            self.once(source, number)
            told = source.measured.get(wish.measure)
            left = Fraction(told.micro) - used.get(wish.measure, 0) if told else None
            micro = None if much is None else convert(much.micro, much.unit, wish.unit)
            asked, by = self.asked_of(wish), self.answering(source, left, told)
            micro = rules.answered_by(asked, by, micro, beyond=True)
            if told:
                taken = Fraction(micro) * as_fraction(1, wish.unit, told.unit)
                used[wish.measure] = used.get(wish.measure, Fraction()) + taken
            key = key_of(self.ledger, source.node.id, f"satisfies {wish.key}")
            self.found.answers.append(Answer(key, number, micro=micro))
            what = "events" if source.is_event else "promises"
            self.found.keys.append((what, self.key(source.node)))

    def once(self, source: Source, number: int) -> None:
        """Refuse what counts twice: the same answer again, or the keeping of a promise that is."""
        mine = self.said.promises.numbers.get(source.node.id) if not source.is_event else None
        met = self.answered.setdefault((number, "promises"), set())
        ids = self.answered.setdefault((number, source.node.id), set())
        if ids or met & source.fulfils:
            raise Invalid(f"répond deux fois à {self.said.intents.of[number]} : gardez une réponse")
        ids.add(0)
        if mine is not None:
            met.add(mine)

    def asked_of(self, wish: Wish) -> rules.Asked:
        side = wish.provider_id or wish.receiver_id or 0
        same = self.same.get(side, frozenset({side}))
        is_need = wish.receiver_id is not None
        return rules.Asked(
            wish.action, wish.specification, wish.measure, wish.unit, is_need, same, LARGEST, False
        )

    def answering(
        self, source: Source, left: Fraction | None, told: Amount | None
    ) -> rules.Answering:
        node, said = source.node, self.said
        kind = said.kinds.numbers.get(node.text("resourceConformsTo"))
        stock = said.stocks.numbers.get(
            node.text("resourceInventoriedAs") or node.text("toResourceInventoriedAs")
        )
        word = self.things.kinds[kind] if kind else ""
        if not word and stock in self.things.stocks:
            word = self.things.stocks[stock].specification
        return rules.Answering(
            node.text("action").removeprefix("vf:"),
            word,
            said.agents.numbers.get(node.text("provider").rstrip("/"), 0),
            said.agents.numbers.get(node.text("receiver").rstrip("/"), 0),
            left,
            told.unit if told else "",
            bool(node.all("corrects")),
            False,
        )


def _purpose(first: Wish | None) -> str:
    if first is None:
        return ""
    return Purpose.REQUEST if first.provider_id is None else Purpose.OFFER


def _level(node: Node) -> str:
    alone = node.text("terreau:visibility") == Level.AUTHOR
    return Level.AUTHOR if alone else Level.CIRCLE


def _around(said: Said, node: Node) -> tuple[int | None, int | None, int | None]:
    """Return what it goes into, what it comes out of and its plan: said on it, or by them."""
    of, processes = said.held.of, said.processes.numbers
    within = said.plans.numbers.get(of(node, "plannedWithin"))
    return processes.get(of(node, "inputOf")), processes.get(of(node, "outputOf")), within


def write(land: Land, space: int, said: Said, wishes: Wishes, agents: dict[int, int]) -> None:
    """Write all of it in the ids of this instance: after the events, which answers name."""
    to = landing.Audience(land, space)

    def here(what: str, names: Any) -> dict[int | None, int | None]:
        keys = {n: key_of(land.ledger, name) for n, name in enumerate(names.of[1:], 1)}
        ids = landing.ids_of(what, keys.values())
        return {None: None, **{number: ids.get(key) for number, key in keys.items()}}

    def party(number: int | None) -> int | None:
        return None if number is None else agents[number]

    places, processes = here("places", said.places), here("processes", said.processes)
    stocks, plans = here("stocks", said.stocks), here("plans", said.plans)
    stages = ledger_landing.stages(land, {one.stage for one in wishes.intents.values()} - {""})
    given = [
        replace(
            one,
            provider_id=party(one.provider_id),
            receiver_id=party(one.receiver_id),
            resource_id=stocks[one.resource_id],
            input_of_id=processes[one.input_of_id],
            output_of_id=processes[one.output_of_id],
            planned_within_id=plans[one.planned_within_id],
            place_id=places[one.place_id],
        )
        for one in wishes.intents.values()
    ]
    intents = landing.intents(to, given, stages, wishes.finished)
    by_number = {number: intents[one.key] for number, one in wishes.intents.items()}
    offered = [
        replace(
            one,
            author_id=agents[one.author_id],
            publishes=tuple(by_number[n] for n in one.publishes),
            reciprocal=tuple(by_number[n] for n in one.reciprocal),
            proposed_to=tuple(agents[n] for n in one.proposed_to),
            place_id=places[one.place_id],
        )
        for one in wishes.proposals.values()
    ]
    proposals = landing.proposals(to, offered, wishes.closed)
    listed = {number: proposals[one.key] for number, one in wishes.proposals.items()}
    landing.lists(
        to,
        [
            replace(
                one,
                author_id=agents[one.author_id],
                proposals=tuple(listed[n] for n in one.proposals),
                proposed_to=tuple(agents[n] for n in one.proposed_to),
            )
            for one in wishes.lists.values()
        ],
    )
    landing.answers(land, _answers(wishes, by_number))


def _answers(wishes: Wishes, intents: dict[int, int]) -> Iterator[Answer]:
    ids = {
        what: landing.ids_of(what, [key for of, key in wishes.keys if of == what])
        for what in ("promises", "events")
    }
    for one, (what, key) in zip(wishes.answers, wishes.keys, strict=True):
        pk = ids[what][key]
        promise, event = (None, pk) if what == "events" else (pk, None)
        intent = intents[one.intent_id]
        yield replace(one, intent_id=intent, commitment_id=promise, event_id=event)
