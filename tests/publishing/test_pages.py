# SPDX-License-Identifier: AGPL-3.0-or-later
import json
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from terreau.core import clock, worker
from terreau.core.errors import Invalid, KeyReused
from terreau.publishing.actions import (
    load_read_sheets,
    publish_sheet,
    write_message,
)
from terreau.publishing.actions.messages import MESSAGES_AN_HOUR
from terreau.publishing.enums import MessageKind
from terreau.publishing.models import Sheet, SheetMessage
from tests.publishing.factories import make_scene, make_sheet

pytestmark = pytest.mark.django_db

WORDS = {"sender": "Claude", "answer_to": "06 00 00 00 00", "text": "Bonjour, nous aussi."}


@pytest.fixture
def kept() -> tuple:
    scene = make_scene()
    return scene, publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)


def send(client, address: str, **changed: str):
    return client.post(address, {**WORDS, "key": str(uuid4()), "website": "", **changed})


def test_the_pilot_reads_what_changed_before_publishing_it(client, kept):
    scene, _ = kept
    address = f"/c/{scene.ecosystem.slug}/fiche-publique/"
    client.force_login(scene.steward)
    before = client.get(address).content.decode()
    type(scene.effect).objects.filter(pk=scene.effect.pk).update(statement="Tout va mal.")

    after = client.get(address).content.decode()

    assert "Ce qui change pour qui lit la fiche" not in before
    said = re.search(r'aria-labelledby="nouveau".*?</section>', after, re.DOTALL)
    assert said is not None
    assert ("Tout va mal." in said[0], "Trois emplois" in said[0]) == (True, True)


