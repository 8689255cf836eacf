# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every view says who may open it. A view without a declared policy is a red test.

``@access(Policy.MEMBER)`` on a view whose address holds ``<slug:slug>`` finds the ecosystem, checks
the reader, and calls ``view(request, ecosystem, …)``; ``request.ecosystem`` and
``request.is_steward`` are there for the shell of the page. What a reader may not know of answers
404.
A GET or HEAD runs with a database that refuses to write.
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable
from contextlib import ExitStack
from enum import StrEnum
from typing import Any, TypeAlias

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase

from terreau.core.watching import on_change, only_reading
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.queries.addresses import at_address
from terreau.people import rules
from terreau.people.models import User
from terreau.people.visibility import Reach, Reader, reach_of, remembered
from terreau.publishing.actions import drop_hidden
from terreau.publishing.building import SHOWN_FROM

View: TypeAlias = Callable[..., HttpResponseBase]


class Policy(StrEnum):
    """Who may open a page. What they read there is decided by ``visible_to``."""

    PUBLIC = "public"
    GUEST = "guest"  # whoever holds a guest link or an invitation: the view checks the token
    DEMONSTRATION = "demonstration"  # demonstration mode only, from this machine
    SIGNED_IN = "signed_in"
    MEMBER = "member"  # a running role in the ecosystem
    STEWARD = "steward"  # pilot, key-holder, animator, interim of the ecosystem
    ADMIN = "admin"


class AuthedRequest(HttpRequest):
    """A request whose user is a real person."""

    user: User
    reach: Reach  # of the user, worked out once for a page inside an ecosystem
    ecosystem: Ecosystem
    is_steward: bool


INSIDE = frozenset({Policy.MEMBER, Policy.STEWARD})
WITH_ACCOUNT = INSIDE | {Policy.SIGNED_IN}
WITHOUT_ACCOUNT = frozenset({Policy.PUBLIC, Policy.GUEST, Policy.DEMONSTRATION})


def access(policy: Policy) -> Callable[[View], View]:
    """Declare who may open a view, and refuse the others."""

    def declare(view: View) -> View:
        @functools.wraps(view)
        @remembered()
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if policy in INSIDE:
                args = (_ecosystem_for(request, policy, kwargs.pop("slug")), *args)
            elif not _may_open(request, policy):
                raise Http404
            changed: list[bool] = []
            with ExitStack() as guards:
                if request.method in ("GET", "HEAD"):
                    guards.enter_context(only_reading())
                else:
                    guards.enter_context(on_change(SHOWN_FROM, lambda: changed.append(True)))
                answer = view(request, *args, **kwargs)
            if changed and policy in WITH_ACCOUNT:
                drop_what_is_hidden(within=args[0] if policy in INSIDE else None, by=request.user)
            return answer

        guarded.policy = policy  # type: ignore[attr-defined]
        return login_not_required(guarded) if policy in WITHOUT_ACCOUNT else guarded

    return declare


def drop_what_is_hidden(*, within: Ecosystem | None, by: Reader) -> None:
    """After a change of what sheets show, let what is no longer public leave them, at once."""
    if within is not None:
        drop_hidden(ecosystem=within)
        return
    for ecosystem in Ecosystem.objects.filter(
        sheet__withdrawn_at__isnull=True, space__in=reach_of(by).roots
    ):
        drop_hidden(ecosystem=ecosystem)


def _ecosystem_for(request: HttpRequest, policy: Policy, slug: str) -> Ecosystem:
    ecosystem = at_address(slug)
    if ecosystem is None:
        raise Http404
    allowed = rules.can_steward if policy is Policy.STEWARD else rules.can_enter
    reach = reach_of(request.user)
    if not allowed(reach, ecosystem.space):
        raise Http404
    request.reach = reach  # type: ignore[attr-defined]
    request.ecosystem = ecosystem  # type: ignore[attr-defined]
    request.is_steward = rules.can_steward(reach, ecosystem.space)  # type: ignore[attr-defined]
    return ecosystem


def _may_open(request: HttpRequest, policy: Policy) -> bool:
    if policy is Policy.ADMIN:
        return bool(request.user.is_authenticated and request.user.is_superuser)
    if policy is Policy.DEMONSTRATION:
        return settings.TERREAU_MODE == "demonstration" and is_loopback(request)
    return True


def is_loopback(request: HttpRequest) -> bool:
    """Tell whether the request comes from this very machine, without a proxy in between."""
    address = request.META.get("REMOTE_ADDR", "")
    try:
        return ipaddress.ip_address(address).is_loopback and (
            "HTTP_X_FORWARDED_FOR" not in request.META
        )
    except ValueError:
        return False
