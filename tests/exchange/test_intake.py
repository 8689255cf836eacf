# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is refused, by name and place, and what is left out, of a graph that somebody else wrote."""

from datetime import date
from pathlib import Path

import pytest

from terreau.core.errors import KeyReused
from terreau.exchange.intake.bringing import bring_in
from terreau.exchange.intake.faults import MOST, Refused
from terreau.ledger.models import Claim, Commitment, Event, Resource
from terreau.ledger.queries import fulfilments
from terreau.people.enums import AgentKind
from terreau.people.models import Agent
from tests.exchange.test_round_trip import quietly
from tests.factories import make_ecosystem, make_organisation

pytestmark = pytest.mark.django_db

GRAPH = """
"@context":
  - "@vocab": https://w3id.org/valueflows/ont/vf#
  - ex: https://farm.example/
"@graph":
  - {"@id": ex:alice, "@type": Organization, name: La ferme}
  - {"@id": ex:bob, "@type": Organization, name: Le four}
  - {"@id": ex:hay, "@type": ResourceSpecification, name: hay}
  - {"@id": ex:feeding, "@type": Process, name: Nourrir, hasBeginning: 2026-03-01}
  - {"@id": ex:field, "@type": SpatialThing, name: Le champ, lat: 45.5, long: 3.25}
  - "@id": ex:barn
    "@type": EconomicResource
    name: La grange
    conformsTo: ex:hay
    primaryAccountable: ex:alice
    accountingQuantity: {hasUnit: kilogram, hasNumericalValue: 100}
  - "@id": ex:loft
    "@type": EconomicResource
    conformsTo: ex:hay
    accountingQuantity: {hasUnit: kilogram, hasNumericalValue: 0}
  - "@id": ex:promise
    "@type": Commitment
    action: transfer
    provider: ex:alice
    receiver: ex:bob
    resourceConformsTo: ex:hay
    resourceQuantity: {hasUnit: tonne, hasNumericalValue: 0.02}
    due: 2026-06-01
  - "@id": ex:given
    "@type": EconomicEvent
    action: transfer
    provider: ex:alice
    receiver: ex:bob
    resourceInventoriedAs: ex:barn
    toResourceInventoriedAs: ex:loft
    resourceQuantity: {hasUnit: om2:kilogram, hasNumericalValue: 12.5}
    hasPointInTime: 2026-03-12T08:00:00+01:00
    fulfills: ex:promise
    toLocation: ex:field
  - "@id": ex:fed
    "@type": EconomicEvent
    action: consume
    provider: ex:alice
    receiver: ex:alice
    resourceInventoriedAs: ex:barn
    resourceQuantity: {hasUnit: kilogram, hasNumericalValue: 2}
    hasEnd: 2026-03-13
    inputOf: ex:feeding
  - "@id": ex:barn
    "@type": EconomicResource
    accountingQuantity: {hasUnit: kilogram, hasNumericalValue: 85.5}
    onhandQuantity: {hasUnit: gram, hasNumericalValue: 85500}
"""
OPENED = date(2026, 1, 1)


@pytest.fixture
def bring(tmp_path):
    ecosystem = make_ecosystem("La moisson")

    def brought(text=GRAPH, **options):
        file = tmp_path / "graph.yaml"
        file.write_text(text, encoding="utf-8")
        return bring_in(file, ecosystem, tell=quietly, **{"opened_on": OPENED, **options})

    brought.ledger = ecosystem.space_id
    return brought


def test_a_graph_of_other_software_is_taken_in(bring):
    found = bring()

    barn, loft = Resource.objects.order_by("name")
    (promise,) = Commitment.objects.all()
    done = fulfilments([promise.pk])[promise.pk]
    assert (barn.name, barn.accounting, barn.on_hand) == ("La grange", 85_500_000, 85_500_000)
    assert (loft.name, loft.accounting, str(loft.location)) == ("hay", 12_500_000, "Le champ")
    assert (done.fulfilled, done.remaining, done.unit) == (12_500, 7_500, "tonne")
    assert [one.happened_on.isoformat() for one in Event.objects.order_by("pk")] == [
        "2026-01-01",
        "2026-03-12",
        "2026-03-13",
    ]
    assert (found.new_agents, found.known_agents, found.events) == (["La ferme", "Le four"], 0, 3)


