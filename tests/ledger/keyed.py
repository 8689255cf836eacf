# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the ledger's keyed actions are tried (``tests.keys``)."""

from dataclasses import replace
from functools import partial
from uuid import uuid4

from terreau.ledger import actions as ledger
from terreau.ledger.claiming import actions as claiming
from terreau.ledger.landing import Land
from terreau.ledger.planning import actions as planning
from terreau.ledger.recipes import actions as recipes
from terreau.ledger.wishes import actions as wishes
from tests.keys import Case, case
from tests.ledger.factories import a_claim, a_flow, a_promise, make_ground
from tests.ledger.recipes.bread import BREAD
from tests.ledger.wishing import a_need, an_offer, circle, said


@case(ledger.post)
def _post(key):
    ground = make_ground()
    flow = a_flow(ground, key)
    post = partial(ledger.post, by=ground.alice, ledger=ground.ledger)
    return Case(
        lambda: post(flows=[flow]), lambda: post(flows=[replace(flow, effort=flow.effort + 1)])
    )


@case(ledger.promise)
def _promise(key):
    ground = make_ground()
    one = a_promise(ground, key)
    promise = partial(ledger.promise, by=ground.alice, ledger=ground.ledger)
    return Case(
        lambda: promise(promises=[one]),
        lambda: promise(promises=[replace(one, effort=one.effort + 1)]),
    )


@case(ledger.back_out)
def _back_out(key):
    ground = make_ground()
    flows = [a_flow(ground), a_flow(ground)]
    one, another = ledger.post(by=ground.alice, ledger=ground.ledger, flows=flows)
    back_out = partial(ledger.back_out, by=ground.alice, key=key)
    return Case(lambda: back_out(event_id=one), lambda: back_out(event_id=another))


@case(ledger.withdraw)
def _withdraw(key):
    ground = make_ground()
    promises = [a_promise(ground), a_promise(ground)]
    one, another = ledger.promise(by=ground.alice, ledger=ground.ledger, promises=promises)
    withdraw = partial(ledger.withdraw, by=ground.alice, key=key)
    return Case(lambda: withdraw(commitment_id=one), lambda: withdraw(commitment_id=another))


@case(ledger.keep_stock)
def _keep_stock(key):
    ground = make_ground()
    stock = ledger.Stock(key, "Farine", "flour", "kg")
    keep = partial(ledger.keep_stock, by=ground.alice, ledger=ground.ledger)
    return Case(lambda: keep(stock=stock), lambda: keep(stock=replace(stock, name="Son")))


@case(ledger.open_process)
def _open_process(key):
    ground = make_ground()
    one = ledger.Activity(key, "Vidange", "entretien")
    opened = partial(ledger.open_process, by=ground.alice, ledger=ground.ledger)
    return Case(lambda: opened(activity=one), lambda: opened(activity=replace(one, name="Tri")))


@case(ledger.note_place)
def _note_place(key):
    ground = make_ground()
    one = ledger.Somewhere(key, "La halle")
    noted = partial(ledger.note_place, by=ground.alice, ledger=ground.ledger)
    return Case(lambda: noted(place=one), lambda: noted(place=replace(one, name="Le lavoir")))


@case(claiming.claim)
def _claim(key):
    ground = make_ground()
    by = {"by": ground.alice, "ledger": ground.ledger}
    (event,) = ledger.post(**by, flows=[a_flow(ground)])
    one = a_claim(ground, event, key)
    return Case(
        lambda: claiming.claim(**by, claims=[one]),
        lambda: claiming.claim(**by, claims=[replace(one, quantity=1)]),
    )


@case(claiming.drop_claim)
def _drop_claim(key):
    ground = make_ground()
    by = {"by": ground.alice, "ledger": ground.ledger}
    (event,) = ledger.post(**by, flows=[a_flow(ground)])
    claims = [a_claim(ground, event), a_claim(ground, event)]
    one, another = claiming.claim(**by, claims=claims)
    drop = partial(claiming.drop_claim, by=ground.alice, key=key)
    return Case(lambda: drop(claim_id=one), lambda: drop(claim_id=another))


@case(planning.open_plan)
def _open_plan(key):
    ground = make_ground()
    one = planning.Planned(key, "La fournée")
    opened = partial(planning.open_plan, by=ground.alice, ledger=ground.ledger)
    return Case(lambda: opened(plan=one), lambda: opened(plan=replace(one, name="Autre")))


