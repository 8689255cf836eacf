# SPDX-License-Identifier: AGPL-3.0-or-later
"""Identifiers as people type them: a warning at most, whatever is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.people.rules import rna_warning, siren_warning, siret_warning

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("warning", "number"),
    [
        (siren_warning, "356 000 000"),
        (siret_warning, "356 000 000 00048"),
        (siret_warning, "35600000000010"),
        (siret_warning, "732 829 320 00074"),
        (rna_warning, "w751234567"),
    ],
)
def test_a_right_number_has_no_warning(warning, number):
    assert warning(number) == ""


@pytest.mark.parametrize(
    ("warning", "number"),
    [
        (siren_warning, "356 000 001"),
        (siret_warning, "356 000 000 00011"),
        (siret_warning, "3560000000001²"),
        (siret_warning, "732 829 320 00075"),
        (rna_warning, "75123456"),
    ],
)
def test_a_wrong_number_has_one(warning, number):
    assert warning(number) != ""


@given(st.text(max_size=20) | st.from_regex(r"\A356000000\w{5}\Z"))
def test_nothing_that_is_typed_breaks_the_page(number):
    for warning in (siren_warning, siret_warning, rna_warning):
        assert isinstance(warning(number), str)
