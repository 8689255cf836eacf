# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rule of sharing: written, adopted, counted under; what a count may and may not do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from terreau.agreements.actions.sharing import Adoption, Wanted, adopt_rule, share, write_rule
from terreau.agreements.models import Contribution, Sharing, SharingRule
from terreau.agreements.queries.sharing import (
    Basis,
    again,
    behind_line,
    came_in,
    reckoned,
    rule_in_force,
    table_of,
)
from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed
from terreau.ecosystems.models import CircleDecision
from terreau.ledger.actions import Activity, Flow, Stock, back_out, keep_stock, open_process, post
from terreau.ledger.models import Event
from terreau.ledger.sharing.reckoning import Why
from terreau.ledger.sharing.rule import WHOLE, Counted, How, Part, Rule
from terreau.people.enums import Level
from tests.agreements.factories import Place, give, make_place

pytestmark = pytest.mark.django_db
ONE = 1_000_000
DAY = date(2026, 3, 12)
HOURS = Rule((Part("Le travail", WHOLE, How.POINTS, (Counted("time", "hour", ONE),)),))
ADOPTION = Adoption(DAY, "l'assemblée, neuf voix", "compte rendu du 12 mars")


def written(place: Place, rule: Rule = HOURS) -> SharingRule:
    by, ecosystem = place.alice, place.ecosystem
    return write_rule(by=by, ecosystem=ecosystem, key=uuid4(), words="Aux heures.", rule=rule)


def adopted(place: Place, rule: Rule = HOURS) -> SharingRule:
    return adopt_rule(by=place.pilot, rule=written(place, rule), adoption=ADOPTION)


def money(place: Place, euros: int = 100) -> Contribution:
    return give(
        place, euros, by=place.basile, giver_id=place.council.pk, receiver_id=place.halte.pk,
        kind="money", unit="eur",
    )  # fmt: skip


def wanted_of(rule: SharingRule, gift: Contribution, **more: object) -> Wanted:
    return Wanted("La vente de mars", rule.pk, gift.pk, **more)  # type: ignore[arg-type]


def counted(place: Place, wanted: Wanted) -> Sharing:
    return share(by=place.pilot, ecosystem=place.ecosystem, key=uuid4(), wanted=wanted)


def taken(sharing: Sharing) -> dict[int | None, int]:
    found: dict[int | None, int] = {}
    for line in reckoned(sharing).lines:
        found[line.agent] = found.get(line.agent, 0) + line.micro // ONE
    return found


@dataclass
class Baking:
    """Six hours of La Halte and two of the Lab went into ten loaves; four went to the council."""

    place: Place
    loaves: int
    sold: int
    hours: int


def bake() -> Baking:
    place = make_place()
    ledger = place.ecosystem.space
    stock = Stock(uuid4(), "Pains", "pain", "item")
    loaves = keep_stock(by=place.alice, ledger=ledger, stock=stock)
    baking = open_process(by=place.alice, ledger=ledger, activity=Activity(uuid4(), "La fournée"))

    def flow(by: object, action: str, giver: int, receiver: int, **more: object) -> int:
        one = Flow(
            key=uuid4(), action=action, provider_id=giver, receiver_id=receiver, happened_on=DAY,
            **more,
        )  # fmt: skip
        return post(by=by, ledger=ledger, flows=[one])[0]  # type: ignore[arg-type]

    def work(by: object, giver: int, hours: int) -> int:
        return flow(
            by, "work", giver, place.halte.pk, specification="time", effort=hours * ONE,
            effort_unit="hour", input_of_id=baking,
        )  # fmt: skip

    hours = work(place.alice, place.halte.pk, 6)
    work(place.chloe, place.lab.pk, 2)
    bread = {"specification": "pain", "unit": "item", "resource_id": loaves}
    halte = place.halte.pk
    flow(place.alice, "produce", halte, halte, quantity=10 * ONE, output_of_id=baking, **bread)
    sold = flow(place.alice, "transfer", halte, place.council.pk, quantity=4 * ONE, **bread)
    return Baking(place, loaves, sold, hours)


