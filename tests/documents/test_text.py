# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wrapping: nothing cut, nothing too wide, whatever the text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from terreau.documents.characters import printable
from terreau.documents.text import measure, wrap


@given(st.text(max_size=300), st.floats(40, 400), st.booleans())
@example("x" * 5000, 120.0, True)
@example("anticonstitutionnellement " * 40, 60.0, False)
def test_wrapping_cuts_nothing_and_overflows_nowhere(text, width, bold):
    lines = wrap(text, width, 14, bold=bold)

    assert "".join("".join(lines).split()) == "".join(printable(text).split())
    assert all(measure(line, 14, bold=bold) <= width + 1e-9 for line in lines)
    assert all(lines)


def test_words_stay_whole_where_they_can():
    lines = wrap("Arriver à cinq heures et revenir", 120, 14)

    assert len(lines) > 1
    assert " ".join(lines) == "Arriver à cinq heures et revenir"


def test_a_break_may_follow_a_hyphen_or_a_slash_but_no_hard_space():
    assert wrap("auto-école", 60, 14) == ["auto-", "école"]
    assert wrap("vers 18\u00a0000\u00a0€", 75, 14)[-1] == "18\u00a0000\u00a0€"


def test_no_line_begins_with_a_mark():
    lines = wrap("Le parking se libère : la boulangerie « le fournil » s'en sert", 66, 14)

    assert not [line for line in lines if line[0] in ":;?!»" or line[-1] == "«"]


def test_bold_is_not_narrower():
    assert measure("Notre solution", 14, bold=True) >= measure("Notre solution", 14)


def test_a_width_where_nothing_holds_is_refused():
    with pytest.raises(ValueError, match="no text holds"):
        wrap("mot", 10, 14)
