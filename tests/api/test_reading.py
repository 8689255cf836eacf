# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a program reads: what its person reads, by the names of ValueFlows, a page at a time."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from terreau.agreements.actions.contributions import Right, rectify, undo
from terreau.agreements.models import Agreement, Contribution
from terreau.core import clock
from terreau.core.quantities import MICRO
from terreau.exchange.export import agent, graph, kind
from terreau.exchange.graphs import as_graph
from terreau.ledger.actions import Flow, Stock, keep_stock, post
from terreau.people.models import Mandate, Role
from tests.agreements.factories import LONG, give, make_place, promise
from tests.api.kit import BASE, nodes, problem, program_of
from tests.factories import join, make_ecosystem, make_user

pytestmark = pytest.mark.django_db(databases="__all__")
LISTS = (
    "agents",
    "resource-specifications",
    "economic-resources",
    "events",
    "commitments",
)


@pytest.fixture
def place():
    return make_place()


def base(place) -> str:
    return f"{BASE}/{place.ecosystem.slug}"


def import_a_flow(place, *, by=None, stock=None, **more) -> int:
    """A flow that no contribution carries, as an import leaves it."""
    by = by or place.alice
    flow = {
        "key": uuid4(),
        "action": "work",
        "provider_id": place.halte.pk,
        "receiver_id": place.council.pk,
        "happened_on": clock.today(),
        "specification": "time",
        "effort": MICRO,
        "effort_unit": "hour",
        "on_behalf_of_id": place.halte.pk,
    }
    return post(by=by, ledger=place.ecosystem.space, flows=[Flow(**flow | more)])[0]


def keep(place, name="Bancs") -> int:
    stock = Stock(uuid4(), name, "good", "item")
    return keep_stock(by=place.alice, ledger=place.ecosystem.space, stock=stock)


def fill(place, resource_id: int, number: int = 3) -> int:
    return import_a_flow(
        place, action="produce", receiver_id=place.halte.pk, specification="good",
        quantity=number * MICRO, unit="item", effort=None, effort_unit="", resource_id=resource_id,
    )  # fmt: skip


def test_the_cooperations_i_am_in(place):
    make_ecosystem("Une autre")

    (node,) = nodes(program_of(place.alice).get(BASE))

    assert node == {
        "@id": agent(place.ecosystem.agent_id),
        "@type": "Organization",
        "name": place.ecosystem.name,
        "note": place.ecosystem.sentence,
        "terreau:slug": place.ecosystem.slug,
    }
    answer = program_of(place.alice).get(base(place)).json()
    assert {name: answer[name] for name in node} == node


def test_the_agents_that_i_read_of(place):
    found = nodes(program_of(place.alice).get(f"{base(place)}/agents"))

    named = {node["name"]: node["@type"] for node in found}
    assert named == {
        place.ecosystem.name: "Organization",
        "La Halte": "Organization",
        "Communauté de communes": "Organization",
        "Le Labo": "Organization",
        "Alice": "Person",
        "Basile": "Person",
        "Chloé": "Person",
        "Prune": "Person",
    }
    assert [node["@id"] for node in found] == sorted(node["@id"] for node in found)


def test_the_ten_kinds_and_those_of_the_stocks(place):
    stock = Stock(uuid4(), "Farine", "flour", "kg")
    keep_stock(by=place.alice, ledger=place.ecosystem.space, stock=stock)

    found = nodes(program_of(place.alice).get(f"{base(place)}/resource-specifications"))

    assert len(found) == 11
    names = {node["name"]: node["@id"] for node in found}
    assert names["flour"] == kind(place.ecosystem.space_id, "flour")
    assert names["time"] == kind(place.ecosystem.space_id, "time")


def test_a_stock_and_what_filled_it(place):
    bench = keep(place)
    fill(place, bench)
    program = program_of(place.alice)

    (stock,) = nodes(program.get(f"{base(place)}/economic-resources"))
    told = nodes(program.get(f"{base(place)}/events", resource=stock["@id"][9:]))

    assert stock["onhandQuantity"] == {
        "@type": "Measure", "hasNumericalValue": "3", "hasUnit": "om2:one",
    }  # fmt: skip
    assert stock["primaryAccountable"] == agent(place.halte.pk)
    assert [event["resourceInventoriedAs"] for event in told] == [stock["@id"]]
    assert nodes(program.get(f"{base(place)}/events", resource=str(uuid4()))) == []


