# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two intents go together for reasons that are said, or do not for a reason that is said."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.core.quantities import MICRO
from terreau.ledger.matching.pairs import Intent, Spot, compare, distance

pytestmark = pytest.mark.unit

DOLE, BESANCON = Spot(47_092_000, 5_490_000), Spot(47_238_000, 6_024_000)
NEED = Intent(
    1, 10, "salle", 4 * MICRO, "day",
    since=date(2026, 3, 1), until=date(2026, 3, 31), spot=DOLE, reach=60_000,
)  # fmt: skip
OFFER = replace(NEED, id=2, agent=20, quantity=20 * MICRO, unit="half_day", spot=BESANCON)


def test_two_that_go_together_say_why():
    pair = compare(NEED, OFFER)

    assert pair.holds
    assert pair.most == NEED.quantity
    assert pair.for_it == (
        "C'est la même chose : salle.",
        "Possible du 01/03/2026 au 31/03/2026.",
        "À 43,5\u00a0km l'un de l'autre.",
        "Chacun s'adresse à l'autre.",
        "Tout le besoin : 4\u00a0journées.",
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"specification": "minibus"}, "« minibus » n'est pas « salle »."),
        ({"unit": "hour"}, "L'un se compte en heures, l'autre en journées."),
        ({"since": date(2026, 4, 1), "until": None}, "Les dates ne se croisent pas."),
        ({"reach": 43_000}, "À 43,5\u00a0km l'un de l'autre : 43\u00a0km au plus."),
        ({"agent": 10}, "C'est la même organisation des deux côtés."),
        ({"circle": frozenset({30})}, "L'un des deux ne s'adresse pas à l'autre."),
        ({"minimum": 10 * MICRO}, "Il en faudrait 5\u00a0journées au moins."),
    ],
)
def test_one_that_does_not_fit_says_why(change, why):
    pair = compare(NEED, replace(OFFER, **change))

    assert not pair.holds
    assert pair.against == (why,)
    assert pair.most == 0


@pytest.mark.parametrize("change", [{"circle": frozenset({10})}, {"minimum": 8 * MICRO}])
def test_what_is_just_allowed_holds(change):
    assert compare(NEED, replace(OFFER, **change)).holds


def test_a_part_of_a_need_is_said_to_be_one():
    pair = compare(NEED, replace(OFFER, quantity=3 * MICRO))

    assert pair.most == 1_500_000
    assert pair.for_it[-1] == "Une partie : 1,5\u00a0journée sur 4\u00a0journées."


def test_a_place_that_is_not_said_is_left_to_people():
    pair = compare(NEED, replace(OFFER, spot=None))

    assert pair.holds
    assert pair.metres is None
    assert "la distance est à vérifier" in " ".join(pair.for_it)


SPOTS = st.builds(
    Spot, st.integers(-90 * MICRO, 90 * MICRO), st.integers(-180 * MICRO, 180 * MICRO)
)


@given(SPOTS, SPOTS)
def test_distance_is_the_same_both_ways_and_never_round_the_world(one, other):
    metres = distance(one, other)

    assert metres == distance(other, one)
    assert 0 <= metres <= 20_015_115  # half of a great circle
    assert distance(one, one) == 0


def test_a_known_distance():
    """Paris to Marseille, town halls: about 661 km along the surface."""
    paris, marseille = Spot(48_856_600, 2_352_200), Spot(43_296_500, 5_369_800)

    assert distance(paris, marseille) == pytest.approx(660_500, abs=1_000)
