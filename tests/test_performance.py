# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of speeds is written from what the benchmarks print, and stands where docs link it."""

from benchmarks.figures import Figure
from tools import performance


def test_each_figure_stands_on_the_page_once_as_it_came_last():
    figures = [
        Figure("trace_warm_100", "9ms(scipy:8ms)", 4, 3, at_most=True),
        Figure("trace_warm_100", "9ms(scipy:8ms)", 1.125, 3, at_most=True),
        Figure("import_100", "40/s(raw:100/s)", 0.4, 0.5),
        Figure("trace_warm_growth", "2s(100:1s)", 2, 12, at_most=True),
    ]
    lines = [*map(str, figures), "# trace: 3 s", "noise"]

    told = performance.page(performance.measures(lines), "A machine.")

    rows = [line for line in told.splitlines() if line.startswith("| `")]
    assert rows == [
        "| `trace_warm_100`: the graph in memory | 9ms (scipy: 8ms) | 1.12 | at most 3 | yes |",
        "| `import_100` | 40/s (raw: 100/s) | 0.40 | at least 0.5 | **not reached** |",
        "| `trace_warm_growth`: the graph in memory | 2s (100: 1s) | 2.00 | at most 12 | yes |",
    ]
    assert [line for line in told.splitlines() if line.startswith("## ")] == [
        "## A quantity traced back over two fifths of a ledger, against SciPy",
        "## Take a graph in by all rules, against the same rows in batches of 100",
        "## Ten times as many events: growth, and memory",
    ]
    assert performance.machine().startswith("**Measured on ")


def test_the_page_is_there_and_says_what_was_measured():
    assert "| `trace_cold_1000000`" in performance.PAGE.read_text(encoding="utf-8")
