# SPDX-License-Identifier: AGPL-3.0-or-later
"""The four works of the ledger at ten million events, against the same at one million.

``python -m benchmarks.growth`` (or ``make bench-big``): some hours, and some twenty gigabytes of
disk. Each part runs in a process of its own, whose memory is told. ``python -m benchmarks.growth
balances trace 100000 1000000`` measures only those parts, at those two sizes.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.figures import Figure

PARTS = ("posting_among", "importing", "balances", "trace")
SIZES = (1_000_000, 10_000_000)
GROWTH_MAX, MEGABYTES = 12, 6_000
# What a process once took it keeps: a virtual machine may take back between two rounds what was
# given back, and the first touch of each page then costs more than the work that is measured.
KEEPING = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(32 * 2**30)}
_LINE = re.compile(r"(?P<name>\S+) value=(?:\d+in)?(?P<much>[\d.]+)(?P<unit>/s|ms|s)\b")


def main() -> None:
    """Measure all parts, or those named, and print how each figure grew."""
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()] or list(SIZES)
    small, large = sizes
    for part in [word for word in sys.argv[1:] if not word.isdigit()] or PARTS:
        for figure in _growth(part, small, large):
            print(figure, flush=True)


def _growth(part: str, small: int, large: int) -> Iterator[Figure]:
    before, _ = _measured(part, small)
    after, memory = _measured(part, large)
    for name, seconds in after.items():
        if name in before:
            told = f"{_say(seconds)}({small}:{_say(before[name])})"
            growth = seconds / before[name]
            yield Figure(f"{name}_growth", told, growth, GROWTH_MAX, at_most=True)
    part_memory = f"{part}_{large}_memory"
    yield Figure(part_memory, f"{memory}MB", memory / MEGABYTES, 1, at_most=True)


def _say(seconds: float) -> str:
    return f"{seconds:.0f}s" if seconds >= 10 else f"{seconds * 1000:.2f}ms"


def _measured(part: str, size: int) -> tuple[dict[str, float], int]:
    """Return how long each figure of a part takes, by its name without the size, and the memory."""
    asked = [sys.executable, "-m", "benchmarks", f"{part}:{size}"]
    told = os.environ | KEEPING
    process = subprocess.Popen(asked, env=told, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found: dict[str, float] = {}
    for line in process.stdout:
        print("#", line, end="", flush=True)
        figure = _LINE.match(line)
        if figure:
            name = figure["name"].replace(f"_{size}", "")
            found[name] = _seconds(float(figure["much"]), figure["unit"], size)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{part} at {size} events ended with {process.returncode}")
    return found, used.ru_maxrss // 1024


def _seconds(much: float, unit: str, size: int) -> float:
    """Return how long the work takes; a rate is of all events of this size."""
    return {"s": much, "ms": much / 1000, "/s": size / much}[unit]


if __name__ == "__main__":
    main()
