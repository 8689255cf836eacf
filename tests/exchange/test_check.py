# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau vf check``: what agrees, what differs, what is not 1.0, and files that are hostile."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from terreau.cli.main import terreau
from terreau.exchange.check import check_graph
from terreau.exchange.graphs import as_graph, read_graph
from terreau.exchange.streams import Unreadable
from terreau.exchange.vocabulary import NAMESPACE

pytestmark = pytest.mark.unit

SHARED = Path(__file__).parents[3] / "shared" / "reference" / "valueflows" / "examples"
EXAMPLES = SHARED if SHARED.is_dir() else Path("/work/shared/reference/valueflows/examples")

BEFORE = """
"@context":
  - "@vocab": https://w3id.org/valueflows/ont/vf#
  - farm: https://farm.example/
"@graph":
  - "@id": farm:barn
    "@type": EconomicResource
    name: La grange
    conformsTo: farm:hay
    primaryAccountable: https://alice.example/
    accountingQuantity: {hasUnit: kilogram, hasNumericalValue: 100}
    onhandQuantity: {hasUnit: kilogram, hasNumericalValue: 100}
"""
EVENT = """
  - "@id": farm:fed
    "@type": EconomicEvent
    action: consume
    provider: https://alice.example
    receiver: https://alice.example/
    resourceInventoriedAs: farm:barn
    resourceQuantity: {hasUnit: om2:kilogram, hasNumericalValue: 2.5}
    inputOf: farm:feeding
"""
AFTER = """
  - "@id": farm:barn
    "@type": EconomicResource
    accountingQuantity: {hasUnit: kilogram, hasNumericalValue: 97.5}
    onhandQuantity: {hasUnit: gram, hasNumericalValue: 97500}
"""


@pytest.fixture
def check(tmp_path):
    def checked(text, name="graph.yaml", *options):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return CliRunner().invoke(terreau, ["vf", "check", str(file), *options])

    return checked


def report(text, tmp_path):
    file = tmp_path / "graph.yaml"
    file.write_text(text, encoding="utf-8")
    return check_graph(read_graph(file))


def test_a_graph_that_agrees(check):
    done = check(BEFORE + EVENT + AFTER)

    assert done.output.splitlines() == [
        "CONCORDE https://farm.example/barn (La grange) : accountingQuantity 97.5 kilogram, "
        "onhandQuantity 97500 gram",
        "TOTAL consume 2.5 kilogram de https://farm.example/barn",
        "1 événement : tout concorde",
    ]
    assert done.exit_code == 0


def test_a_graph_that_differs_says_where_and_how(check):
    done = check(BEFORE + EVENT + AFTER.replace("97.5", "98"))

    assert done.exit_code == 1
    assert done.output.splitlines()[1] == (
        "         ligne 23 : accountingQuantity : le fichier dit 98 kilogram, les "
        "événements donnent "
        "97.5 kilogram"
    )


def test_a_machine_reads_the_same(check):
    done = check(BEFORE + EVENT + AFTER.replace("97.5", "98"), "graph.yaml", "--json")

    told = json.loads(done.output)
    assert (done.exit_code, told["agrees"], told["events"]) == (1, False, 1)
    assert len(told["resources"][0]["differs"]) == 1


def test_the_same_graph_in_json(check):
    graph = {
        "@context": {"@vocab": NAMESPACE},
        "@graph": [
            {"@id": "r", "@type": "vf:EconomicResource", "accountingQuantity": _measure(0.1)},
            {**_raise("e", 0.2), "vf:resourceInventoriedAs": {"@id": "r"}},
            {"@id": "r", "@type": "EconomicResource", "accountingQuantity": _measure(0.3)},
        ],
    }

    done = check(json.dumps(graph), "graph.jsonld")

    assert (done.exit_code, done.output.splitlines()[0]) == (
        0,
        "CONCORDE r : accountingQuantity 0.3 one",
    )


def _measure(number, unit="one"):
    return {"@type": "Measure", "hasUnit": unit, "hasNumericalValue": number}


