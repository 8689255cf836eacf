# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads a graph of ValueFlows, in JSON-LD or YAML, as it is written: nothing is guessed or fetched.

Values stay text until somebody needs a number. Every node remembers where it stands, so that what
is wrong with it can be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from terreau.core.values import frozen
from terreau.exchange.streams import (
    NO_LIST,
    WHERE,
    Item,
    Plain,
    Unreadable,
    items,
    one_sentence,
    unopened,
)
from terreau.exchange.vocabulary import (
    MANY,
    MEASURES,
    NAMESPACES,
    about_class,
    about_property,
    is_foreign,
    known_properties,
    known_word,
    properties,
)

LARGEST_FILE = 64 * 1024 * 1024
TERMS = 4096
"""How many different words of a file are remembered."""


@frozen
class Node:
    """One thing of the graph. ``within``: the node and the property under which it was nested."""

    id: str
    kind: str
    values: Mapping[str, Plain]
    where: str
    within: tuple[Node, str] | None = None

    def text(self, name: str) -> str:
        """Return a value as text, or nothing."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def all(self, name: str) -> list[str]:
        """Return the values of a property, one or many, as text."""
        value = self.values.get(name)
        listed = value if isinstance(value, list) else [value]
        return [one for one in listed if isinstance(one, str) and one]


@dataclass(slots=True)
class Graph:
    """The nodes in the order in which they are written, the nested ones after what holds them.

    ``foreign``: words of vocabularies that are not read here; what they say is left out.
    """

    nodes: list[Node] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def read_graph(path: Path) -> Graph:
    """Read a whole file, of a size that memory holds. Raises Unreadable with one sentence."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Unreadable(
                f"{path} dépasse {LARGEST_FILE // 2**20} Mo : comparez-en des parties."
            )
    except OSError as error:
        raise Unreadable(unopened(path, error)) from error
    return _whole(parts(path))


def as_graph(plain: Plain) -> Graph:
    """Return the nodes of what was read, with a note for each word that 1.0 does not have."""
    if not isinstance(plain, dict) or not isinstance(plain.get("@graph"), list):
        raise Unreadable(NO_LIST)
    told = [("@context", plain.get("@context"))]
    told += ((f"/@graph/{n}", one) for n, one in enumerate(_listed(plain["@graph"])))
    return _whole(_read(told))


def parts(path: Path) -> Iterator[Graph]:
    """Yield a graph for each node of the list: it, and what is nested in it. The notes of the
    context come with an empty graph of their own. Raises Unreadable with one sentence.
    """
    with one_sentence(path):
        yield from _read(items(path))


def _whole(read: Iterable[Graph]) -> Graph:
    graph = Graph()
    for part in read:
        graph.nodes += part.nodes
        graph.notes += part.notes
        graph.foreign += part.foreign
    return graph


def _read(told: Iterable[Item]) -> Iterator[Graph]:
    names = _Names()
    for where, item in told:
        graph = Graph()
        if where == "@context":
            names.learn(item, graph.notes)
        else:
            _add(graph, names, item, where, None)
        yield graph


def _listed(value: Plain) -> Iterator[Plain]:
    yield from value if isinstance(value, list) else [value]


def _is_ours(word: str) -> bool:
    return word in known_properties() or word in properties()


class _Names:
    """Short names of the context: prefixes are spelt out, known vocabularies are taken off."""

    def __init__(self) -> None:
        self.prefixes: dict[str, str] = {}
        self.terms: dict[str, str] = {}

    def learn(self, context: Plain, notes: list[str]) -> None:
        for part in _listed(context):
            if isinstance(part, dict):
                self._learn(part, notes)
            elif part is not None and not str(part).startswith(NAMESPACES):
                notes.append(f"le contexte {part} n'est pas connu ici, et rien n'est téléchargé")

    def _learn(self, part: Mapping[str, Plain], notes: list[str]) -> None:
        for short, long in part.items():
            if short == "@vocab" and long not in NAMESPACES:
                notes.append(f"@vocab est {long}, et non ValueFlows")
            elif short.startswith("@"):
                continue
            means = long.get("@id") if isinstance(long, dict) else long
            if isinstance(means, str) and isinstance(long, str):
                self.prefixes[short] = means
            if isinstance(means, str) and _is_ours(short) and known_word(means) != short:
                notes.append(
                    f"le contexte fait de {short} un autre mot ({means[:80]}) : "
                    "donnez-lui un autre nom"
                )

    def spelt(self, name: str) -> str:
        if name.startswith(("urn:", "https:")):
            return name
        short, colon, rest = name.partition(":")
        return self.prefixes[short] + rest if colon and short in self.prefixes else name

    def term(self, name: str) -> str:
        """Return the word of a vocabulary that is known here, without its namespace."""
        found = self.terms.get(name)
        if found is None:
            found = known_word(self.spelt(name))
            if len(self.terms) < TERMS:
                self.terms[name] = found
        return found


