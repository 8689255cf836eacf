# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody outside reads is counted, after the answer, by organisation and day."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponseBase

from terreau.people.actions import note_outside_read


def count_after(response: HttpResponseBase, *, space_id: int, organisation: str, what: str) -> None:
    """Count one read of a space by an organisation, once the response was sent."""
    count = partial(note_outside_read, space_id=space_id, organisation=organisation, what=what)
    response._resource_closers.append(count)  # type: ignore[attr-defined]
