# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pilot is shown before the sheet is published again."""

from hypothesis import given
from hypothesis import strategies as st

from terreau.publishing.content import Change, Content, Link, Use
from terreau.publishing.differences import Difference, differences

USES = st.dictionaries(st.sampled_from("abcde"), st.text("xyz", min_size=1), max_size=5)


def content(said: dict[str, str]) -> Content:
    return Content(uses=tuple(Use(key, text) for key, text in said.items()))


@given(USES, USES)
def test_each_piece_that_differs_is_shown_once_and_no_other(before, after):
    found = differences(content(before), content(after))

    keys = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert sorted((one.before, one.after) for one in found) == sorted(
        (before.get(key, ""), after.get(key, "")) for key in keys
    )


def test_a_change_is_told_with_its_answers_and_without_codes():
    was = Change("effect:1", "Deux courses de moins.", "Le taxi", "destroyed", "l'intuition")
    now = Change(
        "effect:1", "Le taxi triche.", "Le taxi", "useful", "l'intuition", answers=("Taxi : non.",)
    )
    link = Link("maillon:2", "Le minibus", "good", "missing")

    one, other = differences(Content(changes=(was,)), Content(changes=(now,), links=(link,)))

    assert one == Difference(after="Le minibus · bien · manque")
    assert other.before == "Deux courses de moins. · Le taxi · ce que ça abîme · l'intuition"
    assert (
        other.after
        == "Le taxi triche. · Le taxi · ce que ça change de bien · l'intuition · Taxi : non."
    )