def test_what_came_of_a_product_goes_to_who_made_it():
    baking = bake()
    place = baking.place

    sharing = counted(
        place,
        wanted_of(adopted(place), money(place), basis=Basis(moved_id=baking.sold)),
    )

    assert taken(sharing) == {place.halte.pk: 75, place.lab.pk: 25}
    told = behind_line(place.pilot, sharing, place.lab.pk)
    assert [(one.put.much, one.event.provider_id) for one in told] == [(800_000, place.lab.pk)]


def test_what_a_stock_still_holds_can_be_followed_too():
    baking = bake()
    place = baking.place

    sharing = counted(
        place,
        wanted_of(adopted(place), money(place), basis=Basis(stock_id=baking.loaves)),
    )

    assert [one.much for one in (told.put for told in behind_line(
        place.pilot, sharing, place.halte.pk))] == [3_600_000]  # fmt: skip


def test_fault_2_and_3_a_count_writes_nothing_in_the_ledger_and_all_or_nothing_beside_it():
    baking = bake()
    place = baking.place
    rule, gift = adopted(place), money(place)
    before = list(Event.objects.values_list("pk", "quantity", "effort"))

    counted(place, wanted_of(rule, gift, basis=Basis(moved_id=baking.sold)))
    with pytest.raises(Invalid):
        counted(place, wanted_of(rule, gift, basis=Basis(until=date(1999, 1, 1))))

    assert list(Event.objects.values_list("pk", "quantity", "effort")) == before
    assert Sharing.objects.count() == 1


def test_fault_6_a_period_with_an_end_alone_stops_there():
    place = make_place()
    today = clock.today()
    give(place, 3, happened_on=today - timedelta(days=10))
    give(place, 5, happened_on=today)
    rule, gift = adopted(place), money(place)

    def hours(**days: date) -> int:
        sharing = counted(place, wanted_of(rule, gift, basis=Basis(**days)))
        return sum(put[5] for put in sharing.inputs["puts"]) // ONE

    assert hours(until=today - timedelta(days=10)) == 3
    assert hours(since=today - timedelta(days=9)) == 5
    assert hours() == 8


