# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one reader may be told of a row that another row points to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from terreau.agreements.models import Agreement, Posting
from terreau.agreements.queries.followed import sight_of
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import queries as ledger
from terreau.overview.columns import Keep
from terreau.overview.kinds import KINDS, readable
from terreau.people.models import GuestLink, Record, Space
from terreau.people.visibility import Reach

Test = Callable[[Any], bool]


def keeper(ecosystem: Ecosystem, reach: Reach) -> Keep:
    """Return the test of a link: private records only to who reads them, the rest as pages do.

    People, organisations and places that a readable row names are told with it.
    """
    records = _records(ecosystem, reach)
    stocks = sight_of(reach, ecosystem).stocks
    tests: dict[type[models.Model], Test] = {
        Posting: lambda one: one.commitment.version.agreement_id in records(Agreement),
        Space: lambda one: one.root_id == ecosystem.space_id or one.pk in reach.spaces,
        Ecosystem: lambda one: one.space_id in reach.roots,
        GuestLink: lambda _: ecosystem.space_id in reach.stewarded,
        ledger.stocks(ecosystem.space).model: lambda one: one.pk in stocks,
    }

    def keep(one: models.Model) -> bool:
        if isinstance(one, Record):
            return one.pk in records(type(one))
        test = tests.get(type(one))
        return test is None or test(one)

    return keep


def _records(ecosystem: Ecosystem, reach: Reach) -> Callable[[type[models.Model]], frozenset[int]]:
    kinds = {kind.model: kind for kind in KINDS}
    seen: dict[type[models.Model], frozenset[int]] = {}

    def ids(model: Any) -> frozenset[int]:
        if model not in seen:
            rows = readable(kinds[model], ecosystem, reach).order_by()
            seen[model] = frozenset(rows.values_list("pk", flat=True))
        return seen[model]

    return ids
