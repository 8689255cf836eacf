# SPDX-License-Identifier: AGPL-3.0-or-later
"""Claims, plans, activities, batches and recipes, as they go out (see ``shapes``)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from terreau.api.shapes import Flow, Measure, Node


class Claim(Flow):
    """What ``provider`` owes ``receiver`` in return for an event."""

    type: Literal["Claim"] = Field(alias="@type")
    triggeredBy: str  # noqa: N815
    due: date | None = None
    finished: bool
    ended: Literal["withdrawn", "superseded"] | None = Field(None, alias="terreau:ended")
    successor: str = Field("", alias="terreau:successor")
    settled: Measure = Field(alias="terreau:settled")
    remaining: Measure = Field(alias="terreau:remaining")
    recordedBy: str = Field(alias="terreau:recordedBy")  # noqa: N815


class Plan(Node):
    """What people set out to do; its days and its end are those of its activities."""

    type: Literal["Plan"] = Field(alias="@type")
    name: str
    note: str = ""
    created: str
    due: date | None = None
    begins: date | None = Field(None, alias="terreau:begins")
    ends: date | None = Field(None, alias="terreau:ends")
    over: bool = Field(alias="terreau:over")


class Process(Node):
    type: Literal["Process"] = Field(alias="@type")
    name: str
    basedOn: str = ""  # noqa: N815
    plannedWithin: str = ""  # noqa: N815
    hasBeginning: date | None = None  # noqa: N815
    hasEnd: date | None = None  # noqa: N815
    finished: bool


class ProcessSpecification(Node):
    type: Literal["ProcessSpecification"] = Field(alias="@type")
    name: str


class BatchLotRecord(Node):
    type: Literal["BatchLotRecord"] = Field(alias="@type")
    batchLotCode: str  # noqa: N815
    expirationDate: date | None = None  # noqa: N815


class RecipeFlow(Node):
    """What goes into a step or comes out of it, for the recipe made once."""

    type: Literal["RecipeFlow"] = Field(alias="@type")
    action: str
    resourceConformsTo: str  # noqa: N815
    resourceQuantity: Measure | None = None  # noqa: N815
    effortQuantity: Measure | None = None  # noqa: N815
    stage: str = ""
    state: str = ""
    recipeInputOf: str = ""  # noqa: N815
    recipeOutputOf: str = ""  # noqa: N815


class RecipeProcess(Node):
    """A step. What goes into it and comes out of another stands under the one it goes into."""

    type: Literal["RecipeProcess"] = Field(alias="@type")
    name: str
    processConformsTo: str = ""  # noqa: N815
    hasDuration: Measure | None = None  # noqa: N815
    hasRecipeInput: list[RecipeFlow] = []  # noqa: N815
    hasRecipeOutput: list[RecipeFlow] = []  # noqa: N815


class Recipe(Node):
    """How something is made; its steps in their order."""

    type: Literal["Recipe"] = Field(alias="@type")
    name: str
    note: str = ""
    primaryOutput: str = ""  # noqa: N815
    recipeIncludes: list[RecipeProcess]  # noqa: N815


class Claims(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[Claim] = Field(alias="@graph")


class Plans(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[Plan] = Field(alias="@graph")


class Processes(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[Process] = Field(alias="@graph")


class ProcessSpecifications(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[ProcessSpecification] = Field(alias="@graph")


class BatchLotRecords(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[BatchLotRecord] = Field(alias="@graph")


class Recipes(Schema):
    context: dict[str, Any] = Field(alias="@context")
    graph: list[Recipe] = Field(alias="@graph")
