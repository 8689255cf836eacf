# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whose statement a page shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404

from terreau.people.models import Agent
from terreau.web.access import AuthedRequest


def chosen_agent(request: AuthedRequest, agents: Sequence[Agent]) -> Agent | None:
    """Return who the address names (``de``), else an organisation of the reader, else the reader.

    Answers 404 for somebody whose statement is not among those.
    """
    asked = request.GET.get("de", "")
    if asked:
        found = next((agent for agent in agents if str(agent.pk) == asked), None)
        if found is None:
            raise Http404
        return found
    mine = [agent for agent in agents if agent.pk in request.reach.agents]
    organisations = [agent for agent in mine if not agent.is_person]
    return next(iter(organisations or mine), None)
