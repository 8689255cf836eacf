# SPDX-License-Identifier: AGPL-3.0-or-later
"""A graph of plans, activities, batches, promises and recipes: what it gives, each of its faults.

Each fault names its node and says what to do; nothing is written.
"""

import pytest

from terreau.exchange.intake.bringing import bring_in
from terreau.exchange.intake.faults import Refused
from terreau.ledger.models import Commitment, Event, Intent, Plan, Process, Recipe, Resource
from terreau.ledger.recipes.queries import formula
from terreau.ledger.recipes.shapes import Ingredient, Step
from terreau.people.models import Agent
from tests.exchange.test_round_trip import quietly
from tests.factories import make_ecosystem

pytestmark = pytest.mark.django_db

ONE = 1_000_000
GRAPH = """
"@context":
  - "@vocab": https://w3id.org/valueflows/ont/vf#
  - ex: "urn:x:"
    terreau: https://w3id.org/terreau/ns#
"@graph":
  - {"@id": ex:alice, "@type": Organization, name: La ferme}
  - {"@id": ex:bob, "@type": Organization, name: Le four}
  - {"@id": ex:flour, "@type": ResourceSpecification, name: flour}
  - {"@id": ex:dough, "@type": ResourceSpecification, name: dough}
  - {"@id": ex:bread, "@type": ResourceSpecification, name: bread}
  - {"@id": ex:time, "@type": ResourceSpecification, name: time}
  - {"@id": ex:baking, "@type": ProcessSpecification, name: baking}
  - {"@id": ex:plan, "@type": Plan, name: La fournée, due: 2026-04-01,
     planIncludes: [ex:making, ex:other, ex:need], hasIndependentDemand: ex:promise}
  - {"@id": ex:second, "@type": Plan, name: Plus tard}
  - {"@id": ex:lot, "@type": BatchLotRecord, batchLotCode: L-1, expirationDate: 2026-09-01}
  - {"@id": ex:sown, "@type": EconomicEvent, action: work, provider: ex:alice, receiver: ex:bob,
     resourceConformsTo: ex:time, hasPointInTime: 2026-03-01,
     effortQuantity: {hasUnit: hour, hasNumericalValue: 1}}
  - {"@id": ex:making, "@type": Process, name: Pétrir, basedOn: ex:baking, finished: "true",
     hasBeginning: 2026-03-01, hasEnd: 2026-03-02, hasInput: [ex:promise, ex:sown, ex:worked]}
  - {"@id": ex:bin, "@type": EconomicResource, name: Le bac, conformsTo: ex:flour,
     terreau:countedIn: kilogram, ofBatchLot: ex:lot, trackingIdentifier: N 1}
  - {"@id": ex:promise, "@type": Commitment, action: consume, provider: ex:alice,
     receiver: ex:bob, resourceConformsTo: ex:flour, stage: ex:baking, state: fine,
     resourceQuantity: {hasUnit: kilogram, hasNumericalValue: 10}, due: 2026-03-30}
  - {"@id": ex:other, "@type": Commitment, action: work, provider: ex:alice, receiver: ex:bob,
     resourceConformsTo: ex:time, effortQuantity: {hasUnit: hour, hasNumericalValue: 3}}
  - {"@id": ex:need, "@type": Intent, action: work, receiver: ex:bob, finished: "false",
     resourceConformsTo: ex:time, effortQuantity: {hasUnit: hour, hasNumericalValue: 2}}
  - {"@id": ex:worked, "@type": EconomicEvent, action: work, provider: ex:alice, receiver: ex:bob,
     resourceConformsTo: ex:time, hasPointInTime: 2026-03-01,
     effortQuantity: {hasUnit: hour, hasNumericalValue: 2}}
  - {"@id": ex:recipe, "@type": Recipe, name: Pain, primaryOutput: ex:bread,
     recipeIncludes: [ex:mix, ex:bake]}
  - {"@id": ex:bake, "@type": RecipeProcess, name: Cuire, hasRecipeOutput: [ex:loaf]}
  - {"@id": ex:mix, "@type": RecipeProcess, name: Mêler, processConformsTo: ex:baking,
     hasDuration: {hasUnit: day, hasNumericalValue: 2},
     hasRecipeInput: [{"@id": ex:taken, "@type": RecipeFlow, action: consume,
       resourceConformsTo: ex:flour, resourceQuantity: {hasUnit: gram, hasNumericalValue: 500}}]}
  - {"@id": ex:paste, "@type": RecipeFlow, action: produce, resourceConformsTo: ex:dough,
     resourceQuantity: {hasUnit: gram, hasNumericalValue: 800}, recipeOutputOf: ex:mix}
  - {"@id": ex:baked, "@type": RecipeFlow, action: consume, resourceConformsTo: ex:dough,
     stage: ex:baking, resourceQuantity: {hasUnit: gram, hasNumericalValue: 800},
     recipeInputOf: ex:bake}
  - {"@id": ex:loaf, "@type": RecipeFlow, action: produce, resourceConformsTo: ex:bread,
     resourceQuantity: {hasUnit: one, hasNumericalValue: 1}, recipeOutputOf: ex:bake}
"""


