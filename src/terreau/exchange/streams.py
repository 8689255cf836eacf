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
from pathlib import Path
from typing import TextIO, TypeAlias

import yaml

from terreau.core.errors import Invalid

WHERE = "@where"
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
        with path.open(encoding="utf-8") as file, one_sentence(path):
            yield from _json(file) if path.suffix in (".json", ".jsonld") else _yaml(file)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}.") from error


@contextmanager
def one_sentence(path: Path) -> Iterator[None]:
    """Say what is wrong with a file in one sentence, whatever reads it."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not text in UTF-8.") from error
    except RecursionError as error:
        raise Unreadable(f"{path} is nested too deeply.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        raise Unreadable(f"This is not YAML{place}.") from error


class Order:
    """Sees to it that the context comes before the nodes, and that there is one list of them."""

    def __init__(self) -> None:
        self.begun = False

    def key(self, name: str) -> None:
        if name == "@context" and self.begun:
            raise Unreadable("@context comes after @graph: put it first.")
        if name == "@graph":
            if self.begun:
                raise Unreadable("There are two lists of nodes under @graph.")
            self.begun = True

    def end(self) -> None:
        if not self.begun:
            raise Unreadable("There is no list of nodes under @graph.")


_SPACE = re.compile(r"[ \t\r\n]*")
_DECODE = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str).raw_decode


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
            raise Unreadable(f"This is not JSON: {sign} is missing{self._near()}.")
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
                        f"One node is larger than {LARGEST_NODE >> 20} MB{self._near()}."
                    ) from error
                if not self.more():
                    raise Unreadable(f"This is not JSON{self._near()}.") from error
                continue
            if end + 2 >= len(self.text) and not self.ended:
                self.more()
                continue  # a number may go on in what was just read: « 1e+ » and then « 6 »
            self.at = end
            return found  # type: ignore[no-any-return]

    def _near(self) -> str:
        near = self.text[self.at : self.at + 40].split("\n")[0].strip()
        return f", near « {near} »" if near else ", at its end"


def _json(file: TextIO) -> Iterator[Item]:
    text, order = _Text(file), Order()
    if text.peek() != "{":
        text.value()
        raise Unreadable("There is no list of nodes under @graph.")
    text.take("{")
    while text.peek() != "}":
        if text.peek() != '"':
            raise Unreadable("This is not JSON: an object has names for what it holds.")
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
        raise Unreadable(f"This is not JSON{text._near()}.")
    order.end()


def _json_nodes(text: _Text) -> Iterator[Item]:
    if text.peek() != "[":
        text.value()
        raise Unreadable("There is no list of nodes under @graph.")
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


Events = Iterator[yaml.Event]


def _yaml(file: TextIO) -> Iterator[Item]:
    events: Events = yaml.parse(file, Loader=_Loader)
    order = Order()
    event = next(events, None)
    while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
        event = next(events, None)
    if not isinstance(event, yaml.MappingStartEvent):
        raise Unreadable("There is no list of nodes under @graph.")
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        name = _composed(event, events)
        order.key(str(name))
        event = next(events)
        if name != "@graph":
            value = _composed(event, events)
            if name == "@context":
                yield "@context", value
        elif not isinstance(event, yaml.SequenceStartEvent):
            raise Unreadable("There is no list of nodes under @graph.")
        else:
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                yield _line(event), _composed(event, events)
    if not isinstance(next(events), yaml.DocumentEndEvent) or not isinstance(
        next(events), yaml.StreamEndEvent
    ):
        raise Unreadable("There is more than one document.")
    order.end()


def _line(event: yaml.Event) -> str:
    return f"line {event.start_mark.line + 1}" if event.start_mark else "somewhere"


def _composed(event: yaml.Event, events: Events) -> Plain:
    """Return the value that an event begins."""
    if isinstance(event, yaml.AliasEvent):
        raise Unreadable(f"{_line(event)}: aliases are not read.")
    if isinstance(event, yaml.MappingStartEvent):
        found: dict[str, Plain] = {WHERE: _line(event)}
        while not isinstance(one := next(events), yaml.MappingEndEvent):
            name = _composed(one, events)
            found[str(name)] = _composed(next(events), events)
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
    plain = event.implicit[0]  # neither quoted nor tagged
    return None if plain and event.value in _NOTHING else str(event.value)
