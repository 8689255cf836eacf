# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs, offers, proposals and matches, as they come in and go out (see ``shapes``)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StrictBool

from terreau.api.shapes import Day, LevelName, Measure, MeasureIn, Node, Number, Text
from terreau.ledger.engine.table import table

Name = Annotated[Text, Field(max_length=80)]
Names = Annotated[list[Name], Field(max_length=100)]
Action = Literal[
    "transfer", "transferCustody", "transferAllRights", "move", "copy", "work", "deliverService",
    "use", "cite", "raise", "lower", "produce", "consume", "pickup", "dropoff", "accept", "modify",
    "combine", "separate",
]  # fmt: skip
Purpose = Literal["offer", "request"]
Version = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000, description="as it was read")]
WishLevel = Literal["author", "circle", "ecosystem", "programme", "community", "public"]

assert set(Action.__args__) == set(table())  # type: ignore[attr-defined]
assert set(LevelName.__args__) | {"author"} == set(WishLevel.__args__)  # type: ignore[attr-defined]


class PlaceIn(Schema):
    """A place, noted with what is said there. ``lat`` and ``long``: degrees, both or none."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["SpatialThing"] = Field("SpatialThing", alias="@type")
    name: Text = Field(min_length=1, max_length=120)
    mappableAddress: Text = Field("", max_length=200)  # noqa: N815
    lat: Number | None = None
    long: Number | None = None


class IntentIn(Schema):
    """A need (receiver) or an offer (provider) of the person, or of who they speak for."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Intent"] = Field("Intent", alias="@type")
    action: Action
    provider: Text = Field("", max_length=80, description="@id of who offers")
    receiver: Text = Field("", max_length=80, description="@id of who needs")
    resourceConformsTo: Text = Field(  # noqa: N815
        "", max_length=80, description="@id of the kind; or say terreau:kind"
    )
    kind: Text = Field("", max_length=60, alias="terreau:kind", description="word of a new kind")
    resourceQuantity: MeasureIn | None = None  # noqa: N815
    effortQuantity: MeasureIn | None = None  # noqa: N815
    availableQuantity: MeasureIn | None = None  # noqa: N815
    minimumQuantity: MeasureIn | None = None  # noqa: N815
    resourceInventoriedAs: Text = Field("", max_length=80)  # noqa: N815
    inputOf: Text = Field("", max_length=80, description="@id of a process")  # noqa: N815
    outputOf: Text = Field("", max_length=80, description="@id of a process")  # noqa: N815
    plannedWithin: Text = Field("", max_length=80, description="@id of a plan")  # noqa: N815
    stage: Text = Field("", max_length=80, description="@id of a process specification")
    state: Text = Field("", max_length=60)
    hasBeginning: Day | None = None  # noqa: N815
    hasEnd: Day | None = None  # noqa: N815
    due: Day | None = None
    place: PlaceIn | None = Field(None, alias="terreau:place")
    reach: MeasureIn | None = Field(None, alias="terreau:reach")
    name: Text = Field("", max_length=120)
    note: Text = Field("", max_length=400)
    visibility: WishLevel = Field("circle", alias="terreau:visibility")


class IntentMended(IntentIn):
    """All of it, as it is to stand from now on."""

    version: Version = Field(alias="terreau:version")


class AnswerIn(Schema):
    """What answers an intent, and how much of it: all that is left of what answers, unsaid."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["terreau:Satisfaction"] = Field("terreau:Satisfaction", alias="@type")
    by: Name = Field(alias="terreau:by", description="@id of an event or a commitment")
    quantity: MeasureIn | None = Field(None, alias="terreau:quantity")
    beyond: StrictBool = Field(
        False, alias="terreau:beyond", description="more than is left of the intent is meant"
    )


class ProposalIn(Schema):
    """Needs or offers of one agent made known together, and what is expected in return."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Proposal"] = Field("Proposal", alias="@type")
    name: Text = Field(min_length=1, max_length=120)
    note: Text = Field("", max_length=400)
    purpose: Purpose
    proposedBy: Name = Field(alias="terreau:proposedBy")  # noqa: N815
    publishes: Names = Field(description="@id of intents", min_length=1)
    reciprocal: Names = Field([], description="@id of intents expected in return")
    proposedTo: Names = Field([], description="@id of agents who are asked")  # noqa: N815
    unitBased: StrictBool = False  # noqa: N815
    hasBeginning: Day | None = None  # noqa: N815
    hasEnd: Day | None = None  # noqa: N815
    eligibleLocation: PlaceIn | None = None  # noqa: N815
    visibility: WishLevel = Field("circle", alias="terreau:visibility")


class ProposalMended(ProposalIn):
    """All of it, as it is to stand from now on."""

    version: Version = Field(alias="terreau:version")


