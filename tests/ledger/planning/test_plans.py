# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plans, activities and promises within them, batches and numbers of things."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from terreau.core.errors import Invalid, NotAllowed, NotFound
from terreau.ledger.actions import Activity, Stock, keep_stock, open_process, post, promise
from terreau.ledger.models import Commitment, Plan, Process, Resource
from terreau.ledger.planning.actions import (
    Batch,
    Planned,
    finish_process,
    note_batch,
    open_plan,
)
from terreau.ledger.planning.queries import courses, events_of, plans, processes_of
from terreau.ledger.verify import differences
from tests.factories import make_user
from tests.ledger.factories import a_flow, a_promise, make_ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    return make_ground()


def by(ground):
    return {"by": ground.alice, "ledger": ground.ledger}


@pytest.fixture
def plan(ground):
    return open_plan(
        **by(ground), plan=Planned(uuid4(), " La fournée ", "Samedi", date(2026, 4, 1))
    )


def opened(ground, plan=None, begins=None, ends=None):
    activity = Activity(uuid4(), "Cuire", "cuisson", begins, ends, plan)
    return open_process(**by(ground), activity=activity)


def test_a_plan_holds_activities_and_promises(ground, plan):
    oven = opened(ground, plan)
    wanted = [
        a_promise(ground, input_of_id=oven, stage="pétrissage", state="levée"),
        a_promise(ground, demand_of_id=plan),
    ]

    first, second = promise(**by(ground), promises=wanted)

    one = Commitment.objects.get(pk=first)
    assert (one.planned_within_id, str(one.stage), one.in_state) == (plan, "pétrissage", "levée")
    assert Commitment.objects.get(pk=second).independent_demand_of_id == plan
    assert list(Plan.objects.get(pk=plan).commitments.all()) == [one]
    assert (plans(ground.ledger).get().name, processes_of(ground.ledger).get().pk) == (
        "La fournée",
        oven,
    )
    assert list(differences()) == []


def test_the_course_of_a_plan_follows_from_its_activities(ground, plan):
    assert courses([plan])[plan].finished is False
    first = opened(ground, plan, date(2026, 3, 10), date(2026, 3, 12))
    second = opened(ground, plan, date(2026, 3, 2))
    finish_process(by=ground.alice, process_id=first)
    before = courses([plan])[plan]

    finish_process(by=ground.alice, process_id=second)

    after = courses([plan])[plan]
    assert (before.begins_on, before.ends_on) == (date(2026, 3, 2), date(2026, 3, 12))
    assert (before.finished, after.finished) == (False, True)
    finish_process(by=ground.alice, process_id=second, finished=False)
    assert courses([plan])[plan].finished is False


def test_what_was_promised_for_an_activity_is_kept_within_it(ground, plan):
    oven, other = opened(ground, plan), opened(ground)
    (kept,) = promise(**by(ground), promises=[a_promise(ground, input_of_id=oven)])
    links = {"fulfils": ((kept, 1_000_000),)}

    for wrong in ({}, {"input_of_id": other}):
        with pytest.raises(Invalid, match="indiquez la même"):
            post(**by(ground), flows=[a_flow(ground, **links, **wrong)])
    (event,) = post(**by(ground), flows=[a_flow(ground, **links, input_of_id=oven)])

    assert [one.pk for one in events_of([oven])] == [event]


def test_a_plan_or_activity_of_another_ledger_is_unknown(ground, plan):
    other = make_ground()
    elsewhere = opened(other)
    for changes in ({"planned_within_id": plan}, {"demand_of_id": plan}):
        with pytest.raises(Invalid, match="Ce plan n'existe pas"):
            promise(**by(other), promises=[a_promise(other, **changes)])
    with pytest.raises(Invalid, match="Cette activité n'existe pas"):
        promise(**by(ground), promises=[a_promise(ground, input_of_id=elsewhere)])
    with pytest.raises(Invalid, match="Ce plan n'existe pas"):
        opened(other, plan)


def test_a_promise_is_of_the_plan_of_its_activity(ground, plan):
    other = open_plan(**by(ground), plan=Planned(uuid4(), "L'atelier"))

    with pytest.raises(Invalid, match="d'un autre plan"):
        wanted = a_promise(ground, input_of_id=opened(ground, plan), planned_within_id=other)
        promise(**by(ground), promises=[wanted])


def test_things_have_a_number_and_a_batch(ground):
    lot = note_batch(**by(ground), batch=Batch(uuid4(), "L-2026-7", date(2026, 9, 1)))
    first = Stock(uuid4(), "Sac", "flour", "kg", 0, " N-1 ", lot)

    pk = keep_stock(**by(ground), stock=first)

    one = Resource.objects.get(pk=pk)
    assert (one.tracking_identifier, str(one.of_batch_lot)) == ("N-1", "L-2026-7")
    assert keep_stock(**by(ground), stock=first) == pk
    with pytest.raises(Invalid, match="« Sac » porte déjà ce numéro"):
        keep_stock(**by(ground), stock=Stock(uuid4(), "Autre", "flour", "kg", 0, "N-1"))
    keep_stock(**by(ground), stock=Stock(uuid4(), "Autre", "oil", "litre", 0, "N-1"))
    one.pk, one.key = None, uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save(force_insert=True)
    assert list(differences()) == []


def test_a_batch_has_a_code_of_its_own_and_is_of_this_ledger(ground):
    lot = note_batch(**by(ground), batch=Batch(uuid4(), "L-1"))
    other = make_ground()

    with pytest.raises(Invalid, match="porte déjà ce code"):
        note_batch(**by(ground), batch=Batch(uuid4(), "L-1"))
    with pytest.raises(Invalid, match="Ce lot n'existe pas"):
        keep_stock(**by(other), stock=Stock(uuid4(), "Sac", "flour", "kg", 0, "", lot))
    assert note_batch(**by(other), batch=Batch(uuid4(), "L-1")) != lot


def test_who_does_not_belong_plans_nothing(ground):
    outside = make_user("Dora")
    oven = opened(ground)
    for action in (
        lambda: open_plan(by=outside, ledger=ground.ledger, plan=Planned(uuid4(), "Rien")),
        lambda: note_batch(by=outside, ledger=ground.ledger, batch=Batch(uuid4(), "L")),
        lambda: finish_process(by=outside, process_id=oven),
    ):
        with pytest.raises(NotAllowed):
            action()
    with pytest.raises(NotFound):
        finish_process(by=ground.alice, process_id=oven + 1000)
    assert not Process.objects.get(pk=oven).finished
