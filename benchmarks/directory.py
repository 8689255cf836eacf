# SPDX-License-Identifier: AGPL-3.0-or-later
"""The public directory at 10,000 sheets, against the same page asked for some ten sheets only.

The reference is measured in turns on the same database: what a page costs whatever the number of
sheets. « cold »: every count of every facet is worked out again, nothing is kept in memory.
"""

import random
from collections.abc import Callable, Iterator

from django.test import Client

from benchmarks.figures import Figure, in_turns, milliseconds
from terreau.core import clock
from terreau.ecosystems.enums import ObstacleCode, Phase
from terreau.ecosystems.models import LifeFunction
from terreau.publishing import queries, rules
from terreau.publishing.enums import LegalFamily, Licence, Origin
from terreau.publishing.models import Sheet, SheetObstacle, SheetTerm
from terreau.territories.models import Containment

MANY = 10_000
ROUNDS = 11
SLOWER = 4.0  # how many times longer than the reference a page may take
SLOWER_COLD = 6.0
REFERENCE = "/cooperations/?q=autre5"  # about ten sheets
WORDS = (
    "énergie jardin école vélo compost logement atelier réparation commune ferme soin voisin "
    "cantine bois laine théâtre formation covoiturage eau forêt marché semence quartier musique"
).split()
PAGES = {
    "directory": "/cooperations/",
    "directory_search": "/cooperations/?q=energie+atelier",
    "directory_facets": "/cooperations/?fonction=habiter&difficulte=jargon&annee=2022",
    "directory_home": "/",
}


def figures() -> Iterator[Figure]:
    """Measure each page, kept counts and cold ones."""
    client = Client(headers={"host": "localhost"})
    _add(MANY, 0)
    for name, address in PAGES.items():
        yield _figure(f"{name}_10000", _page(client, address), _page(client, REFERENCE))
    cold, reference = _cold(client, PAGES["directory"]), _cold(client, REFERENCE)
    yield _figure("directory_cold_10000", cold, reference, SLOWER_COLD)


def _figure(
    name: str, page: Callable[[], int], reference: Callable[[], int], target: float = SLOWER
) -> Figure:
    page()
    reference()
    rates = in_turns(ROUNDS, page, reference)
    taken, least = milliseconds(rates)
    return Figure(name, f"{taken:.0f}ms", taken / least, target, at_most=True)


def _page(client: Client, address: str) -> Callable[[], int]:
    def ask() -> int:
        assert client.get(address).status_code == 200, address
        return 1

    return ask


def _cold(client: Client, address: str) -> Callable[[], int]:
    ask = _page(client, address)

    def ask_cold() -> int:
        queries._facets.cache_clear()
        return ask()

    return ask_cold


def _add(number: int, first: int) -> None:
    """Write so many sheets, always the same ones."""
    chance = random.Random(first)
    places = list(
        Containment.objects.filter(inner__kind="department").values_list("inner_id", "outer_id")
    )
    sheets = [_sheet(chance, first + n, chance.choice(places)) for n in range(number)]
    sheets = Sheet.objects.bulk_create(sheets, batch_size=500)
    functions = list(LifeFunction.objects.all())
    links = Sheet.functions.through
    links.objects.bulk_create(
        (
            links(sheet=sheet, lifefunction=function)
            for sheet in sheets
            for function in chance.sample(functions, 2)
        ),
        batch_size=2000,
    )
    SheetObstacle.objects.bulk_create(
        (
            SheetObstacle(
                sheet=sheet,
                code=chance.choice(ObstacleCode.values),
                year=2015 + chance.randrange(10),
                words="Ce qui a coincé",
            )
            for sheet in sheets
            for _ in range(2)
        ),
        batch_size=2000,
    )
    SheetTerm.objects.bulk_create(
        (
            SheetTerm(sheet=sheet, term=term, weight=weight)
            for sheet in sheets
            for term, weight in rules.weigh(
                title=sheet.title, aim=sheet.aim, places=[], body=[sheet.content["story"]]
            ).items()
        ),
        batch_size=2000,
    )


def _sheet(chance: random.Random, number: int, place: tuple[int, int]) -> Sheet:
    story = " ".join(chance.choices(WORDS, k=60)) + f" mot{number} autre{number % 997}"
    return Sheet(
        slug=f"mesure-{number}",
        origin=Origin.INVENTED,
        title=f"{chance.choice(WORDS).capitalize()} et {chance.choice(WORDS)} {number}",
        aim=f"Que chacun trouve {chance.choice(WORDS)} et {chance.choice(WORDS)} près de chez soi",
        licence=Licence.OPEN,
        department_id=place[0],
        region_id=place[1],
        legal_family=chance.choice([f for f in LegalFamily.values if f]),
        phase=chance.choice(Phase.values),
        content={"story": story},
        published_at=clock.now(),
        refreshed_at=clock.now(),
    )