def _raise(name, number):
    parties = {"provider": "a", "receiver": "a"}
    base = {"@id": name, "@type": "EconomicEvent", "action": "raise", **parties}
    return {**base, "resourceQuantity": _measure(number)}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            ("action: consume", "action: unpack"),
            "unpack n'est pas une action de ValueFlows 1.0 : mot de 0.x, dites separate : laissé",
        ),
        (
            ("hasUnit: om2:kilogram, ", ""),
            "il manque l'unité d'une quantité (hasUnit) : laissé de côté",
        ),
        (("om2:kilogram", "furlong"), "l'unité furlong n'est pas connue"),
        (("2.5", "deux"), "deux n'est pas un nombre : laissé de côté"),
        (("2.5", "0.0000001"), "plus fin qu'un millionième"),
        (("2.5", "NaN"), "NaN n'est pas un nombre"),
        (("2.5", "1e999999999"), "trop grand"),
        (("2.5", "1_000"), "1_000 n'est pas un nombre"),
        (("2.5", "1." + "0" * 40 + "1"), "plus fin qu'un millionième"),
        (("2.5", "-2.5"), "négatif, et ne corrige rien"),
        (("    inputOf: farm:feeding\n", ""), "d'aucune activité"),
        (
            ("inputOf: farm:feeding", "fulfills: farm:nothing"),
            "qui n'est pas un engagement du fichier",
        ),
        (
            ("inputOf: farm:feeding", "settles: farm:nothing"),
            "qui n'est pas une créance du fichier",
        ),
        (
            ("inputOf: farm:feeding", "corrects: farm:nothing"),
            "ne contient pas avant lui : laissé de côté",
        ),
        (("farm:barn", "farm:loft"), "rien ne dit avant lui ce que contient"),
        (("inputOf", "atLocation"), "EconomicEvent n'a pas atLocation : retiré en 0.5"),
        (("resourceQuantity", "resourceQuantities"), "vouliez-vous dire resourceQuantity ?"),
        (("inputOf", "containedIn"), "n'a pas containedIn (une autre classe l’a)"),
        (
            ("EconomicEvent", "Fulfillment"),
            "Fulfillment n'est pas une classe de ValueFlows 1.0 : retiré en 0.9",
        ),
        (('"@type": EconomicEvent', "note: x"), "un nœud sans @type"),
    ],
)
def test_what_is_not_as_it_should_be_is_noted_and_never_guessed(tmp_path, change, told):
    assert change[0] in EVENT

    found = report(BEFORE + EVENT.replace(*change) + AFTER, tmp_path)

    assert any(told in note for note in found.notes), found.notes


def test_an_agent_is_the_same_with_and_without_a_last_slash(tmp_path):
    given = EVENT.replace("consume", "transfer").replace("om2:kilogram", "kilogram")
    given = given.replace("receiver: https://alice.example/", "receiver: https://bob.example")
    given = given.replace("2.5", "100").replace("    inputOf", "    toResourceInventoriedAs")
    new = """
  - "@id": farm:feeding
    "@type": EconomicResource
    primaryAccountable: https://bob.example/
    accountingQuantity: {hasUnit: kilogram, hasNumericalValue: """
    graph = BEFORE + new + "0}\n" + given + new + "100}\n"

    found = report(graph, tmp_path)

    assert (found.agrees, found.notes) == (True, [])
    assert found.resources[1].agrees == [
        "accountingQuantity 100 kilogram",
        "primaryAccountable https://bob.example",
    ]


HOLDERS = """
  - "@id": farm:feeding
    "@type": Process
    hasInput: [farm:fed, farm:nothing]
  - "@id": farm:plan
    "@type": Plan
    planIncludes: [farm:feeding, farm:barn]
  - "@id": farm:later
    "@type": Plan
    planIncludes: farm:feeding
"""


def test_what_holders_name_is_read_and_what_they_name_in_vain_is_noted(tmp_path):
    """The event says no activity: the activity says the event."""
    silent = EVENT.replace("    inputOf: farm:feeding\n", "")

    found = report(BEFORE + silent + AFTER + HOLDERS, tmp_path)

    farm = "https://farm.example"
    assert (found.agrees, found.events) == (True, 1)
    assert found.notes == [
        f"ligne 33 : Plan {farm}/later : planIncludes nomme {farm}/feeding, que {farm}/plan tient "
        "déjà : gardez l'un des deux",
        f"ligne 27 : Process {farm}/feeding : hasInput nomme {farm}/nothing, que le "
        "fichier ne décrit "
        "pas comme EconomicEvent ou Commitment ou Intent : décrivez-le, ou retirez-le de la liste",
        f"ligne 30 : Plan {farm}/plan : planIncludes nomme {farm}/barn, que le "
        "fichier ne décrit pas "
        "comme Process ou Commitment ou Intent : décrivez-le, ou retirez-le de la liste",
    ]


def test_an_event_of_two_activities_is_noted(tmp_path):
    two = EVENT.replace("inputOf: farm:feeding", "inputOf: farm:other") + HOLDERS

    found = report(BEFORE + two, tmp_path)

    assert any("est à la fois de https://farm.example/feeding et de" in one for one in found.notes)


