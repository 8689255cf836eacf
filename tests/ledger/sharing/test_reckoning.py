# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a rule makes of what was contributed: exact, in no order, nothing given away in silence."""

from __future__ import annotations

import ast
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.core.errors import Invalid
from terreau.ledger import sharing
from terreau.ledger.sharing.reckoning import Put, Why, reckon, smallest
from terreau.ledger.sharing.rule import WHOLE, Counted, How, Part, Rule, as_data, check, read

pytestmark = pytest.mark.unit
ONE = 1_000_000
ALICE, BASILE, CHLOE, DENIS = 1, 2, 3, 4
HOURS = Counted("time", "hour", ONE)


def put(
    agent: int | None, much: int, kind: str = "time", unit: str = "hour", **more: object
) -> Put:
    number = int(more.get("source", agent or 0))  # type: ignore[call-overload]
    return Put(number, agent, str(more.get("action", "work")), kind, unit, much * ONE)


def one_part(*counts: Counted, percent: int = WHOLE, most: int | None = None) -> Rule:
    return Rule((Part("Le travail", percent, How.POINTS, counts or (HOURS,), most),))


def taken(rule: Rule, puts: list[Put], euros: int) -> dict[int | None, float]:
    found: dict[int | None, float] = {}
    for line in reckon(rule, puts, euros * ONE, "eur").lines:
        found[line.agent] = found.get(line.agent, 0) + line.micro / ONE
    return found


def test_the_figures_that_the_earlier_software_was_tested_with():
    rule = one_part(
        Counted("time", "hour", 25 * ONE),
        Counted("production", "item", 50 * ONE),
        Counted("money", "eur", ONE),
        Counted("material", "kg", 10 * ONE),
    )
    puts = [
        put(ALICE, 1), put(ALICE, 1, "production", "item"),
        put(BASILE, 50, "money", "eur"), put(BASILE, 2, "material", "kg"),
        put(CHLOE, 30, "money", "eur"), put(DENIS, 20, "money", "eur"),
    ]  # fmt: skip

    assert taken(rule, puts, 195) == {ALICE: 75, BASILE: 70, CHLOE: 30, DENIS: 20}


def test_a_budget_that_is_asked_too_much_of_is_shared_pro_rata():
    asked = [6000, 4000, 2500, 1500, 1000]
    puts = [put(agent, much) for agent, much in enumerate(asked, 1)]

    shares = taken(one_part(), puts, 10_000)

    assert shares == {1: 4000, 2: 2666.67, 3: 1666.67, 4: 1000, 5: 666.66}


@pytest.mark.parametrize("formula", ("quantity * valuePerUnit", "__import__('os').getpid()"))
def test_fault_1_a_formula_is_no_rule(formula):
    data = as_data(one_part())
    data["parts"][0]["counts"][0]["points"] = formula

    with pytest.raises(Invalid):
        read(data)
    with pytest.raises(Invalid):
        read({**as_data(one_part()), "equation": formula})


