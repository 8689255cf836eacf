# SPDX-License-Identifier: AGPL-3.0-or-later
"""What « Emporter notre coopération » holds, worked out from the models."""

import csv
import io
import json
import zipfile
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ManyToManyField
from django.test.utils import CaptureQueriesContext

from terreau.core import clock
from terreau.ecosystems.models import (
    Aim,
    Beneficiary,
    Ecosystem,
    EcosystemLink,
    Effect,
    LifeFunction,
    LogEntry,
    Maillon,
    Performance,
)
from terreau.ledger.actions import Flow, Stock, keep_stock, post
from terreau.overview.archive import write_archive
from terreau.overview.columns import (
    BROUGHT,
    SAID_BY,
    UNTOLD,
    heading,
    is_told,
    of_a_guest,
    place_of,
)
from terreau.overview.pointing import keeper
from terreau.overview.tables import LEFT_OUT, tables_of
from terreau.people.actions import open_guest_link
from terreau.people.enums import Level
from terreau.people.models import Space, SpaceLink
from terreau.people.visibility import reach_of
from terreau.programmes.models import Coaching, Programme
from terreau.territories.enums import TerritoryKind
from terreau.territories.models import Containment, Territory
from tests.agreements.factories import LONG, accept, add, give, make_draft, make_place, open_version
from tests.factories import join, make_ecosystem, make_user

pytestmark = pytest.mark.django_db


def relations(model):
    """Every link of a model to another row: foreign keys, one to one, many to many."""
    return [
        one for one in (*model._meta.concrete_fields, *model._meta.many_to_many) if one.is_relation
    ]


def belonging():
    """Every model that leads to a cooperation, or to one of its spaces, by its own links."""
    found, before = {Ecosystem, Space}, set()
    while found != before:
        before = set(found)
        found |= {m for m in apps.get_models() if {r.related_model for r in relations(m)} & before}
    return found


@pytest.fixture
def place():
    return make_place()


def record(place, model, **fields):
    by = {"author": place.halte, "recorded_by": place.alice.agent}
    where = {"ecosystem": place.ecosystem, "space": place.ecosystem.circle, "level": Level.CIRCLE}
    return model.objects.create(**{**where, **by, **fields})


def plant_solution(place):
    use = record(place, Performance, statement="Rentrer le soir")
    maillons = [record(place, Maillon, name=name, nature="good") for name in ("Un car", "Un quai")]
    maillons[0].performances.add(use)
    maillons[0].depends_on.add(maillons[1])
    whom = record(place, Beneficiary, label="Les soignants")
    effect = record(place, Effect, statement="Moins d'absents", beneficiary=whom)
    effect.maillons.add(maillons[0])
    aim = record(place, Aim, number=1, text="Rentrer", state="adopted", adopted_on=clock.today())
    aim.adopted_by.add(place.council)


def plant_promises(place):
    version = open_version(place)
    first = add(place, version, make_draft(place, words="Tenir le téléphone"))
    back = {"provider_id": place.council.pk, "receiver_id": place.halte.pk}
    second = add(place, version, make_draft(place, words="Prêter la salle", free=False, **back))
    second.in_return_of.add(first)
    accept(place, version)
    give(place, commitment_id=first.pk)


def plant_around(place):
    parts = {"kind": TerritoryKind.DEPARTMENT, "name": "Creuse", "search_key": "creuse"}
    outer = Territory.objects.create(**parts)
    inner = Territory.objects.create(kind=TerritoryKind.COMMUNE, name="Guéret", search_key="gueret")
    Containment.objects.create(inner=inner, outer=outer, vintage=2024)
    ecosystem = place.ecosystem
    ecosystem.parent = make_ecosystem("Grand ensemble")
    ecosystem.save()
    join(place.pilot, ecosystem.parent)
    ecosystem.territories.add(inner)
    ecosystem.functions.add(LifeFunction.objects.create(slug="rouler", label="Rouler"))
    known = {"source": ecosystem, "target": make_ecosystem("Voisine"), "words": "un pont"}
    EcosystemLink.objects.create(since=clock.today(), **known)
    guest, _ = open_guest_link(by=place.pilot, space=ecosystem.space, label="Fête du pont")
    record(place, LogEntry, day=clock.today(), text="Un mot", guest_link=guest)


