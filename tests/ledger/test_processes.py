# SPDX-License-Identifier: AGPL-3.0-or-later
"""All nineteen actions through the door: activities, places, containers, in the database."""

from collections import Counter
from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau.core.errors import Invalid, KeyReused, Refusal
from terreau.ledger.actions import (
    Activity,
    Somewhere,
    Stock,
    back_out,
    keep_stock,
    note_place,
    open_process,
    post,
)
from terreau.ledger.engine.rules import RuleBroken
from terreau.ledger.engine.table import table
from terreau.ledger.models import Event, Process, Resource
from terreau.ledger.verify import differences
from tests.ledger.factories import a_flow, make_ground

pytestmark = pytest.mark.django_db

ONE = 1_000_000


class Yard:
    """A garage: stocks, a place, an activity of upkeep."""

    def __init__(self):
        self.ground = make_ground()
        self.owner, self.garage = self.ground.giver, self.ground.taker
        self.by = {"by": self.ground.alice, "ledger": self.ground.ledger}
        self.upkeep = self.activity("Vidange", "entretien")
        self.depot = note_place(**self.by, place=Somewhere(uuid4(), "Le dépôt"))

    def activity(self, name, kind=""):
        return open_process(**self.by, activity=Activity(uuid4(), name, kind))

    def stock(self, name, amount=0, owner=None):
        pk = keep_stock(**self.by, stock=Stock(uuid4(), name, "voiture", "item"))
        if amount:
            self.post("raise", amount, owner or self.owner, owner or self.owner, resource_id=pk)
        return pk

    def flow(self, action, amount, provider, receiver, **more):
        return a_flow(
            self.ground, action=action, quantity=amount * ONE, unit="item",
            specification="voiture", provider_id=provider.pk, receiver_id=receiver.pk, **more,
        )  # fmt: skip

    def post(self, action, amount, provider, receiver, **more):
        return post(**self.by, flows=[self.flow(action, amount, provider, receiver, **more)])[0]


@pytest.fixture
def yard():
    return Yard()


def test_a_car_goes_to_the_garage_and_comes_home(yard):
    car = yard.stock("La voiture", 1)
    there = {"resource_id": car}

    yard.post("accept", 1, yard.owner, yard.garage, input_of_id=yard.upkeep, **there)
    away = Resource.objects.get(pk=car)
    yard.post(
        "modify", 1, yard.garage, yard.owner, output_of_id=yard.upkeep, state="révisée",
        to_location_id=yard.depot, **there,
    )  # fmt: skip

    home = Resource.objects.get(pk=car)
    assert (away.accounting, away.on_hand, away.custodian) == (ONE, 0, yard.garage)
    assert (home.accounting, home.on_hand, home.custodian) == (ONE, ONE, yard.owner)
    assert (home.state, home.location_id, str(home.stage)) == ("révisée", yard.depot, "entretien")
    assert list(differences()) == []


def test_a_car_comes_home_once_the_garage_gave_it_back(yard):
    car = yard.stock("La voiture", 1)
    there, other = {"resource_id": car}, yard.activity("Livraison")
    yard.post("accept", 1, yard.owner, yard.garage, input_of_id=yard.upkeep, **there)

    for action, receiver, more in (
        ("transferCustody", yard.owner, {}),
        ("pickup", yard.garage, {"input_of_id": other}),
    ):
        with pytest.raises(RuleBroken) as refused:
            yard.post(action, 1, yard.garage, receiver, **there, **more)
        assert refused.value.rule == "no_activity_has_it_meanwhile"
        assert "« La voiture »" in refused.value.message

    yard.post("modify", 1, yard.garage, yard.garage, output_of_id=yard.upkeep, **there)
    assert Resource.objects.get(pk=car).on_hand == 0
    yard.post("transferCustody", 1, yard.garage, yard.owner, **there)
    assert Resource.objects.get(pk=car).on_hand == ONE
    assert list(differences()) == []


def test_an_activity_gives_back_at_most_what_it_has_in_hand(yard):
    cars = yard.stock("Les voitures", 5)
    yard.post("pickup", 3, yard.owner, yard.owner, input_of_id=yard.upkeep, resource_id=cars)
    yard.post("dropoff", 2, yard.owner, yard.owner, output_of_id=yard.upkeep, resource_id=cars)

    with pytest.raises(RuleBroken) as refused:
        yard.post("dropoff", 2, yard.owner, yard.owner, output_of_id=yard.upkeep, resource_id=cars)

    assert refused.value.rule == "pair_gives_back_what_it_took"
    assert "1\u00a0pièce" in refused.value.message