@pytest.fixture
def bring(tmp_path):
    ecosystem = make_ecosystem("La moisson")

    def brought(text=GRAPH, name="graph.yaml"):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return bring_in(file, ecosystem, tell=quietly)

    return brought


def test_what_holders_only_name_is_held(bring):
    """Each thing is where its plan or its activity says, described before it or after it."""
    found = bring()

    plan, process = Plan.objects.get(name="La fournée"), Process.objects.get()
    promise, other = Commitment.objects.order_by("pk")
    assert (process.planned_within, process.finished) == (plan, True)
    assert (promise.input_of, promise.planned_within) == (process, plan)
    assert (promise.independent_demand_of, other.planned_within) == (plan, plan)
    assert Intent.objects.get().planned_within == plan
    assert [one.input_of for one in Event.objects.all()] == [process, process]
    assert (found.promises, found.recipes, found.left_out) == (2, 1, {})


def test_a_recipe_of_other_software_is_whole(bring):
    """Steps in the order of the recipe, whatever that of the file; flows nested or named."""
    bring()

    one = formula(Recipe.objects.get())
    assert (one.name, one.primary_output) == ("Pain", "bread")
    assert one.steps == (Step("Mêler", "baking", 2), Step("Cuire"))
    assert one.flows == (
        Ingredient("consume", "flour", 500 * ONE, "g", input_of=0),
        Ingredient("produce", "dough", 800 * ONE, "g", output_of=0),
        Ingredient("consume", "dough", 800 * ONE, "g", stage="baking", input_of=1),
        Ingredient("produce", "bread", ONE, "item", output_of=1),
    )


