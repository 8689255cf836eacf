# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads a graph of ValueFlows, in JSON-LD or YAML, as it is written: nothing is guessed or fetched.

Values stay text until somebody needs a number. Every node remembers where it stands, so that what
is wrong with it can be found. YAML's aliases are refused: a graph needs none, and a few lines of
them can swell into gigabytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from terreau.core.errors import Invalid
from terreau.exchange.vocabulary import NAMESPACES, about_class, about_property

LARGEST_FILE = 64 * 1024 * 1024
WHERE = "@where"
Plain = str | list["Plain"] | dict[str, "Plain"] | None


class Unreadable(Invalid):
    """The file is not a graph that can be read at all."""


@dataclass(frozen=True, slots=True)
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
    """The nodes in the order in which they are written, the nested ones after what holds them."""

    nodes: list[Node] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_graph(path: Path) -> Graph:
    """Read a file. Raises Unreadable with one sentence."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Unreadable(f"{path} is larger than {LARGEST_FILE // 2**20} MB.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not text in UTF-8.") from error
    try:
        plain = _json(text) if path.suffix in (".json", ".jsonld") else _yaml(text)
        return as_graph(plain)
    except RecursionError as error:
        raise Unreadable(f"{path} is nested too deeply.") from error


def as_graph(plain: Plain) -> Graph:
    """Return the nodes of what was read, with a note for each word that 1.0 does not have."""
    if not isinstance(plain, dict) or not isinstance(plain.get("@graph"), list):
        raise Unreadable("There is no list of nodes under @graph.")
    graph = Graph()
    names = _Names(plain.get("@context"), graph.notes)
    for item in _listed(plain["@graph"]):
        _add(graph, names, item, None)
    return graph


def _listed(value: Plain) -> Iterator[Plain]:
    yield from value if isinstance(value, list) else [value]


def _json(text: str) -> Plain:
    try:
        # Numbers stay as they are written: a float would change them.
        read = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except ValueError as error:
        raise Unreadable(f"This is not JSON: {error}.") from error
    return _plain(read, "")


def _plain(value: object, where: str) -> Plain:
    if isinstance(value, dict):
        found = {key: _plain(one, f"{where}/{key}") for key, one in value.items()}
        return {**found, WHERE: where or "/"}
    if isinstance(value, list):
        return [_plain(one, f"{where}/{number}") for number, one in enumerate(value)]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """Composes nodes only: no value is turned into anything, no alias is followed."""


def _yaml(text: str) -> Plain:
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent):
                raise Unreadable(f"{_line(event)}: aliases are not read.")
        return _composed(yaml.compose(text, Loader=_Loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        raise Unreadable(f"This is not YAML{place}.") from error


def _line(part: yaml.Event | yaml.Node) -> str:
    return f"line {part.start_mark.line + 1}" if part.start_mark else "somewhere"


def _composed(node: yaml.Node | None) -> Plain:
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Plain] = {WHERE: _line(node)}
        for key, value in node.value:
            found[str(key.value)] = _composed(value)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_composed(one) for one in node.value]
    if isinstance(node, yaml.ScalarNode) and node.tag != "tag:yaml.org,2002:null":
        return str(node.value)
    return None


class _Names:
    """Short names of the context: prefixes are spelt out, the vocabulary's own is taken off."""

    def __init__(self, context: Plain, notes: list[str]) -> None:
        self.prefixes: dict[str, str] = {}
        for part in _listed(context):
            if isinstance(part, dict):
                self._learn(part, notes)
            elif part is not None and not str(part).startswith(NAMESPACES):
                notes.append(f"context {part} is not known here, and nothing is fetched")

    def _learn(self, part: Mapping[str, Plain], notes: list[str]) -> None:
        for short, long in part.items():
            if short == "@vocab" and long not in NAMESPACES:
                notes.append(f"@vocab is {long}, not ValueFlows")
            elif not short.startswith("@") and isinstance(long, str):
                self.prefixes[short] = long

    def spelt(self, name: str) -> str:
        short, colon, rest = name.partition(":")
        return self.prefixes[short] + rest if colon and short in self.prefixes else name

    def term(self, name: str) -> str:
        long = self.spelt(name)
        for space in NAMESPACES:
            long = long.removeprefix(space)
        return long.removeprefix("vf:")


def _add(graph: Graph, names: _Names, item: Plain, within: tuple[Node, str] | None) -> str:
    """Add a node and what is nested in it; return its id."""
    if not isinstance(item, dict):
        graph.notes.append(f"{item!r} stands where a node should: it was left out")
        return ""
    where = str(item.get(WHERE, "?"))
    kind = names.term(str(item.get("@type", "")))
    node_id = names.spelt(str(item.get("@id", "")))
    values: dict[str, Plain] = {}
    node = Node(node_id, kind, values, where, within)
    told = about_class(kind) if kind else "a node without @type"
    if told:
        graph.notes.append(f"{where}: {told}")
        return node_id
    graph.nodes.append(node)
    for key, value in item.items():
        if key.startswith("@"):
            continue
        name = names.term(key)
        wrong = about_property(kind, name)
        if wrong:
            graph.notes.append(f"{where}: {wrong}")
        values[name] = _value(graph, names, value, (node, name))
    return node_id


def _value(graph: Graph, names: _Names, value: Plain, within: tuple[Node, str]) -> Plain:
    if isinstance(value, list):
        return [_value(graph, names, one, within) for one in value]
    if isinstance(value, str):
        return names.spelt(value) if _points(within[1]) else value
    if isinstance(value, dict):
        if "@type" not in value and set(value) <= {"@id", WHERE}:
            return names.spelt(str(value["@id"]))
        if names.term(str(value.get("@type", "Measure"))) == "Measure":
            return {names.term(key): one for key, one in value.items() if not key.startswith("@")}
        return _add(graph, names, value, within)
    return None


_WORDS = frozenset(
    "name note image trackingIdentifier state mappableAddress label symbol batchLotCode".split()
)


def _points(name: str) -> bool:
    return name not in _WORDS