def test_taking_and_giving_back_may_be_posted_together(yard):
    cars = yard.stock("Les voitures", 5)
    flows = [
        yard.flow("pickup", 3, yard.owner, yard.owner, input_of_id=yard.upkeep, resource_id=cars),
        yard.flow("dropoff", 3, yard.owner, yard.owner, output_of_id=yard.upkeep, resource_id=cars),
    ]

    post(**yard.by, flows=flows)

    assert Resource.objects.get(pk=cars).on_hand == 5 * ONE
    assert list(differences()) == []


def test_what_a_container_holds_goes_with_it(yard):
    van, bike, new_van = (
        yard.stock("Le fourgon", 1),
        yard.stock("Le vélo", 1),
        yard.stock("Ailleurs"),
    )
    yard.post("combine", 1, yard.owner, yard.owner, resource_id=bike, to_resource_id=van)

    yard.post(
        "transfer", 1, yard.owner, yard.garage, resource_id=van, to_resource_id=new_van,
        to_location_id=yard.depot,
    )  # fmt: skip

    moved = Resource.objects.get(pk=bike)
    assert (moved.container_id, moved.location_id) == (new_van, yard.depot)
    assert (moved.accountable, moved.custodian) == (yard.garage, yard.garage)
    assert list(differences()) == []


def test_nothing_goes_into_what_it_holds(yard):
    van, box = yard.stock("Le fourgon", 1), yard.stock("La caisse", 1)
    yard.post("combine", 1, yard.owner, yard.owner, resource_id=box, to_resource_id=van)

    with pytest.raises(RuleBroken) as refused:
        yard.post("combine", 1, yard.owner, yard.owner, resource_id=van, to_resource_id=box)

    assert refused.value.rule == "container_is_named"


def test_an_activity_may_take_a_thing_another_way_once_it_gave_it_back(yard):
    """Found by the histories: the way in which it was taken first stayed for ever."""
    there = {"resource_id": yard.stock("La voiture", 1)}
    goes_in, comes_out = {"input_of_id": yard.upkeep}, {"output_of_id": yard.upkeep}
    for takes, gives in (("accept", "modify"), ("pickup", "dropoff"), ("accept", "modify")):
        yard.post(takes, 1, yard.owner, yard.owner, **there, **goes_in)
        yard.post(gives, 1, yard.owner, yard.owner, **there, **comes_out)

    assert Resource.objects.get(pk=there["resource_id"]).on_hand == ONE


def test_what_was_put_away_by_mistake_is_taken_back_only_while_it_is_inside(yard):
    van, bike = yard.stock("Le fourgon", 1), yard.stock("Le vélo", 1)
    inside = {"resource_id": bike, "to_resource_id": van}
    put = yard.post("combine", 1, yard.owner, yard.owner, **inside)
    out = yard.post("separate", 1, yard.owner, yard.owner, **inside)

    with pytest.raises(RuleBroken) as refused:
        back_out(by=yard.ground.alice, event_id=put, key=uuid4())
    assert refused.value.rule == "containment_is_still_as_it_was_left"
    back_out(by=yard.ground.alice, event_id=out, key=uuid4())
    again = Resource.objects.get(pk=bike)
    back_out(by=yard.ground.alice, event_id=put, key=uuid4())

    home = Resource.objects.get(pk=bike)
    assert (again.container_id, again.on_hand) == (van, 0)
    assert (home.container_id, home.on_hand) == (None, ONE)
    assert list(differences()) == []


def test_a_correction_keeps_the_activity_and_gives_back(yard):
    cars = yard.stock("Les voitures", 5)
    taken = yard.post(
        "pickup", 3, yard.owner, yard.owner, input_of_id=yard.upkeep, resource_id=cars
    )

    correction = back_out(by=yard.ground.alice, event_id=taken, key=uuid4())

    assert Event.objects.get(pk=correction).input_of_id == yard.upkeep
    assert Resource.objects.get(pk=cars).on_hand == 5 * ONE
    assert list(differences()) == []


def test_activities_and_places_of_others_are_not_found(yard):
    other = Yard()

    for named in (
        {"input_of_id": other.upkeep},
        {"to_location_id": other.depot},
        {"to_location_id": 10**9},
    ):
        with pytest.raises(Invalid, match="n'existe pas dans cette coopération"):
            yard.post("use", 1, yard.owner, yard.owner, **named)