def test_a_container_to_be_found_is_noted_once(tmp_path):
    put = EVENT.replace("consume", "combine").replace("    inputOf: farm:feeding\n", "")

    found = report(BEFORE + put, tmp_path)

    assert len(found.notes) == len(set(found.notes)) == 2


def test_an_event_said_twice_counts_once(tmp_path):
    found = report(BEFORE + EVENT + EVENT + AFTER, tmp_path)
    other = report(BEFORE + EVENT + EVENT.replace("2.5", "3") + AFTER, tmp_path)

    assert (found.agrees, found.notes) == (True, [])
    assert (other.agrees, other.notes[0].endswith("le premier compte")) == (True, True)


def test_a_context_that_is_an_address_is_not_fetched(tmp_path):
    graph = as_graph({"@context": "https://elsewhere.example/context.json", "@graph": []})

    assert graph.notes == [
        "le contexte https://elsewhere.example/context.json n'est pas connu ici, et rien n'est "
        "téléchargé"
    ]


HOSTILE = {
    "aliases": "a: &a [x, x]\nb: [*a, *a]\n",
    "not a graph": "- one\n- two\n",
    "a broken line": "@graph: [\n",
    "nothing": "",
    "deep": "@graph: " + "[" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_one_sentence(check, name):
    done = check(HOSTILE[name])

    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("text", ["{", "[1, 2]", '{"@graph": 3}', "[" * 100_000])
def test_broken_json_is_one_sentence(check, text):
    done = check(text, "graph.json")

    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    binary = tmp_path / "picture.yaml"
    binary.write_bytes(bytes(range(128, 256)))

    for path in (tmp_path / "none.yaml", tmp_path, binary):
        with pytest.raises(Unreadable):
            read_graph(path)


ODD = st.recursive(
    st.none() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@id", "@type", "action", "resourceQuantity", "hasUnit", "hasNumericalValue",
                 "hasInput", "fulfills", "containedIn", "corrects", "accountingQuantity", "name"]
            ),
            inner | st.sampled_from(["EconomicEvent", "EconomicResource", "Process", "Claim",
                                     "Commitment", "transfer", "combine", "one", "3", "x"]),
            max_size=6,
        )
    ),
    max_leaves=20,
)  # fmt: skip


@given(nodes=st.lists(ODD, max_size=6))
def test_whatever_a_graph_holds_the_check_ends_with_a_report(nodes):
    found = check_graph(as_graph({"@graph": nodes}))

    assert found.agrees in (True, False)


LISTED = {
    "ex-exchange-05": (2, "pris pour qui la donne en premier"),
    "ex-exchange-06": (2, "d'aucune activité"),
    "ex-production-01": (5, "EconomicEvent n'a pas hasInput"),
    "ex-production-12": (6, "ne nomme pas de contenant"),
    "ex-production-13": (6, "rien ne dit avant lui"),
    "ex-proposals-06": (2, "EconomicEvent n'a pas resourceConforms : vouliez-vous dire"),
}
"""The examples with known errors: how many events count, and what the check says."""


def test_the_worked_examples_agree_but_for_the_errors_that_are_known():
    """They lie beside the project, and are not in it; a copy alone has nothing to compare."""
    for file in EXAMPLES.glob("*.yaml"):
        found = check_graph(read_graph(file))
        name = file.stem.rsplit("-", 1)[0]
        events, told = LISTED.get(name, (found.events, ""))

        assert found.agrees, file
        assert (found.events, any(told in note for note in found.notes) or not told) == (
            events,
            True,
        ), (file, found.notes)


def test_what_remains_is_what_the_examples_say():
    """Re-typed: a claim of 140 half settled, a promise of 8 hours kept in two shifts."""
    hours = {"effortQuantity": _measure(4, "hour"), "fulfills": "promise"}
    shift = {"@type": "EconomicEvent", "action": "work", "provider": "b", "receiver": "m", **hours}
    pay = {"@type": "EconomicEvent", "action": "transfer", "provider": "m", "receiver": "b"}
    graph = [
        {"@id": "promise", "@type": "Commitment", "effortQuantity": _measure("8", "hour")},
        {"@id": "claim", "@type": "Claim", "resourceQuantity": _measure("140")},
        {**shift, "@id": "one"},
        {**shift, "@id": "two"},
        {**pay, "@id": "half", "resourceQuantity": _measure("70"), "settles": "claim"},
    ]

    found = check_graph(as_graph(json.loads(json.dumps({"@graph": graph}), parse_int=str)))

    assert [(one.kind, one.said, one.done, one.remaining) for one in found.remaining] == [
        ("Commitment", "8 hour", "8 hour", "0 hour"),
        ("Claim", "140 one", "70 one", "70 one"),
    ]
