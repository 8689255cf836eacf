# SPDX-License-Identifier: AGPL-3.0-or-later
"""Claims: who may claim, what settles them, what corrections and ends leave of them."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from terreau.core.errors import Invalid, NotAllowed
from terreau.ledger.actions import back_out, post
from terreau.ledger.claiming.actions import claim, drop_claim
from terreau.ledger.claiming.queries import settled
from terreau.ledger.engine.rules import RuleBroken
from terreau.ledger.models import ClaimState
from terreau.ledger.verify import differences
from terreau.people.models import Agent
from tests.factories import join, make_organisation, make_user
from tests.ledger.factories import a_claim, a_flow, a_settlement, make_ground

pytestmark = pytest.mark.django_db

EUR = 1_000_000


@pytest.fixture
def ground():
    return make_ground()


def by(ground):
    return {"by": ground.alice, "ledger": ground.ledger}


def posted(ground, *flows):
    return post(**by(ground), flows=flows)


@pytest.fixture
def work(ground):
    return posted(ground, a_flow(ground))[0]


@pytest.fixture
def owed(ground, work):
    return claim(**by(ground), claims=[a_claim(ground, work)])[0]


def figures(claim_id):
    one = settled([claim_id])[claim_id]
    return one.settled // EUR, one.remaining // EUR


def test_a_claim_is_settled_part_by_part(ground, owed):
    assert figures(owed) == (0, 45)

    posted(ground, a_settlement(ground, owed, 20))
    assert figures(owed) == (20, 25)
    posted(ground, a_settlement(ground, owed, 25))

    assert figures(owed) == (45, 0)
    assert list(differences()) == []


def test_one_payment_settles_several_claims_and_more_than_is_due_is_said_apart(ground, work):
    first, second = claim(**by(ground), claims=[a_claim(ground, work), a_claim(ground, work)])
    shares = ((first, 45 * EUR), (second, 5 * EUR))

    posted(ground, a_settlement(ground, first, 60, settles=shares))

    assert (figures(first), figures(second)) == ((45, 0), (5, 40))
    assert list(differences()) == []


def test_what_remains_is_never_below_zero(ground, owed):
    posted(ground, a_settlement(ground, owed, 40))

    with pytest.raises(RuleBroken) as refused:
        posted(ground, a_settlement(ground, owed, 6))

    assert refused.value.message == (
        "Il reste 5\u00a0€ à régler sur cette créance : notez le surplus à part."
    )
    assert figures(owed) == (40, 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimState.objects.update(unsettled=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimState.objects.update(settled=-1)


def test_a_correction_of_what_settled_gives_back(ground, owed):
    (paid,) = posted(ground, a_settlement(ground, owed, 30))

    back_out(by=ground.alice, event_id=paid, key=uuid4(), micro=10 * EUR)
    assert figures(owed) == (20, 25)
    back_out(by=ground.alice, event_id=paid, key=uuid4())

    assert figures(owed) == (0, 45)
    assert list(differences()) == []


def test_a_claim_lives_as_long_as_something_of_its_trigger_stands(ground, work, owed):
    (paid,) = posted(ground, a_settlement(ground, owed, 20))

    back_out(by=ground.alice, event_id=work, key=uuid4(), micro=1_000_000)
    assert figures(owed) == (20, 25)
    back_out(by=ground.alice, event_id=work, key=uuid4())
    assert figures(owed) == (20, 0)
    with pytest.raises(RuleBroken, match="il n'est plus rien dû"):
        posted(ground, a_settlement(ground, owed, 1))
    back_out(by=ground.alice, event_id=paid, key=uuid4())  # what was paid for nothing is undone

    assert (figures(owed), settled([owed])[owed].lifted) == ((0, 0), True)
    assert list(differences()) == []


def test_nothing_is_claimed_for_what_was_taken_back(ground, work):
    back_out(by=ground.alice, event_id=work, key=uuid4())

    with pytest.raises(RuleBroken) as refused:
        claim(**by(ground), claims=[a_claim(ground, work)])

    assert refused.value.rule == "claim_has_its_trigger"


def test_what_replaced_a_claim_is_settled_instead(ground, work, owed):
    other = claim(**by(ground), claims=[a_claim(ground, work)])[0]
    drop_claim(by=ground.alice, claim_id=owed, key=uuid4(), successor_id=other)

    with pytest.raises(RuleBroken, match="retirée ou remplacée"):
        posted(ground, a_settlement(ground, owed, 1))

    assert (figures(owed), figures(other)) == ((0, 0), (0, 45))
    assert list(differences()) == []


def test_what_is_entered_again_settles_a_claim_that_has_ended_since(ground, owed):
    (paid,) = posted(ground, a_settlement(ground, owed, 20))
    drop_claim(by=ground.alice, claim_id=owed, key=uuid4())
    back_out(by=ground.alice, event_id=paid, key=uuid4())

    posted(ground, a_settlement(ground, owed, 15, again=True))

    assert figures(owed) == (15, 0)
    assert list(differences()) == []


def test_only_who_is_owed_claims_or_gives_up(ground, work, owed):
    basile = join(make_user("Chloé"), ground.ledger.ecosystem)
    for action in (
        lambda: claim(by=basile, ledger=ground.ledger, claims=[a_claim(ground, work)]),
        lambda: drop_claim(by=basile, claim_id=owed, key=uuid4()),
    ):
        with pytest.raises(NotAllowed, match="Seul celui à qui cela est dû"):
            action()


def test_a_person_claims_for_themselves(ground):
    mine = {"provider_id": ground.alice.agent_id}
    (event,) = posted(ground, a_flow(ground, **mine))
    wanted = a_claim(ground, event, receiver_id=ground.alice.agent_id)

    (owed,) = claim(**by(ground), claims=[wanted])

    assert figures(owed) == (0, 45)


def test_an_organisation_that_was_merged_still_owes_and_is_owed(ground, work, owed):
    heir, house = make_organisation("Les Ateliers"), make_organisation("La Maison")
    Agent.objects.filter(pk=ground.taker.pk).update(merged_into=heir)
    Agent.objects.filter(pk=ground.giver.pk).update(merged_into=house)
    sides = {"provider_id": heir.pk, "receiver_id": house.pk}

    posted(ground, a_settlement(ground, owed, 20, **sides))

    assert figures(owed) == (20, 25)
    with pytest.raises(RuleBroken, match="quelqu'un d'autre que celui qui donne"):
        posted(ground, a_settlement(ground, owed, 1, provider_id=ground.alice.agent_id))


def test_a_claim_ends_once(ground, owed):
    drop_claim(by=ground.alice, claim_id=owed, key=uuid4())

    with pytest.raises(Invalid, match="déjà été retirée"):
        drop_claim(by=ground.alice, claim_id=owed, key=uuid4())


def test_a_claim_of_another_ledger_is_unknown(ground):
    other = make_ground()
    (event,) = post(**by(other), flows=[a_flow(other)])
    (elsewhere,) = claim(**by(other), claims=[a_claim(other, event)])

    with pytest.raises(RuleBroken) as refused:
        posted(ground, a_settlement(ground, elsewhere))
    with pytest.raises(RuleBroken) as trigger:
        claim(**by(ground), claims=[a_claim(ground, event)])

    assert refused.value.rule == "claims_are_known"
    assert trigger.value.rule == "claim_has_its_trigger"


def test_both_measures_or_none_are_refused(ground, work):
    for changes in ({"effort": 1, "effort_unit": "hour", "quantity": 1, "unit": "eur"},
                    {"effort": None}):  # fmt: skip
        with pytest.raises(Invalid, match="un seul des deux"):
            claim(**by(ground), claims=[a_claim(ground, work, **changes)])
