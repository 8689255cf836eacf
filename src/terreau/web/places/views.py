# SPDX-License-Identifier: AGPL-3.0-or-later
"""Proposes places while somebody types."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from terreau.territories.queries import search_places
from terreau.web.access import Policy, access

LONGEST = 80
KEPT_SECONDS = 3600


@require_safe
@access(Policy.PUBLIC)
def places_search(request: HttpRequest) -> HttpResponseBase:
    """Answer places as JSON, or as the options of a list when HTMX asks.

    What is typed comes in ``q``, or in the field that asks, named by ``champ``.
    """
    field = request.GET.get("champ", "q")
    places = search_places(request.GET.get(field, "")[:LONGEST])
    response: HttpResponse
    if request.headers.get("HX-Request"):
        response = render(request, "places/options.html", {"places": places})
    else:
        results = [
            {"id": p.pk, "label": p.label, "kind": p.kind, "code": p.code, "former": p.former}
            for p in places
        ]
        response = JsonResponse({"results": results})
    patch_vary_headers(response, ["HX-Request"])
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response