FAULTS = {
    "a word of 0.x": (
        ("toLocation", "atLocation"),
        "line 29: EconomicEvent has no atLocation: gone",
    ),
    "an unknown word": (("hasEnd", "hasEnding"), "EconomicEvent has no hasEnding: did you mean"),
    "a class of 0.x": (("Process,", "Fulfillment,"), "Fulfillment is not a class of 1.0: gone"),
    "no unit": (
        ("{hasUnit: kilogram, hasNumericalValue: 2}", "{hasNumericalValue: 2}"),
        "EconomicEvent https://farm.example/fed: the unit is missing",
    ),
    "an unknown unit": (("tonne", "furlong"), "/promise: the unit furlong is not known"),
    "no number": (("12.5", "douze"), "douze is not a number"),
    "too fine": (("12.5", "0.0000001"), "finer than a millionth"),
    "an unknown action": (("consume", "pass"), "pass is not an action of 1.0"),
    "no day": (("    hasEnd: 2026-03-13\n", ""), "it says no day: hasPointInTime, or hasEnd"),
    "no such day": (("2026-03-13", "2026-02-30"), "hasEnd: 2026-02-30 is not a day"),
    "a day to come": (("2026-03-13", "2999-01-01"), "Cette date est à venir"),
    "no giver": (
        ("    provider: ex:alice\n    receiver: ex:alice", "    receiver: ex:alice"),
        "/fed: it has no provider",
    ),
    "a process that is not there": (
        ("inputOf: ex:feeding", "inputOf: ex:nothing"),
        "inputOf: https://farm.example/nothing is no Process",
    ),
    "a stock that is not there": (
        ("toResourceInventoriedAs: ex:loft", "toResourceInventoriedAs: ex:x"),
        "/x is no EconomicResource",
    ),
    "a promise that is not there": (
        ("fulfills: ex:promise", "fulfills: ex:x"),
        "fulfills: https://farm.example/x is no Commitment",
    ),
    "a place that is not there": (("toLocation: ex:field", "toLocation: ex:x"), "no SpatialThing"),
    "an agent that is not there": (
        ("receiver: ex:bob\n    resourceI", "receiver: urn:x\n    resourceI"),
        "receiver: urn:x is no agent of the graph",
    ),
    "a correction of nothing": (
        ("fulfills: ex:promise", "corrects: ex:x"),
        "it corrects https://farm.example/x, which the graph does not hold",
    ),
    "two promises without shares": (
        ("fulfills: ex:promise", "fulfills: [ex:promise, ex:y]"),
        "several commitments without saying how much of each",
    ),
    "more than was promised": (("12.5", "25"), "Dites que le surplus est voulu"),
    "more than there is": (("hasNumericalValue: 2}", "hasNumericalValue: 99}"), "Il manque"),
    "a snapshot that differs": (
        ("85.5}", "85}"),
        "accounting: the file says 85 kg, the events give",
    ),
    "a thing of nobody": (("    primaryAccountable: ex:alice\n", ""), "has no primaryAccountable"),
    "a thing of no kind": (("    name: La grange\n    conformsTo: ex:hay\n", ""), "no conformsTo"),
    "said twice": (("ex:fed", "ex:given"), "/given: it is said twice"),
    "no name": (('"@id": ex:fed\n    ', ""), "it has no @id: it could not be known again"),
    "the same agent twice": (("Le four", "La ferme"), "would be the same agent here"),
    "a place that is nowhere": (("lat: 45.5", "lat: 145.5"), "Ces coordonnées ne sont pas"),
    "a vocabulary of others": (
        ("https://w3id.org/valueflows", "https://other.example"),
        "@vocab is",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_refuses_the_whole_file_and_says_where(bring, fault):
    change, told = FAULTS[fault]
    assert GRAPH.count(change[0]) >= 1

    with pytest.raises(Refused) as refused:
        bring(GRAPH.replace(*change))

    assert any(told in one for one in refused.value.faults), refused.value.faults
    assert not Event.objects.exists() and not Resource.objects.exists()
    assert not Agent.objects.filter(name="La ferme").exists()


CLAIM = """
  - "@id": ex:invoice
    "@type": Claim
    action: transfer
    provider: ex:bob
    receiver: ex:alice
    resourceConformsTo: ex:hay
    resourceQuantity: {hasUnit: kilogram, hasNumericalValue: 20}
    triggeredBy: ex:given
  - "@id": ex:back
    "@type": EconomicEvent
    action: transfer
    provider: ex:bob
    receiver: ex:alice
    resourceConformsTo: ex:hay
    resourceQuantity: {hasUnit: gram, hasNumericalValue: 8000}
    hasPointInTime: 2026-03-14
    settles: ex:invoice
"""


def test_a_claim_of_other_software_is_taken_in(bring):
    bring(GRAPH + CLAIM)

    one = Claim.objects.select_related("state", "triggered_by").get()
    assert (one.claimed, one.state.settled, one.unit) == (20_000_000, 8_000_000, "kg")
    assert one.triggered_by.links.exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("triggeredBy: ex:given", "due: 2026-04-01"), "it has no triggeredBy"),
        (("triggeredBy: ex:given", "triggeredBy: ex:x"), "/x is no EconomicEvent of the graph"),
        (("Value: 8000", "Value: 20001"), "notez le surplus à part"),
        (("settles: ex:invoice", "settles: ex:x"), "/x is no Claim of the graph"),
        (("settles: ex:invoice", "settles: [ex:invoice, ex:y]"), "without saying how much of each"),
        (("hasUnit: gram", "hasUnit: hour"), "heures"),
        (("provider: ex:bob", "provider: ex:alice"), "Rien n'est dû à soi-même"),
    ],
)
def test_a_fault_of_a_claim_refuses_the_whole_file(bring, change, told):
    with pytest.raises(Refused) as refused:
        bring(GRAPH + CLAIM.replace(*change))

    assert any(told in one for one in refused.value.faults), refused.value.faults
    assert not Event.objects.exists() and not Claim.objects.exists()


