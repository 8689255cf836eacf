# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Nos ressources suivies »: who reads what, in words, and what no figure may give away."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from terreau.agreements.models import Contribution
from terreau.core import clock
from terreau.ledger.actions import Activity, Flow, Stock, keep_stock, open_process, post
from terreau.overview.step_words import HIDDEN
from terreau.people.actions import give_role
from terreau.people.enums import Level, RoleKind
from terreau.people.models import User
from tests.agreements.factories import Place, make_place
from tests.factories import LONG_AGO, make_user

pytestmark = pytest.mark.django_db
KG = 1_000_000


@dataclass
class Mill:
    """Grain of two givers, ground by La Halte; the council has some of the flour."""

    place: Place
    grain: int
    flour: int
    councils: int
    first: int
    given: int
    milled: int
    delivered: int


def make_mill() -> Mill:
    place = make_place()
    ledger, halte, council = place.ecosystem.space, place.halte.pk, place.council.pk

    def stock(name: str, what: str) -> int:
        return keep_stock(by=place.alice, ledger=ledger, stock=Stock(uuid4(), name, what, "kg"))

    def flow(action: str, kilos: int, **more: object) -> int:
        who = {"provider_id": halte, "receiver_id": halte, **more}
        one = Flow(
            key=uuid4(), action=action, happened_on=clock.today(), quantity=kilos * KG, unit="kg",
            **who,
        )  # fmt: skip
        return post(by=place.alice, ledger=ledger, flows=[one])[0]

    grain, flour, councils = (
        stock("Grain", "grain"),
        stock("Farine", "farine"),
        stock("Réserve", "farine"),
    )
    milling = open_process(
        by=place.alice, ledger=ledger, activity=Activity(uuid4(), "Mouture de mars")
    )
    first = flow("raise", 30, specification="grain", resource_id=grain)
    given = flow("transfer", 10, specification="grain", provider_id=council, to_resource_id=grain)
    flow("consume", 20, specification="grain", resource_id=grain, input_of_id=milling)
    milled = flow("produce", 16, specification="farine", resource_id=flour, output_of_id=milling)
    delivered = flow(
        "transfer", 4, specification="farine", receiver_id=council, resource_id=flour,
        to_resource_id=councils,
    )  # fmt: skip
    return Mill(place, grain, flour, councils, first, given, milled, delivered)


def as_contribution(mill: Mill, event: int, level: Level) -> Contribution:
    """Make of the council's gift a contribution that is read at this level."""
    place = mill.place
    return Contribution.objects.create(
        ecosystem=place.ecosystem, space=place.ecosystem.circle, level=level,
        author=place.council, recorded_by=place.basile.agent, receiver=place.halte, kind="good",
        quantity=10 * KG, unit="kg", happened_on=clock.today(), event_id=event,
    )  # fmt: skip


def read(user: User, mill: Mill, name: str, *numbers: int, **query: str):
    client = Client()
    client.force_login(user)
    return client.get(reverse(name, args=[mill.place.ecosystem.slug, *numbers]), query)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def wide_member(mill: Mill) -> User:
    user = make_user("Wanda")
    give_role(
        agent=user.agent, space=mill.place.ecosystem.space, kind=RoleKind.PARTNER, since=LONG_AGO
    )
    return user


def test_the_list_says_how_much_and_who_holds_it():
    mill = make_mill()

    shown = text_of(read(mill.place.chloe, mill, "resources_list"))

    for words in ("Grain", "20 kg", "Farine", "12 kg", "Réserve", "4 kg", "Communauté de communes"):
        assert words in shown


def test_a_stock_that_several_hold_says_by_what_shares():
    mill = make_mill()
    third = Flow(
        uuid4(), "transferAllRights", mill.place.halte.pk, mill.place.council.pk, clock.today(),
        "farine", quantity=4 * KG, unit="kg", resource_id=mill.flour, rights=Fraction(1, 3),
    )  # fmt: skip
    post(by=mill.place.alice, ledger=mill.place.ecosystem.space, flows=[third])

    shown = text_of(read(mill.place.chloe, mill, "resources_one", mill.flour))

    assert "C'est à plusieurs : " in shown
    assert ("La Halte 2/3" in shown, "Communauté de communes 1/3" in shown) == (True, True)


def test_where_a_stock_comes_from_goes_through_the_activity_to_both_givers():
    mill = make_mill()

    answer = read(mill.place.chloe, mill, "resources_one", mill.councils)
    told = {one.name: one.amount.replace("\u00a0", " ") for one in answer.context["told"]}

    assert told == {
        "Réserve": "4 kg",
        "La Halte remet 4\u00a0kg, pour Communauté de communes": "4 kg",
        "Farine": "4 kg",
        "La Halte produit 16\u00a0kg": "4 kg",
        "Mouture de mars": "25 %",
        "La Halte consomme 20\u00a0kg": "5 kg",
        "Grain": "5 kg",
        "Communauté de communes remet 10\u00a0kg, pour La Halte": "1,25 kg",
        "La Halte ajoute au stock 30\u00a0kg": "3,75 kg",
    }
    assert "à proportion de tout ce que contenait « Grain »" in text_of(answer)


def test_first_in_first_out_is_a_choice():
    mill = make_mill()

    answer = read(mill.place.chloe, mill, "resources_one", mill.councils, selon="premier")
    names = [one.name for one in answer.context["told"]]

    assert "La Halte ajoute au stock 30\u00a0kg" in names
    assert "Communauté de communes remet 10\u00a0kg, pour La Halte" not in names