def test_the_same_key_with_another_activity_is_refused(yard):
    flow = yard.flow("use", 1, yard.owner, yard.owner, input_of_id=yard.upkeep, state="prête")
    post(**yard.by, flows=[flow])

    assert post(**yard.by, flows=[flow]) == [Event.objects.get().pk]
    with pytest.raises(KeyReused):
        post(**yard.by, flows=[type(flow)(**{**_content(flow), "input_of_id": None})])
    with pytest.raises(KeyReused):
        post(**yard.by, flows=[type(flow)(**{**_content(flow), "state": "usée"})])


def _content(flow):
    return {name: getattr(flow, name) for name in flow.__slots__}


def test_an_activity_and_a_place_are_opened_once(yard):
    activity = Activity(uuid4(), " Tonte ", "jardin", date(2026, 3, 1), date(2026, 3, 2))
    place = Somewhere(uuid4(), "La halle", "1 place du Marché", 47_000_000, -1_500_000)

    first = open_process(**yard.by, activity=activity), note_place(**yard.by, place=place)
    again = open_process(**yard.by, activity=activity), note_place(**yard.by, place=place)

    assert (first, Process.objects.get(pk=first[0]).name) == (again, "Tonte")
    with pytest.raises(KeyReused):
        open_process(**yard.by, activity=Activity(activity.key, "Taille"))
    with pytest.raises(KeyReused):
        note_place(**yard.by, place=Somewhere(place.key, "Le lavoir"))


@pytest.mark.parametrize(
    ("thing", "field"),
    [
        (Activity(uuid4(), "  "), "name"),
        (Activity(uuid4(), "x" * 121), "name"),
        (Activity(uuid4(), "Tonte", "x" * 61), None),
        (Activity(uuid4(), "Tonte", "", date(2026, 3, 2), date(2026, 3, 1)), "ends_on"),
        (Somewhere(uuid4(), ""), "name"),
        (Somewhere(uuid4(), "Ici", "x" * 201), "address"),
        (Somewhere(uuid4(), "Ici", "", 1, None), "latitude"),
        (Somewhere(uuid4(), "Ici", "", 90_000_001, 0), "latitude"),
        (Somewhere(uuid4(), "Ici", "", 0, -180_000_001), "latitude"),
    ],
)
def test_what_is_not_an_activity_or_a_place_is_refused(yard, thing, field):
    with pytest.raises(Invalid) as refused:
        if isinstance(thing, Activity):
            open_process(**yard.by, activity=thing)
        else:
            note_place(**yard.by, place=thing)

    assert refused.value.field == field


def test_a_state_is_a_few_words(yard):
    with pytest.raises(Invalid) as refused:
        yard.post("use", 1, yard.owner, yard.owner, state="x" * 61)

    assert refused.value.field == "state"


POSTED: Counter[str] = Counter()
"""What the histories of this run really did: a test that did nothing proves nothing."""
DEED = st.fixed_dictionaries(
    {
        "action": st.sampled_from(sorted(table())),
        "amount": st.integers(1, 4),
        "provider": st.integers(0, 1),
        "receiver": st.integers(0, 1),
        "resource": st.integers(0, 4),
        "to_resource": st.integers(-1, 4),
        "process": st.integers(0, 1),
        "place": st.booleans(),
        "fitting": st.sampled_from([True, True, False]),
        "take_back": st.sampled_from([True, False, False, False]),
    }
)


# Every history begins with each of the nineteen actions once, so that none is left to chance.
ORDER = (
    "raise lower produce consume use cite work copy move accept modify pickup dropoff combine "
    "separate transferAllRights transfer transferCustody deliverService"
).split()
FIRST = {
    "amount": 1, "provider": 0, "receiver": 0, "resource": 2, "to_resource": -1, "process": 0,
    "place": True, "fitting": True, "take_back": False,
}  # fmt: skip
BEGINNING = {
    "copy": {"to_resource": 0},
    "move": {"to_resource": 0},
    "combine": {"resource": 0, "to_resource": 4},
    "work": {"resource": 0},
}


