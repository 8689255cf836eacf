# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a plan, an activity or a recipe says that it holds, read as if each thing said it itself.

``planIncludes`` is ``plannedWithin`` told from the other side, ``hasInput`` is ``inputOf``, and so
on; the things may be nested there or only named, and described anywhere in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from terreau.core.errors import Invalid
from terreau.exchange.graphs import Node

_FLOWS = ("EconomicEvent", "Commitment", "Intent")
INVERSES = {
    "planIncludes": ("Plan", "plannedWithin", ("Process", "Commitment", "Intent")),
    "hasIndependentDemand": ("Plan", "independentDemandOf", ("Commitment",)),
    "hasInput": ("Process", "inputOf", _FLOWS),
    "hasOutput": ("Process", "outputOf", _FLOWS),
    "recipeIncludes": ("Recipe", "", ("RecipeProcess",)),
    "hasRecipeInput": ("RecipeProcess", "recipeInputOf", ("RecipeFlow",)),
    "hasRecipeOutput": ("RecipeProcess", "recipeOutputOf", ("RecipeFlow",)),
}
"""By the word of the holder: its class, the word of what is held, the classes of that."""
_HOLDERS = frozenset(kind for kind, _, _ in INVERSES.values())
_BY_TERM = {term: inverse for inverse, (_, term, _) in INVERSES.items()}


class Held:
    """Who holds what, by the word of the holder and the name of what is held."""

    def __init__(self) -> None:
        self.by: dict[tuple[str, str], Node] = {}

    def learn(self, nodes: list[Node]) -> None:
        """Remember what holders name; events nested in them know it. Raises Invalid."""
        for node in nodes:
            if node.kind in _HOLDERS:
                for inverse in INVERSES.keys() & node.values.keys():
                    if INVERSES[inverse][0] == node.kind:
                        self._learn(node, inverse, nodes)

    def _learn(self, node: Node, inverse: str, nodes: Iterable[Node]) -> None:
        inside = {
            one.id
            for one in nodes
            if one.kind == "EconomicEvent" and one.within and one.within[0] is node
        }
        for name in node.all(inverse):
            before = node if name in inside else self.by.setdefault((inverse, name), node)
            if before.id != node.id:
                raise Invalid(
                    f"{node.kind} {node.id} : {inverse} nomme {name}, que {before.id} tient déjà : "
                    "gardez l'un des deux"
                )

    def of(self, node: Node, term: str) -> str:
        """Return what holds a thing, said by it or by the holder. Raises Invalid for two."""
        inverse = _BY_TERM[term]
        if node.within is None and (inverse, node.id) not in self.by:
            return node.text(term)  # nearly always: events come by the million
        kind = INVERSES[inverse][0]
        held = self.by.get((inverse, node.id))
        nested = node.within if node.within and node.within[1] == inverse else None
        told = [node.text(term)] if term else []
        told += [held.id] if held else []
        told += [nested[0].id] if nested and nested[0].kind == kind else []
        names = sorted(set(told) - {""})
        if len(names) > 1:
            raise Invalid(
                f"est à la fois de {' et de '.join(names)} ({term or inverse}, {inverse}) : gardez "
                "l'un des deux"
            )
        return names[0] if names else ""

    def unmet(self, is_described: Callable[[str, str], bool]) -> Iterator[tuple[str, str]]:
        """Yield where a holder names what the file does not describe, and what to do.

        ``is_described``: whether a thing of this class and name is described.
        """
        for (inverse, name), node in self.by.items():
            kinds = INVERSES[inverse][2]
            if not any(is_described(kind, name) for kind in kinds):
                yield (
                    node.where,
                    f"{node.kind} {node.id} : {inverse} nomme {name}, que le fichier ne décrit pas "
                    f"comme {' ou '.join(kinds)} : décrivez-le, ou retirez-le de la liste",
                )
