# SPDX-License-Identifier: AGPL-3.0-or-later
"""Any thing at all that a ledger may hold beside flows: said over numbers, which pick among what
is there already; a good part of it is refused.
"""

from fractions import Fraction
from uuid import uuid4

from hypothesis import strategies as st

from terreau.core.errors import Invalid
from terreau.ledger.actions import (
    Activity,
    Somewhere,
    Stock,
    back_out,
    keep_stock,
    note_place,
    open_process,
    promise,
    withdraw,
)
from terreau.ledger.claiming.actions import claim, drop_claim
from terreau.ledger.models import Commitment, Intent, Process, Proposal, Resource
from terreau.ledger.planning.actions import Batch, Planned, finish_process, note_batch, open_plan
from terreau.ledger.recipes.actions import plan_from, write_recipe
from terreau.ledger.recipes.shapes import Formula, Ingredient, Step
from terreau.ledger.wishes.actions import Listing, close_proposal, finish, keep_list
from tests.exchange.stories import ONE, Story
from tests.ledger.factories import DAY, a_claim, a_flow, a_promise
from tests.ledger.wishing import a_need, an_offer, answers, circle, proposed, said

UNITS = (("effort", "hour"), ("effort", "minute"), ("quantity", "kg"), ("quantity", "g"))
INTO = "consume use work cite".split()


def things():
    """What is to be said, in numbers: ``pick`` chooses among what is there."""
    steps = st.lists(
        st.tuples(st.sampled_from(("", "milling", "oven")), st.none() | st.integers(0, 9)),
        min_size=1, max_size=3,
    )  # fmt: skip
    flow = st.tuples(
        st.sampled_from(("consume", "work", "produce", "use")),
        st.sampled_from(("flour", "dough")), st.integers(1, 9),
        st.integers(0, 2), st.sampled_from(("", "oven")), st.sampled_from(("", "fresh")),
    )  # fmt: skip
    return st.fixed_dictionaries(
        {
            "what": st.sampled_from(sorted(DOES)),
            "pick": st.tuples(*[st.integers(0, 60)] * 3),
            "much": st.integers(1, 12),
            "of": st.sampled_from(UNITS),
            "yes": st.tuples(*[st.booleans()] * 4),
            "day": st.none() | st.dates(DAY, DAY.replace(year=2027)),
            "steps": steps,
            "flows": st.lists(flow, max_size=4),
        }
    )


def do(story: Story, told: dict) -> None:
    """Say one of ``things()``; may be refused."""
    DOES[told["what"]](story, told)


def _by(story):
    return {"by": story.ground.alice, "ledger": story.ground.ledger}


def _pick(of, number, maybe=True):
    """One of what is there; nothing for every third number when that may be."""
    found = sorted(of)
    if not found and not maybe:
        raise Invalid("Il n'y a encore rien de tel.")
    return None if not found or (maybe and number % 3 == 0) else found[number % len(found)]


def _name(story, what):
    story.named += 1
    return f"{what} {story.named}"


def _plan(story, told):
    planned = Planned(uuid4(), _name(story, "plan"), "un mot", told["day"])
    story.plans.append(open_plan(**_by(story), plan=planned))


def _batch(story, told):
    batch = Batch(uuid4(), _name(story, "lot"), told["day"])
    story.batches.append(note_batch(**_by(story), batch=batch))


def _place(story, told):
    where = (told["much"] * 1_000_003, -told["much"] * ONE) if told["yes"][0] else (None, None)
    place = Somewhere(uuid4(), _name(story, "lieu"), "2 rue" if told["yes"][1] else "", *where)
    story.place = note_place(**_by(story), place=place)


def _activity(story, told):
    first, _, third = told["pick"]
    name, kind = _name(story, "activité"), ("", "milling", "oven")[third % 3]
    plan = _pick(story.plans, first)
    one = Activity(uuid4(), name, kind, told["day"] and DAY, told["day"], plan)
    story.processes[name] = open_process(**_by(story), activity=one)


def _finish(story, told):
    pk = _pick(story.processes.values(), told["pick"][0], maybe=False)
    finish_process(by=story.ground.alice, process_id=pk, finished=told["yes"][0])


def _stock(story, told):
    name, number = _name(story, "stock"), f"N {told['pick'][0]}" if told["yes"][0] else ""
    floor = (0, -told["much"] * ONE, None)[told["pick"][1] % 3]
    batch = _pick(story.batches, told["pick"][2])
    stock = Stock(uuid4(), name, "flour", "g", floor, number, batch)
    story.stocks[name] = keep_stock(**_by(story), stock=stock)
    story.say("raise", "giver", "giver", told["much"], name, to_location_id=None)