@case(planning.note_batch)
def _note_batch(key):
    ground = make_ground()
    one = planning.Batch(key, "L-1")
    noted = partial(planning.note_batch, by=ground.alice, ledger=ground.ledger)
    return Case(lambda: noted(batch=one), lambda: noted(batch=replace(one, code="L-2")))


@case(recipes.write_recipe)
def _write_recipe(key):
    ground = make_ground()
    one = replace(BREAD, key=key)
    wrote = partial(recipes.write_recipe, by=ground.alice, ledger=ground.ledger)
    return Case(lambda: wrote(recipe=one), lambda: wrote(recipe=replace(one, name="Brioche")))


@case(recipes.bring_recipes)
def _bring_recipes(key):
    ground = make_ground()
    one = replace(BREAD, key=key)
    bring = partial(recipes.bring_recipes, Land(ground.ledger.pk, ground.alice.agent_id))
    return Case(lambda: bring([one]), lambda: bring([replace(one, name="Brioche")]))


@case(recipes.plan_from)
def _plan_from(key):
    ground = make_ground()
    by = {"by": ground.alice, "ledger": ground.ledger}
    pk = recipes.write_recipe(**by, recipe=replace(BREAD, key=uuid4()))
    drawn = partial(recipes.plan_from, **by, recipe_id=pk)
    one = planning.Planned(key, "Samedi")
    return Case(lambda: drawn(plan=one), lambda: drawn(plan=replace(one, name="Dimanche")))


@case(wishes.wish)
def _wish(key):
    ground = make_ground()
    one = a_need(ground, key)
    wish = partial(wishes.wish, by=ground.alice, space=circle(ground))
    return Case(lambda: wish(wish=one), lambda: wish(wish=replace(one, quantity=1)))


@case(wishes.mend)
def _mend(key):
    ground = make_ground()
    one = a_need(ground, key)
    pk = wishes.wish(by=ground.alice, space=circle(ground), wish=one)
    mend = partial(wishes.mend, by=ground.alice, intent_id=pk)
    return Case(lambda: mend(wish=one, version=1), None)


@case(wishes.mend_proposal)
def _mend_proposal(key):
    ground = make_ground()
    offer = said(ground, an_offer(ground)).pk
    one = wishes.Offering(key, "Du temps", "offer", ground.giver.pk, (offer,))
    pk = wishes.propose(by=ground.alice, space=circle(ground), offering=one)
    mend = partial(wishes.mend_proposal, by=ground.alice, proposal_id=pk, version=1)
    return Case(lambda: mend(offering=replace(one, name="Du temps libre")), None)


@case(wishes.mend_list)
def _mend_list(key):
    ground = make_ground()
    one = wishes.Listing(key, "Nos offres", ground.giver.pk)
    pk = wishes.keep_list(by=ground.alice, space=circle(ground), listing=one)
    mend = partial(wishes.mend_list, by=ground.alice, list_id=pk, version=1)
    return Case(lambda: mend(listing=replace(one, name="Nos tarifs")), None)


@case(wishes.propose)
def _propose(key):
    ground = make_ground()
    offer = said(ground, an_offer(ground)).pk
    one = wishes.Offering(key, "Du temps", "offer", ground.giver.pk, (offer,))
    propose = partial(wishes.propose, by=ground.alice, space=circle(ground))
    return Case(
        lambda: propose(offering=one),
        lambda: propose(offering=replace(one, proposed_to=(ground.taker.pk,))),
    )


@case(wishes.keep_list)
def _keep_list(key):
    ground = make_ground()
    one = wishes.Listing(key, "Nos tarifs", ground.giver.pk)
    keep = partial(wishes.keep_list, by=ground.alice, space=circle(ground))
    return Case(lambda: keep(listing=one), lambda: keep(listing=replace(one, name="Tarifs")))


@case(wishes.answer)
def _answer(key):
    ground = make_ground()
    offer = said(ground, an_offer(ground)).pk
    (event,) = ledger.post(by=ground.alice, ledger=ground.ledger, flows=[a_flow(ground)])
    one = wishes.Answer(key, offer, event_id=event, micro=2_000_000)
    answer = partial(wishes.answer, by=ground.alice)
    return Case(lambda: answer(answer=one), lambda: answer(answer=replace(one, micro=1)))
