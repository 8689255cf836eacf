# SPDX-License-Identifier: AGPL-3.0-or-later
"""Units: what a quantity counts, and exact conversion inside one dimension.

Only what is exactly convertible shares a dimension. An hour and a day do not: how many hours a day
holds is an agreement between people, not arithmetic. Different things that are counted one by one
(items, persons, meals) do not either: they are never added.
"""

from dataclasses import dataclass
from fractions import Fraction

from terreau.core.errors import Invalid
from terreau.core.quantities import DECIMALS, MICRO, checked, show
from terreau.core.texts import fold


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: one of it is ``factor`` of the base unit of the dimension.

    ``symbol`` is what follows a number; empty, the label (or its plural) does. ``decimals``: how
    many figures a person may type after the comma (none for what is counted by the piece). A
    surface lent is counted with its time: 40 m² for twelve months are as much as 480 m² for one.
    """

    code: str
    label: str
    symbol: str
    dimension: str
    factor: Fraction = Fraction(1)
    plural: str = ""
    decimals: int = DECIMALS


def _units(*units: Unit) -> dict[str, Unit]:
    return {unit.code: unit for unit in units}


UNITS: dict[str, Unit] = _units(
    Unit("eur", "euro", "€", "euro", plural="euros", decimals=2),
    Unit("hour", "heure", "h", "duration", plural="heures"),
    Unit("minute", "minute", "min", "duration", Fraction(1, 60), "minutes"),
    Unit("day", "journée", "", "day", plural="journées"),
    Unit("half_day", "demi-journée", "", "day", Fraction(1, 2), "demi-journées"),
    Unit("week", "semaine", "", "week", plural="semaines"),
    Unit("month", "mois", "", "month", plural="mois"),
    Unit("night", "nuitée", "", "night", plural="nuitées", decimals=0),
    Unit("km", "kilomètre", "km", "length", Fraction(1000), "kilomètres"),
    Unit("m", "mètre", "m", "length", plural="mètres"),
    Unit("m2", "mètre carré", "m²", "area", plural="mètres carrés"),
    Unit("hectare", "hectare", "ha", "area", Fraction(10_000), "hectares"),
    Unit("m2_day", "m² pendant un jour", "", "area_day", plural="m² pendant un jour"),
    Unit("m2_month", "m² pendant un mois", "", "area_month", plural="m² pendant un mois"),
    Unit("kg", "kilogramme", "kg", "mass", plural="kilogrammes"),
    Unit("g", "gramme", "g", "mass", Fraction(1, 1000), "grammes"),
    Unit("tonne", "tonne", "t", "mass", Fraction(1000), "tonnes"),
    Unit("litre", "litre", "l", "volume", plural="litres"),
    Unit("m3", "mètre cube", "m³", "volume", Fraction(1000), "mètres cubes"),
    Unit("kwh", "kilowattheure", "kWh", "energy", plural="kilowattheures"),
    Unit("item", "pièce", "", "item", plural="pièces", decimals=0),
    Unit("person", "personne", "", "person", plural="personnes", decimals=0),
    Unit("time", "fois", "", "time", plural="fois", decimals=0),
    Unit("place", "place", "", "place", plural="places", decimals=0),
    Unit("meal", "repas", "", "meal", plural="repas", decimals=0),
)


def unit(code: str) -> Unit:
    """Return a unit by its code. Raises Invalid when there is none."""
    try:
        return UNITS[code]
    except KeyError:
        raise Invalid(f"L'unité « {code[:40]} » n'existe pas.", field="unit") from None


def too_fine(micro: int, code: str) -> str:
    """Return why a quantity is finer than its unit allows, for the person, or nothing."""
    of = unit(code)
    if micro % 10 ** (DECIMALS - of.decimals) == 0:
        return ""
    if of.decimals:
        return (
            f"{say(micro, code)} : c'est trop fin. Gardez {of.decimals} chiffres après la virgule "
            "au plus."
        )
    return f"{show(micro)} n'est pas un nombre entier : « {of.plural} » se compte sans virgule."


def unit_named(words: str) -> Unit | None:
    """Return the unit that these words are the name of (« euros », « Repas »), or None."""
    said = fold(words)
    named = (one for one in UNITS.values() if said in (fold(one.label), fold(one.plural)))
    return UNITS["eur"] if words.strip() == "€" else next(named, None)


def convertible(source: str, target: str) -> bool:
    """Tell whether a quantity in one unit may be said in the other, exactly."""
    return unit(source).dimension == unit(target).dimension


def convert(micro: int, source: str, target: str) -> int:
    """Return the same quantity in another unit of its dimension, exactly.

    Raises Invalid, naming both units, when the dimensions differ or the result is not exact.
    """
    if unit(source) is unit(target):
        return checked(micro)
    value = as_fraction(micro, source, target)
    if value.denominator != 1:
        raise Invalid(
            f"Converti en {unit(target).plural}, {say(micro, source)} ne tombe pas juste.",
            field="unit",
        )
    return checked(value.numerator)


def as_fraction(micro: int, source: str, target: str) -> Fraction:
    """Return the same quantity in another unit, as an exact fraction of millionths."""
    one, other = unit(source), unit(target)
    if one is other:
        return Fraction(micro)
    if one.dimension != other.dimension:
        raise Invalid(
            f"On ne peut pas convertir des {one.plural} en {other.plural} : choisissez une unité "
            "de même nature.",
            field="unit",
        )
    return Fraction(micro) * one.factor / other.factor


def say(micro: int, code: str) -> str:
    """Return a quantity with its unit, as a person reads it (« 1,5 h », « 2 journées »)."""
    of = unit(code)
    word = of.symbol or (of.plural if abs(micro) >= 2 * MICRO else of.label)
    return f"{show(micro)}\u00a0{word}"
