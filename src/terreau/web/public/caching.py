# SPDX-License-Identifier: AGPL-3.0-or-later
"""Public pages may be kept by browsers and proxies, for visitors without any cookie only."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import condition

from terreau.core import clock
from terreau.publishing import queries

View = Callable[..., HttpResponse]
KEPT_SECONDS = 60


def kept_for_visitors(view: View) -> View:
    """Answer 304 while nothing public changed. A page with a name or a message in it is private."""
    conditional = condition(etag_func=_tag)(view)

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse
        if request.COOKIES:
            response = view(request, *args, **kwargs)
            patch_cache_control(response, private=True)
        else:
            response = conditional(request, *args, **kwargs)
            patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
        patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response

    return answer


def _tag(request: HttpRequest, *_args: Any, **_kwargs: Any) -> str:
    part = request.headers.get("HX-Request", "")
    said = (
        version("terreau"),
        queries.stamp(),
        clock.today(),
        request.build_absolute_uri(),
        part,
    )
    return f'"{hashlib.sha256(str(said).encode()).hexdigest()[:24]}"'