def test_what_stocks_held_before_has_a_day(bring):
    with pytest.raises(Refused, match="1 fault: nothing was written") as refused:
        bring(opened_on=None)

    assert refused.value.faults == [
        "@graph: 1 stocks hold something before any event: say since when with --opened-on"
    ]


def test_a_check_writes_nothing(bring):
    found = bring(check_only=True)

    assert (found.events, Event.objects.count(), Agent.objects.filter(name="Le four").count()) == (
        3, 0, 0,
    )  # fmt: skip


def test_what_the_ledger_has_no_place_for_is_counted(bring):
    more = """
  - {"@id": ex:recipe, "@type": RecipeFlow, action: transfer}
  - "@id": ex:noted
    "@type": EconomicEvent
    action: work
    provider: ex:alice
    receiver: ex:bob
    resourceConformsTo: ex:hay
    effortQuantity: {hasUnit: hour, hasNumericalValue: 1}
    hasPointInTime: 2026-03-12
    note: un mot
    "https://elsewhere.example/mood": good
"""

    found = bring(GRAPH + more)

    assert found.left_out == {
        "RecipeFlow": 1,
        "EconomicEvent note": 1,
        "https://elsewhere.example/mood is of another vocabulary: left out": 1,
        "EconomicEvent https://elsewhere.example/mood": 1,
    }


