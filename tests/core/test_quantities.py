# SPDX-License-Identifier: AGPL-3.0-or-later
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.core.errors import Invalid
from terreau.core.quantities import LARGEST, from_decimal, parse, show, to_decimal

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("typed", "micro"),
    [
        ("3", 3_000_000),
        ("1,5", 1_500_000),
        ("1.5", 1_500_000),
        (" 1 234,5 ", 1_234_500_000),
        ("1\u202f234\u00a0567,000001", 1_234_567_000_001),
        ("0,500000000", 500_000),
        ("0", 0),
        ("9223372036854,775807", LARGEST),
    ],
)
def test_parse_reads_what_people_type(typed, micro):
    assert parse(typed) == micro


@pytest.mark.parametrize(
    ("typed", "beginning"),
    [
        ("", "Indiquez une quantité"),
        ("   ", "Indiquez une quantité"),
        ("-3", "Une quantité ne peut pas être négative"),
        ("−3", "Une quantité ne peut pas être négative"),
        ("trois", "« trois » n'est pas un nombre"),
        ("1,2,3", "« 1,2,3 » n'est pas un nombre"),
        ("1e5", "« 1e5 » n'est pas un nombre"),
        ("٣", "« ٣ » n'est pas un nombre"),
        ("NaN", "« NaN » n'est pas un nombre"),
        ("1,", "« 1, » n'est pas un nombre"),
        (",5", "« ,5 » n'est pas un nombre"),
        ("0,0000001", "Cette quantité est trop fine"),
        ("9223372036854,775808", "Cette quantité est trop grande"),
        ("9" * 39, "Cette quantité est trop grande"),
        ("9" * 5000, "« 9999"),
    ],
)
def test_parse_refuses_in_a_plain_sentence(typed, beginning):
    with pytest.raises(Invalid) as refused:
        parse(typed)

    assert refused.value.message[: len(beginning)] == beginning
    assert refused.value.field == "quantity"


@given(st.integers(0, LARGEST))
def test_what_is_shown_is_read_back(micro):
    assert parse(show(micro)) == micro


@given(st.integers(-LARGEST, LARGEST))
def test_decimal_is_exact_both_ways(micro):
    assert from_decimal(to_decimal(micro)) == micro


@given(st.text(max_size=30))
def test_parse_reads_or_refuses_whatever_is_typed(text):
    try:
        micro = parse(text)
    except Invalid:
        return
    assert 0 <= micro <= LARGEST


@pytest.mark.parametrize(
    ("micro", "shown"),
    [(1_234_500_000, "1\u202f234,5"), (-500_000, "−0,5"), (0, "0"), (1, "0,000001")],
)
def test_show_writes_as_french_readers_do(micro, shown):
    assert show(micro) == shown


@pytest.mark.parametrize("number", ["0.0000001", "NaN", "Infinity", "1E+30"])
def test_from_decimal_refuses_what_is_not_exact(number):
    with pytest.raises(Invalid):
        from_decimal(Decimal(number))
