# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ledger as the journal of a plain-text accounting tool: hledger or beancount.

Each event is one transaction: what its provider gave leaves ``Apporté``, what its receiver got
enters ``Reçu``, in the unit of the event, so that every transaction balances by itself. A balance
of these accounts is our statement: per agent, per kind and per unit, never added across units.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from unicodedata import category

from terreau.core.quantities import to_decimal
from terreau.core.units import UNITS
from terreau.ledger.lines import Line, Party

GIVEN, RECEIVED = "Apporté", "Reçu"
_SEPARATORS = re.compile(r"[:;|\s\u00a0\u202f]+")
_BETWEEN_WORDS = re.compile(r"-+")
_IN_ACCOUNTS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"})
_ONE_LETTER = {"g": "GRAMME", "m": "METRE"}  # a currency of beancount has two letters at least


class Names:
    """One name for each agent, whatever another one is called."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean
        self._by_id: dict[int, str] = {}
        self._taken: set[str] = set()

    def __call__(self, party: Party) -> str:
        """Return the name of an agent in the journal; a name that is taken gets its number."""
        if party.id not in self._by_id:
            name = self._clean(party.name)
            while not name or name.casefold() in self._taken:
                name = self._clean(f"{name} n° {party.id}")  # until it is free
            self._taken.add(name.casefold())
            self._by_id[party.id] = name
        return self._by_id[party.id]


def hledger(lines: Iterable[Line]) -> Iterator[str]:
    """Yield the lines of a journal for hledger or ledger-cli."""
    name = Names(_words)
    for code in UNITS:
        yield f'commodity 1000.000000 "{code}"'
    for line in lines:
        yield ""
        yield f"{line.happened_on} ({line.id}) {line.action}{_told(line)}"
        of = _words(line.specification)
        for micro, unit in line.measured():
            yield f'    {GIVEN}:{name(line.provider)}:{of}  {_amount(-micro)} "{unit}"'
            yield f'    {RECEIVED}:{name(line.receiver)}:{of}  {_amount(micro)} "{unit}"'


def beancount(lines: Iterable[Line]) -> Iterator[str]:
    """Yield the lines of a journal for beancount. Accounts are opened where they first appear."""
    name, opened = Names(_component), set[str]()
    yield f'option "name_income" "{GIVEN}"'
    yield f'option "name_expenses" "{RECEIVED}"'
    for line in lines:
        of = _component(line.specification)
        accounts = [f"{side}:{name(who)}:{of}" for side, who in _sides(line)]
        for account in accounts:
            if account not in opened:
                opened.add(account)
                yield f"{line.happened_on} open {account}"
        yield f'{line.happened_on} * "{line.action}" "{_quoted(_told(line).strip())}"'
        yield f"  event: {line.id}"
        for micro, unit in line.measured():
            yield f"  {accounts[0]}  {_amount(-micro)} {_currency(unit)}"
            yield f"  {accounts[1]}  {_amount(micro)} {_currency(unit)}"
        yield ""


def _sides(line: Line) -> tuple[tuple[str, Party], tuple[str, Party]]:
    return (GIVEN, line.provider), (RECEIVED, line.receiver)


def _told(line: Line) -> str:
    things = [line.resource, line.to_resource, line.input_of, line.output_of, line.place]
    told = [_words(thing) for thing in things if thing]
    if line.corrects is not None:
        told.append(f"corrects {line.corrects}")
    return f" {', '.join(told)}" if told else ""


def _amount(micro: int) -> str:
    amount: Decimal = to_decimal(micro)
    return f"{amount:f}"


def _words(text: str) -> str:
    """Leave out what separates accounts, comments and amounts from names."""
    return _SEPARATORS.sub(" ", text).strip()


def _component(text: str) -> str:
    """Return letters and digits joined by hyphens, a capital or a digit first."""
    kept = "".join(char if category(char) in _IN_ACCOUNTS else "-" for char in text)
    bare = _BETWEEN_WORDS.sub("-", kept).strip("-")
    bare = bare[:1].upper() + bare[1:]
    return bare if not bare or category(bare[0]) in ("Lu", "Nd") else f"X-{bare}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "'")


def _currency(unit: str) -> str:
    return _ONE_LETTER.get(unit, unit.upper())
