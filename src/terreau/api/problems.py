# SPDX-License-Identifier: AGPL-3.0-or-later
"""Refusals as problem+json (RFC 9457): what happened, in French, and which property is meant."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from terreau.core import faults
from terreau.core.errors import EditConflict, KeyReused, Refusal, status_of

MEDIA_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)

NO_KEY = (
    "Il faut une clé valable : en-tête « Authorization: Bearer terreau_… ». Elle se fait sur le "
    "site, dans « Mon compte », « Accès pour un programme »."
)
NOT_HERE = "Rien de tel ici, ou pas pour vous."
UNREADABLE = "Ce qui est envoyé n'est pas du JSON lisible."
MISTAKES = "Rien n'a été enregistré : ce qui est envoyé ne convient pas."
WRONG_QUESTION = "Ce qui est demandé ne convient pas."
ALREADY_USED = (
    "Cette clé d'idempotence a déjà servi, avec un autre contenu. Ce qui était enregistré est "
    "intact. Prenez un nouvel UUID pour noter autre chose."
)
MEANWHILE = (
    "Quelqu'un a changé ceci depuis que vous l'avez lu. Rien n'a été enregistré : relisez-le, puis "
    "envoyez de nouveau, avec la version que vous aurez lue."
)

TITLES = {
    400: "Unreadable",
    401: "No valid key",
    403: "Not allowed",
    404: "Not found",
    405: "Other method",
    409: "Conflict",
    411: "Length needed",
    413: "Too large",
    415: "Other type",
    422: "Invalid",
    429: "Too many requests",
    503: "Not now",
    507: "No room",
}
"""Each status that is answered, and its title, which is the end of ``type`` too."""

SENTENCES = {
    "missing": "Il manque.",
    "model_attributes_type": "Envoyez un objet JSON.",
    "extra_forbidden": "Ce nom n'est pas connu ici.",
    "date": "Écrivez un jour comme 2026-05-31.",
    "literal_error": "Choisissez parmi : {expected}.",
    "uuid_parsing": "Écrivez un UUID.",
    "uuid_type": "Écrivez un UUID.",
    "string_too_long": "{max_length} caractères au plus.",
    "string_type": "Écrivez un texte.",
    "text": "Ce texte contient un caractère qui ne se garde pas.",
    "bool_type": "Écrivez true ou false.",
    "too_long": "{max_length} au plus.",
    "too_short": "{min_length} au moins.",
    "number": "Écrivez un nombre exact, comme 1.5 ou « 1.5 ».",
    "decimal_max_digits": "Ce nombre a trop de chiffres.",
    "decimal_max_places": "Ce nombre est trop fin.",
    "decimal_whole_digits": "Ce nombre est trop grand.",
    "finite_number": "Écrivez un nombre exact, comme 1.5 ou « 1.5 ».",
    "int_type": "Écrivez un nombre entier.",
    "int_parsing": "Écrivez un nombre entier.",
    "less_than_equal": "{le} au plus.",
    "greater_than_equal": "{ge} au moins.",
}
"""What is wrong with a value, by the kind of the mistake; ``{…}`` is what the rule says."""


class FieldProblem(Schema):
    """What is wrong with one property. ``field``: its name, with a dot before a nested one;
    empty: what was sent as a whole.
    """

    field: str
    detail: str


class Problem(Schema):
    """A refusal (RFC 9457). ``type`` names its kind, for programs; ``detail`` says it in French."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class Refused(Exception):
    """An answer that is a problem, with what its headers add."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def answer(
    status: int,
    detail: str,
    *,
    errors: Iterable[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return a refusal as problem+json."""
    problem = {
        "type": f"urn:terreau:problem:{TITLES[status].lower().replace(' ', '-')}",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "errors": list(errors),
    }
    text = json.dumps(problem, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=headers)


def of_refusal(refusal: Refusal) -> HttpResponse:
    """Return what an action refused, with the property that it is about."""
    status = status_of(refusal)
    if isinstance(refusal, KeyReused):
        errors = [{"field": "Idempotency-Key", "detail": ALREADY_USED}]
        return answer(status, ALREADY_USED, errors=errors)
    if isinstance(refusal, EditConflict):
        return answer(status, MEANWHILE, errors=[{"field": "terreau:version", "detail": MEANWHILE}])
    field = refusal.field or ""
    errors = [{"field": field, "detail": refusal.message}] if field else []
    return answer(status, refusal.message, errors=errors)


def install(api: NinjaAPI) -> None:
    """Answer every refusal of the API as a problem."""
    # The library's types allow for a class where only an error ever comes.
    add: Any = api.add_exception_handler
    add(Refused, _of_refused)
    add(AuthenticationError, lambda request, error: no_key())
    add(ValidationError, _of_validation)
    add(HttpError, lambda request, error: unreadable())
    add(Exception, _of_anything)


def no_key() -> HttpResponse:
    """Return the refusal of who shows no key, or one that opens nothing."""
    return answer(401, NO_KEY, headers={"WWW-Authenticate": "Bearer"})


def unreadable() -> HttpResponse:
    """Return the refusal of what is no JSON."""
    return answer(400, UNREADABLE)


def not_found() -> HttpResponse:
    """Return the refusal of what is not there, or not for this reader."""
    return answer(404, NOT_HERE)


def _of_refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return answer(error.status, error.detail, headers=error.headers)


def _of_validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"field": _place(one), "detail": _sentence(one)} for one in error.errors]
    return answer(422, WRONG_QUESTION if request.method == "GET" else MISTAKES, errors=errors)


def _place(error: Mapping[str, Any]) -> str:
    # ("body", "event", "effortQuantity", "hasUnit") or ("query", "since"), and where it began;
    # ("body", "event") is the whole of what was sent, and has no name.
    where, *path = error["loc"]
    names = path[1:] if where == "body" else path
    return ".".join(str(name) for name in names)


def _sentence(error: Mapping[str, Any]) -> str:
    words = SENTENCES.get(error["type"], "Cette valeur ne convient pas.")
    told = words.format_map(error.get("ctx", {}))
    return told.replace("' or '", "' ou '")  # a choice is listed in English


def _of_anything(request: HttpRequest, error: Exception) -> HttpResponse:
    refusal = error if isinstance(error, Refusal) else faults.as_refusal(error)
    if refusal is None:
        raise error
    if refusal is not error:
        logger.error("refused: %s: %s", type(error).__name__, error, exc_info=error)
    return of_refusal(refusal)
