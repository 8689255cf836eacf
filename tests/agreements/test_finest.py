# SPDX-License-Identifier: AGPL-3.0-or-later
"""The database keeps no quantity that is finer than its unit, whoever asks."""

import pytest
from django.db import IntegrityError, transaction

from terreau.agreements.models import Commitment, Contribution
from terreau.core.quantities import DECIMALS, MICRO
from terreau.core.units import UNITS
from tests.agreements.factories import give, make_place, promise

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [Commitment, Contribution])
def test_a_quantity_is_kept_no_finer_than_its_unit(model):
    place = make_place()
    row = promise(place) if model is Commitment else give(place)
    mine = model.objects.filter(pk=row.pk)

    for code, unit in UNITS.items():
        finest = 10 ** (DECIMALS - unit.decimals)
        mine.update(unit=code, quantity=3 * MICRO + finest)
        if finest == 1:
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            mine.update(quantity=3 * MICRO + finest // 10)
