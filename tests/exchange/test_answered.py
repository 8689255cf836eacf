# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far a graph answers its own needs and offers; what a file may not say of them."""

import json
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.exchange.check import check_graph
from terreau.exchange.graphs import as_graph, read_graph
from terreau.exchange.intake.bringing import bring_in
from terreau.exchange.intake.faults import Refused
from terreau.exchange.streams import WHERE
from terreau.exchange.vocabulary import NAMESPACE
from terreau.ledger.actions import back_out
from terreau.ledger.models import Intent, Proposal, ProposalList, Satisfaction
from terreau.ledger.verify import differences
from terreau.ledger.wishes.queries import answered
from tests.exchange.stories import ONE, one_of_each
from tests.exchange.test_round_trip import quietly, written
from tests.factories import make_ecosystem


def hours(number):
    return {"hasNumericalValue": str(number), "hasUnit": "om2:hour"}


def flow(kind, name, number, **more):
    return {
        "@id": f"urn:x:{name}",
        "@type": kind,
        "action": "work",
        "provider": "https://alice.example/",
        "receiver": "https://bob.example/",
        "resourceConformsTo": "https://kinds.example/time",
        "effortQuantity": hours(number),
        **({"hasPointInTime": "2026-01-05"} if kind == "EconomicEvent" else {}),
    } | more


def need(name="need", number=10, **more):
    told = flow("Intent", name, number) | more
    return {key: value for key, value in told.items() if key != "provider" and value is not None}


def graph(*nodes):
    return {"@context": {"@vocab": NAMESPACE, "terreau": "https://w3id.org/terreau/ns#",
                         "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/"},
            "@graph": list(nodes)}  # fmt: skip


def share(number, of="urn:x:need"):
    return {"@type": "terreau:Satisfaction", "terreau:of": of, "terreau:quantity": hours(number)}


def left(*nodes):
    found = check_graph(as_graph(json.loads(json.dumps(graph(*nodes)))))
    told = {one.id: (one.done, one.remaining) for one in found.remaining if one.kind == "Intent"}
    return told, [note for note in found.notes if "répond à" in note]


ANSWERED = {
    "an event": ([flow("EconomicEvent", "e", 4, satisfies="urn:x:need")], (4, 6)),
    "a part of one": (
        [flow("EconomicEvent", "e", 4, **{"terreau:satisfaction": [share(1)]})], (1, 9),
    ),
    "what was taken back": (
        [
            flow("EconomicEvent", "e", 4, satisfies="urn:x:need"),
            flow("EconomicEvent", "c", -3, corrects="urn:x:e"),
        ],
        (1, 9),
    ),
    "a commitment": ([flow("Commitment", "c", 4, satisfies="urn:x:need")], (4, 6)),
    "one that ended, for what was given": (
        [
            flow("Commitment", "c", 4, satisfies="urn:x:need", **{"terreau:ended": "withdrawn"}),
            flow("EconomicEvent", "e", 3, fulfills="urn:x:c"),
        ],
        (3, 7),
    ),
    "more than was needed": ([flow("EconomicEvent", "e", 12, satisfies="urn:x:need")], (12, 0)),
    "said twice": ([flow("EconomicEvent", "e", 4, satisfies="urn:x:need")] * 2, (4, 6)),
}  # fmt: skip


@pytest.mark.unit
@pytest.mark.parametrize(("nodes", "told"), ANSWERED.values(), ids=list(ANSWERED))
def test_what_answers_a_need_is_told(nodes, told):
    found, notes = left(need(), *nodes)

    done, remaining = told
    assert found == {"urn:x:need": (f"{done} om2:hour", f"{remaining} om2:hour")}
    assert notes == []