class History:
    """Five stocks, two activities, and deeds that fit what stands, or not."""

    def __init__(self):
        self.yard = Yard()
        self.parties = (self.yard.owner, self.yard.garage)
        self.stocks = [
            self.yard.stock(f"Stock {n}", n % 3 * 4, self.parties[n % 2]) for n in range(5)
        ]
        self.processes = (self.yard.upkeep, self.yard.activity("Tri", "tri"))
        self.in_hand = []
        for action in sorted(table(), key=ORDER.index):
            self.do({**FIRST, **BEGINNING.get(action, {}), "action": action})

    def flow(self, deed):
        row = table()[deed["action"]]
        named = {
            "stock": Resource.objects.get(pk=self.stocks[deed["resource"]]),
            "to": self.stocks[deed["to_resource"]] if deed["to_resource"] >= 0 else None,
            "process": self.processes[deed["process"]],
            "amount": deed["amount"],
            "provider": self.parties[deed["provider"]],
            "receiver": self.parties[deed["receiver"]],
        }
        if deed["fitting"]:
            named |= self.fitting(row, **named)
        return self.yard.flow(
            row.name,
            named["amount"],
            named["provider"],
            named["receiver"],
            resource_id=None if row.name == "deliverService" else named["stock"].pk,
            to_resource_id=None if row.name == "deliverService" else named["to"],
            input_of_id=named["process"] if row.direction in ("input", "output_input") else None,
            output_of_id=named["process"] if row.direction == "output" else None,
            to_location_id=self.yard.depot if deed["place"] else None,
            state="vu",
        )

    def fitting(self, row, stock, to, amount, receiver, provider, process):
        """What makes the deed likely to be accepted."""
        if row.direction == "output" and row.pair:
            for action, taken_in, pk, much in reversed(self.in_hand):
                if action == row.pair:
                    stock, process, amount = Resource.objects.get(pk=pk), taken_in, much
        elif row.name == "separate":
            stock = Resource.objects.filter(container__isnull=False).first() or stock
            to = stock.container_id
        elif row.on_hand in ("out", "out_in") and not stock.on_hand:
            stock = Resource.objects.filter(on_hand__gt=0).last() or stock
        if stock.pk == to:
            to = None
        holder = stock.accountable if row.name == "transferAllRights" else stock.custodian
        provider = holder or provider
        if row.name in ("transfer", "transferCustody", "transferAllRights", "deliverService"):
            receiver = self.parties[1 - self.parties.index(provider)]
            free = Resource.objects.filter(container__isnull=True).exclude(pk=stock.pk)
            theirs = free.filter(accountable=receiver).first()
            to = theirs.pk if theirs else None
        if row.name == "move" or (row.name in ("combine", "copy") and not to):
            to = self.beside(row, stock)
        if row.name in ("combine", "separate"):
            amount = stock.accounting // ONE or 1
        elif "transferCustody" in (row.name, row.implies) and row.on_hand != "in" and not to:
            amount = stock.on_hand // ONE or 1
        elif row.on_hand in ("out", "out_in"):
            amount = min(amount, stock.on_hand // ONE or 1)
        return {
            "stock": stock, "to": to, "process": process, "amount": amount,
            "provider": provider, "receiver": receiver,
        }  # fmt: skip

    def beside(self, row, stock):
        """Another stock that may receive: what is moved stays with the same party."""
        free = Resource.objects.filter(container__isnull=True).exclude(pk=stock.pk)
        if row.name == "move":
            free = free.filter(Q(version=0) | Q(accountable=stock.accountable))
        return free.order_by("pk").values_list("pk", flat=True).first()

    def tried(self, action):
        """Do something; a refusal leaves everything as it was."""
        before = list(Resource.objects.order_by("pk").values())
        try:
            with transaction.atomic():
                return action()
        except Refusal:
            POSTED["refused"] += 1
            assert list(Resource.objects.order_by("pk").values()) == before
            return None

    def do(self, deed):
        flow = self.flow(deed)
        event = self.tried(lambda: post(**self.yard.by, flows=[flow])[0])
        if event is None:
            return
        POSTED[flow.action] += 1
        if table()[flow.action].pair and flow.input_of_id is not None:
            between = flow.provider_id != flow.receiver_id and flow.to_resource_id
            about = flow.to_resource_id if between else flow.resource_id
            taken = (flow.action, flow.input_of_id, about, flow.quantity // ONE)
            self.in_hand.append(taken)
        if deed["take_back"] and self.tried(
            lambda: back_out(by=self.yard.ground.alice, event_id=event, key=uuid4())
        ):
            POSTED["taken back"] += 1


@given(deeds=st.lists(DEED, min_size=20, max_size=50))
@settings(max_examples=25, deadline=None)
def histories(deeds):
    with transaction.atomic():
        history = History()
        for deed in deeds:
            history.do(deed)
        found = list(differences())
        transaction.set_rollback(True)
    assert found == []


def test_any_history_of_all_actions_replays_to_what_is_kept():
    histories()
    assert {name for name in table() if POSTED[name] < 20} == set(), POSTED
    assert min(POSTED["refused"], POSTED["taken back"]) >= 20, POSTED
