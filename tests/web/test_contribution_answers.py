# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages that answer a contribution: undone, rectified, agreed to, talked over."""

import html
import re
from uuid import uuid4

import pytest
from django.urls import reverse

from terreau.agreements.actions.contributions import Right, confirm, rectify
from terreau.agreements.actions.discussions import Opening, open_discussion, propose_end, say
from terreau.agreements.enums import ContributionState
from terreau.agreements.models import Contribution, Discussion
from terreau.core import clock
from terreau.core.quantities import MICRO
from tests.agreements.factories import give, make_place
from tests.web.counting import query_count
from tests.web.reading import folded, post_as_read

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_place()


def address(place, name, *args):
    return reverse(f"contributions_{name}", args=[place.ecosystem.slug, *args])


def test_cancel_then_rectify(client, place):
    undone, kept = give(place, 3), give(place, 62, kind="equipment", unit="km")
    client.force_login(place.alice)

    client.post(address(place, "undo", undone.pk), {"key": str(uuid4())})
    form = {
        "key": str(uuid4()),
        "quantity": "620",
        "unit": "km",
        "happened_on": clock.today().isoformat(),
    }
    answer = post_as_read(client, address(place, "rectify", kept.pk), form)

    undone.refresh_from_db()
    assert (undone.state, answer.status_code) == (ContributionState.UNDONE, 302)
    page = client.get(address(place, "one", kept.pk)).content.decode()
    assert "62\u00a0km → 620\u00a0km" in folded(page)


def test_what_was_agreed_is_rectified_by_both(client, place):
    row = give(place, 10)
    confirm(by=place.basile, ecosystem=place.ecosystem, contributions=[row])
    client.force_login(place.alice)
    form = {
        "key": str(uuid4()),
        "quantity": "0",
        "unit": "hour",
        "happened_on": clock.today().isoformat(),
    }

    asked = post_as_read(client, address(place, "rectify", row.pk), form, follow=True)
    mine = folded(asked.content.decode())
    client.force_login(place.basile)
    theirs = client.get(address(place, "awaiting")).content.decode()
    row.refresh_from_db()
    before = (row.state, row.quantity)
    shown = hidden(client.get(address(place, "awaiting")), "accord")
    client.post(address(place, "awaiting"), {"accord": shown})

    row.refresh_from_db()
    assert "C'est demandé" in html.unescape(mine)
    assert "Annuler" not in mine
    assert ("10\u00a0h → annulé" in folded(theirs), "une rectification attend" in mine) == (
        True,
        True,
    )
    assert (before, row.state) == (("correcting", 10 * MICRO), ContributionState.UNDONE)


def test_the_receiver_agrees_to_one_then_to_all(client, place):
    rows = [give(place, number + 1) for number in range(3)]
    client.force_login(place.basile)
    awaiting = address(place, "awaiting")

    client.post(awaiting, {"accord": rows[0].event_id})
    client.post(awaiting, {"accord": [row.event_id for row in rows] + ["x", "99999"]})

    states = set(Contribution.objects.values_list("state", flat=True))
    assert states == {ContributionState.CONFIRMED}
    assert "Rien n'attend" in client.get(awaiting).content.decode()


def test_nobody_agrees_to_a_value_that_changed_since_it_was_read(client, place):
    row = give(place, 3)
    client.force_login(place.basile)
    shown = hidden(client.get(address(place, "awaiting")), "accord")
    right = Right(300 * MICRO, "hour", clock.today())
    rectify(by=place.alice, contribution=row, key=uuid4(), right=right)

    answer = client.post(address(place, "awaiting"), {"accord": shown}, follow=True)

    row.refresh_from_db()
    assert row.state == ContributionState.AWAITING
    assert "autre valeur" in folded(answer.content.decode())


