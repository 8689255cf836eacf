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
        "ligne 29 : EconomicEvent n'a pas atLocation : retiré en 0.5, dites `toLocation`",
    ),
    "an unknown word": (
        ("hasEnd", "hasEnding"),
        "EconomicEvent n'a pas hasEnding : vouliez-vous dire hasEnd",
    ),
    "a class of 0.x": (
        ("Process,", "Fulfillment,"),
        "Fulfillment n'est pas une classe de ValueFlows 1.0 : retiré en 0.9",
    ),
    "no unit": (
        ("{hasUnit: kilogram, hasNumericalValue: 2}", "{hasNumericalValue: 2}"),
        "EconomicEvent https://farm.example/fed : il manque l'unité",
    ),
    "an unknown unit": (("tonne", "furlong"), "/promise : l'unité furlong n'est pas connue"),
    "no number": (("12.5", "douze"), "douze n'est pas un nombre"),
    "too fine": (("12.5", "0.0000001"), "plus fin qu'un millionième"),
    "an unknown action": (
        ("consume", "pass"),
        "pass n'est pas une action de ValueFlows 1.0 : retiré en 0.5",
    ),
    "no day": (
        ("    hasEnd: 2026-03-13\n", ""),
        "ne dit pas de jour : il manque hasPointInTime, ou hasEnd",
    ),
    "no such day": (("2026-03-13", "2026-02-30"), "hasEnd : 2026-02-30 n'est pas un jour"),
    "a day to come": (("2026-03-13", "2999-01-01"), "Cette date est à venir"),
    "no giver": (
        ("    provider: ex:alice\n    receiver: ex:alice", "    receiver: ex:alice"),
        "/fed : il manque provider",
    ),
    "a process that is not there": (
        ("inputOf: ex:feeding", "inputOf: ex:nothing"),
        "inputOf : https://farm.example/nothing n'est pas décrit dans le fichier comme Process",
    ),
    "a stock that is not there": (
        ("toResourceInventoriedAs: ex:loft", "toResourceInventoriedAs: ex:x"),
        "/x n'est pas décrit dans le fichier comme EconomicResource",
    ),
    "a promise that is not there": (
        ("fulfills: ex:promise", "fulfills: ex:x"),
        "fulfills : https://farm.example/x n'est pas décrit dans le fichier comme Commitment",
    ),
    "a place that is not there": (
        ("toLocation: ex:field", "toLocation: ex:x"),
        "comme SpatialThing",
    ),
    "an agent that is not there": (
        ("receiver: ex:bob\n    resourceI", "receiver: urn:x\n    resourceI"),
        "receiver : urn:x n'est décrit nulle part comme personne ou organisation",
    ),
    "a correction of nothing": (
        ("fulfills: ex:promise", "corrects: ex:x"),
        "corrige https://farm.example/x, que le fichier ne contient pas",
    ),
    "two promises without shares": (
        ("fulfills: ex:promise", "fulfills: [ex:promise, ex:y]"),
        "plusieurs engagements sans dire combien de chacun",
    ),
    "more than was promised": (("12.5", "25"), "Dites que le surplus est voulu"),
    "more than there is": (("hasNumericalValue: 2}", "hasNumericalValue: 99}"), "Il manque"),
    "a snapshot that differs": (
        ("85.5}", "85}"),
        "accounting : le fichier dit 85 kg, les événements donnent",
    ),
    "a thing of nobody": (("    primaryAccountable: ex:alice\n", ""), "pas de primaryAccountable"),
    "a thing of no kind": (
        ("    name: La grange\n    conformsTo: ex:hay\n", ""),
        "il manque conformsTo",
    ),
    "said twice": (("ex:fed", "ex:given"), "/given : est dit deux fois"),
    "no name": (
        ('"@id": ex:fed\n    ', ""),
        "il manque son @id : on ne pourrait pas le reconnaître",
    ),
    "the same agent twice": (("Le four", "La ferme"), "seraient ici la même organisation"),
    "a place that is nowhere": (("lat: 45.5", "lat: 145.5"), "Ces coordonnées ne sont pas"),
    "a vocabulary of others": (
        ("https://w3id.org/valueflows", "https://other.example"),
        "@vocab est",
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
        (("triggeredBy: ex:given", "due: 2026-04-01"), "il manque triggeredBy"),
        (
            ("triggeredBy: ex:given", "triggeredBy: ex:x"),
            "/x n'est pas un EconomicEvent du fichier",
        ),
        (("Value: 8000", "Value: 20001"), "notez le surplus à part"),
        (
            ("settles: ex:invoice", "settles: ex:x"),
            "/x n'est pas décrit dans le fichier comme Claim",
        ),
        (("settles: ex:invoice", "settles: [ex:invoice, ex:y]"), "sans dire combien de chacune"),
        (("hasUnit: gram", "hasUnit: hour"), "heures"),
        (("provider: ex:bob", "provider: ex:alice"), "Rien n'est dû à soi-même"),
    ],
)
def test_a_fault_of_a_claim_refuses_the_whole_file(bring, change, told):
    with pytest.raises(Refused) as refused:
        bring(GRAPH + CLAIM.replace(*change))

    assert any(told in one for one in refused.value.faults), refused.value.faults
    assert not Event.objects.exists() and not Claim.objects.exists()