def test_where_a_gift_went_says_what_is_left_of_it():
    mill = make_mill()

    answer = read(mill.place.basile, mill, "resources_event", mill.given, sens="apres")
    shown = text_of(answer)

    assert "ce que vous suivez y a compté pour 5 kg" in shown
    assert "Il y en reste 5 kg" in shown  # half of the grain was not milled
    assert "Il y en reste 1,25 kg" in shown  # a quarter of the flour is in the council's store


def test_the_picture_links_to_each_step_and_the_file_says_the_same():
    mill = make_mill()

    page = read(mill.place.chloe, mill, "resources_one", mill.councils)
    shown = page.content.decode()
    for event in (mill.delivered, mill.milled):
        path = reverse("resources_event", args=[mill.place.ecosystem.slug, event])
        assert shown.count(f'href="{path}"') == 3  # wide, tall, and in the table
    file = read(mill.place.chloe, mill, "resources_one", mill.councils, format="csv")
    assert "Mouture de mars" in file.content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("who", "level", "reads"),
    [
        ("alice", Level.PAIR, True),  # who received
        ("basile", Level.PAIR, True),  # who gave
        ("chloe", Level.CIRCLE, True),
        ("chloe", Level.AUTHOR, False),
        ("pilot", Level.AUTHOR, False),
        ("wide", Level.AUTHOR, False),
    ],
)
def test_a_flow_is_read_by_who_reads_its_contribution(who, level, reads):
    mill = make_mill()
    row = as_contribution(mill, mill.given, level)
    user = wide_member(mill) if who == "wide" else getattr(mill.place, who)

    answer = read(user, mill, "resources_event", mill.given)

    assert answer.status_code == (200 if reads else 404), row.level


def test_beside_a_hidden_step_no_quantity_is_said():
    mill = make_mill()
    as_contribution(mill, mill.given, Level.AUTHOR)

    for sense, hidden in (("avant", 1), ("apres", 0)):
        for order in ("prorata", "premier", "liens"):
            query = {"sens": sense, "selon": order}
            answer = read(mill.place.chloe, mill, "resources_one", mill.grain, **query)
            told = answer.context["told"]
            assert [one.name for one in told].count(HIDDEN) == hidden
            assert {one.amount for one in told} == {""}
            shown = text_of(answer)
            # What was given; what entered in all: a subtraction would tell it.
            assert [words for words in ("10 kg", "40 kg", "Il y en a") if words in shown] == []


def test_what_was_mixed_with_something_hidden_has_no_quantity_either():
    """Half of the grain was milled: 15 kg of these 30 would tell that 10 more had entered."""
    mill = make_mill()
    as_contribution(mill, mill.given, Level.AUTHOR)

    answer = read(mill.place.chloe, mill, "resources_event", mill.first, sens="apres")

    assert {one.amount for one in answer.context["told"]} == {""}
    assert "15 kg" not in text_of(answer)


def test_the_list_says_no_figure_that_something_hidden_is_part_of():
    mill = make_mill()
    as_contribution(mill, mill.given, Level.AUTHOR)

    listed = text_of(read(mill.place.chloe, mill, "resources_list"))
    assert "une partie ne vous est pas lisible" in listed
    assert "20 kg" not in listed
    assert "12 kg" in listed  # nothing hidden touched the flour
    file = read(mill.place.chloe, mill, "resources_list", format="csv").content.decode()
    (grain,) = (line for line in file.split("\n") if line.startswith("Grain"))
    assert "20" not in grain


def test_the_wider_circle_reads_neither_stocks_nor_steps():
    mill = make_mill()
    user = wide_member(mill)

    assert "Grain" not in text_of(read(user, mill, "resources_list"))
    assert read(user, mill, "resources_one", mill.grain).status_code == 404
    assert read(user, mill, "resources_event", mill.given).status_code == 404


def test_a_flow_that_moves_nothing_has_no_page():
    mill = make_mill()
    work = Flow(
        key=uuid4(), action="work", provider_id=mill.place.halte.pk,
        receiver_id=mill.place.council.pk, happened_on=clock.today(), specification="time",
        effort=KG, effort_unit="hour",
    )  # fmt: skip
    (event,) = post(by=mill.place.alice, ledger=mill.place.ecosystem.space, flows=[work])

    assert read(mill.place.alice, mill, "resources_event", event).status_code == 404


def test_the_contribution_leads_there_in_one_click():
    mill = make_mill()
    row = as_contribution(mill, mill.given, Level.CIRCLE)

    shown = read(mill.place.basile, mill, "contributions_one", row.pk).content.decode()

    assert reverse("resources_event", args=[mill.place.ecosystem.slug, mill.given]) in shown


def test_a_page_costs_the_same_with_more_steps():
    mill = make_mill()

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert read(mill.place.chloe, mill, "resources_one", mill.grain).status_code == 200
        return len(seen)

    cost()
    before = cost()
    for _ in range(12):
        more = Flow(
            key=uuid4(), action="raise", provider_id=mill.place.halte.pk,
            receiver_id=mill.place.halte.pk, happened_on=clock.today(), specification="grain",
            quantity=KG, unit="kg", resource_id=mill.grain,
        )  # fmt: skip
        post(by=mill.place.alice, ledger=mill.place.ecosystem.space, flows=[more])
    assert cost() == before