def _add(
    graph: Graph, names: _Names, item: Plain, where: str, within: tuple[Node, str] | None
) -> str:
    """Add a node and what is nested in it; return its id."""
    if not isinstance(item, dict):
        graph.notes.append(
            f"{where} : {str(item)[:80]} se trouve là où un nœud est attendu : laissé de côté"
        )
        return ""
    where = str(item.get(WHERE, where))
    kind = names.term(_word(_alone(item.get("@type"))))
    node_id = names.spelt(_word(item.get("@id")))
    values: dict[str, Plain] = {}
    node = Node(node_id, kind, values, where, within)
    told = about_class(kind) if kind else "un nœud sans @type"
    if told:
        graph.notes.append(f"{where} : {told}")
        return node_id
    graph.nodes.append(node)
    for key, value in item.items():
        if key[:1] == "@":
            if key not in _READ:
                graph.notes.append(
                    f"{where} : {key} n'est pas lu ici : dites-le par des propriétés"
                )
            continue
        name = names.term(key)
        wrong = about_property(kind, name)
        if wrong:
            told_of = graph.foreign if is_foreign(name) else graph.notes
            told_of.append(f"{where} : {wrong}")
        if name in values:
            graph.notes.append(f"{where} : {kind} dit {name} sous deux noms : gardez-en un")
        read = _value(graph, names, value, (node, name))
        plain = isinstance(read, str) or (isinstance(read, dict) and name in MEASURES)
        values[name] = read if plain else _fitting(graph, node, name, read)
    return node_id


def _fitting(graph: Graph, node: Node, name: str, value: Plain) -> Plain:
    """Return a value of the shape that its property has; another shape is noted, and no value."""
    if name in MANY or is_foreign(name):
        return value
    value = _alone(value)
    if isinstance(value, list):
        told = f"a {len(value)} fois {name} : gardez une seule valeur" if value else ""
    else:
        shaped = isinstance(value, dict) and name not in MEASURES
        told = f"dit {name} par une structure qui n'est pas lue ici" if shaped else ""
    if told:
        graph.notes.append(f"{node.where} : {node.kind} {node.id} {told}")
    return None if isinstance(value, list) or told else value


_READ = ("@id", "@type", WHERE)


def _alone(value: Plain) -> Plain:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _word(value: Plain) -> str:
    return value if isinstance(value, str) else ""


def _value(graph: Graph, names: _Names, value: Plain, within: tuple[Node, str]) -> Plain:
    if isinstance(value, str):
        return names.spelt(value) if _points(within[1]) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [_value(graph, names, one, within) for one in value]
    if isinstance(value, dict):
        if "@value" in value:
            return _value(graph, names, value["@value"], within)
        kind = value.get("@type")
        if kind is None and "@id" in value and set(value) <= {"@id", WHERE}:
            return names.spelt(_word(value["@id"]))
        if kind is None or names.term(_word(kind)) == "Measure":
            return _measure(graph, names, value, within)
        return _add(graph, names, value, f"{within[0].where}/{within[1]}", within)
    return None


def _measure(
    graph: Graph, names: _Names, value: dict[str, Plain], within: tuple[Node, str]
) -> Plain:
    """Return a measure: its words, each of which 1.0 must know."""
    read = {names.term(key): one for key, one in value.items() if key[:1] != "@"}
    if within[1] in MEASURES and not read.keys() <= properties()["Measure"]:
        told = filter(None, (about_property("Measure", name) for name in read))
        graph.notes += (f"{within[0].where} : {wrong}" for wrong in told)
    for name, one in read.items():
        if isinstance(one, dict):
            read[name] = one.get("@value", one.get("@id"))
    return read


_WORDS = frozenset(
    "name note image trackingIdentifier state mappableAddress label symbol batchLotCode "
    "terreau:rightsShare".split()
)


def _points(name: str) -> bool:
    return name not in _WORDS
