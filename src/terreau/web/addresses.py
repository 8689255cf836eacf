# SPDX-License-Identifier: AGPL-3.0-or-later
"""Full addresses, for a page and for a mail."""

from django.http import HttpRequest
from django.urls import reverse

from terreau.ecosystems.models import Ecosystem

BLANK = "TOKEN"  # where people.actions.invite puts the token


def invitation_address(request: HttpRequest, token: str = BLANK) -> str:
    """Return the address of an invitation; without a token, with TOKEN in its place."""
    return request.build_absolute_uri(reverse("invitation", args=[token]))


def answers_at(request: HttpRequest, ecosystem: Ecosystem) -> str:
    """Return the address where an actor answers whether it may be named in public."""
    return request.build_absolute_uri(reverse("visibility_page", args=[ecosystem.slug]))
