# SPDX-License-Identifier: AGPL-3.0-or-later
"""The action table as data: what each of the 19 actions of ValueFlows 1.0 does.

Columns of ``actions.csv``: *measure* (quantity, effort or either); *direction* beside a process;
*pair*; *creates* (which resource the event may bring into being); *accounting* and *on_hand*
(``in`` and ``out`` act on the from-resource, ``out_in`` on both, ``to_in`` on the to-resource);
*location*, *contained*, *accountable*, *stage*, *state* (which resource is marked: ``from``,
``to``, only a ``new`` one, ``clear``); *implies* (the transfer that goes with the action between
two agents). Five cells follow the published chart where it differs from the turtle file; see
``docs/reference/valueflows.md``.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from terreau.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Row:
    """One action and its effects."""

    name: str
    says: str
    measure: str
    direction: str
    pair: str
    creates: str
    accounting: str
    on_hand: str
    location: str
    contained: str
    accountable: str
    stage: str
    state: str
    implies: str


@cache
def table() -> dict[str, Row]:
    """Read the table once."""
    text = files(__package__).joinpath("actions.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["name"]: Row(**row) for row in rows}


def action_row(name: str) -> Row:
    """Return the row of an action. Raises Invalid for a word that is not in the table."""
    try:
        return table()[name]
    except KeyError:
        raise Invalid(
            f"« {name[:40]} » n'est pas une action du registre.", field="action"
        ) from None
