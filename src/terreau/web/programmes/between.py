# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Ce que d'autres coopérations nous montrent »: what they raised to all cooperations."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from terreau.overview.shown import Shown, raised_to_all, shown_by
from terreau.people.enums import Level
from terreau.people.models import Space
from terreau.people.visibility import Reach, reach_of
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.downloads import exports_of
from terreau.web.outside import count_after
from terreau.web.programmes.lists import sheet_of

A_PAGE = 10
READ = "ce que vous montrez à toutes les coopérations"
TAKEN = "ce que vous montrez à toutes les coopérations, en fichier"


@require_safe
@access(Policy.SIGNED_IN)
def programmes_between(request: AuthedRequest) -> HttpResponseBase:
    """Show it to whoever has a role in a cooperation or a programme, and to nobody else."""
    reach = reach_of(request.user)
    if not reach.roots:
        raise Http404
    others = raised_to_all(reach)
    if request.GET.get("format"):
        shown = shown_by(list(others), reach, most=None, levels=(Level.COMMUNITY,))
        file = exports_of(request, sheet_of(shown), "autres-cooperations")
        assert file is not None
        return _noted(file, shown, reach, TAKEN)
    page = Paginator(others, A_PAGE).get_page(request.GET.get("page"))
    shown = shown_by(list(page.object_list), reach, levels=(Level.COMMUNITY,))
    context = {"page": page, "shown": [one for one in shown if one.told]}
    return _noted(render(request, "programmes/between.html", context), shown, reach, READ)


def _noted(
    response: HttpResponseBase, shown: list[Shown], reach: Reach, what: str
) -> HttpResponseBase:
    """Count a read by the reader's own cooperation for each one whose words were on the page."""
    read = [one.ecosystem.space_id for one in shown if one.told]
    if read:
        own = Space.objects.filter(pk__in=reach.roots).order_by("name", "pk")[0]
        count_after(response, space_ids=read, organisation=own.name, what=what)
    return response