UNPACKED = """
  - "@id": ex:{name}
    "@type": EconomicEvent
    action: {action}
    provider: ex:bob
    receiver: ex:bob
    resourceInventoriedAs: ex:loft
    resourceQuantity: {{hasUnit: kilogram, hasNumericalValue: {much}}}
    hasPointInTime: 2026-03-14
"""


def test_what_is_taken_out_says_of_what_even_where_a_graph_does_not(bring):
    put = UNPACKED.format(name="put", action="combine", much=12.5)
    out = UNPACKED.format(name="out", action="separate", much=12.5)
    back = UNPACKED.format(name="back", action="separate", much=-12.5)

    bring(
        f"{GRAPH}{put}    toResourceInventoriedAs: ex:barn{out}{back}    corrects: ex:out\n",
    )

    barn = Resource.objects.get(name="La grange").pk
    events = Event.objects.filter(action="separate").order_by("pk")
    assert list(events.values_list("to_resource_id", flat=True)) == [barn, barn]
    assert Resource.objects.exclude(pk=barn).get().container_id == barn


def test_what_stocks_held_before_has_a_day(bring):
    with pytest.raises(Refused, match="1 faute : rien n'a été écrit") as refused:
        bring(opened_on=None)

    assert refused.value.faults == [
        "@graph : des stocks contiennent quelque chose avant tout événement (1) : "
        "dites depuis quand, "
        "--opened-on"
    ]


def test_a_check_writes_nothing(bring):
    found = bring(check_only=True)

    assert (found.events, Event.objects.count(), Agent.objects.filter(name="Le four").count()) == (
        3, 0, 0,
    )  # fmt: skip


def test_what_the_ledger_has_no_place_for_is_counted(bring):
    more = """
  - {"@id": ex:agreed, "@type": RecipeExchange, recipeStipulates: [ex:paid]}
  - {"@id": ex:paid, "@type": RecipeFlow, action: transfer, recipeClauseOf: ex:agreed}
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
        "RecipeExchange": 1,
        "RecipeFlow recipeClauseOf": 1,
        "RecipeFlow d'un RecipeExchange": 1,
        "EconomicEvent note": 1,
        "https://elsewhere.example/mood est d'un autre vocabulaire : laissé de côté": 1,
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
        "ligne 6 : Organization https://farm.example/alice : plusieurs s'appellent "
        "ici « La ferme » : "
        "dites son terreau:siren"
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
    "ex-exchange-03": "pas de primaryAccountable",
    "ex-exchange-05": "il manque conformsTo : dites de quelle nature",
    "ex-planning-01": "il manque resourceConformsTo : dites de quoi",
    "ex-production-01": "EconomicEvent n'a pas hasInput (une autre classe l’a)",
    "ex-production-05": "ne dit pas de jour",
    "ex-production-12": "ne dit pas de jour",
    "ex-production-13": "est dit deux fois",
    "ex-proposals-01": "dit combien : resourceQuantity ou effortQuantity",
    "ex-proposals-06": "EconomicEvent n'a pas resourceConforms : vouliez-vous dire",
    "ex-resource-01": "ResourceSpecification n'a pas uri",
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
