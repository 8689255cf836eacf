# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which agent of this instance is which of the graph: by our own id, SIREN, SIRET, exact name.

Who is found nowhere is created: organisations with the name that the graph gives (their address
when it gives none), persons under an opaque name. What a file says of a person is not taken in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction

from terreau.exchange.addresses import key_of, opaque
from terreau.exchange.graphs import Node
from terreau.exchange.intake.definitions import is_elsewhere
from terreau.exchange.intake.reading import Said
from terreau.people.actions import add_agent
from terreau.people.enums import AgentKind
from terreau.people.models import Agent

NAME = 160


@dataclass(slots=True)
class Newcomer:
    """An agent to create."""

    kind: AgentKind
    name: str
    siren: str = ""
    siret: str = ""


@dataclass(slots=True)
class Parties:
    """By the numbers of the reading: ids of agents that are here, and those to create."""

    known: dict[int, int] = field(default_factory=dict)
    new: dict[int, Newcomer] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)

    def same(self) -> dict[int, frozenset[int]]:
        """Return, for each agent that became one with another, all that are the same now."""
        groups: dict[int, set[int]] = {}
        for one, other in self.merged.items():
            group = groups.setdefault(one, {one}) | groups.setdefault(other, {other})
            groups |= dict.fromkeys(group, group)
        return {one: frozenset(group) for one, group in groups.items()}

    @transaction.atomic
    def create(self) -> dict[int, int]:
        """Create who is missing; return the id of each by number."""
        fresh = {
            number: add_agent(kind=one.kind, name=one.name, siren=one.siren, siret=one.siret)
            for number, one in self.new.items()
        }
        ids = self.known | {number: one.pk for number, one in fresh.items()}
        for number, other in self.merged.items():
            if number in fresh:
                Agent.objects.filter(pk=ids[number]).update(merged_into_id=ids[other])
        return ids


def match(said: Said, ledger: int) -> Parties:
    """Find every agent of the graph; what cannot be told is added to the faults."""
    return _Matching(said, ledger).run()


class _Matching:
    def __init__(self, said: Said, ledger: int) -> None:
        self.said = said
        self.ledger = ledger
        self.found = Parties()
        self.by_name: dict[tuple[bool, str], list[int]] = defaultdict(list)
        self.by_number: dict[str, list[int]] = defaultdict(list)
        self.ours: dict[str, int] = {}
        agents = Agent.objects.values_list("pk", "kind", "name", "siren", "siret")
        for pk, kind, name, siren, siret in agents.iterator():
            self.ours[opaque("agent", pk)] = pk
            self.by_name[kind == AgentKind.PERSON, name].append(pk)
            if siren and siret:
                self.by_number[siret].append(pk)
            if siren:
                self.by_number[siren].append(pk)

    def run(self) -> Parties:
        names = self.said.agents
        for number, name in enumerate(names.of[1:], 1):
            if number not in names.mentioned:
                continue  # described, and no party to anything
            node = self.said.nodes.get(("Agent", number))
            where, says = names.by[number]
            if node is None and name not in self.ours and not is_elsewhere(name):
                self.said.faults.add(
                    where,
                    f"{says} : {name} n'est décrit nulle part comme personne ou "
                    "organisation : décrivez-le",
                )
                continue
            told = self.one(number, name, node)
            if told:
                place = (where, says) if node is None else (node.where, f"{node.kind} {node.id}")
                self.said.faults.add(place[0], f"{place[1]} : {told}")
        self.refuse_doubles()
        return self.found

    def one(self, number: int, name: str, node: Node | None) -> str | None:
        """Find one agent, or note that it is to be created; return what stands against it."""
        if node is not None and node.text("terreau:mergedInto"):
            other = self.said.agents.numbers[node.text("terreau:mergedInto").rstrip("/")]
            self.found.merged[number] = other
        if name in self.ours:
            self.found.known[number] = self.ours[name]
            return None
        if node is not None and node.kind == "Person":
            wanted = Newcomer(AgentKind.PERSON, f"Personne {key_of(self.ledger, name).hex[:12]}")
        else:
            wanted = self.organisation(name, node)
        if not 0 < len(wanted.name) <= NAME:
            return f"il manque son nom (name), ou il dépasse {NAME} signes"
        return self.settled(number, wanted)

    def organisation(self, name: str, node: Node | None) -> Newcomer:
        if node is None:
            return Newcomer(AgentKind.ORGANISATION, name)
        return Newcomer(
            AgentKind.ORGANISATION,
            node.text("name").strip(),
            node.text("terreau:siren"),
            node.text("terreau:siret"),
        )

    def settled(self, number: int, wanted: Newcomer) -> str | None:
        person = wanted.kind == AgentKind.PERSON
        candidates = (
            self.by_number.get(wanted.siret, []) if wanted.siret else [],
            self.by_number.get(wanted.siren, []) if wanted.siren else [],
            self.by_name.get((person, wanted.name), []),
        )
        found = next((one for one in candidates if one), None)
        if found is None:
            self.found.new[number] = wanted
        elif len(found) > 1:
            return f"plusieurs s'appellent ici « {wanted.name} » : dites son terreau:siren"
        else:
            self.found.known[number] = found[0]
        return None

    def refuse_doubles(self) -> None:
        """Refuse that two agents of the graph are one here: their flows would be to oneself."""
        names, seen = self.said.agents, dict[object, int]()
        marks: dict[int, object] = dict(self.found.known)
        marks |= {number: (one.kind, one.name) for number, one in self.found.new.items()}
        for number, mark in marks.items():
            other = seen.setdefault(mark, number)
            if other != number:
                self.said.faults.add(
                    names.by[number][0],
                    f"{names.of[number]} et {names.of[other]} seraient ici la même organisation : "
                    "distinguez-les par leur nom ou leur terreau:siren",
                )
