# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days that people type."""

from datetime import date, timedelta

import pytest

from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.ecosystems.rules.days import happened, plausible

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("day", [date(1980, 1, 1), date(2026, 11, 24), date(2099, 12, 31)])
def test_a_year_that_somebody_means_is_taken(day):
    assert plausible(day, field="day") == day


@pytest.mark.parametrize("day", [date.min, date(1200, 6, 1), date(1979, 12, 31), date.max])
def test_a_year_that_nobody_means_is_refused_next_to_its_field(day):
    with pytest.raises(Invalid, match="vérifiez l'année") as refused:
        plausible(day, field="since")

    assert refused.value.field == "since"


def test_what_is_to_come_did_not_happen():
    tomorrow = clock.today() + timedelta(days=1)

    with pytest.raises(Invalid, match="à venir"):
        happened(tomorrow, field="day")
    assert happened(None, field="day") == clock.today()
