# SPDX-License-Identifier: AGPL-3.0-or-later
"""A recipe of two steps: knead, then bake what was kneaded."""

from uuid import UUID

from terreau.ledger.recipes.shapes import Formula, Ingredient, Step

ONE = 1_000_000
KNEAD, BAKE = 0, 1
BREAD = Formula(
    UUID(int=7),
    "Pain",
    (Step("Pétrir", "pétrissage", 2), Step("Cuire", "cuisson", 1)),
    (
        Ingredient("consume", "flour", 10 * ONE, "kg", input_of=KNEAD),
        Ingredient("work", "time", None, "", 3 * ONE, "hour", input_of=KNEAD),
        Ingredient("produce", "dough", 16 * ONE, "kg", state="levée", output_of=KNEAD),
        Ingredient(
            "consume", "dough", 16 * ONE, "kg", stage="pétrissage", state="levée", input_of=BAKE
        ),
        Ingredient("produce", "bread", 20 * ONE, "item", output_of=BAKE),
    ),
    "Du samedi",
    "bread",
)
