# SPDX-License-Identifier: AGPL-3.0-or-later
"""A story told in days before today, replayed day by day at its own dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml

from terreau.core import clock

Deed = Callable[[], object]


def read(name: str) -> dict[str, Any]:
    """Return one of the data files of the demonstration, by its name without ending."""
    text = resources.files("terreau.demo").joinpath("data", f"{name}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return data


def key(*parts: object) -> UUID:
    """Return the key of a deed of the story: the same at every loading."""
    return uuid5(NAMESPACE_URL, "terreau:demonstration:" + ":".join(map(str, parts)))


@dataclass
class Timeline:
    """Deeds with the number of days before ``now`` at which each was done."""

    now: datetime
    deeds: list[tuple[int, int, Deed]] = field(default_factory=list)

    def add(self, ago: int, deed: Deed) -> None:
        """Note that a deed was done ``ago`` days before."""
        self.deeds.append((-ago, len(self.deeds), deed))

    def day(self, ago: int) -> date:
        """Return the day that many days before."""
        return clock.day_of(self.now - timedelta(days=ago))

    def replay(self) -> None:
        """Do every deed, oldest first (in the order noted on one day), at its own moment."""
        for moment, deed in self._in_order():
            with clock.at(moment):
                deed()

    def _in_order(self) -> Iterator[tuple[datetime, Deed]]:
        for before, _, deed in sorted(self.deeds, key=lambda entry: entry[:2]):
            yield self.now + timedelta(days=before), deed
