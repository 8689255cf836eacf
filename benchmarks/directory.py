# SPDX-License-Identifier: AGPL-3.0-or-later
"""The public directory at 10,000 sheets against the same at 100, beside a page that never grows."""

import random
from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from benchmarks.figures import Figure, in_turns, milliseconds
from terreau.core import clock
from terreau.ecosystems.enums import ObstacleCode, Phase
from terreau.ecosystems.models import LifeFunction
from terreau.publishing.enums import LegalFamily, Licence, Origin
from terreau.publishing.models import Sheet, SheetObstacle, SheetTerm
from terreau.publishing.rules import weigh
from terreau.territories.enums import TerritoryKind
from terreau.territories.models import Territory

FEW, MANY = 100, 10_000
ROUNDS = 9
TARGET = 3.0
"""Ours: the facets count every sheet, so the page may grow, but a hundred times as many sheets
must not cost more than three times."""
ADDRESSES = {
    "directory": "",
    "directory_search": "?q=potager",
}
WORDS = (
    "atelier potager mobilité habitat soin école cuisine forêt énergie réparation lien accueil "
    "marché eau culture transport jardin maison commun entraide relais graines bois vélo"
).split()


def figures() -> Iterator[Figure]:
    """Measure the directory and a search in it."""
    places = _territories()
    _add(FEW, places)
    before = {name: _grown(address) for name, address in ADDRESSES.items()}
    _add(MANY - FEW, places)
    for name, address in ADDRESSES.items():
        few, _ = before[name]
        many, shown = _grown(address)
        value = f"{shown:.0f}ms({MANY}sheets)"
        yield Figure(name, value, many / few, TARGET, at_most=True)


def _grown(query: str) -> tuple[float, float]:
    """Return how many times the page costs what a plain page does, and its milliseconds."""
    client = Client()
    directory, plain = reverse("public_directory") + query, reverse("public_legal")

    def opener(address):
        def get() -> int:
            assert client.get(address).status_code == 200, address
            return 1

        get()
        return get

    page, reference = milliseconds(in_turns(ROUNDS, opener(directory), opener(plain)))
    return page / reference, page


def _territories() -> list[Territory]:
    """Return the planted regions and departments, adding departments when the files are not in."""
    wanted = (TerritoryKind.REGION, TerritoryKind.DEPARTMENT)
    found = list(Territory.objects.filter(kind__in=wanted))
    if any(place.kind == TerritoryKind.DEPARTMENT for place in found):
        return found
    made = [
        Territory(
            kind=TerritoryKind.DEPARTMENT,
            code=f"{number:02d}",
            name=f"Département {number}",
            search_key=f"departement {number}",
        )
        for number in range(1, 96)
    ]
    return found + Territory.objects.bulk_create(made)


def _add(count: int, places: list[Territory]) -> None:
    chance = random.Random(count)
    regions = [place for place in places if place.kind == TerritoryKind.REGION]
    departments = [place for place in places if place.kind == TerritoryKind.DEPARTMENT]
    first = Sheet.objects.count()
    made = Sheet.objects.bulk_create(
        Sheet(
            slug=f"fiche-{first + number}",
            origin=Origin.INVENTED,
            title=f"{chance.choice(WORDS).title()} et {chance.choice(WORDS)} {first + number}",
            aim=f"Que chacun trouve {' '.join(chance.sample(WORDS, 6))}.",
            licence=Licence.CC_BY_SA,
            region=chance.choice(regions),
            department=chance.choice(departments),
            legal_family=chance.choice(LegalFamily.values),
            phase=chance.choice(Phase.values),
            published_at=clock.now(),
            refreshed_at=clock.now(),
        )
        for number in range(count)
    )
    functions = list(LifeFunction.objects.all())
    Sheet.functions.through.objects.bulk_create(
        Sheet.functions.through(sheet=sheet, lifefunction=function)
        for sheet in made
        for function in chance.sample(functions, 2)
    )
    SheetObstacle.objects.bulk_create(
        SheetObstacle(
            sheet=sheet,
            code=chance.choice(ObstacleCode.values),
            year=chance.randint(2020, 2026),
            words="Le temps manque pour tenir les réunions de tous.",
        )
        for sheet in made
    )
    SheetTerm.objects.bulk_create(
        (
            SheetTerm(sheet=sheet, term=term, weight=weight)
            for sheet in made
            for term, weight in weigh(
                title=sheet.title, aim=sheet.aim, places=[sheet.region.name], body=[]
            ).items()
        ),
        batch_size=5_000,
    )
