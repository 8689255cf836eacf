# SPDX-License-Identifier: AGPL-3.0-or-later
"""« J'ai apporté… » names a followed resource, if one wishes; the pages tell it both ways."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.contrib.messages import get_messages

from terreau.agreements.actions.contributions import Right, confirm, rectify
from terreau.agreements.models import Contribution
from terreau.core import clock
from terreau.core.quantities import MICRO
from terreau.people.models import User
from tests.agreements.factories import Place, make_place
from tests.agreements.test_gifts_of_stocks import from_further, given, held, opened
from tests.web.test_sharing import opened as page
from tests.web.test_sharing import sent, text_of

pytestmark = pytest.mark.django_db


def fields(place: Place, **more: object) -> dict[str, object]:
    return {
        "kind": "good", "quantity": "3", "unit": "item", "giver": place.halte.pk,
        "receiver": place.council.pk, "happened_on": clock.today().isoformat(), "level": "circle",
        "word": "", "resource": "", "to_resource": "", **more,
    }  # fmt: skip


def form_of(user: User, place: Place, **query: object):
    return page(user, place, "contributions_add", **query).context["form"]


def choices(form, name: str) -> list[str]:
    return [label for _, label in form.fields[name].choices]


def test_a_good_may_name_ones_own_stock_and_any_that_is_held():
    place = make_place()
    opened(place)
    opened(place, "council")
    opened(place, name="Farine", what="farine", unit="kg")
    opened(place, name="Salles", what="salle", unit="place")

    form = form_of(place.alice, place, kind="good")

    assert choices(form, "resource") == [
        "aucune", "Farine (La Halte)", "Vélos de halte (La Halte)",
    ]  # fmt: skip
    assert choices(form, "to_resource") == [
        "aucune", "Farine (La Halte)", "Vélos de council (Communauté de communes)",
        "Vélos de halte (La Halte)",
    ]  # fmt: skip
    assert form.fields["resource"].required is form.fields["to_resource"].required is False


NAMED = (("time", set()), ("money", set()), ("place", set()), ("equipment", {"resource"}))


@pytest.mark.parametrize(("kind", "named"), NAMED)
def test_only_things_name_a_stock(kind, named):
    place = make_place()
    opened(place)

    form = form_of(place.alice, place, kind=kind)

    assert {"resource", "to_resource"} & set(form.fields) == named


def test_who_follows_nothing_sees_no_question_more():
    place = make_place()

    answer = page(place.alice, place, "contributions_add", kind="good")

    assert {"resource", "to_resource"} & set(answer.context["form"].fields) == set()
    assert "Nos ressources suivies" not in text_of(answer)


def test_who_is_not_of_the_circle_is_offered_no_stock_of_others():
    place = make_place()
    opened(place)

    form = form_of(from_further(place), place, kind="good")

    assert {"resource", "to_resource"} & set(form.fields) == set()


def test_a_contribution_is_noted_out_of_a_stock_and_both_pages_tell_it():
    place = make_place()
    ours, theirs = opened(place), opened(place, "council", 2)

    answer = sent(
        place.alice, place, "contributions_add", **fields(place, resource=ours, to_resource=theirs)
    )

    assert answer.status_code == 302
    assert held(place, ours, theirs) == [4, 5]
    row = Contribution.objects.get()
    told = text_of(page(place.basile, place, "contributions_one", row.pk))
    assert "sort de Vélos de halte , entre dans Vélos de council" in told
    stock = text_of(page(place.basile, place, "resources_one", theirs))
    assert "Les dernières contributions" in stock
    assert "Entré le" in stock and "La Halte → Communauté de communes" in stock
    assert "La contribution" not in stock


def test_who_does_not_read_the_stock_reads_no_name_of_it():
    place = make_place()
    stock = opened(place)
    row = given(place, 1, resource_id=stock, level="ecosystem")

    told = text_of(page(from_further(place), place, "contributions_one", row.pk))

    assert "Bien" in told
    assert "Vélos de halte" not in told


@pytest.mark.parametrize(("changes", "field", "words"), (
    ({"quantity": "9"}, "quantity", "Il manque 2"),
    ({"unit": "kg"}, "unit", "se compte en pièces"),
    ({"to_resource": "ours"}, "to_resource", "choisissez un de ses stocks"),
))  # fmt: skip
def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(changes, field, words):
    place = make_place()
    ours, other = opened(place), opened(place, name="Autres vélos")
    more = {"resource": ours} | changes
    if more.get("to_resource") == "ours":
        more["to_resource"] = other

    answer = sent(place.alice, place, "contributions_add", **fields(place, **more))

    form = answer.context["form"]
    assert answer.status_code == 422
    assert words in form.errors[field][0]
    assert form.names_a_stock and form["resource"].value() == str(ours)
    assert held(place, ours) == [7]


def test_the_page_of_a_stock_leads_to_the_form_filled_in():
    place = make_place()
    stock = opened(place)
    mine = text_of(page(place.alice, place, "resources_one", stock))
    theirs = text_of(page(place.basile, place, "resources_one", stock))

    out = form_of(place.alice, place, sort=stock)
    into = form_of(place.basile, place, entre=stock)

    assert ("Noter ce qui sort" in mine, "Noter ce qui sort" in theirs) == (True, False)
    assert "Noter ce qui entre" in theirs
    assert (out["resource"].value(), out["giver"].value()) == (stock, place.halte.pk)
    assert (into["to_resource"].value(), into["receiver"].value()) == (stock, place.halte.pk)
    assert {form["unit"].value() for form in (out, into)} == {"item"}


def test_the_same_thing_again_names_the_same_stock():
    place = make_place()
    row = given(place, 3, resource_id=opened(place))

    form = form_of(place.alice, place, comme=row.pk)

    assert choices(form, "resource")[1] == "Vélos de halte (La Halte)"
    assert form["resource"].value() == form.fields["resource"].choices[1][0]
    assert form["quantity"].value() == "3"


def test_a_right_value_that_the_stock_does_not_bear_any_more_is_said_to_who_agrees():
    place = make_place()
    stock = opened(place)
    row = given(place, 3, resource_id=stock)
    confirm(by=place.basile, ecosystem=place.ecosystem, contributions=[row])
    row.refresh_from_db()
    six = Right(6 * MICRO, "item", clock.today())
    rectify(by=place.alice, contribution=row, key=uuid4(), right=six)
    given(place, 4, resource_id=stock)
    row = Contribution.objects.prefetch_related("changes_made").get(pk=row.pk)

    answer = sent(place.basile, place, "contributions_awaiting", accord=row.read_as)

    (told,) = map(str, get_messages(answer.wsgi_request))
    assert answer.status_code == 302
    assert (held(place, stock), Contribution.objects.get(pk=row.pk).state) == ([0], "correcting")
    assert "Il manque 3" in told
