# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody outside reads is counted, after the answer, by organisation and day."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.http import HttpResponseBase

from terreau.people.actions import note_outside_reads


def count_after(
    response: HttpResponseBase, *, space_ids: Sequence[int], organisation: str, what: str
) -> None:
    """Count one read of each space by an organisation, once the response was sent."""
    count = partial(note_outside_reads, space_ids=space_ids, organisation=organisation, what=what)
    response._resource_closers.append(count)  # type: ignore[attr-defined]
