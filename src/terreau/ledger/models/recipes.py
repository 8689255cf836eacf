# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is known of how something is made: steps, and what goes into each and comes out of it."""

from django.db import models
from django.db.models import F, Q

from terreau.ledger.models.checks import unit_beside, whole
from terreau.ledger.models.things import ProcessSpecification, Specification
from terreau.people.models import Agent, Space


class Recipe(models.Model):
    """How something is made. Knowledge, no fact: nothing of it happened, and nobody owes it."""

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField(unique=True)
    name = models.CharField("nom", max_length=120)
    note = models.CharField("précisions", max_length=600, blank=True)
    primary_output = models.ForeignKey(
        Specification, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    written_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    written_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["ledger", "id"], name="ledger_recipe_order"),)
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="recipe_has_a_name"),)

    def __str__(self) -> str:
        return self.name


class RecipeProcess(models.Model):
    """One step of a recipe, in its order; ``days``: how long it lasts, when that is known."""

    recipe = models.ForeignKey(
        Recipe, on_delete=models.CASCADE, related_name="steps", db_index=False
    )
    number = models.PositiveIntegerField()
    name = models.CharField("nom", max_length=120)
    specification = models.ForeignKey(
        ProcessSpecification, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    days = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["recipe", "number"], name="one_step_a_number"),
            models.CheckConstraint(condition=~Q(name=""), name="step_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name


class RecipeFlow(models.Model):
    """What goes into a step or comes out of it, for the recipe made once."""

    recipe = models.ForeignKey(
        Recipe, on_delete=models.CASCADE, related_name="flows", db_index=False
    )
    number = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    specification = models.ForeignKey(
        Specification, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    quantity = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=16, default="")
    effort = models.BigIntegerField(null=True)
    effort_unit = models.CharField(max_length=16, default="")
    stage = models.ForeignKey(
        ProcessSpecification, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    in_state = models.CharField(max_length=60, default="")
    input_of = models.ForeignKey(
        RecipeProcess, on_delete=models.CASCADE, related_name="+", db_index=False, null=True
    )
    output_of = models.ForeignKey(
        RecipeProcess, on_delete=models.CASCADE, related_name="+", db_index=False, null=True
    )

    class Meta:
        constraints = (
            *whole("quantity", "effort"),
            unit_beside("quantity", "unit"),
            unit_beside("effort", "effort_unit"),
            models.UniqueConstraint(fields=["recipe", "number"], name="one_flow_a_number"),
            models.CheckConstraint(
                condition=(Q(quantity__gt=0) & Q(effort__isnull=True))
                | (Q(effort__gt=0) & Q(quantity__isnull=True)),
                name="recipe_flow_is_of_one_measure",
            ),
            models.CheckConstraint(
                condition=Q(input_of__isnull=False, output_of__isnull=True)
                | Q(input_of__isnull=True, output_of__isnull=False)
                | ~Q(input_of=F("output_of")),
                name="recipe_flow_is_of_a_step",
            ),
        )

    def __str__(self) -> str:
        return f"{self.action}, {self.recipe_id}"
