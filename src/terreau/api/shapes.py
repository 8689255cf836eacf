# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes in and goes out, by the names of ValueFlows 1.0; what it has no word for is ours."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictBool
from pydantic_core import PydanticCustomError

from terreau.agreements.kinds import KINDS
from terreau.people.enums import Level

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)


def _day(value: Any) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date", "not a day")


def _number(value: Any) -> Any:
    said = not isinstance(value, bool) and isinstance(value, str | int | Decimal)
    # Python reads « 1_000 » and figures of every alphabet; another program might not.
    if not said or (isinstance(value, str) and not _NUMBER.fullmatch(value)):
        raise PydanticCustomError("number", "not an exact number")
    return value


def _kept(value: str) -> str:
    # A database keeps neither a null character nor half of a pair.
    if "\0" in value or any("\ud800" <= one <= "\udfff" for one in value):
        raise PydanticCustomError("text", "a character that is not kept")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[str, AfterValidator(_kept)]
Number = Annotated[Decimal, BeforeValidator(_number), Field(max_digits=40, decimal_places=20)]
Action = Literal["deliverService", "transfer", "use", "work"]
LevelName = Literal["circle", "ecosystem", "programme", "community", "public"]

assert {rule.action for rule in KINDS.values()} <= set(Action.__args__)  # type: ignore[attr-defined]
assert set(LevelName.__args__) <= set(Level.values)  # type: ignore[attr-defined]


class MeasureIn(Schema):
    """A quantity: an exact number and a unit, named as OM 2 or Terreau names it."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Measure"] = Field("Measure", alias="@type")
    hasNumericalValue: Number  # noqa: N815
    hasUnit: Text = Field(max_length=80, examples=["om2:hour"])  # noqa: N815


class EventIn(Schema):
    """What happened: one of the ten kinds of contribution, given by the person or who they speak
    for.
    """

    model_config = ConfigDict(extra="forbid")

    type: Literal["EconomicEvent"] = Field("EconomicEvent", alias="@type")
    action: Action
    provider: Text = Field(max_length=80, description="@id of who gave")
    receiver: Text = Field(max_length=80, description="@id of who received")
    resourceConformsTo: Text = Field(max_length=80, description="@id of the kind")  # noqa: N815
    resourceInventoriedAs: Text = Field(  # noqa: N815
        "", max_length=80, description="@id of the stock that it comes out of, or that served"
    )
    toResourceInventoriedAs: Text = Field(  # noqa: N815
        "", max_length=80, description="@id of the stock that it goes into"
    )
    resourceQuantity: MeasureIn | None = None  # noqa: N815
    effortQuantity: MeasureIn | None = None  # noqa: N815
    hasPointInTime: Day  # noqa: N815
    fulfills: list[Annotated[Text, Field(max_length=80)]] = Field(
        [], max_length=1, description="@id of the promise that it keeps"
    )
    note: Text = Field("", max_length=400)
    visibility: LevelName = Field("circle", alias="terreau:visibility")
    refund: StrictBool = Field(False, alias="terreau:refund")


class Measure(Schema):
    type: Literal["Measure"] = Field(alias="@type")
    hasNumericalValue: str  # noqa: N815
    hasUnit: str  # noqa: N815


class Node(Schema):
    """Something with a name of its own (``@id``)."""

    id: str = Field(alias="@id")


class Cooperation(Node):
    type: Literal["Organization"] = Field(alias="@type")
    name: str
    note: str = ""
    slug: str = Field(alias="terreau:slug")


class Agent(Node):
    type: Literal["Person", "Organization"] = Field(alias="@type")
    name: str
    siren: str = Field("", alias="terreau:siren")
    siret: str = Field("", alias="terreau:siret")
    mergedInto: str = Field("", alias="terreau:mergedInto")  # noqa: N815


class ResourceSpecification(Node):
    type: Literal["ResourceSpecification"] = Field(alias="@type")
    name: str
    note: str = ""


class EconomicResource(Node):
    type: Literal["EconomicResource"] = Field(alias="@type")
    name: str
    conformsTo: str  # noqa: N815
    accountingQuantity: Measure  # noqa: N815
    onhandQuantity: Measure  # noqa: N815
    primaryAccountable: str = ""  # noqa: N815
    custodian: str = Field("", alias="terreau:custodian")
    trackingIdentifier: str = ""  # noqa: N815
    ofBatchLot: str = ""  # noqa: N815
    stage: str = ""
    state: str = ""


class Flow(Node):
    """What an event, a promise and a claim all say."""

    action: str
    provider: str
    receiver: str
    resourceConformsTo: str  # noqa: N815
    resourceQuantity: Measure | None = None  # noqa: N815
    effortQuantity: Measure | None = None  # noqa: N815
    created: str


class Answering(Flow):
    """What answers needs and offers."""

    satisfies: list[str] = []


class EconomicEvent(Answering):
    type: Literal["EconomicEvent"] = Field(alias="@type")
    hasPointInTime: date  # noqa: N815
    resourceInventoriedAs: str = ""  # noqa: N815
    toResourceInventoriedAs: str = ""  # noqa: N815
    inputOf: str = ""  # noqa: N815
    outputOf: str = ""  # noqa: N815
    toLocation: str = ""  # noqa: N815
    state: str = ""
    fulfills: list[str] = []
    settles: list[str] = []
    note: str = ""
    answer: str = Field("", alias="terreau:answer")
    visibility: str = Field("", alias="terreau:visibility")
    refund: bool = Field(False, alias="terreau:refund")
    recordedBy: str = Field("", alias="terreau:recordedBy")  # noqa: N815


class Commitment(Answering):
    type: Literal["Commitment"] = Field(alias="@type")
    due: date | None = None
    finished: bool
    clauseOf: str = ""  # noqa: N815
    inputOf: str = ""  # noqa: N815
    outputOf: str = ""  # noqa: N815
    plannedWithin: str = ""  # noqa: N815
    independentDemandOf: str = ""  # noqa: N815
    stage: str = ""
    state: str = ""
    fulfilled: Measure = Field(alias="terreau:fulfilled")
    remaining: Measure = Field(alias="terreau:remaining")


class Cooperations(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[Cooperation] = Field(alias="@graph")


class Agents(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[Agent] = Field(alias="@graph")


class ResourceSpecifications(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[ResourceSpecification] = Field(alias="@graph")


class EconomicResources(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[EconomicResource] = Field(alias="@graph")


class EconomicEvents(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[EconomicEvent] = Field(alias="@graph")


class Commitments(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[Commitment] = Field(alias="@graph")
