# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is exported and taken in again is the same ledger: figures, balances, promises, events."""

import json
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terreau.core.errors import Refusal
from terreau.ecosystems.models import Ecosystem
from terreau.exchange.check import check_graph
from terreau.exchange.export import CONTEXT, graph
from terreau.exchange.graphs import read_graph
from terreau.exchange.intake.bringing import bring_in
from terreau.exchange.writing import write
from terreau.ledger.models import Event
from terreau.ledger.verify import differences
from tests.exchange.drawn import DOES, do, gathered, things
from tests.exchange.kept import state_of
from tests.exchange.stories import ACTIONS, attempt, flows, one_of_each
from tests.factories import make_ecosystem

DONE: Counter[str] = Counter()


def quietly(*_):
    """Progress that nobody reads."""


def written(ledger, file, form="jsonld"):
    ecosystem = Ecosystem.objects.get(space_id=getattr(ledger, "pk", ledger))
    with file.open("w", encoding="utf-8") as out:
        write(out, form, CONTEXT, graph(ecosystem))
    return file


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["jsonld", "yaml"])
def test_a_story_of_all_actions_comes_back_the_same(tmp_path, form):
    story = one_of_each()
    assert set(Event.objects.values_list("action", flat=True)) == set(ACTIONS[:-4])
    file = written(story.ground.ledger, tmp_path / f"graph.{form}", form)
    other = make_ecosystem("Ailleurs")

    found = bring_in(file, other, tell=quietly)

    assert state_of(other.space_id) == state_of(story.ground.ledger.pk)
    assert (found.new_agents, found.known_agents) == ([], 2)
    assert list(differences()) == []


@pytest.mark.django_db
def test_taken_in_twice_nothing_changes(tmp_path):
    story = one_of_each()
    file = written(story.ground.ledger, tmp_path / "graph.jsonld")
    other = make_ecosystem("Ailleurs")
    bring_in(file, other, tell=quietly)
    before = state_of(other.space_id)

    bring_in(file, other, tell=quietly)

    assert state_of(other.space_id) == before


@pytest.mark.django_db
def test_an_export_agrees_with_itself(tmp_path):
    story = one_of_each()

    found = check_graph(read_graph(written(story.ground.ledger, tmp_path / "graph.jsonld")))

    compared = [len(line.agrees) for line in found.resources]
    notes = {note.rsplit(" : ", 1)[1] for note in found.notes}
    assert (found.agrees, notes, found.events) == (True, {"d'aucune activité"}, len(story.events))
    assert min(compared) >= 3, found.resources


def _differing(one, other):
    """The parts of two states that differ: a whole state is too long to be read."""
    return [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]


@pytest.mark.django_db
def test_any_history_comes_back_the_same(tmp_path):
    """Flows of all actions, and all else that a ledger holds, in any order."""

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(told=st.lists(flows() | things(), min_size=30, max_size=80))
    def goes_round(told):
        with transaction.atomic():
            story = one_of_each()
            gathered(story)
            for one in told:
                try:
                    with transaction.atomic():
                        (do if "what" in one else attempt)(story, one)
                    DONE[one.get("what", one.get("action"))] += 1
                except Refusal:
                    DONE["refused"] += 1
            other = make_ecosystem("Ailleurs")
            bring_in(written(story.ground.ledger, tmp_path / "g.jsonld"), other, tell=quietly)
            there, here = state_of(other.space_id), state_of(story.ground.ledger.pk)
            assert _differing(there, here) == []
            transaction.set_rollback(True)

    goes_round()
    assert len(DOES.keys() & DONE.keys()) >= len(DOES) - 3, DONE  # another draw, others missing
    assert min(DONE["refused"] / 20, DONE["back"] / 5, DONE["settle"]) >= 1, DONE
    assert len(DONE) >= len(DOES) + 8, DONE


@pytest.mark.django_db
def test_the_exported_file_says_where_each_word_comes_from(tmp_path):
    story = one_of_each()

    found = json.loads(written(story.ground.ledger, tmp_path / "g.jsonld").read_text())

    events = [node for node in found["@graph"] if node["@type"] == "EconomicEvent"]
    shared = [node for node in events if "terreau:fulfilment" in node]
    assert found["@context"]["@vocab"] == "https://w3id.org/valueflows/ont/vf#"
    assert len(events) == len(story.events)
    assert [len(node["terreau:fulfilment"]) for node in shared] == [1, 2]
    assert sum("terreau:beyondPromise" in node for node in events) == 1
    assert sum("fulfills" in node for node in events) == 3
    assert sum("settles" in node for node in events) == 2
    assert [len(node["terreau:settlement"]) for node in events if "terreau:settlement" in node] == [
        2, 1,
    ]  # fmt: skip
