# SPDX-License-Identifier: AGPL-3.0-or-later
"""The match of what is open: who reads it, why two go together, and plans beside each other."""

from datetime import timedelta
from uuid import uuid4

import pytest

from terreau.core import clock
from terreau.ledger.actions import Somewhere, note_place, post
from terreau.ledger.wishes import actions, matches
from terreau.people.models import User
from tests.factories import make_organisation, make_user, represent
from tests.ledger.factories import a_flow, make_ground
from tests.ledger.wishing import ONE, a_need, an_offer, answers, proposed, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    return make_ground()


@pytest.fixture
def basile() -> User:
    return User.objects.get(agent__name="Basile")


@pytest.fixture
def need(ground, basile):
    return said(ground, a_need(ground, receiver_id=ground.taker.pk), by=basile)


def pairs(reader, ground, wish):
    found = matches.matches_of(reader, ground.ledger, wish)
    return {(pair.need, pair.offer): pair for pair in found.pairs}


def place(ground, name, latitude):
    return note_place(by=ground.alice, ledger=ground.ledger,
                      place=Somewhere(uuid4(), name, "", latitude, 5 * ONE))  # fmt: skip


def test_a_pair_says_why(ground, need):
    today = clock.today()
    offer = said(ground, an_offer(ground, unit="minute", quantity=300 * ONE, begins_on=today))

    (pair,) = pairs(ground.alice, ground, need).values()

    assert (pair.need, pair.offer, pair.most) == (need.pk, offer.pk, 5 * ONE)
    assert pair.for_it == (
        "C'est la même chose : time.",
        f"Possible à partir du {today:%d/%m/%Y}.",
        "Le lieu n'est pas dit.",
        "Chacun s'adresse à l'autre.",
        "Une partie : 5\u00a0h sur 10\u00a0h.",
    )
    assert pairs(ground.alice, ground, offer) == {(need.pk, offer.pk): pair}


def test_only_what_is_left_is_matched(ground, need, basile):
    offer = said(ground, an_offer(ground))
    flows = [a_flow(ground, effort=8 * ONE), a_flow(ground, effort=2 * ONE)]
    events = post(by=ground.alice, ledger=ground.ledger, flows=flows)
    answers(ground, need, event_id=events[0])
    assert pairs(basile, ground, need)[need.pk, offer.pk].most == 2 * ONE

    answers(ground, need, event_id=events[1])

    assert pairs(basile, ground, need) == {}
    assert matches.all_matches(basile, ground.ledger).pairs == ()


def test_each_reason_against_is_said(ground, need, basile):
    far = note_place(by=ground.alice, ledger=ground.ledger,
                     place=Somewhere(uuid4(), "Loin", "", 48 * ONE, 5 * ONE))  # fmt: skip
    near = place(ground, "Près", 47 * ONE)
    here = a_need(ground, receiver_id=ground.taker.pk, place_id=near, reach=50_000,
                  ends_on=clock.today(), minimum=4 * ONE)  # fmt: skip
    asked = said(ground, here, by=basile)
    later = clock.today() + timedelta(days=1)
    wrong = {
        said(ground, an_offer(ground, begins_on=later)).pk: "Les dates ne se croisent pas.",
        said(ground, an_offer(ground, place_id=far)).pk: "À 111,1\u00a0km l'un de l'autre",
        said(ground, an_offer(ground, quantity=3 * ONE)).pk: "Il en faudrait 4\u00a0h au moins.",
        said(ground, an_offer(ground, unit="day")).pk: "L'un se compte en",
        said(ground, an_offer(ground, action="use")).pk: "L'un attend « travaille »",
        said(ground, an_offer(ground, provider_id=ground.alice.agent_id, level="author")).pk:
            "L'un des deux ne s'adresse pas à l'autre.",
    }  # fmt: skip

    found = pairs(ground.alice, ground, asked)

    assert {offer: len(found[asked.pk, offer].against) for offer in wrong} == dict.fromkeys(
        wrong, 1
    )
    for offer, sentence in wrong.items():
        assert found[asked.pk, offer].against[0].startswith(sentence)
        assert not found[asked.pk, offer].holds