NOT_DESCRIBED = "urn:x:nothing n'est pas décrit dans le fichier comme"
SEVERAL = "fois {} : gardez une seule valeur"
FAULTS = {
    # Plans
    "a plan without a name": (("Plan, name: La fournée", "Plan"), "Plan urn:x:plan "
    ": Donnez un nom"),
    "a plan of no day": (("due: 2026-04-01", "due: bientôt"), "due : bientôt n'est pas un jour"),
    "a plan of no such day": (("2026-04-01", "2026-04-31"), "due : 2026-04-31 n'est pas un jour"),
    "a day with a tail": (("2026-04-01", "2026-04-01x"), "due : 2026-04-01x n'est pas un jour"),
    "two days": (("due: 2026-04-01", "due: [2026-04-01, 2026-04-02]"), SEVERAL.format("due")),
    "a plan that includes nothing known": (
        ("ex:other, ex:need]", "ex:nothing]"),
        "Plan urn:x:plan : planIncludes nomme urn:x:nothing, que le fichier ne décrit pas comme "
        "Process ou Commitment ou Intent : décrivez-le, ou retirez-le de la liste",
    ),
    "a plan that includes somebody": (
        ("ex:other, ex:need]", "ex:alice]"), "planIncludes nomme urn:x:alice, que le fichier",
    ),
    "a demand of nothing known": (
        ("hasIndependentDemand: ex:promise", "hasIndependentDemand: ex:nothing"),
        "hasIndependentDemand nomme urn:x:nothing, que le fichier ne décrit pas comme Commitment",
    ),
    "an activity of two plans": (
        ("basedOn: ex:baking", "plannedWithin: ex:second"),
        "Process urn:x:making : est à la fois de urn:x:plan et de urn:x:second (plannedWithin, ",
    ),
    "two plans that include the same": (
        ("name: Plus tard", "name: Plus tard, planIncludes: ex:other"),
        "Plan urn:x:second : planIncludes nomme urn:x:other, que urn:x:plan tient déjà",
    ),
    "a promise of another plan than its activity": (
        ("stage: ex:baking, state", "plannedWithin: ex:second, state"),
        "Commitment urn:x:promise : Cette activité est d'un autre plan",
    ),
    "a plan said twice": (
        ("name: Plus tard}", 'name: Plus tard}\n  - {"@id": ex:second, "@type": Plan, name: Tôt}'),
        "Plan urn:x:second : est dit deux fois, et autrement (d'abord ligne 16)",
    ),
    "a plan without an id": (('{"@id": ex:second, "', '{"'), "Plan  : il manque son @id"),
    # Activities
    "an activity without a name": (("name: Pétrir, ", ""), "Process urn:x:making : Donnez un nom"),
    "an activity of no known kind": (
        ("basedOn: ex:baking", "basedOn: ex:nothing"), f"{NOT_DESCRIBED} ProcessSpecification",
    ),
    "an activity of no known plan": (
        ("basedOn: ex:baking", "plannedWithin: ex:nothing"),
        "Process urn:x:making : est à la fois de urn:x:nothing et de urn:x:plan",
    ),
    "an activity that ends before": (("hasEnd: 2026-03-02", "hasEnd: 2026-02-02"), "avant"),
    "an activity that is half finished": (
        ('finished: "true"', "finished: presque"), "finished est true ou false, et rien d'autre",
    ),
    "an activity that takes nothing known": (
        ("ex:sown, ex:worked]", "ex:nothing]"),
        "hasInput nomme urn:x:nothing, que le fichier ne décrit pas comme EconomicEvent ou ",
    ),
    "an event of two activities": (
        ("ex:promise, ex:sown, ex:worked]}", 'ex:promise, ex:worked]}\n  - {"@id": ex:two, '
         '"@type": Process, name: Autre, hasInput: ex:worked}'),
        "Process urn:x:two : hasInput nomme urn:x:worked, que urn:x:making tient déjà",
    ),
    "an event of another activity than it says": (
        ("hour, hasNumericalValue: 1}}", 'hour, hasNumericalValue: 1}, inputOf: ex:two}\n  - '
         '{"@id": ex:two, "@type": Process, name: Autre}'),
        "EconomicEvent urn:x:sown : est à la fois de urn:x:two et de urn:x:making",
    ),
    "an activity described elsewhere as a stage": (
        ("stage: ex:baking, state", "inputOf: ex:baking, state"),
        "est à la fois de urn:x:baking et de urn:x:making",
    ),
    # Batches and things
    "a batch without a code": (("batchLotCode: L-1, ", ""), "Donnez le code de ce lot"),
    "a batch of no day": (("2026-09-01", "demain"), "expirationDate : demain n'est pas un jour"),
    "two batches of one code": (
        ("2026-09-01}", '2026-09-01}\n  - {"@id": ex:lot2, "@type": BatchLotRecord, '
         "batchLotCode: L-1}"),
        "BatchLotRecord urn:x:lot2 : un autre lot a le code « L-1 » : changez-en un",
    ),
    "a thing of no known batch": (("ofBatchLot: ex:lot", "ofBatchLot: ex:nothing"), NOT_DESCRIBED),
    "a batch of 0.x": (("BatchLotRecord", "ProductBatch"), "retiré en 0.10, dites BatchLotRecord"),
    "two things of one number": (
        ("trackingIdentifier: N 1}", 'trackingIdentifier: N 1}\n  - {"@id": ex:bin2, "@type": '
         "EconomicResource, conformsTo: ex:flour, terreau:countedIn: kilogram, "
         "trackingIdentifier: N 1}"),
        "EconomicResource urn:x:bin2 : « Le bac » porte déjà ce numéro",
    ),
    "a thing in no unit": (("terreau:countedIn: kilogram, ", ""), "en quoi cela se compte"),
    "a thing in an unknown unit": (("countedIn: kilogram", "countedIn: pood"), "l'unité pood"),
    "a floor that is neither": (
        ("ofBatchLot: ex:lot", "terreau:noFloor: peu"), "terreau:noFloor est true ou false",
    ),
    # Promises
    "a promise of no action": (("action: consume, provider", "provider"), "il manque son action"),
    "a promise of an action of 0.x": (
        ("action: consume, provider", "action: transfer-custody, provider"),
        "transfer-custody n'est pas une action de ValueFlows 1.0 : mot de 0.x, "
        "dites transferCustody",
    ),
    "a promise of nobody": (("provider: ex:alice,\n     receiver: ex:bob", "receiver: ex:bob"),
                            "Commitment urn:x:promise : il manque provider : dites qui"),
    "a promise of two givers": (
        ("provider: ex:alice,\n", "provider: [ex:alice, ex:bob],\n"), SEVERAL.format("provider"),
    ),
    "a promise of a structure": (
        ("state: fine", "state: {a: b}"),
        "Commitment urn:x:promise dit state par une structure qui n'est pas lue ici",
    ),
    "a promise of nothing": (
        ("receiver: ex:bob, resourceConformsTo: ex:flour, ", "receiver: ex:bob, "),
        "Commitment urn:x:promise : il manque resourceConformsTo : dites de quoi il s'agit",
    ),
    "a promise of no unit": (
        ("{hasUnit: kilogram, hasNumericalValue: 10}", "{hasNumericalValue: 10}"),
        "Commitment urn:x:promise : il manque l'unité d'une quantité (hasUnit)",
    ),
    "a promise of no number": (
        ("{hasUnit: kilogram, hasNumericalValue: 10}", "{hasUnit: kilogram}"),
        "Commitment urn:x:promise : il manque le nombre d'une quantité (hasNumericalValue)",
    ),
    "a promise of a bare number": (
        ("{hasUnit: kilogram, hasNumericalValue: 10}", "10"), "une quantité se dit par son nombre",
    ),
    "a promise of a measure with another word": (
        ("hasNumericalValue: 10}", "hasNumericValue: 10}"),
        "Measure n'a pas hasNumericValue : vouliez-vous dire hasNumericalValue ?",
    ),
    "a promise of both measures": (
        ("stage: ex:baking, state", "effortQuantity: {hasUnit: hour, hasNumericalValue: 1}, state"),
        "un seul des deux",
    ),
    "a promise of no known stage": (
        ("stage: ex:baking, state", "stage: ex:nothing, state"), NOT_DESCRIBED,
    ),
    "a promise that comes out of what it goes into": (
        ("stage: ex:baking, state", "outputOf: ex:making, state"), "ne sort pas d'une activité",
    ),
    "a promise for no known plan": (
        ("hour, hasNumericalValue: 3}", "hour, hasNumericalValue: "
        "3}, independentDemandOf: ex:nothing"),
        NOT_DESCRIBED,
    ),
    "a promise ended in another way": (
        ("due: 2026-03-30", "terreau:ended: finie"), "terreau:ended est finie : dites withdrawn",
    ),
    "a promise replaced by nothing": (
        ("due: 2026-03-30", "terreau:ended: superseded"), "ce qui est superseded a un terreau:succ",
    ),
    "a promise replaced by nothing known": (
        ("due: 2026-03-30", "terreau:ended: superseded, terreau:successor: ex:nothing"),
        NOT_DESCRIBED,
    ),
    "a promise with a word of 0.x": (
        ("due: 2026-03-30", "expiresOn: 2026-03-30"), "Commitment n'a pas expiresOn "
        ": retiré en 0.13",
    ),
    # Recipes
    "a recipe without a name": (("name: Pain, ", ""), "Recipe urn:x:recipe : Donnez "
    "à cette recette"),
    "a recipe of no step": (
        ("     recipeIncludes: [ex:mix, ex:bake]}", "     }"),
        "RecipeProcess urn:x:mix : n'est l'étape d'aucune recette : nommez-la dans un recipeInclud",
    ),
    "a recipe of an unknown step": (
        ("[ex:mix, ex:bake]}", "[ex:mix, ex:bake, ex:nothing]}"),
        "Recipe urn:x:recipe : recipeIncludes nomme urn:x:nothing, que le fichier ne décrit pas "
        "comme RecipeProcess",
    ),
    "a recipe of 0.x": (("Recipe, name", "RecipeGroup, name"), "retiré en 0.15, dites Recipe"),
    "a recipe for an unknown thing": (
        ("primaryOutput: ex:bread", "primaryOutput: ex:nothing"), NOT_DESCRIBED,
    ),
    "a recipe for what it does not give": (
        ("primaryOutput: ex:bread", "primaryOutput: ex:time"), "Rien de « time » ne sort de cette",
    ),
    "a step of two recipes": (
        ("[ex:mix, ex:bake]}", '[ex:mix, ex:bake]}\n  - {"@id": ex:cake, "@type": Recipe, '
         "name: Gâteau, recipeIncludes: ex:mix}"),
        "Recipe urn:x:cake : recipeIncludes nomme urn:x:mix, que urn:x:recipe tient déjà",
    ),
    "a step without a name": (("name: Mêler, ", ""), "Donnez à chaque étape un nom"),
    "a step of hours": (
        ("{hasUnit: day, ", "{hasUnit: hour, "), "On ne peut pas convertir des heures en journées",
    ),
    "a step of half a day": (
        ("{hasUnit: day, hasNumericalValue: 2}", "{hasUnit: day, hasNumericalValue: 0.5}"),
        "RecipeProcess urn:x:mix : sa durée (hasDuration) n'est pas un nombre entier de journées",
    ),
    "a step of no known kind": (
        ("processConformsTo: ex:baking", "processConformsTo: ex:nothing"), NOT_DESCRIBED,
    ),
    "a flow of no step": (
        (", recipeOutputOf: ex:mix}", "}"),
        "RecipeFlow urn:x:paste : n'entre dans aucune étape et ne sort d'aucune",
    ),
    "a flow of an unknown step": (
        ("recipeOutputOf: ex:mix}", "recipeOutputOf: ex:nothing}"),
        "RecipeFlow urn:x:paste : nomme urn:x:nothing, qui n'est pas un RecipeProcess du fichier",
    ),
    "a flow of two steps": (
        ("recipeInputOf: ex:bake}", "recipeInputOf: ex:mix}\n  - {\"@id\": ex:baked2, \"@type\": "
         "RecipeProcess, name: x, hasRecipeInput: ex:baked}"),
        "RecipeFlow urn:x:baked : est à la fois de urn:x:baked2 et de urn:x:mix (recipeInputOf, ",
    ),
    "a flow that goes into what it comes out of": (
        ("recipeOutputOf: ex:mix}", "recipeInputOf: ex:mix}"), "n'entre pas dans une étape",
    ),
    "a flow of no action": (
        ("RecipeFlow, action: produce, resourceConformsTo: ex:dough",
         "RecipeFlow, resourceConformsTo: ex:dough"), "RecipeFlow urn:x:paste : il "
         "manque son action",
    ),
    "a flow of nothing": (
        ("produce, resourceConformsTo: ex:dough", "produce"),
        "RecipeFlow urn:x:paste : il manque resourceConformsTo : de quoi il s'agit",
    ),
    "a flow of no quantity": (
        ("resourceConformsTo: ex:bread,\n     resourceQuantity: "
        "{hasUnit: one, hasNumericalValue: 1}",
         "resourceConformsTo: ex:bread"),
        "RecipeFlow urn:x:loaf : Indiquez une quantité ou un temps",
    ),
    "a flow of less than nothing": (
        ("{hasUnit: one, hasNumericalValue: 1}", "{hasUnit: one, hasNumericalValue: -1}"),
        "RecipeFlow urn:x:loaf : Une quantité de recette est plus grande que zéro",
    ),
    "a flow of no unit": (("hasUnit: one, ", ""), "RecipeFlow urn:x:loaf : il manque l'unité"),
    # The file
    "a context that changes a word": (
        ('    terreau: https', '    provider: https://schema.org/provider\n    terreau: https'),
        "le contexte fait de provider un autre mot (https://schema.org/provider)",
    ),
    "a remote context": (
        ('  - "@vocab"', '  - https://elsewhere.example/c.jsonld\n  - "@vocab"'),
        "le contexte https://elsewhere.example/c.jsonld n'est pas connu ici, et "
        "rien n'est télécharg",
    ),
    "a reversed property": (
        ("due: 2026-03-30", '"@reverse": {hasInput: ex:making}'), "@reverse n'est pas lu ici",
    ),
    "one word under two names": (
        ("due: 2026-03-30", "due: 2026-03-30, vf:due: 2026-03-31"), "dit due sous deux noms",
    ),
    "two classes": (("BatchLotRecord, batch", "[BatchLotRecord, Plan], batch"), "sans @type"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_refuses_the_whole_file_names_its_node_and_says_what_to_do(bring, fault):
    change, told = FAULTS[fault]
    assert GRAPH.count(change[0]) == 1, GRAPH.count(change[0])
    before = Agent.objects.count()

    with pytest.raises(Refused) as refused:
        bring(GRAPH.replace(*change))

    assert any(told in one for one in refused.value.faults), refused.value.faults
    written = (Event, Resource, Plan, Process, Commitment, Recipe, Intent)
    assert [model.objects.count() for model in written] == [0] * len(written)
    assert Agent.objects.count() == before


def test_steps_that_wait_for_each_other_are_named(bring):
    """What the oven takes must be of the mixing, and what the mixing takes of the oven."""
    flour, bread = (
        f"consume,\n       resourceConformsTo: ex:{what}" for what in ("flour", "bread")
    )
    turned = GRAPH.replace(flour, bread)

    with pytest.raises(Refused) as refused:
        bring(turned)

    assert any("s'attendent l'une l'autre : " in one for one in refused.value.faults)
