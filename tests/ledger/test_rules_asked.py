# SPDX-License-Identifier: AGPL-3.0-or-later
"""A rule that is not asked about an event would have had nothing to say of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.ledger.engine.cases import Case
from terreau.ledger.engine.rules import RULES, rules_of
from terreau.ledger.engine.state import (
    Claim,
    Event,
    Link,
    Out,
    Past,
    Promise,
    Resource,
    Settle,
    State,
)
from terreau.ledger.engine.table import action_row, table

pytestmark = pytest.mark.unit

SMALL = st.integers(1, 3)
EVENTS = st.builds(
    Event,
    action=st.sampled_from(sorted(table())),
    provider=SMALL,
    receiver=SMALL,
    specification=st.just("flour"),
    quantity=st.none() | st.integers(-3, 3),
    unit=st.sampled_from(("kg", "hour")),
    effort=st.none() | st.integers(-3, 3),
    effort_unit=st.just("hour"),
    resource=st.none() | SMALL,
    to_resource=st.none() | SMALL,
    links=st.lists(st.builds(Link, SMALL, st.integers(-3, 3)), max_size=2).map(tuple),
    corrects=st.none() | SMALL,
    input_of=st.none() | SMALL,
    output_of=st.none() | SMALL,
    settles=st.lists(st.builds(Settle, SMALL, st.integers(-3, 3)), max_size=2).map(tuple),
)
RESOURCES = st.builds(
    Resource,
    id=SMALL,
    specification=st.sampled_from(("flour", "time")),
    unit=st.sampled_from(("kg", "hour")),
    accounting=st.integers(0, 3),
    on_hand=st.integers(0, 3),
    accountable=st.none() | SMALL,
    custodian=st.none() | SMALL,
    version=st.integers(0, 1),
    container=st.none() | SMALL,
)
PROMISES = st.builds(
    Promise,
    id=SMALL,
    provider=SMALL,
    measure=st.sampled_from(("quantity", "effort")),
    unit=st.sampled_from(("kg", "hour")),
    promised=SMALL,
    ended=st.booleans(),
)
CLAIMS = st.builds(
    Claim,
    id=SMALL,
    provider=SMALL,
    receiver=SMALL,
    measure=st.sampled_from(("quantity", "effort")),
    unit=st.sampled_from(("kg", "hour")),
    claimed=SMALL,
    trigger=SMALL,
    ended=st.booleans(),
)
STATES = st.builds(
    State,
    st.lists(RESOURCES, max_size=3).map(lambda found: {one.id: one for one in found}),
    st.lists(PROMISES, max_size=3).map(lambda found: {one.id: one for one in found}),
    st.dictionaries(SMALL, st.builds(Past, EVENTS), max_size=2),
    st.builds(Out, SMALL, SMALL, st.sampled_from(("pickup", "accept")), SMALL).map(
        lambda out: {(out.process, out.resource): out}
    ),
    st.lists(CLAIMS, max_size=3).map(lambda found: {one.id: one for one in found}),
)


@given(event=EVENTS, state=STATES, beyond=st.booleans())
def test_a_rule_that_is_left_out_is_silent(event, state, beyond):
    case = Case(event, action_row(event.action), state, beyond)
    asked = rules_of(event)

    assert [rule.__name__ for rule in RULES if rule not in asked and rule(case)] == []
    assert [rule for rule in RULES if rule in asked] == list(asked)


def test_an_event_of_all_kinds_is_asked_every_rule_and_most_are_asked_few():
    full = Event("work", 1, 2, "time", resource=1, links=(Link(1, 1),), corrects=1)
    full = replace(full, settles=(Settle(1, 1),))

    assert rules_of(full) == RULES
    assert len(rules_of(Event("work", 1, 2, "time"))) < len(RULES) / 2