def plant_programme(place):
    programme = Programme.objects.create(
        name="Programme Rives",
        host=place.lab,
        starts_on=LONG,
        space=Space.objects.create(kind="programme", name="Espace Rives"),
    )
    since = {"since": clock.today()}
    source = place.ecosystem.space
    SpaceLink.objects.create(source=source, target=programme.space, **since)
    here = {"programme": programme, "ecosystem": place.ecosystem}
    Coaching.objects.create(coach=place.chloe.agent, **here, **since)


def plant_stock(place):
    ledger = place.ecosystem.space
    stock = keep_stock(by=place.alice, ledger=ledger, stock=Stock(uuid4(), "Bidons", "eau", "kg"))
    flow = Flow(
        key=uuid4(),
        action="raise",
        provider_id=place.halte.pk,
        receiver_id=place.halte.pk,
        specification="eau",
        happened_on=clock.today(),
        quantity=7_000_000,
        unit="kg",
        resource_id=stock,
    )
    post(by=place.alice, ledger=ledger, flows=[flow])


@pytest.fixture
def planted(place):
    for plant in (plant_solution, plant_promises, plant_around, plant_programme, plant_stock):
        plant(place)
    return place


def lists(archive):
    """Every CSV of an archive: its rows as dictionaries, by name."""

    def rows(name):
        text = io.StringIO(archive.read(name).decode("utf-8-sig"))
        return list(csv.DictReader(text, delimiter=";"))

    names = [name for name in archive.namelist() if name.endswith(".csv")]
    return {name.removeprefix("listes/").removesuffix(".csv"): rows(name) for name in names}


def carried(place, user):
    out = io.BytesIO()
    write_archive(out, place.ecosystem, reach_of(user))
    return zipfile.ZipFile(out)


def test_every_model_that_belongs_to_a_cooperation_has_a_table_or_a_reason(place):
    taken = {table.rows.model for table in tables_of(place.ecosystem, reach_of(place.pilot))}

    missing = {
        model._meta.label
        for model in belonging() - taken
        if not {model._meta.label, model._meta.app_label} & LEFT_OUT.keys()
    }

    assert missing == set()


def test_every_reason_names_something_that_exists():
    labels = {model._meta.label for model in apps.get_models()}
    named = {one for model in apps.get_models() for one in map(place_of, relations(model))}
    bare = {name.rpartition(".")[2] for name in named}

    assert LEFT_OUT.keys() - labels - {config.label for config in apps.get_app_configs()} == set()
    assert (UNTOLD.keys() - named - bare, BROUGHT - named) == (set(), set())


def test_every_link_of_a_row_stands_in_words_in_lists_and_json(planted):
    keep = keeper(planted.ecosystem, reach_of(planted.pilot))
    seen, bare = set(), []
    for table in tables_of(planted.ecosystem, reach_of(planted.pilot)):
        links = [one for one in relations(table.rows.model) if is_told(one)]
        told = zip(table.rows.order_by("pk"), table.lines(keep), table.objects(keep), strict=True)
        for row, line, data in told:
            cells = dict(zip(table.headers, line, strict=True))
            for field in links:
                value = getattr(row, field.name)
                many = isinstance(field, ManyToManyField)
                guest = of_a_guest(row) and field.name in SAID_BY
                if guest or not (value.exists() if many else value):
                    continue
                seen.add(place_of(field))
                words = data[field.name]
                spoken = " ; ".join(words) if many else words
                if not spoken or spoken.isdigit() or cells[heading(field)] != spoken:
                    bare.append((place_of(field), spoken))

    assert bare == []
    assert seen >= {
        "agreements.Contribution.posting",
        "agreements.Commitment.in_return_of",
        "agreements.Commitment.version",
        "ecosystems.Maillon.performances",
        "ecosystems.Maillon.depends_on",
        "ecosystems.Aim.adopted_by",
        "ecosystems.Effect.maillons",
        "ecosystems.LogEntry.guest_link",
        "ecosystems.Ecosystem.parent",
        "territories.Territory.containers",
        "ledger.Resource.accountable",
    }


