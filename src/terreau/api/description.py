# SPDX-License-Identifier: AGPL-3.0-or-later
"""The description of the API (OpenAPI 3.1): what the library works out, with our media types."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI

from terreau.api import pages, problems

DESCRIPTION = """\
The ledger of a cooperation by the names of ValueFlows 1.0, as JSON-LD. A program acts in the name \
of the person who gave it a key: it reads what that person reads, and notes what they may note.
"""
PREFIX = "/api/v1"
HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    403: {"WWW-Authenticate": "The scope that the key lacks"},
    429: {"Retry-After": "Seconds to wait"},
}


def described(api: NinjaAPI) -> dict[str, Any]:
    """Return the description as plain data."""
    schema: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    for methods in schema["paths"].values():
        for operation in methods.values():
            _describe(operation)
    return schema


def _describe(operation: dict[str, Any]) -> None:
    responses = {int(status): told for status, told in operation["responses"].items()}
    for status, told in responses.items():
        media = pages.MEDIA_TYPE if status < 400 else problems.MEDIA_TYPE
        told["content"] = {media: next(iter(told["content"].values()))}
        told["description"] = problems.TITLES.get(status, told["description"])
        if status in HEADERS:
            told["headers"] = {
                name: {"description": words, "schema": {"type": "string"}}
                for name, words in HEADERS[status].items()
            }
    if any(one["name"] == "after" for one in operation["parameters"]):
        words = "The address of the next page, when there is one (rel=next)"
        responses[200]["headers"] = {"Link": {"description": words, "schema": {"type": "string"}}}
    operation["responses"] = {str(status): responses[status] for status in sorted(responses)}
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]
        content[pages.MEDIA_TYPE] = content["application/json"]