def _into_a_box(story, told):
    """A thing goes into another, and may come out again."""
    first, second, _ = told["pick"]
    thing = _pick([one for one in story.stocks if one.startswith("stock")], first, maybe=False)
    box = _pick([one for one in story.stocks if one != thing], second, maybe=False)
    micro, unit = Resource.objects.values_list("on_hand", "unit").get(pk=story.stocks[thing])
    parties, walk = ("giver", "giver", 1, thing, box), story.processes["walk"]
    story.say("combine", *parties, quantity=micro, unit=unit, input_of_id=walk)
    if told["yes"][0]:
        story.say("separate", *parties, quantity=micro, unit=unit, output_of_id=walk)


def _promise(story, told):
    measure, unit = told["of"]
    first, second, third = told["pick"]
    action = "work" if measure == "effort" else ("consume", "transfer", "produce")[first % 3]
    around = {"consume": "input_of_id", "work": "input_of_id", "produce": "output_of_id"}
    process = _pick(story.processes.values(), second)
    much = {measure: told["much"] * ONE, "unit" if measure == "quantity" else "effort_unit": unit}
    one = a_promise(
        story.ground, action=action, due=told["day"], planned_within_id=_pick(story.plans, third),
        demand_of_id=_pick(story.plans, first), stage="oven" if told["yes"][0] else "",
        state="frais" if told["yes"][1] else "",
        **{around[action]: process} if action in around else {}, **much,
    )  # fmt: skip
    story.promises += promise(**_by(story), promises=[one])


def _keep(story, told):
    """One event that goes to one promise or two, and beyond them when that is meant."""
    first, second, third = told["pick"]
    mine = Commitment.objects.filter(pk__in=story.promises, state__ended=False)
    without_stock = mine.filter(action__in=("work", "transfer")).values_list("pk", flat=True)
    pk = _pick(without_stock, first, maybe=False)
    one = Commitment.objects.select_related("specification").get(pk=pk)
    other = _pick(set(story.promises) - {pk}, second) if third % 2 else None
    links = tuple(sorted((each, ONE) for each in {pk, other} - {None}))
    unit = "unit" if one.measure == "quantity" else "effort_unit"
    flow = a_flow(
        story.ground, action=one.action, provider_id=one.provider_id, receiver_id=one.receiver_id,
        specification=one.specification.code, input_of_id=one.input_of_id,
        output_of_id=one.output_of_id, fulfils=links, beyond_promise=told["yes"][0],
        **{one.measure: told["much"] * ONE, unit: one.unit},
    )  # fmt: skip
    story.post(flow)


def _end(story, told):
    pk = _pick(story.promises, told["pick"][0], maybe=False)
    follows = _pick(set(story.promises) - {pk}, told["pick"][1])
    withdraw(by=story.ground.alice, commitment_id=pk, key=uuid4(), successor_id=follows)


def _back(story, told):
    pk = _pick(story.events, told["pick"][0], maybe=False)
    micro = told["much"] * ONE // 2 if told["yes"][0] else None
    story.events.append(back_out(by=story.ground.alice, event_id=pk, key=uuid4(), micro=micro))


def _claim(story, told):
    pk = _pick(story.events, told["pick"][0], maybe=False)
    one = a_claim(story.ground, pk, due=told["day"], quantity=told["much"] * ONE)
    story.claims += claim(**_by(story), claims=[one])


def _drop(story, told):
    pk = _pick(story.claims, told["pick"][0], maybe=False)
    follows = _pick(set(story.claims) - {pk}, told["pick"][1])
    drop_claim(by=story.ground.alice, claim_id=pk, key=uuid4(), successor_id=follows)


def _recipe(story, told):
    """Any steps and flows: what goes in circles, or out of nothing, is refused."""
    flows = []
    for action, of, much, step, stage, state in told["flows"]:
        side = "output_of" if action == "produce" else "input_of"
        unit = {"effort": much * ONE, "effort_unit": "hour"} if action in ("work", "use") else {
            "quantity": much * ONE, "unit": "kg"}  # fmt: skip
        flows.append(
            Ingredient(
                action, of, stage=stage, state=state, **unit, **{side: step % len(told["steps"])}
            )
        )
    steps = tuple(Step(f"étape {n}", kind, days) for n, (kind, days) in enumerate(told["steps"]))
    made = ("", "dough", "flour")[told["pick"][0] % 3]
    one = Formula(uuid4(), _name(story, "recette"), steps, tuple(flows), "un mot", made)
    story.recipes[write_recipe(**_by(story), recipe=one)] = one