def test_the_archive_reads_by_itself(planted):
    archive = carried(planted, planted.pilot)
    found = lists(archive)

    def column(name, title):
        return [row[title] for row in found[name]]

    assert column("contributions", "pour quel engagement") == ["Tenir le téléphone"]
    assert column("promesses", "version de l'engagement") == ["Notre accord, version 1"] * 2
    assert column("promesses", "en retour de") == ["", "Tenir le téléphone"]
    assert column("maillons", "sert à") == ["Rentrer le soir", ""]
    assert column("maillons", "a besoin de") == ["Un quai", ""]
    assert column("cap", "adopté par") == ["Communauté de communes"]
    assert column("liens", "avec qui") == ["Voisine"]
    assert column("territoires", "dans") == ["Creuse"]
    assert column("liens-d-invite", "nom du lien") == ["Fête du pont"]
    assert column("ressources", "quantité") == ["7"]
    assert [(row["fait partie de"], row["fonctions de vie"]) for row in found["presentation"]] == [
        ("Grand ensemble", "Rouler")
    ]
    documents = {name for name in archive.namelist() if name.startswith("documents/")}
    assert {"documents/solution.pdf", "documents/ce-que-ca-change.pdf"} <= documents
    data = json.loads(archive.read("tout.json"))
    assert [row["posting"] for row in data["contributions"]] == ["Tenir le téléphone"]
    assert [row["performances"] for row in data["maillons"]] == [["Rentrer le soir"], []]


def told_to(place, user):
    """The lists and the JSON of an archive as its reader gets them, in one text, without PDF."""
    keep = keeper(place.ecosystem, reach_of(user))
    tables = tables_of(place.ecosystem, reach_of(user))
    return json.dumps(
        [(table.name, [*table.lines(keep)], [*table.objects(keep)]) for table in tables],
        default=str,
        ensure_ascii=False,
    )


def test_a_link_tells_nothing_of_what_its_reader_may_not_read(planted):
    Performance.objects.update(level=Level.AUTHOR)
    Maillon.objects.filter(name="Un quai").update(level=Level.AUTHOR)
    visitor = join(make_user("Denis"), planted.ecosystem)

    mine, others = told_to(planted, planted.alice), told_to(planted, visitor)

    hidden = ("Rentrer le soir", "Un quai", "Fête du pont", "Grand ensemble")
    assert [word in mine for word in hidden] == [True, True, False, False]
    assert [word in others for word in (*hidden, "Un car")] == [False, False, False, False, True]


def test_a_promise_is_not_told_through_the_gift_that_keeps_it(planted):
    planted.ecosystem.agreements.update(level=Level.AUTHOR, author=planted.lab)
    rows = told_to(planted, planted.pilot)

    assert ("Tenir le téléphone" in rows, "Notre accord" in rows) == (False, False)


def test_who_is_not_of_the_circle_takes_no_stock(planted):
    visitor = join(make_user("Denis"), planted.ecosystem)
    visitor.agent.roles.update(space=planted.ecosystem.space)

    assert ("Bidons" in told_to(planted, visitor), "Bidons" in told_to(planted, planted.pilot)) == (
        False,
        True,
    )


def test_more_rows_ask_no_more_queries(planted):
    def asked():
        with CaptureQueriesContext(connection) as found:
            told_to(planted, planted.pilot)
        return len(found)

    before = asked()
    for _ in range(3):
        plant_solution_more(planted)
        give(planted)

    assert asked() == before


def plant_solution_more(place):
    use = record(place, Performance, statement="Partir tôt")
    maillon = record(place, Maillon, name="Un vélo", nature="good")
    maillon.performances.add(use)
    maillon.depends_on.add(Maillon.objects.get(name="Un car"))
