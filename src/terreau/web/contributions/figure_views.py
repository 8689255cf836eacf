# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a figure comes from, and what an organisation copies into the annex of its accounts."""

from __future__ import annotations

from datetime import date
from itertools import chain
from urllib.parse import urlencode

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from terreau.agreements.accounts import NAMES, by_account
from terreau.agreements.enums import Kind, Side
from terreau.agreements.kinds import KINDS
from terreau.agreements.queries.exports import accounts_sheets, contributions_sheet, in_kind_sheet
from terreau.agreements.queries.figures import Figure, behind, in_kind, weigh
from terreau.agreements.queries.sharing import reads_whole
from terreau.agreements.queries.statement import Period, statement_agents
from terreau.agreements.queries.valuation import Accounts, accounts
from terreau.core import clock
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Agent
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.contributions.periods import period_of
from terreau.web.contributions.whose import chosen_agent
from terreau.web.downloads import download, wanted
from terreau.web.paging import page_of

ROWS = 30
YEARS = 5
VOLUNTEERS = {"benevoles": True, "organisations": False}
SIDES = {"apporte": Side.GIVEN, "recu": Side.RECEIVED, "tous": Side.ALL}


@require_safe
@access(Policy.MEMBER)
def contributions_figure(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show the contributions that one figure of a statement adds up."""
    figure = _figure(request, ecosystem)
    rows = behind(request.reach, ecosystem, figure)
    if wanted(request):
        sheet = contributions_sheet(request.reach, ecosystem, list(rows))
        return download(request, sheet, f"contributions-{ecosystem.slug}")
    shown = {
        "ecosystem": ecosystem,
        "figure": figure,
        "received": figure.side == Side.RECEIVED,
        "total": weigh(rows),
        "page": page_of(request, rows, ROWS),
        "back": _back(request, ecosystem, figure),
        "here": request.get_full_path(),
    }
    return render(request, "contributions/figure.html", shown)


def _back(request: AuthedRequest, ecosystem: Ecosystem, figure: Figure) -> dict[str, str]:
    """Return the page that the figure stands on, as it was: whose, and when."""
    since, until = figure.period.since, figure.period.until
    asked: dict[str, object] = {} if figure.agent is None else {"de": figure.agent.pk}
    name, label = "contributions_statement", "Le relevé"
    if request.GET.get("depuis") == "annexe" and since is not None:
        name, label = "contributions_annex", "Les contributions en nature de l'année"
        asked["annee"] = since.year
    else:
        asked |= {key: day for key, day in (("du", since), ("au", until)) if day is not None}
    return {"href": f"{reverse(name, args=[ecosystem.slug])}?{urlencode(asked)}", "label": label}


def _figure(request: AuthedRequest, ecosystem: Ecosystem) -> Figure:
    kind = request.GET.get("quoi", Kind.TIME)
    units = KINDS[kind].units if kind in KINDS else ()
    unit = request.GET.get("en", units[0] if units else "")
    side = SIDES.get(request.GET.get("sens", "apporte"))
    if side is None or unit not in units:
        raise Http404
    agent = None if side is Side.ALL else _whose(request, ecosystem)
    if side is Side.ALL and not reads_whole(request.reach, ecosystem):
        raise Http404
    of = VOLUNTEERS.get(request.GET.get("venant", ""))
    both = "accord" in request.GET
    return Figure(agent, side, Kind(kind), unit, period_of(request), both, of)


def _whose(request: AuthedRequest, ecosystem: Ecosystem) -> Agent:
    agent = chosen_agent(request, statement_agents(request.reach, ecosystem))
    if agent is None:
        raise Http404
    return agent


@require_safe
@access(Policy.MEMBER)
def contributions_annex(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show a year of contributions in kind of one organisation, to copy into its accounts."""
    agents = [one for one in statement_agents(request.reach, ecosystem) if not one.is_person]
    chosen = chosen_agent(request, agents) or next(iter(agents), None)
    today = clock.today()
    year = _year(request, today)
    period = Period(date(year, 1, 1), date(year, 12, 31))
    sides = {
        side: in_kind(request.reach, ecosystem, chosen, side, period) if chosen else []
        for side in (Side.RECEIVED, Side.GIVEN)
    }
    euros = accounts(request.reach, ecosystem, chosen, period) if chosen else None
    if wanted(request):
        sheets = [in_kind_sheet(sides), *accounts_sheets(euros)]
        return download(request, sheets, f"annexe-{year}-{ecosystem.slug}")
    shown = {
        "ecosystem": ecosystem,
        "agents": agents,
        "chosen": chosen,
        "year": year,
        "years": range(today.year, today.year - YEARS, -1),
        "period": period,
        "unfinished": year == today.year,
        "sides": [(side, _sense(side), rows) for side, rows in sides.items()],
        "euros": euros,
        "accounts": _accounts(euros),
        "to_confirm": any(row.to_confirm for row in chain.from_iterable(sides.values())),
        "here": request.get_full_path(),
    }
    return render(request, "contributions/annex.html", shown)


def _accounts(euros: Accounts | None) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Return the two sides of the accounts, each with its sums by account."""
    if euros is None or not euros.lines:
        return []
    uses, origins = by_account(line.value for line in euros.lines)
    return [
        (title, [(code, NAMES[code], sum_) for code, sum_ in sums.items()])
        for title, sums in (("Ressources (87)", origins), ("Emplois (86)", uses))
    ]


def _sense(side: Side) -> str:
    return next(word for word, known in SIDES.items() if known == side)


def _year(request: AuthedRequest, today: date) -> int:
    """Return the year asked for, among the last ones; the one that has just ended by default."""
    asked = request.GET.get("annee", "")
    years = {str(year): year for year in range(today.year, today.year - YEARS, -1)}
    return years.get(asked, today.year - 1)
