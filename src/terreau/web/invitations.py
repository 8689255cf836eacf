# SPDX-License-Identifier: AGPL-3.0-or-later
"""The full address of an invitation, for a page and for a mail."""

from django.http import HttpRequest
from django.urls import reverse

BLANK = "TOKEN"  # where people.actions.invite puts the token


def invitation_address(request: HttpRequest, token: str = BLANK) -> str:
    """Return the address of an invitation; without a token, with TOKEN in its place."""
    return request.build_absolute_uri(reverse("invitation", args=[token]))
