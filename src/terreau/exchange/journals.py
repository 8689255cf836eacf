# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ledger as the journal of a plain-text accounting tool: hledger or beancount.

Each event is one transaction: what its provider gave leaves ``Apporté``, what its receiver got
enters ``Reçu``, in the unit of the event, so that every transaction balances by itself. A balance
of these accounts is our statement: per agent, per kind and per unit, never added across units.
What a statement counts apart, or not at all, has an account of its own below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from unicodedata import category

from terreau.agreements.queries.counted import Counted
from terreau.core.quantities import to_decimal
from terreau.core.units import UNITS
from terreau.exchange.entries import Entry
from terreau.ledger.lines import Line

GIVEN, RECEIVED = "Apporté", "Reçu"
BELOW = {Counted.GIVEN: "", Counted.REFUND: "Frais remboursés", Counted.BESIDE: "Hors relevé"}
"""The account below the kind, for what no statement counts as given."""
_SEPARATORS = re.compile(r"[:;|\s\u00a0\u202f]+")
_BETWEEN_WORDS = re.compile(r"-+")
_IN_ACCOUNTS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"})
_ONE_LETTER = {"g": "GRAMME", "m": "METRE"}  # a currency of beancount has two letters at least


class Names:
    """One name for each agent, or each kind, whatever another one is called."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean
        self._by_id: dict[int | str, str] = {}
        self._taken: set[str] = set()

    def __call__(self, of: int | str, text: str) -> str:
        """Return the name in the journal; one that is taken, or nothing, gets a number."""
        if of not in self._by_id:
            name, number = self._clean(text), of if isinstance(of, int) else len(self._by_id) + 1
            while not name or name.casefold() in self._taken:
                name = self._clean(f"{name} n° {number}")  # until it is free
            self._taken.add(name.casefold())
            self._by_id[of] = name
        return self._by_id[of]


class Accounts:
    """The two accounts of each event: from whom, to whom, of what."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean, self._who, self._what = clean, Names(clean), Names(clean)

    def __call__(self, entry: Entry) -> tuple[str, str]:
        line, below = entry.line, self._clean(BELOW[entry.told.counted])
        end = ":".join(filter(None, (self._what(entry.of, entry.of), below)))
        giver = self._who(line.provider.id, line.provider.name)
        receiver = self._who(line.receiver.id, line.receiver.name)
        return f"{GIVEN}:{giver}:{end}", f"{RECEIVED}:{receiver}:{end}"


def hledger(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the lines of a journal for hledger or ledger-cli."""
    accounts = Accounts(_words)
    for code in UNITS:
        yield f'commodity 1000.000000 "{code}"'
    for entry in entries:
        line = entry.line
        yield ""
        yield f"{line.happened_on} ({line.id}) {line.action}{_told(line)}"
        given, received = accounts(entry)
        for micro, unit in line.measured():
            yield f'    {given}  {_amount(-micro)} "{unit}"'
            yield f'    {received}  {_amount(micro)} "{unit}"'


def beancount(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the lines of a journal for beancount. Accounts are opened where they first appear."""
    accounts, opened = Accounts(_component), set[str]()
    yield f'option "name_income" "{GIVEN}"'
    yield f'option "name_expenses" "{RECEIVED}"'
    for entry in entries:
        line, (given, received) = entry.line, accounts(entry)
        for account in (given, received):
            if account not in opened:
                opened.add(account)
                yield f"{line.happened_on} open {account}"
        yield f'{line.happened_on} * "{line.action}" "{_quoted(_told(line).strip())}"'
        yield f"  event: {line.id}"
        for micro, unit in line.measured():
            yield f"  {given}  {_amount(-micro)} {_currency(unit)}"
            yield f"  {received}  {_amount(micro)} {_currency(unit)}"
        yield ""


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