def test_an_event_says_what_its_contribution_says(place):
    promise(place)
    row = give(place, word="Téléphone", kind="time")

    (event,) = nodes(program_of(place.alice).get(f"{base(place)}/events"))

    created = event.pop("created")
    assert created.startswith(clock.now().date().isoformat()[:8])
    assert event == {
        "@id": f"urn:uuid:{row.key}",
        "@type": "EconomicEvent",
        "action": "work",
        "provider": agent(place.halte.pk),
        "receiver": agent(place.council.pk),
        "resourceConformsTo": kind(place.ecosystem.space_id, "time"),
        "effortQuantity": {
            "@type": "Measure", "hasNumericalValue": "3", "hasUnit": "om2:hour",
        },
        "hasPointInTime": clock.today().isoformat(),
        "note": "Téléphone",
        "terreau:answer": "awaiting",
        "terreau:visibility": "circle",
        "terreau:recordedBy": agent(place.alice.agent_id),
    }  # fmt: skip


def test_answers_bear_the_names_of_an_exported_file(place):
    line = promise(place)
    give(place, commitment_id=line.pk)
    fill(place, keep(place))
    program = program_of(place.alice)

    told = [node for name in LISTS for node in nodes(program.get(f"{base(place)}/{name}"))]

    exported = {(one["@id"], one["@type"]) for one in graph(place.ecosystem)}
    shared = {(one["@id"], one["@type"]) for one in told} & exported
    assert {what for _, what in shared} == {
        "Person", "Organization", "ResourceSpecification", "EconomicResource", "EconomicEvent",
        "Commitment",
    }  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_an_answer_is_a_graph_of_valueflows_that_we_read_without_a_note(place, name):
    line = promise(place)
    give(place, commitment_id=line.pk)
    fill(place, keep(place))

    read = as_graph(program_of(place.alice).get(f"{base(place)}/{name}").json())

    assert (read.notes, read.foreign, bool(read.nodes)) == ([], [], True)


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"since": "2021-01-02"}, 2),
        ({"since": "2021-01-02", "until": "2021-01-02"}, 1),
        ({"until": "2021-01-01"}, 1),
        ({"action": "transfer"}, 1),
        ({"agent": "council"}, 2),
        ({"agent": "lab"}, 1),
        ({"agent": "lab", "action": "work"}, 0),
    ],
)
def test_events_are_chosen_by_day_action_and_agent(place, asked, count):
    for day, more in (
        ("2021-01-01", {}),
        ("2021-01-02", {"kind": "money", "unit": "eur", "receiver_id": place.lab.pk}),
        ("2021-01-03", {}),
    ):
        give(place, happened_on=clock.today().fromisoformat(day), **more)
    if "agent" in asked:
        asked = asked | {"agent": agent(getattr(place, asked["agent"]).pk)}

    assert len(nodes(program_of(place.alice).get(f"{base(place)}/events", **asked))) == count


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "hier"},
        {"until": "1700000000"},
        {"action": "steal"},
        {"agent": "urn:uuid:x"},
        {"resource": "x"},
        {"after": "x"},
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "x"},
        {"sinse": "2026-01-01"},
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_by_its_name(place, asked):
    answer = program_of(place.alice).get(f"{base(place)}/events", **asked)

    assert problem(answer) == (422, list(asked))


def every_page(program, path: str, limit: int) -> list[list[str]]:
    pages, asked = [], f"{path}?limit={limit}"
    while asked:
        answer = program.get(asked)
        pages.append([node["@id"] for node in nodes(answer)])
        found = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("Link", ""))
        asked = found[1] if found else ""
    return pages


@pytest.mark.parametrize("name", LISTS)
def test_pages_hold_each_thing_once_whatever_their_size(place, name):
    for number in range(3):
        promise(place)
        give(place)
        keep(place, f"Stock {number}")
    program = program_of(place.alice)
    path = f"{base(place)}/{name}"
    (whole,) = every_page(program, path, 200)

    assert len(whole) >= 3
    for limit in (1, 2, len(whole)):
        pages = every_page(program, path, limit)
        assert [one for page in pages for one in page] == whole
        assert {len(page) for page in pages[:-1]} <= {limit}


def test_what_comes_in_between_two_pages_moves_nothing(place):
    first, second = give(place), give(place)
    program = program_of(place.alice)
    path = f"{base(place)}/events"
    asked = program.get(f"{path}?limit=1").headers["Link"]
    third = give(place, happened_on=LONG)

    rest = nodes(program.get(path, after=str(first.key), limit=50))

    assert str(first.key) in asked
    assert [node["@id"] for node in rest] == [f"urn:uuid:{second.key}", f"urn:uuid:{third.key}"]


