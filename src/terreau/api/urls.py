# SPDX-License-Identifier: AGPL-3.0-or-later
"""The addresses of the API, all behind the same door; what is not there answers a problem too."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET
from ninja import NinjaAPI
from ninja.operation import Operation
from ninja.parser import Parser

from terreau.api import giving, planned, problems, proposing, reading, routes, wishing  # noqa: F401 - they fill it
from terreau.api.description import DESCRIPTION, described
from terreau.api.door import guarded
from terreau.exchange.export import CONTEXT


class ExactParser(Parser):
    """JSON whose numbers stay exact, and where no name is said twice."""

    def parse_body(self, request: HttpRequest) -> Any:
        told = json.loads(request.body, parse_float=Decimal, object_pairs_hook=_named_once)
        if isinstance(told, dict) and told.get("@context") == CONTEXT:
            del told["@context"]  # of what is sent back as it was answered
        return told


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a name stands there twice")
    return told


class Api(NinjaAPI):
    """An API whose operations bear the names of their functions."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


api = Api(
    title="Terreau",
    version="1",
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    parser=ExactParser(),
    urls_namespace="api",
)
api.add_router("", routes.router)
problems.install(api)


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """Describe the API, for programs (OpenAPI 3.1)."""
    text = json.dumps(described(api), ensure_ascii=False)
    return HttpResponse(text, content_type="application/json")


@require_GET
def vocabulary(request: HttpRequest) -> HttpResponse:
    """Say what our own words mean (Turtle)."""
    text = files("terreau.exchange").joinpath("terreau.ttl").read_text(encoding="utf-8")
    return HttpResponse(text, content_type="text/turtle; charset=utf-8")


def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer what is at no address."""
    return problems.not_found()


def addresses() -> list[URLPattern]:
    """Return each address of the API behind the door, the description, our words and the rest."""
    found = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in found:
        one.callback = guarded(one.callback)
    return [
        path("openapi.json", guarded(openapi), name="openapi"),
        path("terreau.ttl", guarded(vocabulary)),
        *found,
        path("", guarded(nothing)),
        path("<path:rest>", guarded(nothing)),
    ]


app_name = "api"
urlpatterns = addresses()
