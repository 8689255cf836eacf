# SPDX-License-Identifier: AGPL-3.0-or-later
"""Measure, then write ``docs/reference/performance.md``: ``make performance``, or after measuring,

``python tools/performance.py FILE…`` with what ``make bench`` and ``make bench-big`` printed; a
line ``note: …`` among them is told at the head of the page.
"""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

try:
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    import sqlite3 as sqlite

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/reference/performance.md"

HEAD = """# How fast it is

Written by `tools/performance.py` from what `make bench` printed; `make performance` measures and
writes it again. Each figure stands against a reference measured in the same run, in turns: read the
ratios, the times are those of this machine on that day. The references do only the bare work: raw
SQL that writes the same rows, DuckDB over the same events in Parquet, SciPy on a ready matrix, the
same page with little in it. How each is measured is told at the head of its file in `benchmarks/`.

"""
TOPICS = {
    "ledger_post": "Post one event, durable, by all rules, against the bare rows",
    "post_one_among": "Post one event among many, against an empty ledger",
    "form_to_row": "From the browser's form to the row, against the bare rows",
    "import": "Take a graph in by all rules, against the same rows in batches of 100",
    "balances": "Balances of all agents by kind and unit, and by other tools on our own journal",
    "trace": "A quantity traced back over two fifths of a ledger, against SciPy",
    "ledger_verify": "`terreau verify`, against only reading and hashing the rows",
    "statement": "A page of a cooperation with 100,000 contributions, against 100",
    "week": "A page of a cooperation with 100,000 contributions, against 100",
    "contributions_list": "A page of a cooperation with 100,000 contributions, against 100",
    "one_agent": "A page of an organisation with 100,000 contributions, against 100",
    "crowd": "Seventy-five people and programs at once (the bounds are our own)",
    "directory": "The public directory at 10,000 sheets, against ten",
    "drill": "A backup taken while somebody writes, restored elsewhere (the bounds are our own)",
}
NAMES = {
    "warm": "the graph in memory",
    "cold": "nothing in memory, the file of a former reading there",
    "first": "nothing at all but the database (the bound is our own)",
    "one_agent": "one agent, in milliseconds",
    "beside_ledger_cli": "ledger-cli on our journal",
    "beside_hledger": "hledger on our journal",
}
_LINE = re.compile(
    r"(?P<name>\S+) value=(?P<value>\S+) ratio=(?P<ratio>[\d.]+) target=(?P<sign>[<>]=)"
    r"(?P<target>[\d.]+) (?P<verdict>OK|SHORT)$"
)


@dataclass(frozen=True)
class Measure:
    """A line of the output."""

    name: str
    value: str
    ratio: str
    target: str
    reached: bool

    @property
    def topic(self) -> str:
        if self.name.endswith("_growth") or self.name.endswith("0000_memory"):
            return "Ten times as many events: growth, and memory"
        return next((say for word, say in TOPICS.items() if self.name.startswith(word)), "Others")


def measures(lines: Iterable[str]) -> Iterator[Measure]:
    """Read what the benchmarks printed; a figure that comes twice counts as it came last."""
    found = {}
    for line in lines:
        told = _LINE.match(line.strip())
        if told:
            sign = "at least" if told["sign"] == ">=" else "at most"
            of = (f"{sign} {float(told['target']):g}", told["verdict"] == "OK")
            found[told["name"]] = Measure(told["name"], told["value"], told["ratio"], *of)
    yield from found.values()


def page(found: Iterable[Measure], machine: str) -> str:
    """Return the page."""
    topics: dict[str, list[Measure]] = {}
    for one in found:
        topics.setdefault(one.topic, []).append(one)
    parts = [HEAD + machine + "\n"]
    for topic, rows in topics.items():
        parts.append(
            f"\n## {topic}\n\n| figure | measured | ratio | to reach | |\n|---|---|---|---|---|"
        )
        parts += [_row(one) for one in rows]
    return "\n".join(parts) + "\n"


def _row(one: Measure) -> str:
    value = one.value.replace("(", " (").replace(",", ", ").replace(":", ": ").replace("|", "")
    words = next((f": {say}" for end, say in NAMES.items() if f"_{end}" in one.name), "")
    verdict = "yes" if one.reached else "**not reached**"
    return f"| `{one.name}`{words} | {value} | {one.ratio} | {one.target} | {verdict} |"


def machine() -> str:
    """Say what was measured on, and when."""
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"model name\s*: (.+)", told)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    words = (
        f"{os.cpu_count()} cores ({model[1] if model else platform.machine()})",
        f"{memory:.0f} GiB of memory",
        f"Linux {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite.sqlite_version}",
    )
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    load = os.getloadavg()[0]
    busy = f" Others were at work on it too: a load of {load:.0f} at the end."
    told = f"**Measured on {day}**: {', '.join(words)}."
    return told + (busy if load > 1 + (os.cpu_count() or 1) else "")


def measured() -> Iterator[str]:
    """Run the benchmarks, and pass on what they print."""
    asked = [sys.executable, "-m", "benchmarks"]
    with subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            yield line
    if running.returncode:
        raise SystemExit(running.returncode)


if __name__ == "__main__":
    files = [Path(name).read_text(encoding="utf-8") for name in sys.argv[1:]]
    lines = [line for text in files for line in text.splitlines()] or measured()
    lines = list(lines)
    notes = [line.removeprefix("note: ").strip() for line in lines if line.startswith("note: ")]
    found = list(measures(lines))
    PAGE.write_text(page(found, "\n\n".join([machine(), *notes])), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} written: {len(found)} figures.")
