# SPDX-License-Identifier: AGPL-3.0-or-later
"""A figure: what was measured, against a reference measured in the same run."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``ratio`` is to be at least ``target``, or at most when ``at_most``."""

    name: str
    value: str
    ratio: float
    target: float
    at_most: bool = False

    @property
    def reached(self) -> bool:
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target

    def __str__(self) -> str:
        verdict = "OK" if self.reached else "SHORT"
        sign = "<=" if self.at_most else ">="
        told = f"ratio={self.ratio:.2f} target={sign}{self.target:.2f}"
        return f"{self.name} value={self.value} {told} {verdict}"


def in_turns(
    rounds: int,
    *works: Callable[[], int],
    of_rounds: Callable[[Sequence[float]], float] = statistics.median,
) -> list[float]:
    """Run the works in turns, so that a busy machine slows all alike; return each one's rate.

    A work returns how many things it did; the rate is things per second, the median of the rounds.
    ``max`` takes the best round: where a work is much shorter than what disturbs it.
    """
    rates: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, found in zip(works, rates, strict=True):
            started = time.perf_counter()
            done = work()
            found.append(done / (time.perf_counter() - started))
    return [of_rounds(found) for found in rates]


def milliseconds(rates: Sequence[float]) -> list[float]:
    """Return how long one thing takes at these rates."""
    return [1000 / rate for rate in rates]