def test_agents_are_known_by_number_or_name_and_persons_stay_opaque(bring):
    by_name = make_organisation("La ferme")
    by_siren = make_organisation("Le fournil", siren="123456782")
    person = '{"@id": ex:carol, "@type": Person, name: Carole Dupont}'
    graph = GRAPH.replace("name: Le four}", 'name: Le four, "terreau:siren": "123456782"}')
    graph = graph.replace('  - {"@id": ex:hay', f'  - {person}\n  - {{"@id": ex:hay')
    graph = graph.replace('"@vocab"', 'terreau: https://w3id.org/terreau/ns#\n    "@vocab"')
    work = """
  - "@id": ex:helped
    "@type": EconomicEvent
    action: work
    provider: ex:carol
    receiver: ex:bob
    resourceConformsTo: ex:hay
    effortQuantity: {hasUnit: hour, hasNumericalValue: 1}
    hasPointInTime: 2026-03-12
"""

    found = bring(graph + work)

    event = Event.objects.get(action="transfer")
    carol = Event.objects.get(action="work").provider
    assert (event.provider_id, event.receiver_id) == (by_name.pk, by_siren.pk)
    assert (carol.kind, carol.name[:9], found.known_agents) == (AgentKind.PERSON, "Personne ", 2)
    assert not Agent.objects.filter(name__contains="Dupont").exists()


def test_two_here_of_the_same_name_are_not_chosen_between(bring):
    make_organisation("La ferme")
    make_organisation("La ferme")

    with pytest.raises(Refused) as refused:
        bring()

    assert refused.value.faults == [
        "line 6: Organization https://farm.example/alice: several agents here are called "
        "« La ferme »: say its terreau:siren"
    ]


def test_a_file_that_grew_adds_what_is_new(bring):
    bring()
    more = GRAPH.split('  - "@id": ex:barn\n    "@type": EconomicResource\n    acc')[0]
    fed = more.rsplit('  - "@id": ex:fed', 1)[1]

    bring(more + '  - "@id": ex:again' + fed)

    barn = Resource.objects.get(name="La grange")
    assert (Event.objects.count(), barn.accounting) == (4, 83_500_000)


def test_an_event_with_other_content_under_the_same_name_is_refused(bring):
    bring()
    with pytest.raises(KeyReused):
        bring(GRAPH.replace("2026-03-13", "2026-03-14"))


def test_very_many_faults_are_given_up(bring):
    node = '  - {"@id": ex:x%d, "@type": EconomicEvent, action: pass}\n'

    with pytest.raises(Refused) as refused:
        bring(GRAPH + "".join(node % number for number in range(MOST * 2)))

    assert len(refused.value.faults) == MOST + 1


SHARED = Path(__file__).parents[3] / "shared" / "reference" / "valueflows" / "examples"
EXAMPLES = SHARED if SHARED.is_dir() else Path("/work/shared/reference/valueflows/examples")


REFUSED = {
    "ex-exchange-03": "has no primaryAccountable",
    "ex-exchange-05": "it has no conformsTo: what kind of thing it is",
    "ex-planning-01": "it has no resourceConformsTo: what is promised",
    "ex-production-01": "EconomicEvent has no hasInput (another class has)",
    "ex-production-05": "it says no day",
    "ex-production-12": "it says no day",
    "ex-production-13": "it is said twice",
    "ex-proposals-01": "it has one of resourceQuantity and effortQuantity: how much",
    "ex-proposals-06": "EconomicEvent has no resourceConforms: did you mean",
    "ex-resource-01": "ResourceSpecification has no uri",
}
"""Of the worked examples, those that leave unsaid what a ledger must know, or are no 1.0."""


def test_the_worked_examples_come_in_or_are_refused_for_what_they_lack():
    """They lie beside the project, and are not in it."""
    files = sorted(EXAMPLES.glob("*.yaml"))
    if not files:
        pytest.skip("the worked examples of ValueFlows are not beside this copy")
    for file in files:
        into = make_ecosystem(file.stem)
        lacks = REFUSED.get(file.stem.rsplit("-", 1)[0])
        if lacks is None:
            bring_in(file, into, tell=quietly)
            continue
        with pytest.raises(Refused) as refused:
            bring_in(file, into, tell=quietly, opened_on=OPENED)
        assert any(lacks in one for one in refused.value.faults), (file, refused.value.faults)
        assert not Event.objects.filter(ledger_id=into.space_id).exists()
    assert sorted(Event.objects.values_list("action", flat=True)) == ["transfer", "work"]
    assert Commitment.objects.count() == 2