def test_who_is_asked_in_a_proposal_is_who_may_answer(ground, need, basile):
    offer = said(ground, an_offer(ground))
    third = represent(make_user("Tina"), make_organisation("La Scop"), need.space.root.ecosystem)
    only = proposed(ground, offer.pk, proposed_to=(third.pk,))
    assert not pairs(basile, ground, need)[need.pk, offer.pk].holds

    proposed(ground, offer.pk, proposed_to=(ground.taker.pk,))
    assert pairs(basile, ground, need)[need.pk, offer.pk].holds

    actions.close_proposal(by=ground.alice, proposal_id=only.pk)
    assert pairs(basile, ground, need)[need.pk, offer.pk].holds


def test_the_place_of_a_proposal_stands_for_that_of_its_wishes(ground, basile):
    near, far = place(ground, "Ici", 47 * ONE), place(ground, "Là", 48 * ONE)
    wish = a_need(ground, receiver_id=ground.taker.pk, place_id=near)
    need = said(ground, wish, by=basile)
    offer = said(ground, an_offer(ground))
    proposed(ground, offer.pk, place_id=far)

    assert pairs(basile, ground, need)[need.pk, offer.pk].metres == 111_195


def test_nothing_that_one_does_not_read_is_matched(ground, need, basile):
    hidden = said(ground, an_offer(ground, level="author"))
    shown = said(ground, an_offer(ground))

    assert set(pairs(basile, ground, need)) == {(need.pk, shown.pk)}
    assert set(matches.matches_of(basile, ground.ledger, need).rows) == {need.pk, shown.pk}
    assert (need.pk, hidden.pk) in pairs(ground.alice, ground, need)


def test_a_proposal_that_is_hidden_tells_nothing(ground, basile):
    near, far = place(ground, "Ici", 47 * ONE), place(ground, "Là", 48 * ONE)
    wish = a_need(ground, receiver_id=ground.taker.pk, place_id=near)
    need = said(ground, wish, by=basile)
    offer = said(ground, an_offer(ground))
    asked = (ground.alice.agent_id,)
    proposed(ground, offer.pk, place_id=far, proposed_to=asked, level="author")

    seen = pairs(basile, ground, need)[need.pk, offer.pk]
    assert seen.holds and seen.metres is None
    assert pairs(ground.alice, ground, need)[need.pk, offer.pk].metres == 111_195


def test_plans_stand_side_by_side_for_all_that_is_of_the_kind(ground, need, basile):
    other = said(ground, a_need(ground, receiver_id=ground.taker.pk, quantity=4 * ONE), by=basile)
    offer = said(ground, an_offer(ground, quantity=8 * ONE))
    said(ground, an_offer(ground, specification="animation"))

    found = matches.matches_of(basile, ground.ledger, need)

    told = {plan.name: plan for plan in found.plans}
    assert set(told) == {"in_turn", "nearest", "smallest", "fullest"}
    first = [(one.need, one.offer, one.quantity) for one in told["in_turn"].shares]
    assert first == [(need.pk, offer.pk, 8 * ONE)]
    assert [one.need for one in told["smallest"].shares] == [other.pk, need.pk]
    assert not found.more and len(found.pairs) == 1


def test_all_that_holds_is_found_at_once(ground, need, basile):
    offer = said(ground, an_offer(ground))
    said(ground, an_offer(ground, specification="animation"))

    found = matches.all_matches(basile, ground.ledger)

    assert [(one.need, one.offer) for one in found.pairs] == [(need.pk, offer.pk)]


def test_too_many_are_not_compared_but_the_one_asked_about_is(ground, need, basile, monkeypatch):
    monkeypatch.setattr(matches, "MOST", 2)
    for _ in range(3):
        said(ground, an_offer(ground))
        last = said(ground, a_need(ground, receiver_id=ground.taker.pk), by=basile)

    found = matches.matches_of(basile, ground.ledger, last)

    assert found.more
    assert {pair.need for pair in found.pairs} == {last.pk} and len(found.pairs) == 2


def test_a_match_costs_the_same_however_many_there_are(
    ground, need, basile, django_assert_num_queries
):
    asked = {"purpose": "request", "author_id": ground.taker.pk}
    proposed(ground, need.pk, by=basile, **asked, proposed_to=(ground.giver.pk,))
    for count in (1, 5):
        for _ in range(count):
            proposed(ground, said(ground, an_offer(ground)).pk, proposed_to=(ground.taker.pk,))
        with django_assert_num_queries(9):
            matches.matches_of(basile, ground.ledger, need)
