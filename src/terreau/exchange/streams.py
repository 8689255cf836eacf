# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the nodes of a file one by one, so that a graph of any size needs little memory.

A file is one object, in JSON or YAML: ``@context`` first, then the list ``@graph``. Values stay
text as they are written: a float would change them. YAML's aliases are refused: a graph needs none,
and a few lines of them can swell into gigabytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EISDIR, ENOENT
from pathlib import Path
from typing import TextIO, TypeAlias

import yaml

from terreau.core.errors import Invalid

WHERE = "@where"
NO_TEXT = "Le fichier contient des signes qui ne sont pas du texte : retirez-les."
NO_LIST = "Il n'y a pas de liste de nœuds sous @graph : ce n'est pas un graphe de ValueFlows."
CHUNK = 1 << 20
LARGEST_NODE = 64 << 20
Plain: TypeAlias = "str | bool | list[Plain] | dict[str, Plain] | None"
Item = tuple[str, Plain]
"""Where it stands, and what it is. The context comes as ``("@context", …)``, before any node."""


class Unreadable(Invalid):
    """The file is not a graph that can be read at all."""


def items(path: Path) -> Iterator[Item]:
    """Yield the context and then each node of a file. Raises Unreadable with one sentence."""
    try:
        with path.open(encoding="utf-8-sig") as file, one_sentence(path):
            yield from _json(file) if path.suffix in (".json", ".jsonld") else _yaml(file)
    except OSError as error:
        raise Unreadable(unopened(path, error)) from error


def unopened(path: Path, error: OSError) -> str:
    """Say in a sentence why a file cannot be read."""
    told = {ENOENT: "n'existe pas", EACCES: "ne vous est pas lisible", EISDIR: "est un dossier"}
    return f"{path} {told.get(error.errno or 0, f'ne se lit pas ({error.strerror})')}."


@contextmanager
def one_sentence(path: Path) -> Iterator[None]:
    """Say what is wrong with a file in one sentence, whatever reads it."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{path} n'est pas du texte en UTF-8 : enregistrez-le dans ce codage."
        ) from error
    except RecursionError as error:
        raise Unreadable(f"{path} est imbriqué trop profondément pour être lu.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", ligne {mark.line + 1}" if mark else ""
        raise Unreadable(f"Ce n'est pas du YAML{place}.") from error


class Order:
    """Sees to it that the context comes before the nodes, and that there is one list of them."""

    def __init__(self) -> None:
        self.begun = False

    def key(self, name: str) -> None:
        if name == "@context" and self.begun:
            raise Unreadable("@context vient après @graph : mettez-le en premier.")
        if name == "@graph":
            if self.begun:
                raise Unreadable("Il y a deux listes @graph : gardez-en une.")
            self.begun = True

    def end(self) -> None:
        if not self.begun:
            raise Unreadable(NO_LIST)


_SPACE = re.compile(r"[ \t\r\n]*")


def _named_once(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"« {twice[:80]} » est écrit deux fois dans le même nœud : gardez-en un.")
    return found


_DECODE = json.JSONDecoder(
    parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_named_once
).raw_decode


class _Text:
    """The part of a JSON file that is being read."""

    def __init__(self, file: TextIO) -> None:
        self.file, self.text, self.at, self.ended = file, "", 0, False

    def more(self) -> bool:
        """Read on; each time twice as much, so that a long node is not begun too often."""
        self.text = self.text[self.at :]
        self.at = 0
        read = self.file.read(max(CHUNK, len(self.text)))
        self.ended = not read
        self.text += read
        return not self.ended

    def peek(self) -> str:
        """Return the next sign that is not a space, nothing at the end."""
        while True:
            self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def take(self, sign: str) -> None:
        if self.peek() != sign:
            raise Unreadable(f"Ce n'est pas du JSON : il manque {sign}{self._near()}.")
        self.at += 1

    def value(self) -> Plain:
        """Return the value that begins here."""
        self.peek()
        while True:
            try:
                found, end = _DECODE(self.text, self.at)
            except ValueError as error:
                if len(self.text) - self.at > LARGEST_NODE:
                    raise Unreadable(
                        f"Un nœud dépasse {LARGEST_NODE >> 20} Mo{self._near()}."
                    ) from error
                if not self.more():
                    raise Unreadable(f"Ce n'est pas du JSON{self._near()}.") from error
                continue
            if end + 2 >= len(self.text) and not self.ended:
                self.more()
                continue  # a number may go on in what was just read: « 1e+ » and then « 6 »
            if self.text.find("\\u", self.at, end) >= 0:
                _refuse_no_text(found)
            self.at = end
            return found  # type: ignore[no-any-return]

    def _near(self) -> str:
        line = self.text[self.at : self.at + 40].split("\n")[0].strip()
        near = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)
        return f", près de « {near} »" if near else ", à sa fin"


def _refuse_no_text(value: Plain) -> None:
    """Refuse signs that are escaped in the file and can stand in no text: no "
    "database keeps them."""
    told = json.dumps(value, ensure_ascii=False)
    try:
        told.encode()
    except UnicodeEncodeError:
        raise Unreadable(NO_TEXT) from None
    if "\\u0000" in told:
        raise Unreadable(NO_TEXT)