def test_fault_11_refunds_and_the_money_itself_and_what_is_only_handed_on_are_no_contribution():
    baking = bake()
    place = baking.place
    everything = Rule(
        (
            Part(
                "Tout",
                WHOLE,
                How.POINTS,
                (
                    Counted("time", "hour", ONE),
                    Counted("money", "eur", ONE),
                    Counted("pain", "item", ONE),
                ),
            ),
        )
    )
    paid = give(
        place, 7, giver_id=place.halte.pk, receiver_id=place.lab.pk, kind="money", unit="eur",
        refund=True,
    )  # fmt: skip
    gift = money(place)

    sharing = counted(place, wanted_of(adopted(place, everything), gift))

    assert sharing.inputs["without"] == sorted([paid.event_id, gift.event_id])
    assert {(put[3], put[5] // ONE) for put in sharing.inputs["puts"]} == {("time", 2)}


def test_a_count_is_the_same_years_later_whatever_was_corrected_or_given_since():
    baking = bake()
    place = baking.place
    rule, gift = adopted(place), money(place)
    sharing = counted(place, wanted_of(rule, gift, basis=Basis(moved_id=baking.sold)))
    before = reckoned(sharing)

    back_out(by=place.alice, event_id=baking.hours, key=uuid4(), micro=5 * ONE)
    give(place, 50)

    assert again(sharing)
    assert reckoned(Sharing.objects.get()) == before
    after = counted(place, wanted_of(rule, gift, basis=Basis(moved_id=baking.sold)))
    assert taken(after) == {place.halte.pk: 33, place.lab.pk: 66}
    assert again(after)


def test_a_period_is_counted_as_it_was_known():
    place = make_place()
    rule, gift = adopted(place), money(place)
    first = give(place, 3)
    sharing = counted(place, wanted_of(rule, gift))

    back_out(by=place.alice, event_id=first.event_id, key=uuid4())

    assert again(sharing)


def test_a_count_that_was_tampered_with_is_found():
    place = make_place()
    rule, gift = adopted(place), money(place)
    give(place, 3)
    sharing = counted(place, wanted_of(rule, gift))

    assert again(sharing)
    sharing.inputs["puts"][0][5] += 1
    assert not again(sharing)
    sharing.refresh_from_db()
    sharing.last_event -= 2  # the money, and the three hours
    assert not again(sharing)


def test_a_new_version_changes_nothing_of_what_was_counted_under_an_old_one():
    place = make_place()
    give(place, 3)
    give(place, 1, by=place.chloe, giver_id=place.lab.pk, receiver_id=place.halte.pk)
    gift, first = money(place), adopted(place)
    sharing = counted(place, wanted_of(first, gift))

    equal = Rule((replace(HOURS.parts[0], how=How.EQUAL),))
    second = adopted(place, equal)

    assert rule_in_force(place.alice, place.ecosystem) == second
    assert taken(Sharing.objects.get()) == {place.halte.pk: 75, place.lab.pk: 25}
    assert taken(counted(place, wanted_of(second, gift))) == {place.halte.pk: 50, place.lab.pk: 50}
    assert taken(counted(place, wanted_of(first, gift))) == {place.halte.pk: 75, place.lab.pk: 25}
    assert sharing.rule == first


@pytest.mark.parametrize("change", ({"content": {"parts": []}}, {"number": 7}))
def test_the_database_refuses_that_a_version_changes(change):
    rule = written(make_place())

    with pytest.raises(IntegrityError), transaction.atomic():
        SharingRule.objects.filter(pk=rule.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        SharingRule.objects.filter(pk=rule.pk).delete()


def test_the_database_refuses_that_a_count_changes():
    place = make_place()
    give(place, 3)
    counted(place, wanted_of(adopted(place), money(place)))

    with pytest.raises(IntegrityError), transaction.atomic():
        Sharing.objects.update(quantity=1)


def test_only_an_adopted_version_counts():
    place = make_place()
    give(place, 3)
    gift, rule = money(place), written(place)

    with pytest.raises(Invalid, match="version adoptée"):
        counted(place, wanted_of(rule, gift))
    assert rule_in_force(place.alice, place.ecosystem) is None


def test_an_adoption_is_noted_once_by_who_keeps_the_keys_with_its_document():
    place = make_place()
    rule = written(place)

    with pytest.raises(NotAllowed):
        adopt_rule(by=place.alice, rule=rule, adoption=ADOPTION)
    with pytest.raises(Invalid):
        adopt_rule(by=place.pilot, rule=rule, adoption=replace(ADOPTION, document=" "))
    with pytest.raises(Invalid):
        day = clock.today() + timedelta(days=1)
        adopt_rule(by=place.pilot, rule=rule, adoption=replace(ADOPTION, adopted_on=day))
    adopt_rule(by=place.pilot, rule=rule, adoption=ADOPTION)
    assert adopt_rule(by=place.pilot, rule=rule, adoption=ADOPTION).adopted_on == DAY
    with pytest.raises(EditConflict):
        adopt_rule(by=place.pilot, rule=rule, adoption=replace(ADOPTION, document="autre"))


def test_a_rule_that_cannot_be_counted_is_not_kept():
    place = make_place()

    with pytest.raises(Invalid):
        written(place, Rule(()))
    assert not SharingRule.objects.exists()


def test_versions_are_numbered_and_a_key_writes_once():
    place = make_place()
    key = uuid4()

    def write(words: str) -> SharingRule:
        return write_rule(
            by=place.alice, ecosystem=place.ecosystem, key=key, words=words, rule=HOURS
        )

    first = write("Aux heures.")
    assert [first.number, write("Aux heures.").pk, written(place).number] == [1, first.pk, 2]
    with pytest.raises(KeyReused):
        write("Autrement.")


def test_only_money_or_goods_that_came_in_are_shared_and_no_more_than_came():
    place = make_place()
    hours, gift, rule = give(place, 3), money(place), adopted(place)

    assert list(came_in(place.pilot, place.ecosystem)) == [gift]
    with pytest.raises(Invalid):
        counted(place, wanted_of(rule, hours))
    with pytest.raises(Invalid):
        counted(place, wanted_of(rule, gift, quantity=101 * ONE))
    assert counted(place, wanted_of(rule, gift, quantity=40 * ONE)).quantity == 40 * ONE


def test_who_does_not_read_everybody_counts_nothing_and_reads_their_own_line():
    place = make_place()
    give(place, 3)
    give(place, 1, by=place.chloe, giver_id=place.lab.pk, receiver_id=place.halte.pk)
    rule, gift = adopted(place), money(place)

    with pytest.raises(NotAllowed):
        share(by=place.alice, ecosystem=place.ecosystem, key=uuid4(), wanted=wanted_of(rule, gift))
    table = table_of(place.alice, counted(place, wanted_of(rule, gift)))
    assert [(row.agent, row.micro // ONE) for row in table.rows] == [(place.halte, 75)]
    assert (table.others // ONE, table.whole) == (25, False)


def test_everybody_reads_all_lines_once_the_circle_opened_its_statements():
    place = make_place()
    give(place, 3)
    give(place, 1, by=place.chloe, giver_id=place.lab.pk, receiver_id=place.halte.pk)
    sharing = counted(place, wanted_of(adopted(place), money(place)))
    CircleDecision.objects.create(
        ecosystem=place.ecosystem, space=place.ecosystem.circle, author=place.pilot.agent,
        recorded_by=place.pilot.agent, day=clock.today(), text="Ouvert.", opens_statements=True,
    )  # fmt: skip

    table = table_of(place.alice, sharing)

    assert [(row.agent, row.micro // ONE) for row in table.rows] == [
        (place.halte, 75), (place.lab, 25),
    ]  # fmt: skip
    assert table.others == 0


def test_what_only_two_sides_read_is_left_aside_and_stops_a_trace():
    baking = bake()
    place = baking.place
    give(place, 2, level=Level.CIRCLE)
    secret = give(place, 30)
    Contribution.objects.filter(pk=secret.pk).update(level=Level.AUTHOR)
    rule, gift = adopted(place), money(place)

    sharing = counted(place, wanted_of(rule, gift))
    assert secret.event_id in sharing.inputs["without"]
    assert taken(sharing) == {place.halte.pk: 50, place.lab.pk: 50}

    Contribution.objects.filter(pk=secret.pk).update(event_id=baking.hours)
    with pytest.raises(Invalid, match="ses deux côtés"):
        counted(place, wanted_of(rule, gift, basis=Basis(moved_id=baking.sold)))


def test_what_nobody_takes_is_said():
    place = make_place()
    give(place, 3)
    rule = Rule(
        (
            Part("Le travail", 5_000, How.POINTS, HOURS.parts[0].counts),
            Part("Les lieux", 3_000, How.EQUAL, (Counted("place", "day", ONE),)),
        )
    )

    table = table_of(place.pilot, counted(place, wanted_of(adopted(place, rule), money(place))))

    assert [(row.why, row.micro // ONE) for row in table.rows] == [
        (Why.SHARE, 50), (Why.KEPT, 20), (Why.NOBODY, 30),
    ]  # fmt: skip


@pytest.mark.parametrize("gifts", (1, 12))
def test_a_count_asks_as_much_of_the_database_whatever_was_given(gifts):
    place = make_place()
    rule, gift = adopted(place), money(place)
    for hours in range(1, gifts + 1):
        give(place, hours)

    with CaptureQueriesContext(connection) as asked:
        sharing = counted(place, wanted_of(rule, gift))
        table_of(place.pilot, sharing)
        behind_line(place.pilot, sharing, place.halte.pk)

    assert len(asked) == 20