def test_nobody_agrees_to_an_end_that_changed_since_it_was_read(client, place):
    row = give(place, 120)
    here = {"by": place.basile, "contribution": row, "key": uuid4()}
    discussion = open_discussion(**here, opening=Opening("60 heures ?"))
    propose_end(by=place.alice, discussion=discussion, quantity=60 * MICRO, lesson="Compter.")
    client.force_login(place.basile)
    page = client.get(address(place, "discussion", discussion.pk))
    shown = {name: hidden(page, name)[-1] for name in ("key", "quantity", "lesson")}
    propose_end(by=place.alice, discussion=discussion, quantity=110 * MICRO, lesson="Compter.")

    agree = address(place, "agree_end", discussion.pk)
    answer = client.post(agree, shown, follow=True)

    row.refresh_from_db()
    assert (row.state, row.quantity) == (ContributionState.DISCUSSED, 120 * MICRO)
    assert "a changé entre-temps" in folded(answer.content.decode())


def hidden(page, name):
    """The values of the hidden fields of this name, in the order of the page."""
    field = rf'<input type="hidden" name="{name}" value="([^"]*)"'
    return re.findall(field, page.content.decode())


def test_a_discussion_is_read_by_three_and_ends_with_a_quantity_and_a_lesson(client, place):
    row = give(place, 120)
    client.force_login(place.basile)
    form = {"key": str(uuid4()), "text": "Nous avons compté 60 heures.", "third": place.lab.pk}
    opened = client.post(address(place, "talk", row.pk), form)
    discussion = Discussion.objects.get()
    note = address(place, "discussion", discussion.pk)
    assert opened["Location"] == note

    client.force_login(place.chloe)
    client.post(note, {"key": str(uuid4()), "text": "Relu à trois."})
    client.force_login(place.pilot)
    assert client.get(note).status_code == 404
    assert "en vérification" in client.get(address(place, "one", row.pk)).content.decode()
    client.force_login(place.alice)
    page = client.get(note).content.decode()
    assert ("compté 60 heures" in page, "Relu à trois" in page) == (True, True)
    end = {"quantity": "70", "lesson": "Dire avant ce que l'on compte."}
    post_as_read(client, address(place, "propose_end", discussion.pk), end, page=note)
    agreed = {"key": str(uuid4()), "quantity": 70 * MICRO, "lesson": end["lesson"]}
    client.post(address(place, "agree_end", discussion.pk), agreed)
    row.refresh_from_db()
    assert row.state == ContributionState.DISCUSSED  # who proposed does not agree alone

    client.force_login(place.basile)
    client.post(address(place, "agree_end", discussion.pk), agreed)

    row.refresh_from_db()
    assert (row.state, row.quantity) == (ContributionState.CONFIRMED, 70 * MICRO)
    client.force_login(place.pilot)
    one = client.get(address(place, "one", row.pk)).content.decode()
    assert ("Dire avant ce que" in one, "Relu à trois" in one) == (True, False)


def test_a_discussion_costs_the_same_whatever_its_length(client, place):
    row = give(place, 120)
    discussion = open_discussion(
        by=place.basile, contribution=row, key=uuid4(), opening=Opening("Parlons-en.")
    )
    client.force_login(place.alice)
    note = address(place, "discussion", discussion.pk)
    before = query_count(client, note)

    for number in range(29):
        say(by=place.alice, discussion=discussion, key=uuid4(), text=f"Note {number}")

    assert query_count(client, note) == before


def test_after_a_refused_end_the_reply_is_still_sent_as_a_reply(client, place):
    row = give(place, by=place.basile, giver_id=place.council.pk, receiver_id=place.halte.pk)
    client.force_login(place.alice)
    talk = {"key": str(uuid4()), "text": "Nous avons compté 2 heures."}
    note = client.post(address(place, "talk", row.pk), talk)["Location"]
    end = address(place, "propose_end", Discussion.objects.get().pk)

    page = client.post(end, {"quantity": "beaucoup", "lesson": ""}).content.decode()

    assert page.count(f'action="{note}"') == 1
