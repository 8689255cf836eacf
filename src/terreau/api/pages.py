# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists, a page at a time, and one thing: JSON-LD with its context inside, so nothing is fetched.

A page goes on after the last name of the one before (``after``): rows that come in between move
nothing, and however far one is, a page costs the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

from terreau.api.problems import NOT_HERE
from terreau.core.errors import Invalid, NotFound
from terreau.exchange.export import CONTEXT, NodeDict

MEDIA_TYPE = "application/ld+json"
LARGEST = 200
T = TypeVar("T")


class Cursor(Schema):
    """Which page: so many, after the last name of the page before."""

    after: UUID | None = Field(None, description="UUID of the last @id of the page before")
    limit: int = Field(50, ge=1, le=LARGEST)


class Planned(Cursor):
    """Of which plan, and of which activity."""

    plan: UUID | None = Field(None, description="UUID of the @id of a plan")
    process: UUID | None = Field(None, description="UUID of the @id of a process")

    def chosen(self) -> Q:
        """Return the condition for what is of them."""
        chosen = around(self.process) if self.process else Q()
        return chosen & Q(planned_within__key=self.plan) if self.plan else chosen


def around(process: UUID) -> Q:
    """Return the condition for what goes into an activity, or comes out of it."""
    return Q(input_of__key=process) | Q(output_of__key=process)


def page_of_rows(rows: QuerySet[Any], every: QuerySet[Any], cursor: Cursor) -> list[Any]:
    """Return the rows of a page and the first of the next. ``every``: all in which ``after`` is."""
    if cursor.after is not None:
        last = every.filter(key=cursor.after).values_list("pk", flat=True).first()
        if last is None:
            raise _lost()
        rows = rows.filter(pk__gt=last)
    return list(rows[: cursor.limit + 1])


def there(rows: QuerySet[Any], id: UUID) -> Any:
    """Return the row of this key. Raises NotFound."""
    found = rows.filter(key=id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    return found


def page_of_nodes(nodes: Iterable[NodeDict], cursor: Cursor) -> list[NodeDict]:
    """Return the nodes of a page and the first of the next, in the order of their names."""
    after = f"urn:uuid:{cursor.after}" if cursor.after else ""
    rest = [node for node in nodes if str(node["@id"]) > after]
    return sorted(rest, key=lambda node: str(node["@id"]))[: cursor.limit + 1]


def _lost() -> Invalid:
    return Invalid("Cette page n'existe plus : reprenez la liste au début.", field="after")


def listed(request: HttpRequest, nodes: list[NodeDict], cursor: Cursor) -> HttpResponse:
    """Answer a page; ``Link`` says where the next one is, when there is one.

    Raises Invalid for a filter that is not known: passed over, it would give all for a part.
    """
    for name in request.GET:
        if name not in type(cursor).model_fields:
            raise Invalid("Ce filtre n'est pas connu ici.", field=name)
    more = len(nodes) > cursor.limit
    nodes = nodes[: cursor.limit]
    response = answered({"@context": CONTEXT, "@graph": nodes})
    if more:
        asked = request.GET.copy()
        asked["after"] = str(nodes[-1]["@id"]).removeprefix("urn:uuid:")
        address = request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response


def one(node: NodeDict, status: int = 200) -> HttpResponse:
    """Answer one thing."""
    return answered({"@context": CONTEXT, **node}, status)


def answered(content: Mapping[str, Any], status: int = 200) -> HttpResponse:
    text = json.dumps(content, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE)