@pytest.mark.unit
@pytest.mark.parametrize(
    "wrong",
    [
        {"satisfies": "urn:x:nothing"},
        {"satisfies": ["urn:x:need", "urn:x:other"]},
        {"satisfies": "urn:x:silent"},
        {"satisfies": "urn:x:need", "effortQuantity": {"hasNumericalValue": 1, "hasUnit": "day"}},
        {"terreau:satisfaction": [{**share(1), "terreau:quantity": {"hasNumericalValue": "1"}}]},
    ],
)
def test_what_cannot_be_told_is_noted(wrong):
    silent = need("silent", effortQuantity=None)

    found, notes = left(need(), need("other"), silent, flow("EconomicEvent", "e", 4, **wrong))

    assert found == {f"urn:x:{name}": ("0 om2:hour", "10 om2:hour") for name in ("need", "other")}
    assert len(notes) == 1


ANYTHING = st.recursive(
    st.none() | st.text(max_size=3) | st.sampled_from(["urn:x:need", "urn:x:e", "1", "om2:hour"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["@id", "@type", "hasNumericalValue", "hasUnit", "terreau:of", WHERE]),
            inner | st.sampled_from(["terreau:Satisfaction", "Intent", "Proposal"]),
            max_size=3,
        )
    ),
    max_leaves=5,
)
NODES = st.dictionaries(
    st.sampled_from(["satisfies", "terreau:satisfaction", "effortQuantity", "availableQuantity",
                     "publishes", "corrects", "terreau:ended", "@id", "terreau:reach"]),
    ANYTHING,
    max_size=5,
)  # fmt: skip


@pytest.mark.unit
@given(st.lists(st.tuples(st.sampled_from(["Intent", "Commitment", "EconomicEvent"]), NODES)))
def test_no_graph_breaks_the_check(told):
    nodes = [flow(kind, "e", 1) | changes | {"@type": kind} for kind, changes in told]

    check_graph(as_graph(graph(need(), *nodes)))


@pytest.mark.django_db
def test_an_export_tells_how_far_as_the_ledger_does(tmp_path):
    story = one_of_each()
    back_out(by=story.ground.alice, event_id=story.events[-1], key=uuid4(), micro=ONE)
    wishes = Intent.objects.order_by("pk")

    found = check_graph(read_graph(written(story.ground.ledger, tmp_path / "g.jsonld")))

    said = [one for one in found.remaining if one.kind == "Intent"]
    kept = answered(wishes).values()
    assert [int(one.done.split()[0].replace(".", "")) > 0 for one in said] == [
        one.answered > 0 for one in kept
    ]
    assert [float(one.remaining.split()[0]) * ONE for one in said] == [
        one.remaining for one in kept
    ]


def taken(tmp_path, *nodes):
    file = tmp_path / f"{uuid4()}.jsonld"
    file.write_text(json.dumps(graph(*nodes)))
    return lambda into: bring_in(file, into, tell=quietly)


@pytest.mark.django_db
def test_a_file_of_others_comes_in(tmp_path):
    """Nested, with one day, a purpose and an author to be told from what is published."""
    into = make_ecosystem("Ailleurs")
    told = need(hasPointInTime="2026-02-03", hasBeginning=None)
    listed = {"@id": "urn:x:list", "@type": "ProposalList", "name": "Nos besoins"}
    proposal = {"@id": "urn:x:p", "@type": "Proposal", "name": "Aidez-nous", "publishes": [told],
                "listedIn": "urn:x:list", "proposedTo": ["https://carol.example/"]}  # fmt: skip
    promised = flow("Commitment", "c", 4, satisfies="urn:x:need")
    event = flow("EconomicEvent", "e", 5, **{"terreau:satisfaction": [share(2)]})

    for _ in range(2):
        taken(tmp_path, listed, proposal, promised, event)(into)

    intent, kept = Intent.objects.get(), Proposal.objects.get()
    assert (str(intent.begins_on), str(intent.ends_on)) == ("2026-02-03", "2026-02-03")
    assert (intent.space, intent.level, intent.receiver.name) == (
        into.circle, "circle", "https://bob.example",
    )  # fmt: skip
    assert (kept.purpose, kept.author, list(kept.intents.all())) == (
        "request", intent.receiver, [intent],
    )  # fmt: skip
    assert list(ProposalList.objects.get().proposals.all()) == [kept]
    assert [one.name for one in kept.proposed_to.all()] == ["https://carol.example"]
    assert answered([intent])[intent.pk].remaining == 4 * ONE
    assert Satisfaction.objects.count() == 2
    assert list(differences()) == []


