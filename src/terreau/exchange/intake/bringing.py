# SPDX-License-Identifier: AGPL-3.0-or-later
"""``bring_in``: a file into a ledger, or nothing of it."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from terreau.ecosystems.models import Ecosystem
from terreau.exchange.graphs import parts
from terreau.exchange.intake import wishes
from terreau.exchange.intake.definitions import Definitions, define
from terreau.exchange.intake.parties import Parties, match
from terreau.exchange.intake.reading import Tell, read
from terreau.exchange.intake.rehearsing import rehearse
from terreau.exchange.intake.spool import Spool
from terreau.exchange.intake.writing import write
from terreau.ledger.landing import Land
from terreau.ledger.recipes.actions import bring_recipes


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file holds. ``left_out``: what the ledger has no place for, and how often."""

    events: int
    stocks: int
    promises: int
    recipes: int
    known_agents: int
    new_agents: list[str]
    left_out: Counter[str]


def bring_in(
    file: Path,
    ecosystem: Ecosystem,
    *,
    tell: Tell,
    check_only: bool = False,
    opened_on: date | None = None,
) -> Brought:
    """Take a graph into the ledger of an ecosystem.

    Raises Unreadable, or Refused with every fault, before anything is written.
    """
    land = Land.of(ecosystem.space, ecosystem.agent_id)
    with Spool() as told, Spool() as rehearsed, _few_collections():
        said = read(parts(file), told, tell)
        if said.openings and opened_on is None:
            says = "des stocks contiennent quelque chose avant tout événement"
            said.faults.add("@graph", f"{says} ({said.openings}) : dites depuis quand, --opened-on")
        things, parties = define(said, land.ledger), match(said, land.ledger)
        wanted = wishes.define(said, things, parties, land.ledger)
        said.faults.refuse()
        rehearse(told, said, (things, parties), land.ledger, rehearsed, tell, opened_on)
        if not check_only:
            agents = parties.create()
            write(land, things, agents, rehearsed, tell)
            bring_recipes(land, things.recipes)
            wishes.write(land, ecosystem.circle_id, said, wanted, agents)
    return _brought(said.events, things, parties, said.faults.left_out)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for cycles seldom: millions of small things come and go here, and none points back."""
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _brought(events: int, things: Definitions, parties: Parties, left_out: Counter[str]) -> Brought:
    return Brought(
        events,
        len(things.stocks),
        len(things.promises),
        len(things.recipes),
        len(parties.known),
        sorted(one.name for one in parties.new.values()),
        left_out,
    )
