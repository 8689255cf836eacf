# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far the needs and offers of a graph are answered by its commitments and events.

Worked out as in the ledger (``ledger.wishes.shares``): what was taken back of an event, or no
longer binds of a commitment, answers nothing; the shares that are written first are served first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping

from terreau.core.errors import Invalid
from terreau.core.units import convert, convertible
from terreau.exchange.graphs import Node
from terreau.exchange.measures import Amount, amount
from terreau.ledger.wishes.shares import Answered, Share, Standing, counted

Note = Callable[[Node, str], None]
_NAMES = {"quantity": "resourceQuantity", "effort": "effortQuantity"}


def how_far(
    nodes: list[Node], fulfilled: Mapping[str, int], note: Note
) -> Iterator[tuple[str, str, Answered]]:
    """Yield each need and offer that says how much: its name, its unit as it is called, how far.

    ``fulfilled``: what events gave of each commitment, by name, in its unit. What cannot be told is
    noted, and left out.
    """
    return _Answering(nodes, fulfilled, note).found()


class _Answering:
    def __init__(self, nodes: list[Node], fulfilled: Mapping[str, int], note: Note) -> None:
        self.nodes = nodes
        self.fulfilled = fulfilled
        self.note = note
        self.wishes = {one.id: one for one in nodes if one.kind == "Intent" and _measure(one)}
        self.measured = {name: _total(one) for name, one in self.wishes.items()}
        self.nested: dict[int, list[Node]] = {}
        for node in nodes:
            if node.kind == "terreau:Satisfaction" and node.within is not None:
                self.nested.setdefault(id(node.within[0]), []).append(node)
        self.standing: dict[Hashable, Standing] = {}

    def found(self) -> Iterator[tuple[str, str, Answered]]:
        sums = {name: [0, 0] for name in self.measured}
        shares = list(self.shares())
        for share, much in counted(shares, self.standing):
            sums[str(share.wish)][str(share.source).startswith("EconomicEvent")] += much
        for name, said in self.measured.items():
            promised, given = sums[name]
            yield name, said.called, Answered(said.micro, promised, given, said.unit)

    def shares(self) -> Iterator[Share]:
        taken_back = self.taken_back()
        answering = {
            node.id or node.where: node
            for node in reversed(self.nodes)
            if node.kind in ("EconomicEvent", "Commitment")
        }  # what is said twice counts as it was said first
        for node in reversed(answering.values()):
            for name, told in self.told(node):
                try:
                    much = amount(told.values.get("terreau:quantity")) if told else None
                    yield self.share(node, name, much, taken_back)
                except Invalid as refusal:
                    self.note(node, f"répond à {name} : {refusal.message} : laissé de côté")

    def told(self, node: Node) -> Iterator[tuple[str, Node | None]]:
        plain, nested = node.all("satisfies"), self.nested.get(id(node), [])
        if len(plain) > 1:
            self.note(node, "répond à plusieurs intentions sans dire combien de chacune")
            return
        for name in plain:
            yield name, None
        for one in nested:
            yield one.text("terreau:of"), one

    def share(
        self, node: Node, name: str, much: Amount | None, taken_back: Mapping[str, list[Node]]
    ) -> Share:
        if name not in self.measured:
            raise Invalid("ce n'est pas une intention du fichier qui dit combien")
        measure, wish = _measure(self.wishes[name]), self.measured[name]
        said = _amount(node, measure)
        if said is None or not convertible(said.unit, wish.unit):
            raise Invalid("ne se compte pas comme l'intention")
        source = f"{node.kind} {measure} {node.id or node.where}"
        if node.kind == "Commitment":
            kept = self.fulfilled.get(node.id, 0)
            stands = min(said.micro, kept) if node.text("terreau:ended") else said.micro
        else:
            back = (_amount(one, measure) for one in taken_back.get(node.id, []))
            stands = said.micro + sum(
                convert(one.micro, one.unit, said.unit) for one in back if one is not None
            )
        self.standing[source] = Standing(stands, said.unit)
        part = much or said
        return Share(name, wish.unit, source, convert(part.micro, part.unit, wish.unit))

    def taken_back(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            for name in node.all("corrects"):
                found.setdefault(name, []).append(node)
        return found


def _measure(node: Node) -> str:
    """Return which measure a need or an offer is of, nothing when it says none that is known."""
    for measure, name in _NAMES.items():
        if node.values.get(name):
            try:
                amount(node.values[name])
            except Invalid:
                return ""
            return measure
    return ""


def _amount(node: Node, measure: str) -> Amount | None:
    said = node.values.get(_NAMES[measure])
    return amount(said) if said else None


def _total(node: Node) -> Amount:
    """Return all that is wanted or offered, in the unit in which it is said."""
    said = amount(node.values[_NAMES[_measure(node)]])
    more = node.values.get("availableQuantity")
    try:
        there = amount(more) if more else said
        return Amount(convert(there.micro, there.unit, said.unit), said.unit, said.called)
    except Invalid:
        return said