@pytest.mark.django_db
def test_a_need_that_stands_in_an_activity_of_a_plan_comes_in_as_of_both(tmp_path):
    into = make_ecosystem("Ailleurs")
    process = {"@id": "urn:x:oven", "@type": "Process", "name": "Cuire", "hasInput": [need()]}
    plan = {"@id": "urn:x:plan", "@type": "Plan", "name": "La fournée"}
    alone = need("alone", plannedWithin="urn:x:plan")

    taken(tmp_path, plan | {"planIncludes": [process]}, alone)(into)

    told = Intent.objects.order_by("pk").values_list("input_of__name", "planned_within__name")
    assert set(told) == {("Cuire", "La fournée"), (None, "La fournée")}


PLANS = [{"@id": f"urn:x:{name}", "@type": "Plan", "name": name} for name in ("one", "two")]
OVEN = {"@id": "urn:x:o", "@type": "Process", "name": "Cuire", "plannedWithin": "urn:x:one"}
PROMISED = flow("Commitment", "c", 4, satisfies="urn:x:need")
OFFER = {**flow("Intent", "need", 9), "provider": "https://carol.example/", "receiver": None}
GIVEN = flow("EconomicEvent", "e", 4, satisfies="urn:x:need")
REFUSED = {
    "no side": ([need(receiver=None)], "Un besoin dit qui demande"),
    "no kind": ([need(resourceConformsTo=None)], "il manque resourceConformsTo"),
    "no quantity": ([need(effortQuantity=None)], "dit combien"),
    "an end before": ([need(hasBeginning="2026-02-01", hasEnd="2026-01-01")], "avant le début"),
    "two plans": (
        [*PLANS, OVEN, need(inputOf="urn:x:o", plannedWithin="urn:x:two")], "d'un autre plan",
    ),
    "no such plan": (
        [need(plannedWithin="urn:x:two")], "urn:x:two n'est pas décrit dans le fichier comme Plan",
    ),
    "nothing that is answered": (
        [GIVEN], "urn:x:need n'est pas décrit dans le fichier comme Intent",
    ),
    "another giver's offer": (
        [OFFER, GIVEN],
        "Ce qui répond à un besoin",
    ),
    "more than it is of": (
        [need(), flow("EconomicEvent", "e", 1, **{"terreau:satisfaction": [share(2)]})],
        "plus grande que ce qui en reste",
    ),
    "the same twice": (
        [need(), flow("EconomicEvent", "e", 4, **{"terreau:satisfaction": [share(1), share(1)]})],
        "répond deux fois à urn:x:need",
    ),
    "a promise and its keeping": (
        [need(), PROMISED, {**GIVEN, "fulfills": "urn:x:c"}],
        "répond deux fois à urn:x:need",
    ),
    "several without shares": (
        [need(), need("other"), {**GIVEN, "satisfies": ["urn:x:need", "urn:x:other"]}],
        "sans dire combien de chacun",
    ),
    "a proposal of nothing": (
        [{"@id": "urn:x:p", "@type": "Proposal", "name": "x", "purpose": "offer",
          "terreau:proposedBy": "https://bob.example/"}],
        "au moins une chose",
    ),
    "a proposal of nobody": (
        [{"@id": "urn:x:p", "@type": "Proposal", "name": "x", "purpose": "offer"}],
        "ne dit pas qui propose",
    ),
    "a list of nobody": (
        [{"@id": "urn:x:l", "@type": "ProposalList", "name": "x"}], "ne dit pas qui la tient",
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_before_anything_is_written(tmp_path, what):
    nodes, says = REFUSED[what]
    clean = [{key: value for key, value in one.items() if value is not None} for one in nodes]

    with pytest.raises(Refused) as refused:
        taken(tmp_path, *clean)(make_ecosystem("Ailleurs"))

    assert any(says in fault for fault in refused.value.faults), refused.value.faults
    assert Intent.objects.count() == 0
