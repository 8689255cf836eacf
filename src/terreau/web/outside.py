# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody outside reads is counted, after the answer, by organisation and day."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponseBase

from terreau.people.actions import note_outside_read
from terreau.people.models import Space, User
from terreau.people.queries import mandates_of
from terreau.people.visibility import reach_of

ALONE = "une personne sans organisation"


def noted(response: HttpResponseBase, *, reader: User, space: Space, what: str) -> HttpResponseBase:
    """Return the response, which counts one read once it was sent (a GET itself writes nothing).

    Nothing is counted for who has a role in the cooperation. Neither name nor hour is kept.
    """
    if space.root_id in reach_of(reader).roots:
        return response
    mandate = mandates_of(reader).first()
    organisation = mandate.organisation.name if mandate else ALONE
    count_after(response, space_id=space.root_id or space.pk, organisation=organisation, what=what)
    return response


def count_after(response: HttpResponseBase, *, space_id: int, organisation: str, what: str) -> None:
    """Count one read of a space by an organisation, once the response was sent."""
    count = partial(note_outside_read, space_id=space_id, organisation=organisation, what=what)
    response._resource_closers.append(count)  # type: ignore[attr-defined]