def _draw(story, told):
    first, second, _ = told["pick"]
    pk = _pick(story.recipes, first, maybe=False)
    flows = len(story.recipes[pk].flows)
    parties = (story.ground.giver.pk, story.ground.taker.pk)
    who = {n: parties for n in range(flows) if (n + second) % 2}
    planned = Planned(uuid4(), _name(story, "plan"), "", told["day"])
    times = Fraction(told["much"], 2)
    drawn = plan_from(**_by(story), recipe_id=pk, plan=planned, times=times, who=who)
    story.plans.append(drawn.plan)
    story.promises += drawn.commitments.values()


def _wish(story, told):
    measure, unit = told["of"]
    first, second, third = told["pick"]
    make = a_need if told["yes"][0] else an_offer
    place = story.place if told["yes"][1] else None
    last = told["day"]
    one = make(
        story.ground, action="work" if measure == "effort" else "transfer", measure=measure,
        unit=unit, quantity=told["much"] * ONE, minimum=ONE if told["yes"][2] else None,
        available=(told["much"] + first) * ONE if told["yes"][3] else None,
        begins_on=last and DAY, ends_on=last, due=last, place_id=place,
        reach=first if place else None, planned_within_id=_pick(story.plans, second),
        input_of_id=_pick(story.processes.values(), third) if measure == "effort" else None,
        stage="oven" if told["yes"][2] else "", state="frais" if told["yes"][3] else "",
        name=_name(story, "intention"), note="un mot",
        level="author" if first % 5 == 0 else "circle",
        specification="time" if measure == "effort" else "flour",
    )  # fmt: skip
    story.intents.append(said(story.ground, one).pk)


def _finish_wish(story, told):
    finish(by=story.ground.alice, intent_id=_pick(story.intents, told["pick"][0], maybe=False))


def _propose(story, told):
    first, second, third = told["pick"]
    back = {_pick(story.intents, second)} - {None}
    one = proposed(
        story.ground, _pick(story.intents, first, maybe=False), reciprocal=tuple(back),
        proposed_to=(story.ground.taker.pk,) if told["yes"][0] else (), unit_based=told["yes"][1],
        begins_on=told["day"] and DAY, ends_on=told["day"], name=_name(story, "proposition"),
        place_id=story.place if told["yes"][2] else None, purpose=("offer", "request")[third % 2],
        level="author" if third % 5 == 0 else "circle",
    )  # fmt: skip
    story.proposals.append(one.pk)


def _close(story, told):
    pk = _pick(story.proposals, told["pick"][0], maybe=False)
    close_proposal(by=story.ground.alice, proposal_id=pk)


def _list(story, told):
    ground = story.ground
    chosen = {_pick(story.proposals, number, maybe=False) for number in told["pick"][:2]}
    asked = (ground.taker.pk,) if told["yes"][0] else ()
    one = Listing(uuid4(), _name(story, "liste"), ground.giver.pk, tuple(sorted(chosen)), asked)
    keep_list(by=ground.alice, space=circle(ground), listing=one)


def _answer(story, told):
    first, second, _ = told["pick"]
    intent = Intent.objects.get(pk=_pick(story.intents, first, maybe=False))
    source = "event_id" if told["yes"][0] else "commitment_id"
    found = _pick(story.events if told["yes"][0] else story.promises, second, maybe=False)
    micro = ONE if told["yes"][1] else None
    answers(story.ground, intent, **{source: found}, micro=micro, beyond=told["yes"][2])


DOES = {
    does.__name__[1:]: does
    for does in (
        _plan, _batch, _place, _activity, _finish, _stock, _into_a_box, _promise, _keep, _end,
        _back, _claim, _drop, _recipe, _draw, _wish, _finish_wish, _propose, _close, _list, _answer,
    )
}  # fmt: skip


def gathered(story: Story) -> None:
    """Let what the story told already be picked too."""
    ledger = story.ground.ledger
    story.intents += Intent.objects.filter(ledger=ledger).values_list("pk", flat=True)
    story.proposals += Proposal.objects.filter(ledger=ledger).values_list("pk", flat=True)
    story.processes |= Process.objects.filter(ledger=ledger).values_list("name", "pk")
