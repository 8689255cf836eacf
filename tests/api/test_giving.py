# SPDX-License-Identifier: AGPL-3.0-or-later
"""A contribution noted by a program: the same action, rights and key as on the screens."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from terreau.agreements.actions.contributions import Right, rectify, undo
from terreau.agreements.actions.stocks import Opening, open_stock
from terreau.agreements.enums import Kind
from terreau.agreements.kinds import KINDS, measure
from terreau.agreements.models import Contribution
from terreau.agreements.queries.entries import event_faults, tally_faults
from terreau.core import clock
from terreau.core.quantities import MICRO
from terreau.core.units import unit as unit_of
from terreau.exchange.export import agent, kind
from terreau.exchange.vocabulary import unit_names
from terreau.ledger.actions import Stock, keep_stock
from terreau.ledger.queries import stocks
from terreau.people.actions import give_role
from terreau.people.enums import RoleKind
from tests.agreements.factories import give, make_place, promise
from tests.api.kit import BASE, Program, nodes, problem, program_of
from tests.factories import make_ecosystem, make_organisation, make_user

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def place():
    return make_place()


@pytest.fixture
def alice(place) -> Program:
    return program_of(place.alice)


def address(place) -> str:
    return f"{BASE}/{place.ecosystem.slug}/events"


def body(place, code="time", unit="hour", number="3", **more):
    """La Halte gives the council three hours."""
    found = measure(code, unit)
    told = "effortQuantity" if found and found.effort else "resourceQuantity"
    return {
        "@type": "EconomicEvent",
        "action": KINDS[code].action,
        "provider": agent(place.halte.pk),
        "receiver": agent(place.council.pk),
        "resourceConformsTo": kind(place.ecosystem.space_id, code),
        told: {"hasNumericalValue": number, "hasUnit": unit_names()[unit]},
        "hasPointInTime": clock.today().isoformat(),
    } | more


@pytest.mark.parametrize("code", Kind.values)
def test_each_of_the_ten_kinds_is_noted_as_a_screen_would(place, alice, code):
    key, unit = uuid4(), KINDS[code].units[0]
    number, micro = ("1.5", 1_500_000) if unit_of(unit).decimals else ("2", 2_000_000)
    sent = body(place, code, unit, number, note="Un mot")

    answer = alice.post(address(place), sent, key)

    noted = Contribution.objects.get(key=key)
    assert answer.status_code == 201, answer.content
    assert (noted.kind, noted.quantity, noted.word) == (code, micro, "Un mot")
    assert (noted.author, noted.recorded_by) == (place.halte, place.alice.agent)
    assert (noted.level, noted.state) == ("circle", "awaiting")
    told = answer.json()
    assert told["@id"] == f"urn:uuid:{key}"
    assert {name: told[name] for name in sent if not name.endswith("Quantity")} == {
        name: value for name, value in sent.items() if not name.endswith("Quantity")
    }
    assert answer.headers["Location"] == f"{address(place)}/{key}"
    assert alice.get(answer.headers["Location"]).json() == told
    assert list(event_faults(place.ecosystem)) + tally_faults(place.ecosystem) == []


@pytest.mark.parametrize("number", ["2", 2, 2.5, "2.500000", "0.000001"])
def test_a_number_is_kept_exactly(place, alice, number):
    answer = alice.post(address(place), body(place, number=number))

    kept = answer.json()["effortQuantity"]["hasNumericalValue"]
    assert float(kept) == float(number)


@pytest.mark.parametrize(
    ("code", "unit", "number", "taken"),
    [
        ("money", "eur", "5.12", True),
        ("money", "eur", "5.123", False),
        ("good", "item", "2.5", False),
        ("introduction", "person", 3, True),
        ("introduction", "person", 3.5, False),
    ],
)
def test_a_number_finer_than_its_unit_is_refused(place, alice, code, unit, number, taken):
    answer = alice.post(address(place), body(place, code, unit, number))

    assert Contribution.objects.count() == taken
    refused = (422, ["resourceQuantity.hasNumericalValue"])
    assert answer.status_code == 201 if taken else problem(answer) == refused


def test_the_same_key_with_the_same_content_answers_the_same_and_writes_once(place, alice):
    key, sent = uuid4(), body(place)

    first, again = (alice.post(address(place), sent, key) for _ in range(2))

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert Contribution.objects.count() == 1


def test_the_same_key_with_other_content_is_refused(place, alice):
    key = uuid4()
    alice.post(address(place), body(place), key)

    answer = alice.post(address(place), body(place, number="4"), key)

    assert problem(answer) == (409, ["Idempotency-Key"])
    assert Contribution.objects.get().quantity == 3 * MICRO


def test_the_key_of_somebody_else_tells_nothing(place, alice):
    """Whatever they know of it, who may not note it is not told that it was noted."""
    key, sent = uuid4(), body(place)
    alice.post(address(place), sent, key)

    for other in (place.basile, place.pilot):
        assert problem(program_of(other).post(address(place), sent, key))[0] == 403


def test_what_was_answered_may_be_sent_back_with_its_context(place, alice):
    (context,) = {alice.get(f"{BASE}/{place.ecosystem.slug}").json()["@context"]["@vocab"]}
    whole = alice.get(f"{BASE}/{place.ecosystem.slug}").json()["@context"]

    taken = alice.post(address(place), body(place) | {"@context": whole})
    other = alice.post(address(place), body(place) | {"@context": context})

    assert (taken.status_code, problem(other)) == (201, (422, ["@context"]))


def test_a_name_that_is_said_twice_is_refused(place, alice):
    raw = json.dumps(body(place, number="3"))[:-1] + ', "note": "a", "note": "b"}'

    assert problem(alice.post(address(place), raw))[0] == 400
    assert Contribution.objects.count() == 0


def test_a_promise_is_kept(place, alice):
    promise(place)
    (line,) = nodes(alice.get(f"{BASE}/{place.ecosystem.slug}/commitments"))

    answer = alice.post(address(place), body(place, fulfills=[line["@id"]]))

    (kept,) = nodes(alice.get(f"{BASE}/{place.ecosystem.slug}/commitments"))
    assert answer.json()["fulfills"] == [line["@id"]]
    said = [kept[f"terreau:{name}"]["hasNumericalValue"] for name in ("fulfilled", "remaining")]
    assert said == ["3", "7"]


def test_what_was_rectified_is_found_under_the_key_of_the_program(place, alice):
    key = uuid4()
    first = alice.post(address(place), body(place), key).json()
    noted = Contribution.objects.get(key=key)
    right = Right(5 * MICRO, "hour", noted.happened_on)
    rectify(by=place.alice, contribution=noted, key=uuid4(), right=right)

    found = alice.get(f"{address(place)}/{key}").json()
    again = alice.post(address(place), body(place), key)

    assert found["effortQuantity"]["hasNumericalValue"] == "5"
    assert found["@id"] != first["@id"]
    assert (again.status_code, again.json()["@id"]) == (201, found["@id"])
    assert [node["@id"] for node in nodes(alice.get(address(place)))] == [found["@id"]]


def test_what_was_undone_is_no_longer_told(place, alice):
    key = uuid4()
    alice.post(address(place), body(place), key)
    undo(by=place.alice, contribution=Contribution.objects.get(key=key), key=uuid4())

    assert nodes(alice.get(address(place))) == []
    assert problem(alice.get(f"{address(place)}/{key}"))[0] == 404


def stock_of(place, whose="halte", **more):
    """Seven bicycles of La Halte, or of the council."""
    by = {"halte": place.alice, "council": place.basile}[whose]
    said = {"name": f"Vélos de {whose}", "what": "vélo", "unit": "item"} | more
    owner = getattr(place, whose).pk
    opening = Opening(owner_id=owner, counted=7 * MICRO, day=clock.today(), **said)
    pk = open_stock(by=by, ecosystem=place.ecosystem, key=uuid4(), opening=opening)
    return stocks(place.ecosystem.space).get(pk=pk)


def named(stock):
    return f"urn:uuid:{stock.key}"


def goods(place, number=3, **more):
    return body(place, "good", "item", number, **more)


def held(place):
    return [stock.on_hand // MICRO for stock in stocks(place.ecosystem.space)]


def test_a_good_leaves_one_stock_and_enters_another_once(place, alice):
    """The key counts once, with these stocks; without them it is another content."""
    theirs, ours, key = stock_of(place, "council"), stock_of(place), uuid4()
    sides = {"resourceInventoriedAs": named(ours), "toResourceInventoriedAs": named(theirs)}

    first, again = (alice.post(address(place), goods(place, **sides), key) for _ in range(2))
    without = alice.post(address(place), goods(place), key)

    assert (first.status_code, first.content) == (201, again.content)
    assert first.json().items() >= sides.items()
    assert first.json()["resourceConformsTo"] == kind(place.ecosystem.space_id, "vélo")
    assert problem(without) == (409, ["Idempotency-Key"])
    assert (Contribution.objects.get().kind, held(place)) == ("good", [10, 4])
    assert list(event_faults(place.ecosystem)) + tally_faults(place.ecosystem) == []


def test_equipment_of_a_stock_serves_and_stays(place, alice):
    stock = stock_of(place)

    sent = body(place, "equipment", "day", 2, resourceInventoriedAs=named(stock))
    answer = alice.post(address(place), sent)

    assert (answer.status_code, held(place)) == (201, [7])
    assert answer.json()["resourceInventoriedAs"] == named(stock)


STOCKS_REFUSED = {
    "no stock": ({"resourceInventoriedAs": f"urn:uuid:{uuid4()}"}, "resourceInventoriedAs"),
    "a word": ({"toResourceInventoriedAs": "Vélos"}, "toResourceInventoriedAs"),
    "a name too long": ({"resourceInventoriedAs": "x" * 81}, "resourceInventoriedAs"),
    "more than there is": (
        {"resourceQuantity": {"hasNumericalValue": 9, "hasUnit": "om2:one"}},
        "resourceQuantity.hasNumericalValue",
    ),
    "another unit": (
        {"resourceQuantity": {"hasNumericalValue": 3, "hasUnit": "om2:kilogram"}},
        "resourceQuantity.hasUnit",
    ),
    "out of another one's": ({"resourceInventoriedAs": "theirs"}, "resourceInventoriedAs"),
    "into the same": ({"toResourceInventoriedAs": "ours"}, "toResourceInventoriedAs"),
    "into the giver's": (
        {"resourceInventoriedAs": "", "toResourceInventoriedAs": "ours"},
        "toResourceInventoriedAs",
    ),
    "into one of another sort": ({"toResourceInventoriedAs": "benches"}, "toResourceInventoriedAs"),
}


@pytest.mark.parametrize("what", STOCKS_REFUSED)
def test_a_stock_that_does_not_fit_is_refused_by_its_name(place, alice, what):
    changes, field = STOCKS_REFUSED[what]
    ours, theirs = named(stock_of(place)), named(stock_of(place, "council"))
    benches = named(stock_of(place, "council", name="Bancs", what="banc"))
    put = {"ours": ours, "theirs": theirs, "benches": benches}
    said = {"resourceInventoriedAs": ours} | changes
    said = {name: put.get(value, value) if "As" in name else value for name, value in said.items()}

    answer = alice.post(address(place), goods(place, **said))

    assert problem(answer) == (422, [field]), answer.json()
    assert (Contribution.objects.count(), held(place)) == (0, [7, 7, 7])


def test_what_is_no_good_names_no_stock(place, alice):
    stock = named(stock_of(place))
    time = body(place, resourceInventoriedAs=stock)
    used = body(place, "equipment", "day", 2, toResourceInventoriedAs=stock)

    assert problem(alice.post(address(place), time)) == (422, ["resourceInventoriedAs"])
    assert problem(alice.post(address(place), used)) == (422, ["toResourceInventoriedAs"])


def test_a_stock_that_is_not_read_is_as_unknown_as_none(place):
    """Somebody outside the first circle, and somebody of another cooperation."""
    stock = stock_of(place)
    outer, foreign = make_user("Ursule"), make_place()
    give_role(
        agent=outer.agent, space=place.ecosystem.space, kind=RoleKind.PARTNER,
        since=clock.today() - timedelta(days=400),
    )  # fmt: skip
    gift = {"provider": agent(outer.agent_id), "receiver": agent(place.halte.pk)}

    for here, program, more in (
        (place, program_of(outer), gift),
        (foreign, program_of(foreign.alice), {}),
    ):
        listed = f"{BASE}/{here.ecosystem.slug}/economic-resources"
        known, unknown = (
            program.post(address(here), goods(here, toResourceInventoriedAs=name, **more))
            for name in (named(stock), f"urn:uuid:{uuid4()}")
        )
        assert problem(known) == (422, ["toResourceInventoriedAs"])
        assert known.json() == unknown.json()
        assert nodes(program.get(listed)) == []
        assert problem(program.get(f"{listed}/{stock.key}"))[0] == 404
    assert held(place) == [7]


def test_the_kind_of_a_stock_that_is_not_read_is_not_named(place):
    secret = Stock(uuid4(), "Ce que nous cachons", "levain secret", "kg")
    keep_stock(by=place.alice, ledger=place.ecosystem.space, stock=secret)
    outer = make_user("Ursule")
    give_role(
        agent=outer.agent, space=place.ecosystem.space, kind=RoleKind.PARTNER,
        since=clock.today() - timedelta(days=400),
    )  # fmt: skip
    listed = f"{BASE}/{place.ecosystem.slug}/resource-specifications"
    (node,) = (n for n in nodes(program_of(place.alice).get(listed)) if "secret" in n["name"])
    program = program_of(outer)

    assert len(nodes(program.get(listed))) == 10
    assert problem(program.get(f"{listed}/{node['@id'][9:]}"))[0] == 404


WRONG = {
    "an unknown name": ({"quantity": 3}, "quantity"),
    "no action": ({"action": None}, "action"),
    "the action of another kind": ({"action": "transfer"}, "action"),
    "an action that no kind has": ({"action": "consume"}, "action"),
    "a giver that is nobody": ({"provider": "urn:uuid:x"}, "provider"),
    "a receiver by number": ({"receiver": 3}, "receiver"),
    "no kind": ({"resourceConformsTo": "urn:uuid:x"}, "resourceConformsTo"),
    "a day to come": (
        {"hasPointInTime": (clock.today() + timedelta(days=1)).isoformat()},
        "hasPointInTime",
    ),
    "a day before the mandate": ({"hasPointInTime": "2019-12-31"}, "hasPointInTime"),
    "a day that is none": ({"hasPointInTime": "2026-02-30"}, "hasPointInTime"),
    "a moment": ({"hasPointInTime": "2026-02-03T10:00:00Z"}, "hasPointInTime"),
    "a day as a number": ({"hasPointInTime": 1700000000}, "hasPointInTime"),
    "a promise that is none": ({"fulfills": [f"urn:uuid:{uuid4()}"]}, "fulfills"),
    "a promise with no name": ({"fulfills": ["x"]}, "fulfills"),
    "two promises": ({"fulfills": ["x", "y"]}, "fulfills"),
    "a word too long": ({"note": "x" * 401}, "note"),
    "a null character": ({"note": "a\0b"}, "note"),
    "half a pair": ({"note": "\ud800"}, "note"),
    "for the author alone": ({"terreau:visibility": "author"}, "terreau:visibility"),
    "a refund of time": ({"terreau:refund": True}, "terreau:refund"),
    "a refund in words": ({"terreau:refund": "yes"}, "terreau:refund"),
    "no quantity": ({"effortQuantity": None}, "resourceQuantity"),
    "the other quantity": (
        {
            "effortQuantity": None,
            "resourceQuantity": {"hasNumericalValue": "3", "hasUnit": "om2:hour"},
        },
        "resourceQuantity",
    ),
    "both quantities": (
        {"resourceQuantity": {"hasNumericalValue": "3", "hasUnit": "om2:hour"}},
        "effortQuantity",
    ),
}
NUMBERS = {
    "0": "effortQuantity.hasNumericalValue",
    "-1": "effortQuantity.hasNumericalValue",
    "1e999999": "effortQuantity.hasNumericalValue",
    "1e30": "effortQuantity.hasNumericalValue",
    "0.0000001": "effortQuantity.hasNumericalValue",
    "NaN": "effortQuantity.hasNumericalValue",
    "trois": "effortQuantity.hasNumericalValue",
    True: "effortQuantity.hasNumericalValue",
    99_999_999_999: "effortQuantity.hasNumericalValue",
    "1_000": "effortQuantity.hasNumericalValue",
    "１２": "effortQuantity.hasNumericalValue",
    " 3": "effortQuantity.hasNumericalValue",
    "+3": "effortQuantity.hasNumericalValue",
}
UNITS = {
    "om2:parsec": "effortQuantity.hasUnit",
    "terreau:eur": "effortQuantity.hasUnit",
    "": "effortQuantity.hasUnit",
}


def changed(place, changes):
    sent = body(place) | changes
    return {name: value for name, value in sent.items() if value is not None}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_is_refused_by_its_name_and_nothing_is_written(place, alice, what):
    changes, field = WRONG[what]

    answer = alice.post(address(place), changed(place, changes))

    assert problem(answer) == (422, [field]), answer.json()
    assert Contribution.objects.count() == 0


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_does_not_fit_is_refused(place, alice, number):
    assert problem(alice.post(address(place), body(place, number=number))) == (
        422,
        [NUMBERS[number]],
    )


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_that_does_not_fit_is_refused(place, alice, unit):
    sent = body(place) | {"effortQuantity": {"hasNumericalValue": "3", "hasUnit": unit}}

    assert problem(alice.post(address(place), sent)) == (422, [UNITS[unit]])


def test_sentences_are_french_and_every_mistake_of_the_form_is_told_at_once(place, alice):
    sent = body(place) | {"hasPointInTime": "demain", "note": "x" * 401, "surplus": 1}
    sent["action"] = "Work"
    sent["effortQuantity"] = {"hasNumericalValue": "1e300", "hasUnit": "om2:hour"}
    del sent["receiver"]

    told = alice.post(address(place), sent).json()

    assert {error["field"]: error["detail"] for error in told["errors"]} == {
        "action": "Choisissez parmi : 'deliverService', 'transfer', 'use' ou 'work'.",
        "effortQuantity.hasNumericalValue": "Ce nombre a trop de chiffres.",
        "hasPointInTime": "Écrivez un jour comme 2026-05-31.",
        "note": "400 caractères au plus.",
        "receiver": "Il manque.",
        "surplus": "Ce nom n'est pas connu ici.",
    }
    assert told["type"] == "urn:terreau:problem:invalid"


def test_nobody_gives_in_the_name_of_others(place, alice):
    answer = alice.post(address(place), body(place, provider=agent(place.council.pk)))

    assert problem(answer)[0] == 403
    assert Contribution.objects.count() == 0


def test_nobody_gives_where_they_have_no_role(place, alice):
    elsewhere = make_ecosystem("Ailleurs")

    answer = alice.post(f"{BASE}/{elsewhere.slug}/events", body(place))

    assert problem(answer)[0] == 404


def test_a_receiver_from_elsewhere_is_as_unknown_as_nobody(place, alice):
    other = make_organisation("Autre")

    known = alice.post(address(place), body(place, receiver=agent(other.pk)))
    unknown = alice.post(address(place), body(place, receiver=f"urn:uuid:{uuid4()}"))

    assert problem(known) == (422, ["receiver"])
    assert known.json() == unknown.json()


def test_a_promise_that_may_not_be_read_is_as_unknown_as_none(place, alice):
    give(place)  # something else happens meanwhile
    foreign = make_place()
    promise(foreign)
    (line,) = nodes(program_of(foreign.alice).get(f"{BASE}/{foreign.ecosystem.slug}/commitments"))

    assert problem(alice.post(address(place), body(place, fulfills=[line["@id"]]))) == (
        422,
        ["fulfills"],
    )


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff", b"[" * 60_000, b"null", b"[]", b'"x"', b'{"a": 1e9999999999999}'],
)
def test_what_is_no_event_at_all_is_refused(place, alice, raw):
    answer = alice.post(address(place), raw)

    assert answer.status_code in (400, 415, 422)
    problem(answer)


@pytest.mark.parametrize("key", ["", "x", "1", "0" * 4000])
def test_without_a_key_nothing_is_written(place, alice, key):
    headers = alice.headers() | ({"Idempotency-Key": key} if key else {})
    answer = alice.client.post(
        address(place), json.dumps(body(place)), content_type="application/json", headers=headers
    )

    assert problem(answer) == (422, ["Idempotency-Key"])
    assert Contribution.objects.count() == 0