def test_behind_a_proxy_each_visitor_is_slowed_down_alone(client, kept, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    _, sheet = kept
    address = f"/cooperations/{sheet.slug}/ecrire/"

    for number in range(MESSAGES_AN_HOUR + 1):
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"192.0.2.{number}"
        assert send(client, address).status_code == 302
    for _ in range(MESSAGES_AN_HOUR):
        answer = send(client, address)

    assert "dans une heure" in answer.content.decode()


def write(sheet: Sheet, kind: MessageKind = MessageKind.WRITE, **changed: object) -> SheetMessage:
    given = {"words": WORDS, "key": uuid4(), "address": "192.0.2.1"} | changed
    return write_message(sheet=sheet, kind=kind, **given)


def test_a_sheet_read_says_so_first_and_offers_to_take_it_back(client):
    load_read_sheets()

    body = client.get("/cooperations/dm-compost-arcueil/").content.decode()

    assert "Lu dans le Carnet 2024. Fiche non tenue par l&#x27;organisation" in body
    assert "C'est nous : reprendre / faire retirer" in body
    assert "/ecrire/" not in body
    assert "Ce qui a changé" in body and body.count("stage-year") == 2
    assert "Licence Ouverte 2.0" in body


def test_a_sheet_is_described_to_machines(client):
    load_read_sheets()

    body = client.get("/cooperations/rejoue/").content.decode()

    graph = json.loads(re.search(r'ld\+json">(.*?)</script>', body, re.S)[1])["@graph"]
    assert {node["@type"] for node in graph} == {"Article", "Project"}
    assert 'property="og:title" content="Rejoué' in body
    assert 'rel="canonical" href="http://testserver/cooperations/rejoue/"' in body
    hosts = set(re.findall(r'(?:src|href)="(https?://[^/"]+)', body))
    loaded = set(re.findall(r'<(?:img|script|link)[^>]+(?:src|href)="(https?://[^/"]+)', body))
    assert loaded <= {"http://testserver"} and hosts


def graph_of(body: str) -> dict[str, dict]:
    """The nodes of the page's JSON-LD, by type."""
    told = json.loads(re.search(r'ld\+json">(.*?)</script>', body, re.S)[1])
    assert told["@context"] == "https://schema.org"
    return {node["@type"]: node for node in told["@graph"]}


def test_what_machines_read_has_the_shape_of_schema_org_on_every_sheet(client, kept):
    load_read_sheets()

    for sheet in Sheet.objects.all():
        address = f"http://testserver/cooperations/{sheet.slug}/"
        nodes = graph_of(client.get(address).content.decode())
        article, project = nodes["Article"], nodes["Project"]
        assert (article["url"], article["about"]["@id"]) == (address, project["@id"])
        assert 0 < len(article["headline"]) <= 110
        for name in ("datePublished", "dateModified"):
            date.fromisoformat(article[name])
        assert article["license"].startswith("https://")
        assert article["inLanguage"] == "fr"
        assert project["name"] == sheet.title and project["description"]
        assert all(one["@type"] == "Organization" and one["name"] for one in project["member"])
        assert ("isBasedOn" in article) == (sheet.origin == "lue")


def test_a_kind_of_partners_is_read_by_people_and_is_no_organisation_for_machines(client):
    load_read_sheets()

    body = client.get("/cooperations/combrailles-durables/").content.decode()

    members = [one["name"] for one in graph_of(body)["Project"]["member"]]
    assert "Collectivités territoriales" in body
    assert ("Collectivités territoriales" in members, "SolReed" in members) == (False, True)


@pytest.mark.parametrize("address", ["/", "/cooperations/", "/cooperations/rejoue/"])
def test_other_sites_find_a_title_a_kind_an_address_and_a_picture(client, address):
    load_read_sheets()

    body = client.get(address).content.decode()

    told = dict(re.findall(r'<meta\s+property="(og:\w+)"\s+content="([^"]+)"', body))
    assert {"og:title", "og:type", "og:url", "og:image", "og:description"} <= set(told)
    assert told["og:url"] == f"http://testserver{address}"
    picture = told["og:image"].removeprefix("http://testserver/statique/")
    assert finders.find(picture) is not None


def test_someone_writes_and_only_those_who_answer_read_it(client, kept):
    scene, sheet = kept
    address = f"/cooperations/{sheet.slug}/ecrire/"

    answer = send(client, address)

    message = SheetMessage.objects.get()
    assert (answer.status_code, message.text) == (302, WORDS["text"])
    assert WORDS["answer_to"] not in client.get(f"/cooperations/{sheet.slug}/").content.decode()
    manage = f"/c/{scene.ecosystem.slug}/fiche-publique/"
    client.force_login(scene.member)
    assert client.get(manage).status_code == 404
    client.force_login(scene.steward)
    assert WORDS["answer_to"] in client.get(manage).content.decode()
    client.post(f"{manage}messages/{message.pk}/")
    message.refresh_from_db()
    assert message.handled_by == scene.steward.agent


def test_a_message_sent_twice_is_kept_once_and_a_robot_is_not(client, kept):
    _, sheet = kept
    address, key = f"/cooperations/{sheet.slug}/ecrire/", str(uuid4())

    for _ in range(2):
        assert send(client, address, key=key).status_code == 302
    assert send(client, address, website="http://spam.example").status_code == 302

    assert SheetMessage.objects.count() == 1


def test_what_is_missing_is_said_and_nothing_is_lost(client, kept):
    _, sheet = kept

    answer = send(client, f"/cooperations/{sheet.slug}/ecrire/", sender="  ", text="x" * 3001)

    body = answer.content.decode()
    assert answer.status_code == 200 and SheetMessage.objects.count() == 0
    assert WORDS["answer_to"] in body


def test_messages_are_slowed_down_by_place_and_by_sheet(kept):
    _, sheet = kept
    for _ in range(5):
        write(sheet)
    with pytest.raises(Invalid, match="Rien n'est perdu"):
        write(sheet)
    write(sheet, address="192.0.2.9")

    assert SheetMessage.objects.count() == 6
    assert "192.0.2" not in str(list(SheetMessage.objects.values_list()))


def test_nobody_can_write_where_nobody_answers(client, kept):
    scene, sheet = kept
    read = make_sheet()
    publish_sheet(by=scene.steward, ecosystem=scene.ecosystem, contact_open=False)

    assert client.get(f"/cooperations/{read.slug}/ecrire/").status_code == 404
    assert client.get(f"/cooperations/{sheet.slug}/ecrire/").status_code == 404
    assert client.get(f"/cooperations/{sheet.slug}/c-est-nous/").status_code == 404
    sheet.refresh_from_db()
    for thing, kind in ((read, MessageKind.WRITE), (sheet, MessageKind.REMOVE)):
        with pytest.raises(Invalid):
            write(thing, kind)
    with pytest.raises(Invalid):
        write(read, MessageKind.REMOVE, words={**WORDS, "text": " "})


def test_a_key_serves_one_message(kept):
    _, sheet = kept
    key = uuid4()
    write(sheet, key=key)
    with pytest.raises(KeyReused):
        write(sheet, key=key, words={**WORDS, "text": "Autre chose"})


def test_a_message_is_forgotten_after_a_year(kept):
    _, sheet = kept
    old, new = write(sheet), write(sheet)
    SheetMessage.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=366))

    worker.tidy()

    assert list(SheetMessage.objects.all()) == [new]