class ListWords(Schema):
    """What a list says, beside the proposals that stand on it."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["ProposalList"] = Field("ProposalList", alias="@type")
    name: Text = Field(min_length=1, max_length=120)
    note: Text = Field("", max_length=400)
    proposedBy: Name = Field(alias="terreau:proposedBy")  # noqa: N815
    proposedTo: Names = Field([], description="@id of agents who are asked")  # noqa: N815
    visibility: WishLevel = Field("circle", alias="terreau:visibility")


class ListIn(ListWords):
    """Proposals shown together, such as a price list."""

    lists: Names = Field([], description="@id of proposals")


class ListMended(ListWords):
    """All that it says, as it is to stand from now on; what stands on it stays."""

    version: Version = Field(alias="terreau:version")


class Listed(Schema):
    """Proposals to put on a list, or to take off it."""

    model_config = ConfigDict(extra="forbid")

    lists: Names = Field(description="@id of proposals", min_length=1)


class SpatialThing(Node):
    type: Literal["SpatialThing"] = Field(alias="@type")
    name: str
    mappableAddress: str = ""  # noqa: N815
    lat: str = ""
    long: str = ""


class Intent(Node):
    type: Literal["Intent"] = Field(alias="@type")
    action: str
    provider: str = ""
    receiver: str = ""
    resourceConformsTo: str  # noqa: N815
    resourceQuantity: Measure | None = None  # noqa: N815
    effortQuantity: Measure | None = None  # noqa: N815
    availableQuantity: Measure | None = None  # noqa: N815
    minimumQuantity: Measure | None = None  # noqa: N815
    resourceInventoriedAs: str = ""  # noqa: N815
    inputOf: str = ""  # noqa: N815
    outputOf: str = ""  # noqa: N815
    plannedWithin: str = ""  # noqa: N815
    stage: str = ""
    state: str = ""
    hasBeginning: date | None = None  # noqa: N815
    hasEnd: date | None = None  # noqa: N815
    due: date | None = None
    finished: bool
    name: str = ""
    note: str = ""
    place: SpatialThing | None = Field(None, alias="terreau:place")
    reach: Measure | None = Field(None, alias="terreau:reach")
    satisfied: Measure = Field(alias="terreau:satisfied")
    remaining: Measure = Field(alias="terreau:remaining")
    recordedBy: str = Field(alias="terreau:recordedBy")  # noqa: N815
    visibility: str = Field(alias="terreau:visibility")
    version: int = Field(alias="terreau:version")


class Intents(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[Intent] = Field(alias="@graph")


class Proposed(Node):
    """What a proposal and a list both say."""

    name: str
    note: str = ""
    created: str
    proposedTo: list[str] = []  # noqa: N815
    proposedBy: str = Field(alias="terreau:proposedBy")  # noqa: N815
    recordedBy: str = Field(alias="terreau:recordedBy")  # noqa: N815
    visibility: str = Field(alias="terreau:visibility")
    version: int = Field(alias="terreau:version")


class Proposal(Proposed):
    type: Literal["Proposal"] = Field(alias="@type")
    purpose: Purpose
    unitBased: bool = False  # noqa: N815
    hasBeginning: date | None = None  # noqa: N815
    hasEnd: date | None = None  # noqa: N815
    eligibleLocation: SpatialThing | None = None  # noqa: N815
    publishes: list[str] = []
    reciprocal: list[str] = []
    listedIn: list[str] = []  # noqa: N815
    closed: bool = Field(False, alias="terreau:closed")


class Proposals(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[Proposal] = Field(alias="@graph")


class ProposalList(Proposed):
    type: Literal["ProposalList"] = Field(alias="@type")
    lists: list[str] = []


class ProposalLists(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[ProposalList] = Field(alias="@graph")


class Pair(Schema):
    """A need and an offer: sentences in French for and against, and how much could be served."""

    type: Literal["terreau:Pair"] = Field(alias="@type")
    need: str = Field(alias="terreau:need")
    offer: str = Field(alias="terreau:offer")
    speaksFor: list[str] = Field([], alias="terreau:speaksFor")  # noqa: N815
    speaksAgainst: list[str] = Field([], alias="terreau:speaksAgainst")  # noqa: N815
    most: Measure = Field(alias="terreau:most")
    distance: Measure | None = Field(None, alias="terreau:distance")


class Share(Schema):
    type: Literal["terreau:Share"] = Field(alias="@type")
    need: str = Field(alias="terreau:need")
    offer: str = Field("", alias="terreau:offer")
    quantity: Measure = Field(alias="terreau:quantity")


class Sharing(Schema):
    """One way to share out; none is chosen."""

    type: Literal["terreau:Sharing"] = Field(alias="@type")
    name: str
    note: str
    shares: list[Share] = Field([], alias="terreau:shares")
    unmet: list[Share] = Field([], alias="terreau:unmet")


class Match(Schema):
    type: Literal["terreau:Match"] = Field(alias="@type")
    of: str = Field(alias="terreau:of")
    pairs: list[Pair] = Field(alias="terreau:pairs")
    sharings: list[Sharing] = Field(alias="terreau:sharings")
    incomplete: bool = Field(alias="terreau:incomplete")
