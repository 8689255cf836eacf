# SPDX-License-Identifier: AGPL-3.0-or-later
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST, show
from terreau.core.units import UNITS, as_fraction, convert, say, too_fine, unit, unit_named

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("micro", "source", "target", "converted"),
    [
        (3_000_000, "half_day", "day", 1_500_000),
        (1_500_000, "day", "half_day", 3_000_000),
        (1_250_000, "tonne", "kg", 1_250_000_000),
        (250_000_000, "g", "kg", 250_000),
        (90_000_000, "minute", "hour", 1_500_000),
        (2_000_000, "hour", "hour", 2_000_000),
        (1_000_000, "m3", "litre", 1_000_000_000),
    ],
)
def test_convert_inside_one_dimension(micro, source, target, converted):
    assert convert(micro, source, target) == converted


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("hour", "day", ("heures", "journées")),
        ("kg", "litre", ("kilogrammes", "litres")),
        ("m2", "m2_month", ("mètres carrés", "m² pendant un mois")),
        ("item", "person", ("pièces", "personnes")),
        ("eur", "hour", ("euros", "heures")),
    ],
)
def test_convert_between_dimensions_names_both_units(source, target, words):
    with pytest.raises(Invalid) as refused:
        convert(1_000_000, source, target)

    assert [word in refused.value.message for word in words] == [True, True]


def test_convert_refuses_what_is_not_exact():
    with pytest.raises(Invalid) as refused:
        convert(1, "minute", "hour")

    assert refused.value.message == "Converti en heures, 0,000001\u00a0min ne tombe pas juste."


def test_unit_that_does_not_exist_is_refused():
    with pytest.raises(Invalid) as refused:
        unit("furlong")

    assert refused.value.field == "unit"


@given(st.integers(-(10**15), 10**15), st.data())
def test_conversion_and_back_gives_the_same(micro, data):
    alike = [
        (one, other)
        for one, other in product(UNITS, UNITS)
        if UNITS[one].dimension == UNITS[other].dimension
    ]
    source, target = data.draw(st.sampled_from(alike))

    there = as_fraction(micro, source, target)

    assert there * UNITS[target].factor == micro * UNITS[source].factor


@pytest.mark.parametrize(
    ("micro", "code", "said"),
    [
        (1_500_000, "hour", "1,5\u00a0h"),
        (1_000_000, "half_day", "1\u00a0demi-journée"),
        (1_999_999, "day", "1,999999\u00a0journée"),
        (2_000_000, "day", "2\u00a0journées"),
        (3_000_000, "time", "3\u00a0fois"),
        (45_500_000, "eur", "45,5\u00a0€"),
    ],
)
def test_say_uses_the_symbol_or_the_word(micro, code, said):
    assert say(micro, code) == said


def test_every_unit_is_named_by_its_code():
    assert [one.code for one in UNITS.values()] == list(UNITS)
    assert [one.code for one in UNITS.values() if not one.plural or one.factor <= 0] == []


@given(st.integers(0, LARGEST), st.sampled_from(sorted(UNITS)))
def test_too_fine_is_more_figures_after_the_comma_than_the_unit_has(micro, code):
    _, _, decimals = show(micro).partition(",")

    assert bool(too_fine(micro, code)) is (len(decimals) > UNITS[code].decimals)


@given(st.integers(0, 10**9), st.sampled_from(sorted(UNITS)))
def test_what_a_unit_allows_is_never_too_fine(count, code):
    assert too_fine(count * 10 ** (6 - UNITS[code].decimals), code) == ""


@pytest.mark.parametrize(
    ("micro", "code", "said"),
    [
        (
            5_123_000,
            "eur",
            "5,123\u00a0€ : c'est trop fin. Gardez 2 chiffres après la virgule au plus.",
        ),
        (
            2_500_000,
            "person",
            "2,5 n'est pas un nombre entier : « personnes » se compte sans virgule.",
        ),
        (5_120_000, "eur", ""),
        (1, "hour", ""),
    ],
)
def test_too_fine_is_said_plainly(micro, code, said):
    assert too_fine(micro, code) == said


@pytest.mark.parametrize(
    ("words", "code"),
    [("Euros", "eur"), ("€", "eur"), ("repas", "meal"), ("euros par mois", None), ("", None)],
)
def test_a_unit_is_known_by_its_name(words, code):
    found = unit_named(words)

    assert (found.code if found else None) == code
