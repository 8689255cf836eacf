# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days, and what is true or false, as a node says them."""

from datetime import date

from terreau.core.errors import Invalid
from terreau.exchange.graphs import Node


def truth(node: Node, name: str) -> bool:
    """Return whether a property is true; unsaid it is not. Raises Invalid for another word."""
    if node.values.get(name) in (None, "false", "true"):
        return node.text(name) == "true"
    raise Invalid(f"{name} est true ou false, et rien d'autre")


def day(node: Node, name: str) -> date | None:
    """Return the day that a property says, if it says one. Raises Invalid for what is no day."""
    return as_day(node.text(name), name) if node.text(name) else None


def as_day(text: str, name: str) -> date:
    """Return the day of a date or a moment, as it is written."""
    try:
        if text[10:11] not in ("", "T", " "):
            raise ValueError
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Invalid(f"{name} : {text[:40]} n'est pas un jour, tel que 2026-03-12") from None