def test_fault_1_nothing_of_a_rule_is_ever_run():
    files = Path(sharing.__path__[0]).glob("*.py")
    called = {
        node.func.id
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert "reckon" not in called and "_part" in called  # the walk sees calls
    assert not called & {"eval", "exec", "compile", "__import__", "getattr", "open"}


def test_fault_2_counting_twice_gives_the_same_and_changes_nothing():
    rule, puts = one_part(), [put(ALICE, 1), put(BASILE, 2)]
    before = repr((rule, puts))

    first, second = (reckon(rule, puts, 100 * ONE, "eur") for _ in range(2))

    assert first == second
    assert repr((rule, puts)) == before


def test_fault_4_what_the_parts_leave_stays_in_common_and_is_said():
    found = reckon(one_part(percent=6_000), [put(ALICE, 1), put(BASILE, 9)], 100 * ONE, "eur")

    assert [(line.agent, line.why, line.micro // ONE) for line in found.lines] == [
        (ALICE, Why.SHARE, 6), (BASILE, Why.SHARE, 54), (None, Why.KEPT, 40),
    ]  # fmt: skip


@pytest.mark.parametrize("how", How)
def test_fault_4_a_part_to_which_nobody_contributed_is_not_given_away(how):
    rule = Rule(
        (
            Part("Le travail", 5_000, How.POINTS, (HOURS,)),
            Part("Les lieux", 5_000, how, (Counted("place", "day", ONE),)),
        )
    )

    found = reckon(rule, [put(ALICE, 1)], 100 * ONE, "eur")

    assert [(line.part, line.agent, line.why, line.micro // ONE) for line in found.lines] == [
        (0, ALICE, Why.SHARE, 50), (1, None, Why.NOBODY, 50),
    ]  # fmt: skip


def test_fault_5_a_rule_never_shares_more_than_came():
    both = Rule((*one_part(percent=6_000).parts, Part("B", 4_001, How.EQUAL, (HOURS,))))

    with pytest.raises(Invalid, match=r"dépassent 100 % \(de 0,01 %\)"):
        check(both)
    check(Rule((*one_part(percent=6_000).parts, Part("B", 4_000, How.EQUAL, (HOURS,)))))


def test_fault_8_a_line_counts_what_fits_its_kind_and_unit_and_action_together():
    rule = one_part(
        Counted("time", "hour", 10 * ONE),
        Counted("time", "hour", 30 * ONE, "deliverService"),
        Counted("time", "day", 70 * ONE),
        Counted("place", "hour", 5 * ONE),
    )
    check(rule)
    puts = [
        put(ALICE, 2), put(ALICE, 1, action="deliverService"), put(BASILE, 1, unit="day"),
        put(BASILE, 1, unit="half_day"), put(CHLOE, 4, "place"), put(DENIS, 9, "good", "hour"),
    ]  # fmt: skip

    found = reckon(rule, puts, 100 * ONE, "eur")

    assert [(line.agent, line.points) for line in found.lines] == [
        (ALICE, 50), (BASILE, 105), (CHLOE, 20),
    ]  # fmt: skip
    assert found.uncounted == (5,)


def test_fault_9_a_contribution_counts_in_each_part_that_names_it():
    rule = Rule(
        (
            Part("Le travail", 5_000, How.POINTS, (HOURS,)),
            Part("La présence", 5_000, How.EQUAL, (HOURS,)),
        )
    )

    found = reckon(rule, [put(ALICE, 3), put(BASILE, 1)], 80 * ONE, "eur")

    assert [(one.part, one.agent, one.micro // ONE, one.items[0].put) for one in found.lines] == [
        (0, ALICE, 30, 0), (0, BASILE, 10, 1), (1, ALICE, 20, 0), (1, BASILE, 20, 1),
    ]  # fmt: skip


def test_fault_10_nothing_is_rounded_on_the_way():
    puts = [put(agent, 1) for agent in range(1, 8)]

    found = reckon(one_part(), puts, ONE, "eur")

    assert {line.exact for line in found.lines} == {Fraction(ONE, 7)}
    assert [line.micro for line in found.lines] == [150_000, 150_000, *[140_000] * 5]


def test_what_has_no_known_origin_keeps_its_place_and_nobody_takes_it():
    found = reckon(one_part(), [put(ALICE, 3), put(None, 1, source=9)], 80 * ONE, "eur")

    assert [(line.agent, line.why, line.micro // ONE) for line in found.lines] == [
        (ALICE, Why.SHARE, 60), (None, Why.UNKNOWN, 20),
    ]  # fmt: skip


def test_nobody_takes_more_than_the_most_and_the_others_take_the_rest():
    puts = [put(ALICE, 8), put(BASILE, 1), put(CHLOE, 1)]

    assert taken(one_part(most=5_000), puts, 100) == {ALICE: 50, BASILE: 25, CHLOE: 25}
    assert taken(one_part(most=3_000), puts, 100) == {ALICE: 30, BASILE: 30, CHLOE: 30, None: 10}


def test_pieces_are_handed_out_whole_and_money_to_the_cent():
    puts = [put(ALICE, 1), put(BASILE, 1)]

    pieces = reckon(one_part(), puts, 7 * ONE + 500_000, "item").lines
    cents = reckon(one_part(), puts, 10_005_000, "eur").lines

    assert [(line.why, line.micro) for line in pieces] == [
        (Why.SHARE, 4 * ONE), (Why.SHARE, 3 * ONE), (Why.KEPT, 500_000),
    ]  # fmt: skip
    assert [line.micro for line in cents] == [5_000_000, 5_000_000, 5_000]


BAD: dict[str, Rule] = {
    "no part": Rule(()),
    "a part of nothing": one_part(percent=0),
    "a part without a name": Rule((Part(" ", WHOLE, How.EQUAL, (HOURS,)),)),
    "the same name twice": Rule((Part("A", 1, How.EQUAL, (HOURS,)),) * 2),
    "no line": Rule((Part("A", WHOLE, How.EQUAL, ()),)),
    "the same thing twice": one_part(HOURS, Counted("time", "minute", ONE)),
    "an unknown unit": one_part(Counted("time", "parsec", ONE)),
    "an unknown action": one_part(Counted("time", "hour", ONE, "steal")),
    "no point": one_part(Counted("time", "hour", 0)),
    "a most of nothing": one_part(most=0),
}


@pytest.mark.parametrize("rule", BAD.values(), ids=BAD)
def test_a_rule_that_cannot_be_counted_is_refused(rule):
    with pytest.raises(Invalid):
        check(rule)


@pytest.mark.parametrize(
    "data", (None, [], {"parts": {}}, {"parts": [1]}, {"parts": [{"name": "A"}]}, {"parts": "A"})
)
def test_what_is_no_rule_is_not_read(data):
    with pytest.raises(Invalid):
        read(data)


kinds = st.sampled_from(("time", "place", "good"))
units = st.sampled_from(("hour", "minute", "day", "half_day", "kg"))
counts = st.builds(Counted, kinds, units, st.integers(1, 10**9), st.sampled_from(("", "work")))
parts = st.builds(
    Part,
    st.just("A"),
    st.integers(1, 3_000),
    st.sampled_from(How),
    st.lists(counts, min_size=1, max_size=4).map(tuple),
    st.none() | st.integers(1, WHOLE),
)
rules = st.lists(parts, min_size=1, max_size=3).map(lambda found: Rule(tuple(found)))
puts = st.lists(
    st.builds(
        Put,
        st.integers(1, 9),
        st.none() | st.integers(1, 5),
        st.sampled_from(("work", "use")),
        kinds,
        units,
        st.integers(1, 10**12),
    ),
    max_size=8,
)
amounts = st.integers(1, 10**13)


@given(rules, puts, amounts, st.sampled_from(("eur", "item", "kg")))
def test_every_share_sums_to_what_came_in(rule, found, micro, unit):
    lines = reckon(rule, found, micro, unit).lines

    assert sum(line.micro for line in lines) == micro
    assert sum(line.exact for line in lines) == micro
    assert all(abs(line.micro - line.exact) < smallest(unit) for line in lines)
    assert all(line.micro >= 0 and line.exact >= 0 for line in lines)


@given(rules, puts, amounts, st.randoms(use_true_random=False))
def test_the_order_of_contributions_changes_no_share(rule, found, micro, random):
    mixed = random.sample(found, len(found))

    first, second = (reckon(rule, one, micro, "eur").lines for one in (found, mixed))

    assert [(one.part, one.agent, one.why, one.micro, one.points) for one in first] == [
        (one.part, one.agent, one.why, one.micro, one.points) for one in second
    ]


@given(rules, puts, amounts)
def test_the_most_is_never_passed_and_who_gave_more_has_no_less(rule, found, micro):
    whole = micro - micro % 10_000
    for line in reckon(rule, found, micro, "eur").lines:
        if line.why is Why.SHARE and line.part is not None:
            part = rule.parts[line.part]
            much = Fraction(whole * part.percent, WHOLE)
            assert line.exact <= (much if part.most is None else much * part.most / WHOLE)
    by_part: dict[int | None, list[tuple[Fraction, Fraction]]] = {}
    for line in reckon(rule, found, micro, "eur").lines:
        if line.why is Why.SHARE:
            by_part.setdefault(line.part, []).append((line.points, line.exact))
    for number, pairs in by_part.items():
        if rule.parts[number or 0].how is How.POINTS:
            shares = [share for _, share in sorted(pairs)]
            assert shares == sorted(shares)


@given(rules)
def test_a_rule_written_as_data_reads_the_same(rule):
    assert read(as_data(rule)) == rule
