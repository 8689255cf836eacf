# SPDX-License-Identifier: AGPL-3.0-or-later
"""The period of a statement: any two days, and the usual ones as links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest

from terreau.agreements.queries.statement import Period
from terreau.core import clock
from terreau.core.errors import Invalid
from terreau.ecosystems.rules.days import OLDEST


@dataclass(frozen=True, slots=True)
class Preset:
    """A usual period as a link."""

    label: str
    href: str
    current: bool


def period_of(request: HttpRequest) -> Period:
    """Return the period of the address (``du``, ``au``). Raises Invalid for what is no day."""
    period = Period(_day(request, "du"), _day(request, "au"))
    if period.since and period.until and period.until < period.since:
        raise Invalid("La période finit avant d'avoir commencé. Inversez les deux dates.")
    return period


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("Écrivez une date comme 2026-09-01, ou laissez vide.") from None
    if day < OLDEST:
        raise Invalid("Cette date est trop ancienne : vérifiez l'année.")
    return day


def presets(request: HttpRequest) -> Sequence[Preset]:
    """Return the usual periods, keeping whose statement is shown."""
    today = clock.today()
    this_month = today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    year_ago = _months_before(this_month, 11)
    periods = (
        ("Depuis le début", None, None),
        ("Douze derniers mois", year_ago, None),
        (f"Année {today.year}", date(today.year, 1, 1), None),
        (f"Année {today.year - 1}", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        ("Ce mois", this_month, None),
        ("Le mois dernier", last_month, this_month - timedelta(days=1)),
    )
    return [_preset(request, label, since, until) for label, since, until in periods]


def _months_before(month: date, count: int) -> date:
    total = month.year * 12 + month.month - 1 - count
    return date(total // 12, total % 12 + 1, 1)


def _preset(request: HttpRequest, label: str, since: date | None, until: date | None) -> Preset:
    query = request.GET.copy()
    for name in ("du", "au", "format", "page"):
        query.pop(name, None)
    for name, day in (("du", since), ("au", until)):
        if day is not None:
            query[name] = day.isoformat()
    current = all(
        request.GET.get(name, "") == (day.isoformat() if day else "")
        for name, day in (("du", since), ("au", until))
    )
    return Preset(label, f"?{query.urlencode()}", current)