def test_what_is_put_right_in_between_loses_nobody_their_place(place):
    """A program that asks again after the last event that it read goes on from there."""
    first = give(place)
    program = program_of(place.alice)
    second = give(place)
    undo(by=place.alice, contribution=first, key=uuid4())
    right = Right(5_000_000, "hour", second.happened_on)
    rectify(by=place.alice, contribution=second, key=uuid4(), right=right)

    for last in (first.key, second.key):
        (node,) = nodes(program.get(f"{base(place)}/events", after=str(last)))
        assert node["effortQuantity"]["hasNumericalValue"] == "5"


def test_a_page_after_nothing_is_refused(place):
    answer = program_of(place.alice).get(f"{base(place)}/events", after=str(uuid4()))

    assert problem(answer) == (422, ["after"])


@pytest.mark.parametrize("name", LISTS)
def test_a_thing_of_another_cooperation_is_not_here(place, name):
    other = make_place()
    line = promise(other)
    give(other, commitment_id=line.pk)
    keep(other)
    theirs = nodes(program_of(other.alice).get(f"{base(other)}/{name}"))
    mine = program_of(place.alice)

    for node in theirs:
        uuid = node["@id"].removeprefix("urn:uuid:")
        assert problem(mine.get(f"{base(place)}/{name}/{uuid}"))[0] == 404
        assert problem(mine.get(f"{base(other)}/{name}/{uuid}"))[0] == 404
        own = program_of(other.alice).get(f"{base(other)}/{name}/{uuid}")
        assert {key: own.json()[key] for key in node} == node
    assert problem(mine.get(f"{base(other)}/{name}"))[0] == 404
    assert problem(mine.get(base(other)))[0] == 404


def test_i_read_my_own_gifts_until_the_circle_opens_all_of_them(place):
    """As in the lists of the screens (``taken_by``): who keeps the keys carries the whole."""
    gift = give(place)

    seen = {
        name: [node["@id"] for node in nodes(program_of(user).get(f"{base(place)}/events"))]
        for name, user in vars(place).items()
        if name in ("alice", "basile", "chloe", "pilot")
    }

    mine = [f"urn:uuid:{gift.key}"]
    assert seen == {"alice": mine, "basile": mine, "chloe": [], "pilot": mine}


def test_a_gift_for_its_two_sides_is_read_by_them_alone(place):
    gift = give(place)
    Contribution.objects.filter(pk=gift.pk).update(level="author")

    counts = {
        user.agent.name: len(nodes(program_of(user).get(f"{base(place)}/events")))
        for user in (place.alice, place.basile, place.chloe, place.pilot)
    }

    assert counts == {"Alice": 1, "Basile": 1, "Chloé": 0, "Prune": 0}


def test_what_no_contribution_carries_is_read_by_its_two_sides(place):
    import_a_flow(place)

    counts = {
        user.agent.name: len(nodes(program_of(user).get(f"{base(place)}/events")))
        for user in (place.alice, place.basile, place.chloe, place.pilot)
    }

    assert counts == {"Alice": 1, "Basile": 1, "Chloé": 0, "Prune": 0}


def test_a_promise_between_two_is_read_by_its_parties(place):
    promise(place)
    place_of_others = program_of(join(make_user("Nadia"), place.ecosystem))
    path = f"{base(place)}/commitments"
    assert len(nodes(place_of_others.get(path))) == 1
    Agreement.objects.update(level="author")

    assert nodes(place_of_others.get(path)) == []
    assert len(nodes(program_of(place.basile).get(path))) == 1


def test_an_event_names_no_promise_that_its_reader_may_not_read(place):
    line = promise(place)
    give(place, commitment_id=line.pk)
    Agreement.objects.update(level="author")

    (event,) = nodes(program_of(place.pilot).get(f"{base(place)}/events"))
    (own,) = nodes(program_of(place.alice).get(f"{base(place)}/events"))

    assert "fulfills" not in event
    assert len(own["fulfills"]) == 1


def test_who_left_reads_nothing_any_more(place):
    program = program_of(place.alice)
    assert program.get(base(place)).status_code == 200
    yesterday = clock.today() - timedelta(days=1)
    Role.objects.update(until=yesterday)
    Mandate.objects.update(until=yesterday)

    assert problem(program.get(base(place)))[0] == 404


@pytest.mark.parametrize("name", LISTS)
def test_a_page_costs_the_same_whatever_it_holds(place, name):
    program = program_of(place.pilot)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert program.get(f"{base(place)}/{name}").status_code == 200
        return len(seen)

    line = promise(place)
    give(place, commitment_id=line.pk)
    fill(place, keep(place))
    one = cost()
    for number in range(4):
        give(place, commitment_id=promise(place).pk)
        fill(place, keep(place, f"Stock {number}"))

    assert cost() == one
