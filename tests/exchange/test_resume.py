# SPDX-License-Identifier: AGPL-3.0-or-later
"""An import that was stopped goes on; one that meets other writers works out again by the rules."""

import json
import time
from uuid import uuid4

import pytest

from terreau.core.errors import Refusal
from terreau.exchange.intake import rehearsing
from terreau.exchange.intake.bringing import bring_in
from terreau.ledger import landing, posting
from terreau.ledger.actions import post
from terreau.ledger.flows import Flow
from terreau.ledger.models import Event, Resource
from terreau.ledger.verify import differences
from tests.exchange.kept import state_of
from tests.exchange.stories import one_of_each
from tests.exchange.test_round_trip import quietly, written
from tests.factories import join, make_ecosystem, make_user
from tests.ledger.factories import DAY
from tests.torture import ready
from tests.torture.writers import database_here


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(rehearsing, "BATCH", 5)


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_and_called_again(tmp_path, small_batches):
    story = one_of_each()
    file = _longer(written(story.ground.ledger, tmp_path / "graph.jsonld"), 3_000)
    other = make_ecosystem("Ailleurs")
    mine = Event.objects.filter(ledger_id=other.space_id)
    run = ready.process("tests.exchange.killed.take_in", database_here(), other.pk, str(file))
    run.start()
    until = time.monotonic() + 120
    while mine.count() < 50 and run.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    run.kill()
    run.join()
    stopped_at = mine.count()

    found = bring_in(file, other, tell=quietly)

    assert (run.exitcode, 50 <= stopped_at < found.events) == (-9, True)
    assert stopped_at % 5 == 0  # whole batches: the last correction of the story began one
    assert mine.count() == found.events == len(story.events) + 3_000
    assert list(differences()) == []
    stocks, _, promises, *_ = state_of(other.space_id)
    assert (stocks, promises) == tuple(state_of(story.ground.ledger.pk)[n] for n in (0, 2))


def _longer(file, count):
    """Add work that touches no stock and no promise to a file."""
    graph = json.loads(file.read_text())
    nodes = graph["@graph"]
    first = next(i for i, node in enumerate(nodes) if node["@type"] == "EconomicEvent")
    work = {**next(one for one in nodes[first:] if one.get("action") == "work")}
    for name in ("fulfills", "terreau:fulfilment", "terreau:beyondPromise"):
        work.pop(name, None)
    more = [{**work, "@id": f"urn:uuid:{uuid4()}"} for _ in range(count)]
    graph["@graph"] = nodes[:first] + nodes[first:] + more
    file.write_text(json.dumps(graph))
    return file


@pytest.mark.django_db
def test_stopped_between_batches_and_called_again(tmp_path, small_batches, monkeypatch):
    story = one_of_each()
    file = written(story.ground.ledger, tmp_path / "graph.jsonld")
    other = make_ecosystem("Ailleurs")
    write, done = landing.events, []

    def stopped(*given):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(write(*given))
        return done[-1]

    with monkeypatch.context() as patch:
        patch.setattr(landing, "events", stopped)
        with pytest.raises(KeyboardInterrupt):
            bring_in(file, other, tell=quietly)
    assert Event.objects.filter(ledger_id=other.space_id).count() == sum(map(len, done)) > 0

    bring_in(file, other, tell=quietly)

    assert state_of(other.space_id) == state_of(story.ground.ledger.pk)
    assert list(differences()) == []


@pytest.mark.django_db
def test_somebody_takes_from_a_stock_while_it_is_taken_in(tmp_path, small_batches, monkeypatch):
    """What was worked out no longer holds: the batches that touch it are posted by the rules."""
    story = one_of_each()
    file = written(story.ground.ledger, tmp_path / "graph.jsonld")
    other = make_ecosystem("Ailleurs")
    alice, giver = join(make_user("Zoé"), other), story.ground.giver.pk
    write, anew, taken = landing.events, [], []

    def meanwhile(*given):
        found = write(*given)
        if not taken:
            stock = Resource.objects.get(ledger_id=other.space_id, name="bin")
            more = {"quantity": 1, "unit": "kg", "resource_id": stock.pk}
            flow = Flow(uuid4(), "raise", giver, giver, DAY, "flour", **more)
            taken.extend(post(by=alice, ledger=other.space, flows=[flow]))
        return found

    def counted(*given):
        anew.append(given)
        return record(*given)

    record = posting.record
    monkeypatch.setattr(landing, "events", meanwhile)
    monkeypatch.setattr(landing.posting, "record", counted)
    bring_in(file, other, tell=quietly)

    here = Resource.objects.get(ledger_id=story.ground.ledger.pk, name="bin")
    there = Resource.objects.get(ledger_id=other.space_id, name="bin")
    assert (there.accounting, len(anew) >= 2) == (here.accounting + 1, True)
    assert list(differences()) == []


@pytest.mark.django_db
def test_a_batch_that_may_no_longer_be_stops_there(tmp_path, small_batches, monkeypatch):
    story = one_of_each()
    file = written(story.ground.ledger, tmp_path / "graph.jsonld")
    other = make_ecosystem("Ailleurs")
    alice, giver = join(make_user("Zoé"), other), story.ground.giver.pk
    write = landing.events

    def emptied(*given):
        found = write(*given)
        stock = Resource.objects.get(ledger_id=other.space_id, name="bin")
        more = {"quantity": stock.accounting, "unit": "kg", "resource_id": stock.pk}
        flow = Flow(uuid4(), "lower", giver, giver, DAY, "flour", **more)
        post(by=alice, ledger=other.space, flows=[flow])
        return found

    monkeypatch.setattr(landing, "events", emptied)
    with pytest.raises(Refusal, match="Il manque"):
        bring_in(file, other, tell=quietly)

    assert list(differences()) == []
