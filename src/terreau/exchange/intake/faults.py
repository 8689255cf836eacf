# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is wrong with a graph, and what of it is not taken in though nothing is wrong with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from terreau.core.errors import Invalid

MOST = 200


class Refused(Invalid):
    """The graph is not taken in: ``faults`` says why, each with the node and the word."""

    def __init__(self, faults: list[str]) -> None:
        count = f"{len(faults)} fautes" if len(faults) > 1 else "1 faute"
        super().__init__(f"{count} : rien n'a été écrit.")
        self.faults = faults


@dataclass(slots=True)
class Faults:
    """Gathers faults, and gives up when there are so many that more would teach nothing."""

    found: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, where: str, says: str) -> None:
        self.found.append(f"{where} : {says}")
        if len(self.found) >= MOST:
            self.found.append(f"Plus de {MOST} fautes : le reste n'a pas été lu.")
            raise Refused(self.found)

    def refuse(self) -> None:
        """Raise Refused when there is any fault."""
        if self.found:
            raise Refused(self.found)
