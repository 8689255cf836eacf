# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a request is: the cooperation of its address, and what the names in it stand for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from terreau.agreements.enums import Kind
from terreau.agreements.queries import told
from terreau.agreements.queries.stocks import readable_stocks
from terreau.api.keys import person
from terreau.api.problems import NOT_HERE
from terreau.core.errors import Invalid, NotFound
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.queries.addresses import at_address
from terreau.ecosystems.queries.presence import agents_known
from terreau.exchange.export import agent, kind
from terreau.ledger.claiming.queries import readable_claims
from terreau.ledger.recipes.queries import words_of
from terreau.ledger.wishes.queries import readable_intents
from terreau.people.models import Agent
from terreau.people.rules import can_enter


def cooperation(request: HttpRequest, slug: str) -> Ecosystem:
    """Return the cooperation of an address. Raises NotFound where the person has no role."""
    ecosystem = at_address(slug)
    if ecosystem is None or not can_enter(person(request), ecosystem.space):
        raise NotFound(NOT_HERE)
    return ecosystem


def agents(request: HttpRequest, ecosystem: Ecosystem) -> dict[str, Agent]:
    """Return the agents that the person reads of here, by their name in the graph."""
    return {str(agent(one.pk)): one for one in agents_known(ecosystem, person(request))}


def kinds(request: HttpRequest, ecosystem: Ecosystem) -> dict[str, str]:
    """Return the codes of the kinds of things, by their name in the graph: the ten, and those of
    the stocks that the person reads.
    """
    rows = stocks_read(request, ecosystem).order_by("pk")
    codes = [*Kind.values, *rows.values_list("specification__code", flat=True)]
    return {kind(ecosystem.space_id, code): code for code in dict.fromkeys(codes)}


def read_kinds(request: HttpRequest, ecosystem: Ecosystem) -> dict[str, str]:
    """Return the codes of the kinds of what the person reads that is needed, offered, due or made
    here, by their name in the graph.
    """
    reader, space = person(request), ecosystem.space
    codes = set(words_of(space))
    for rows in (readable_intents(reader, space), readable_claims(reader, space)):
        codes |= set(rows.order_by().values_list("specification__code", flat=True).distinct())
    return {kind(ecosystem.space_id, code): code for code in sorted(codes)}


def agent_number(request: HttpRequest, ecosystem: Ecosystem, name: str, field: str) -> int:
    """Return the agent that a graph calls so. Raises Invalid when the person reads of none."""
    found = agents(request, ecosystem).get(name)
    if found is None:
        raise Invalid("Personne de ce nom ici : prenez un @id de la liste agents.", field=field)
    return found.pk


def promise_number(request: HttpRequest, ecosystem: Ecosystem, name: str) -> int:
    """Return the promise that a graph calls so. Raises Invalid when the person reads of none."""
    key = key_in(name)
    rows = told.promises(person(request), ecosystem)
    line = rows.filter(key=key).values_list("pk", flat=True).first() if key else None
    found = told.promise_of(line) if line else None
    if found is None:
        raise Invalid(
            "Aucune promesse de ce nom ici : prenez un @id de la liste commitments.",
            field="fulfills",
        )
    return found


def stocks_read(request: HttpRequest, ecosystem: Ecosystem) -> QuerySet[Any]:
    """Return the stocks that the person reads here, as on the screens."""
    return readable_stocks(person(request), ecosystem)


def stock_number(request: HttpRequest, ecosystem: Ecosystem, name: str, field: str) -> int | None:
    """Return the stock that a graph calls so. Raises Invalid when the person reads of none."""
    if not name:
        return None
    rows = stocks_read(request, ecosystem).filter(key=key_in(name))
    found: int | None = rows.values_list("pk", flat=True).first()
    if found is None:
        raise Invalid(
            "Rien de ce nom ici : prenez un @id de la liste economic-resources.", field=field
        )
    return found


def key_in(name: str) -> UUID | None:
    """Return the UUID of ``urn:uuid:…``, or None for another name."""
    try:
        return UUID(name) if name.startswith("urn:uuid:") else None
    except ValueError:
        return None