def test_the_command_may_be_repeated(capsys):
    for _ in range(2):
        call_command("load_read_sheets")

    said = capsys.readouterr().out.splitlines()
    assert said[1].startswith("31 fiches lues : 0 écrites")


def test_the_preview_shows_what_would_be_public_before_anything_is(client):
    scene = make_scene()
    client.force_login(scene.steward)

    answer = client.get(f"/c/{scene.ecosystem.slug}/fiche-publique/")
    body = answer.content.decode()

    assert "Ligne de covoiturage" in body and "SECRETPLANTE" not in body
    assert "Publier pour tout le monde" in body
    assert Sheet.objects.count() == 0
    client.post(
        f"/c/{scene.ecosystem.slug}/fiche-publique/publier/",
        {
            "version": answer.context["form"]["version"].value(),
            "contact_open": "on",
            "licence": "CC-BY-4.0",
        },
    )
    sheet = Sheet.objects.get()
    assert (sheet.licence, sheet.contact_open, sheet.origin) == ("CC-BY-4.0", True, "tenue")
    client.post(f"/c/{scene.ecosystem.slug}/fiche-publique/retirer/")
    sheet.refresh_from_db()
    assert sheet.withdrawn_at is not None


def test_health_says_whether_the_instance_can_write(client, settings):
    good = client.get("/sante/")

    assert (good.status_code, good.json()) == (200, {"etat": "bon", "problemes": []})
    assert "no-store" in good["Cache-Control"]


def test_robots_and_sitemap_list_only_what_is_published(client, settings, kept):
    make_sheet(slug="cachee", published_at=None)

    sitemap = client.get("/sitemap.xml").content.decode()
    robots = client.get("/robots.txt").content.decode()

    assert f"/cooperations/{kept[1].slug}/" in sitemap and "cachee" not in sitemap
    assert "Disallow: /c/" in robots
    settings.TERREAU_MODE = "demonstration"
    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize("address", ["/mentions-legales/", "/donnees-personnelles/"])
def test_legal_pages_say_what_is_still_missing(client, address):
    body = client.get(address).content.decode()

    assert "À compléter" in body and "Non précisé." in body


def test_the_accessibility_statement_is_not_flattering(client):
    assert "non conforme" in client.get("/accessibilite/").content.decode()


def test_the_page_says_whether_there_is_something_new_to_publish(client, kept):
    scene, _ = kept
    client.force_login(scene.steward)
    address = f"/c/{scene.ecosystem.slug}/fiche-publique/"

    assert "à jour</span>" in client.get(address).content.decode()
    scene.maillon.name = "Ligne de covoiturage du soir"
    scene.maillon.save()

    assert "du nouveau à publier" in client.get(address).content.decode()