def _json(file: TextIO) -> Iterator[Item]:
    text, order = _Text(file), Order()
    if text.peek() != "{":
        text.value()
        raise Unreadable(NO_LIST)
    text.take("{")
    while text.peek() != "}":
        if text.peek() != '"':
            raise Unreadable(
                "Ce n'est pas du JSON : un objet donne un nom entre guillemets à ce qu'il contient."
            )
        name = str(text.value())
        text.take(":")
        order.key(name)
        if name == "@graph":
            yield from _json_nodes(text)
        elif name == "@context":
            yield name, text.value()
        else:
            text.value()
        if text.peek() != "}":
            text.take(",")
    text.take("}")
    if text.peek():
        raise Unreadable(f"Ce n'est pas du JSON{text._near()}.")
    order.end()


def _json_nodes(text: _Text) -> Iterator[Item]:
    if text.peek() != "[":
        text.value()
        raise Unreadable(NO_LIST)
    text.take("[")
    number = 0
    while text.peek() != "]":
        yield f"/@graph/{number}", text.value()
        number += 1
        if text.peek() != "]":
            text.take(",")
    text.take("]")


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """Reads events only: no value is turned into anything, no alias is followed."""


class _Events:
    """The events of YAML; gives up on a node that swells beyond what memory should hold."""

    def __init__(self, file: TextIO) -> None:
        self.events: Iterator[yaml.Event] = yaml.parse(file, Loader=_Loader)
        self.begun = 0

    def __iter__(self) -> _Events:
        return self

    def __next__(self) -> yaml.Event:
        event = next(self.events)
        if event.start_mark is not None and event.start_mark.index - self.begun > LARGEST_NODE:
            raise Unreadable(f"{_line(event)} : un nœud dépasse {LARGEST_NODE >> 20} Mo.")
        return event


def _yaml(file: TextIO) -> Iterator[Item]:
    events = _Events(file)
    order = Order()
    event = next(events, None)
    while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
        event = next(events, None)
    if not isinstance(event, yaml.MappingStartEvent):
        raise Unreadable(NO_LIST)
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        name = _composed(event, events)
        order.key(str(name))
        event = next(events)
        if name != "@graph":
            value = _composed(event, events)
            if name == "@context":
                yield "@context", value
        elif not isinstance(event, yaml.SequenceStartEvent):
            raise Unreadable(NO_LIST)
        else:
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                events.begun = event.start_mark.index if event.start_mark else 0
                yield _line(event), _composed(event, events)
    if not isinstance(next(events), yaml.DocumentEndEvent) or not isinstance(
        next(events), yaml.StreamEndEvent
    ):
        raise Unreadable("Il y a plus d'un document YAML : gardez-en un.")
    order.end()


def _line(event: yaml.Event) -> str:
    return f"ligne {event.start_mark.line + 1}" if event.start_mark else "quelque part"


def _composed(event: yaml.Event, events: _Events) -> Plain:
    """Return the value that an event begins."""
    if isinstance(event, yaml.AliasEvent):
        raise Unreadable(
            f"{_line(event)} : les alias de YAML (*nom) ne sont pas lus, écrivez la valeur."
        )
    if isinstance(event, yaml.MappingStartEvent):
        found: dict[str, Plain] = {WHERE: _line(event)}
        while not isinstance(one := next(events), yaml.MappingEndEvent):
            name = str(_composed(one, events))
            if name in found:
                raise Unreadable(
                    f"{_line(one)} : « {name[:80]} » est écrit deux fois dans le même nœud : "
                    "gardez-en un."
                )
            found[name] = _composed(next(events), events)
        return found
    if isinstance(event, yaml.SequenceStartEvent):
        listed: list[Plain] = []
        while not isinstance(one := next(events), yaml.SequenceEndEvent):
            listed.append(_composed(one, events))
        return listed
    return _scalar(event)


_NOTHING = ("", "~", "null", "Null", "NULL")


def _scalar(event: yaml.Event) -> Plain:
    if not isinstance(event, yaml.ScalarEvent):
        return None
    if "\0" in event.value:
        raise Unreadable(f"{_line(event)} : {NO_TEXT}")
    plain = event.implicit[0]  # neither quoted nor tagged
    return None if plain and event.value in _NOTHING else str(event.value)
