# SPDX-License-Identifier: AGPL-3.0-or-later
"""Histories of all nineteen actions: one that is told, and random ones that go on from it."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from uuid import uuid4

from hypothesis import strategies as st

from terreau.ledger.actions import (
    Activity,
    Somewhere,
    Stock,
    back_out,
    keep_stock,
    note_place,
    open_process,
    post,
    promise,
    withdraw,
)
from terreau.ledger.claiming.actions import claim, drop_claim
from terreau.ledger.flows import Flow
from terreau.ledger.planning.actions import (
    Batch,
    Planned,
    finish_process,
    note_batch,
    open_plan,
)
from terreau.ledger.recipes.actions import plan_from, write_recipe
from terreau.ledger.recipes.shapes import Formula
from terreau.ledger.wishes.actions import Answer, Listing, answer, close_proposal, finish, keep_list
from tests.ledger.factories import (
    DAY,
    Ground,
    a_claim,
    a_flow,
    a_promise,
    a_settlement,
    make_ground,
)
from tests.ledger.recipes.bread import BREAD
from tests.ledger.wishing import a_need, an_offer, answers, circle, proposed, said

ONE = 1_000_000


@dataclass
class Story:
    """A ledger where something of each kind happened."""

    ground: Ground
    stocks: dict[str, int]
    processes: dict[str, int]
    place: int
    promises: list[int]
    events: list[int]
    claims: list[int] = field(default_factory=list)
    offer: int = 0
    plan: int = 0
    plans: list[int] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    intents: list[int] = field(default_factory=list)
    proposals: list[int] = field(default_factory=list)
    recipes: dict[int, Formula] = field(default_factory=dict)
    named: int = 0

    def say(self, action, giver="giver", receiver="giver", amount=1, *names, **more):
        parties = {"giver": self.ground.giver.pk, "taker": self.ground.taker.pk}
        stocks = dict(zip(("resource_id", "to_resource_id"), names, strict=False))
        content = {
            "action": action,
            "provider_id": parties[giver],
            "receiver_id": parties[receiver],
            "specification": "flour",
            "quantity": amount * ONE,
            "unit": "kg",
            **{key: self.stocks[name] for key, name in stocks.items() if name},
        }
        (pk,) = self.post(a_flow(self.ground, **{**content, **more}))
        return pk

    def post(self, *flows: Flow):
        found = post(by=self.ground.alice, ledger=self.ground.ledger, flows=flows)
        self.events += found
        return found


def begin() -> Story:
    ground = make_ground()
    by = {"by": ground.alice, "ledger": ground.ledger}
    lot = note_batch(**by, batch=Batch(uuid4(), "L-1", DAY))
    plan = open_plan(**by, plan=Planned(uuid4(), "La fournée", "", DAY))
    names = ("bin", "sack", "shop", "barrow", "copy", "loan")
    stocks = {
        name: keep_stock(**by, stock=Stock(uuid4(), name, "flour", "kg", floor, f"N {name}", lot))
        for name, floor in zip(names, (0, -5 * ONE, None, 0, 0, 0), strict=True)
    }
    processes = {
        name: open_process(**by, activity=Activity(uuid4(), name, kind, DAY, DAY, plan))
        for name, kind in (("milling", "milling"), ("repair", "repair"), ("walk", ""))
    }
    place = note_place(**by, place=Somewhere(uuid4(), "La halle", "1 rue", 45_000_001, -3_000_000))
    finish_process(by=ground.alice, process_id=processes["walk"])
    planned = {"input_of_id": processes["walk"], "stage": "milling", "state": "fine"}
    promise(**by, promises=[a_promise(ground, **planned), a_promise(ground, demand_of_id=plan)])
    bread = write_recipe(**by, recipe=replace(BREAD, key=uuid4()))
    parties = {1: (ground.taker.pk, ground.giver.pk), 4: (ground.giver.pk, ground.taker.pk)}
    saturday = Planned(uuid4(), "Le pain de samedi", "", DAY)
    plan_from(**by, recipe_id=bread, plan=saturday, times=Fraction(1, 2), who=parties)
    wanted = [
        a_promise(ground, effort=10 * ONE),
        a_promise(ground, effort=4 * ONE, due=DAY),
        a_promise(ground, action="transfer", quantity=7 * ONE, unit="kg", specification="flour"),
    ]
    return Story(ground, stocks, processes, place, promise(**by, promises=wanted), [], plan=plan)


def one_of_each() -> Story:
    """Tell a story in which all the actions occur, with links, a correction, an end."""
    story = begin()
    say, process = story.say, story.processes
    say("raise", "giver", "giver", 40, "bin", to_location_id=None)
    say("produce", "giver", "giver", 12, "sack", output_of_id=process["milling"], state="fine")
    say("consume", "giver", "giver", 2, "bin", input_of_id=process["milling"])
    say("use", "giver", "giver", 1, "sack", input_of_id=process["walk"])
    say("cite", "giver", "giver", 1, "sack", input_of_id=process["walk"])
    kept = ((story.promises[2], 3 * ONE),)
    say("transfer", "giver", "taker", 5, "bin", "shop", fulfils=kept, to_location_id=story.place)
    say("transferCustody", "giver", "taker", 12, "sack")
    say("transferCustody", "taker", "giver", 12, "sack", state="back")
    say("transferCustody", "giver", "taker", 3, "bin", "loan")
    say("transferAllRights", "giver", "taker", 1, "bin", "shop")
    say("move", "giver", "giver", 2, "bin", "barrow", to_location_id=story.place)
    say("copy", "giver", "taker", 1, "sack", "copy")
    say("deliverService", "giver", "taker", 1, output_of_id=process["walk"])
    say("pickup", "giver", "giver", 4, "bin", input_of_id=process["walk"])
    say("dropoff", "giver", "giver", 4, "bin", output_of_id=process["walk"])
    say("accept", "giver", "giver", 5, "bin", input_of_id=process["repair"])
    say("modify", "giver", "giver", 5, "bin", output_of_id=process["repair"])
    say("combine", "giver", "giver", 2, "barrow", "bin", input_of_id=process["walk"])
    say("separate", "giver", "giver", 2, "barrow", "bin", output_of_id=process["walk"])
    say("lower", "giver", "giver", 1, "bin")
    first, second, _ = story.promises
    work = a_flow(story.ground, fulfils=((first, 2 * ONE), (second, ONE)))
    over = a_flow(story.ground, effort=9 * ONE, fulfils=((second, 9 * ONE),), beyond_promise=True)
    minutes = {"effort": 90 * ONE, "effort_unit": "minute", "fulfils": ((first, 3 * ONE // 2),)}
    _, beyond, _ = story.post(work, over, a_flow(story.ground, **minutes))
    by = {"by": story.ground.alice}
    story.events.append(back_out(**by, event_id=beyond, key=uuid4(), micro=2 * ONE))
    withdraw(**by, commitment_id=second, key=uuid4())
    third = {"quantity": ONE // 3, "rights": Fraction(1, 3)}
    say("transferAllRights", "taker", "giver", 1, "copy", **third)
    claims_of(story)
    wish_for_all(story, first)
    return story


def claims_of(story: Story) -> None:
    """Claim for what was given: settled whole, in parts, ended, lifted with its trigger."""
    ground, by = story.ground, {"by": story.ground.alice, "ledger": story.ground.ledger}
    work, gone = story.post(a_flow(ground), a_flow(ground))
    wanted = [a_claim(ground, event) for event in (work, work, work, gone)]
    wanted.append(a_claim(ground, work, action="work", effort=2 * ONE, effort_unit="hour", due=DAY))
    wanted.append(a_claim(ground, work, quantity=900 * ONE))
    story.claims += claim(**by, claims=wanted)
    whole, parts, other, lifted, hours, _ = story.claims
    shares = ((parts, 20 * ONE), (lifted, 5 * ONE))
    _, paid, _ = story.post(
        a_settlement(ground, whole, 45),
        a_settlement(ground, parts, 30, settles=shares),
        a_flow(
            ground, provider_id=ground.taker.pk, receiver_id=ground.giver.pk, effort=60 * ONE,
            effort_unit="minute", settles=((hours, ONE),),
        ),
    )  # fmt: skip
    for event, micro in ((paid, 7 * ONE), (gone, None)):
        back = back_out(by=ground.alice, event_id=event, key=uuid4(), micro=micro)
        story.events.append(back)
    drop_claim(by=ground.alice, claim_id=other, key=uuid4(), successor_id=parts)


def wish_for_all(story: Story, promised: int) -> None:
    """Needs and offers with all that they may say, proposed, and answered in three ways."""
    ground, process = story.ground, story.processes["milling"]
    full = {
        "action": "consume", "specification": "flour", "measure": "quantity", "unit": "g",
        "quantity": 4_000 * ONE, "available": 9_000 * ONE, "minimum": 500 * ONE, "stage": "milling",
        "input_of_id": process, "resource_id": story.stocks["bin"], "state": "fine",
        "place_id": story.place, "reach": 12_000, "begins_on": DAY, "ends_on": DAY, "due": DAY,
        "name": "De la farine", "note": "Merci",
    }  # fmt: skip
    need = said(ground, a_need(ground, **full))
    offer = said(ground, an_offer(ground, level="author", quantity=20 * ONE))
    said(ground, a_need(ground, planned_within_id=story.plan))
    over = said(ground, an_offer(ground, begins_on=DAY))
    finish(by=ground.alice, intent_id=over.pk)
    several = proposed(
        ground, offer.pk, over.pk, reciprocal=(need.pk,), proposed_to=(ground.taker.pk,),
        unit_based=True, begins_on=DAY, ends_on=DAY, place_id=story.place,
    )  # fmt: skip
    asked = proposed(ground, need.pk, purpose="request")
    close_proposal(by=ground.alice, proposal_id=asked.pk)
    listing = Listing(uuid4(), "Nos tarifs", ground.giver.pk, (several.pk, asked.pk))
    keep_list(by=ground.alice, space=circle(ground), listing=listing)
    into = {"action": "consume", "receiver_id": ground.giver.pk, "specification": "flour"}
    much = {"quantity": 2 * ONE, "unit": "kg", "resource_id": story.stocks["bin"]}
    (one, other) = story.post(
        a_flow(ground, **into, **much, input_of_id=process), a_flow(ground, effort=5 * ONE)
    )
    answers(ground, need, event_id=one, micro=1_500 * ONE)
    answers(ground, offer, event_id=other)
    answers(ground, offer, commitment_id=promised, micro=4 * ONE)
    story.offer = offer.pk


def flows():
    """Any flow at all, most of them refused: by names that ``as_flow`` turns into ids."""
    names = st.none() | st.sampled_from(("bin", "sack", "shop", "barrow", "copy", "loan"))
    around = st.none() | st.sampled_from(("milling", "repair", "walk"))
    parties = st.sampled_from(("giver", "taker"))
    return st.fixed_dictionaries(
        {
            "action": st.sampled_from(ACTIONS),
            "giver": parties,
            "receiver": parties,
            "amount": st.integers(1, 12),
            "names": st.tuples(names, names),
            "input": around,
            "output": around,
            "place": st.booleans(),
            "state": st.sampled_from(("", "worn")),
            "back": st.integers(0, 40),
            "owed": st.integers(0, 5),
        }
    )


ACTIONS = (
    "transfer transferCustody transferAllRights move copy work deliverService use cite raise lower "
    "produce consume pickup dropoff accept modify combine separate back claim settle answer"
).split()


def attempt(story: Story, told: dict) -> None:
    """Say one of ``flows()``, or take back an earlier event; may be refused."""
    if told["action"] == "back":
        pk = story.events[told["back"] % len(story.events)]
        story.events.append(back_out(by=story.ground.alice, event_id=pk, key=uuid4()))
        return
    if told["action"] == "claim":
        pk = story.events[told["back"] % len(story.events)]
        by = {"by": story.ground.alice, "ledger": story.ground.ledger}
        story.claims += claim(**by, claims=[a_claim(story.ground, pk)])
        return
    if told["action"] == "settle":
        owed = story.claims[(5, told["owed"])[told["owed"] % 2]]  # half of them: the large one
        story.post(a_settlement(story.ground, owed, told["amount"]))
        return
    if told["action"] == "answer":
        (event,) = story.post(a_flow(story.ground, effort=told["amount"] * ONE))
        micro = None if told["amount"] > 6 else ONE
        link = Answer(uuid4(), story.offer, event_id=event, micro=micro, beyond=True)
        answer(by=story.ground.alice, answer=link)
        return
    process = story.processes
    story.say(
        told["action"],
        told["giver"],
        told["receiver"],
        told["amount"],
        *told["names"],
        input_of_id=process.get(told["input"]),
        output_of_id=process.get(told["output"]),
        to_location_id=story.place if told["place"] else None,
        state=told["state"],
    )
