# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of each class an import takes in: any other property of 1.0 is left out, and counted."""

from terreau.exchange.intake import recipes, wishes

PARTIES = ("Agent", "Person", "Organization", "EcologicalAgent")
TAKEN = {
    "EconomicEvent": frozenset(
        "action provider receiver inputOf outputOf resourceInventoriedAs toResourceInventoriedAs "
        "resourceConformsTo resourceQuantity effortQuantity toLocation state hasBeginning hasEnd "
        "hasPointInTime fulfills settles corrects terreau:fulfilment terreau:settlement "
        "terreau:beyondPromise terreau:rightsShare".split()
    )
    | wishes.ANSWERING,
    "Commitment": frozenset(
        "action provider receiver resourceConformsTo resourceQuantity effortQuantity due inputOf "
        "outputOf plannedWithin independentDemandOf stage state terreau:ended "
        "terreau:successor".split()
    )
    | wishes.ANSWERING,
    "Plan": frozenset("name due planIncludes hasIndependentDemand".split()),
    "BatchLotRecord": frozenset(["batchLotCode", "expirationDate"]),
    "Claim": frozenset(
        "action provider receiver resourceConformsTo resourceQuantity effortQuantity triggeredBy "
        "due terreau:ended terreau:successor".split()
    ),
    "EconomicResource": frozenset(
        "name conformsTo accountingQuantity onhandQuantity primaryAccountable stage state "
        "containedIn currentLocation trackingIdentifier ofBatchLot terreau:countedIn "
        "terreau:floor terreau:noFloor terreau:custodian".split()
    ),
    "Process": frozenset(
        "name basedOn plannedWithin hasBeginning hasEnd finished hasInput hasOutput".split()
    ),
    "SpatialThing": frozenset("name lat long mappableAddress".split()),
    "ResourceSpecification": frozenset(["name"]),
    "ProcessSpecification": frozenset(["name"]),
    **{kind: frozenset(["name", "terreau:siren", "terreau:siret", "terreau:mergedInto"])
       for kind in PARTIES},
    "Unit": frozenset(["label", "symbol", "omUnitIdentifier"]),
    "Measure": frozenset(),
    "terreau:Fulfilment": frozenset(["terreau:of", "terreau:quantity"]),
    "terreau:Settlement": frozenset(["terreau:of", "terreau:quantity"]),
    **wishes.TAKEN,
    **recipes.TAKEN,
}  # fmt: skip
SHARES = {"terreau:Fulfilment": "terreau:fulfilment", "terreau:Settlement": "terreau:settlement"}
