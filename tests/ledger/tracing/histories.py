# SPDX-License-Identifier: AGPL-3.0-or-later
"""Random small histories: stocks that fill and empty, activities that take in and give out."""

from __future__ import annotations

from hypothesis import strategies as st

from terreau.ledger.tracing.building import Flowed, build
from terreau.ledger.tracing.graph import Graph, Kind

STOCKS = {1: "kg", 2: "kg", 3: "g", 4: "item"}
FLOUR, TIME, BICYCLE, BOLT = 1, 2, 3, 4
KG, GRAM = 1_000_000, 1_000


def flow(number: int, action: str, kilos: int, **more: int | None) -> Flowed:
    """A flow of so many kilos (or pieces, for the fourth stock)."""
    named = more.get("to_resource") or more.get("resource")
    unit = "item" if named == 4 else "kg"
    return Flowed(number, action, FLOUR, kilos * KG, unit, **more)


def numbered(flows: list[Flowed]) -> list[Flowed]:
    return [one._replace(id=number) for number, one in enumerate(flows, 1)]


kilos = st.integers(1, 9)
weighed = st.sampled_from((1, 2, 3))
process = st.sampled_from((1, 2))


@st.composite
def among_stocks(draw: st.DrawFn) -> list[Flowed]:
    """Things enter, go from one stock to another, leave: never more than there is."""
    held = dict.fromkeys((1, 2, 3), 0)
    flows = []
    for _ in range(draw(st.integers(1, 14))):
        at, other = draw(weighed), draw(weighed)
        what = draw(st.sampled_from(("raise", "transfer", "lower", "produce", "consume")))
        if what in ("raise", "produce") or not held[at] or (what == "transfer" and at == other):
            much = draw(kilos)
            flows.append(flow(0, "raise" if what != "produce" else what, much, resource=at))
            held[at] += much
            continue
        much = draw(st.integers(1, held[at]))
        held[at] -= much
        if what == "transfer":
            held[other] += much
            flows.append(flow(0, what, much, resource=at, to_resource=other))
        else:
            flows.append(flow(0, what, much, resource=at))
    return numbered(flows)


ACTIONS = st.one_of(
    st.builds(lambda k, r: flow(0, "raise", k, resource=r), kilos, st.sampled_from((1, 2, 3, 4))),
    st.builds(lambda k, r: flow(0, "lower", k, resource=r), kilos, st.sampled_from((1, 2, 3, 4))),
    st.builds(
        lambda k, pair: flow(0, "transfer", k, resource=pair[0], to_resource=pair[1], crossed=True),
        kilos,
        st.sampled_from([(1, 2), (2, 1), (3, 1), (1, 3), (2, 3)]),
    ),
    st.builds(
        lambda k, r, p: flow(0, "consume", k, resource=r, input_of=p),
        kilos,
        st.sampled_from((1, 2, 3, 4)),
        process,
    ),
    st.builds(
        lambda k, r, p: flow(0, "produce", k, resource=r, output_of=p),
        kilos,
        st.sampled_from((1, 2, 3, 4)),
        process,
    ),
    st.builds(lambda k, p: flow(0, "work", k, input_of=p), kilos, process),
    st.builds(
        lambda k, r, p: flow(0, "accept", k, resource=r, input_of=p), kilos, weighed, process
    ),
    st.builds(
        lambda k, r, p: flow(0, "modify", k, resource=r, output_of=p), kilos, weighed, process
    ),
    st.builds(
        lambda k, p: flow(0, "consume", k, resource=1, to_resource=2, input_of=p, crossed=True),
        kilos,
        process,
    ),
)
anything = st.lists(ACTIONS, min_size=1, max_size=16).map(numbered)
"""In any order, stocks overdrawn and activities fed after their product: nothing is refused."""


def graph_of(flows: list[Flowed], *, fifo: bool = False) -> Graph:
    return build(flows, STOCKS, fifo=fifo)


def origins(graph: Graph) -> list[int]:
    """The nodes into which nothing flowed."""
    return [node for node in range(len(graph.totals)) if not list(graph.back.of(node))]


def of_kind(graph: Graph, kind: Kind) -> list[int]:
    return [node for node in range(len(graph.totals)) if graph.kinds[node] == kind]


def in_kilos(graph: Graph, node: int, much):
    return much / GRAM if graph.units[node] == "g" else much
