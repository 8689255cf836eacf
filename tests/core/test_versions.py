# SPDX-License-Identifier: AGPL-3.0-or-later
from hypothesis import given
from hypothesis import strategies as st

from terreau.core.versions import differs, field_version
from terreau.people.models import Agent

NAMES = ("name", "place")
texts = st.text(st.characters(codec="utf-8"), max_size=12)


@given(texts, texts, texts, texts)
def test_a_version_is_another_one_exactly_when_the_fields_say_something_else(name, place, to, at):
    before, after = Agent(name=name, place=place), Agent(name=to, place=at)

    same = field_version(before, NAMES) == field_version(after, reversed(NAMES))

    assert same == ((name, place) == (to, at)) == (not differs(before, {"name": to, "place": at}))
