# SPDX-License-Identifier: AGPL-3.0-or-later
import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from terreau.core import clock
from terreau.ecosystems.actions.ecosystem import Beginning, describe, link
from terreau.ecosystems.models import Ecosystem, LifeFunction
from terreau.people.models import Invitation
from terreau.publishing.actions import publish_sheet
from tests.ecosystems.factories import begin
from tests.factories import join, make_user
from tests.publishing.factories import make_scene
from tests.web.reading import post_as_read

pytestmark = pytest.mark.django_db
OPTION = re.compile(r'<option value="([^"]+)"')
NAMED = {"name": "Aller et revenir", "sentence": "Que personne ne renonce."}


@pytest.fixture
def pilot():
    return make_user("Samir")


@pytest.fixture
def ecosystem(pilot):
    return begin(pilot)


def test_two_fields_start_a_cooperation_and_lead_to_its_keys(client):
    client.force_login(make_user("Nadège"))

    answer = client.post("/demarrer/", {**NAMED, "key": uuid4()})

    assert answer.url == "/c/aller-et-revenir/cles/"
    assert client.get(answer.url).status_code == 200


def test_pressing_twice_starts_one(client):
    client.force_login(make_user())
    sent = {**NAMED, "key": uuid4(), "new_function": "se reposer"}

    first, second = client.post("/demarrer/", sent), client.post("/demarrer/", sent)

    assert (first.status_code, second.url) == (302, first.url)
    assert Ecosystem.objects.count() == 1
    assert LifeFunction.objects.filter(label="se reposer").count() == 1


def test_a_village_that_nobody_lists_stops_nobody(client):
    client.force_login(make_user("Nadège"))

    answer = client.post(
        "/demarrer/", {**NAMED, "key": uuid4(), "territory": "Saint-Truc, vers le pont"}
    )

    assert answer.url == "/c/aller-et-revenir/cles/"
    assert Ecosystem.objects.get().place == "Saint-Truc, vers le pont"


def test_a_name_of_five_thousand_letters_is_refused_in_french(client):
    client.force_login(make_user())

    answer = client.post("/demarrer/", {**NAMED, "name": "x" * 5000, "key": uuid4()})

    error = answer.context["form"].errors["name"][0]
    assert error == "C'est trop long : 120 signes au plus, vous en avez 5000. Raccourcissez."
    assert Ecosystem.objects.count() == 0


def test_two_key_holders_are_invited_and_their_links_shown_once(client, pilot, ecosystem):
    client.force_login(pilot)
    sent = {"first": "a@exemple.invalid", "second": "b@exemple.invalid", "key": uuid4()}

    shown = client.post(f"/c/{ecosystem.slug}/cles/", sent).context["links"]
    again = client.post(f"/c/{ecosystem.slug}/cles/", sent).context["links"]

    assert [address for address, _ in shown] == ["a@exemple.invalid", "b@exemple.invalid"]
    assert shown == again
    assert Invitation.objects.count() == 2
    assert shown[0][1] not in client.get(f"/c/{ecosystem.slug}/cles/").content.decode()


def test_a_stranger_and_a_member_do_not_see_the_keepers_pages(client, ecosystem):
    for user in (make_user("Bob"), join(make_user("Kadi"), ecosystem)):
        client.force_login(user)
        for page in ("cles", "reglages"):
            assert client.get(f"/c/{ecosystem.slug}/{page}/").status_code == 404


def test_settings_written_over_an_older_version_show_both_texts(client, pilot, ecosystem):
    client.force_login(pilot)
    describe(
        by=pilot, ecosystem=ecosystem, version=1, now=Beginning(name="Autre nom", sentence="Autre.")
    )

    answer = client.post(f"/c/{ecosystem.slug}/reglages/", {**NAMED, "key": uuid4(), "version": 1})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert ("Autre nom" in page, "Aller et revenir" in page) == (True, True)
    assert Ecosystem.objects.get().name == "Autre nom"


def test_settings_keep_every_field(client, pilot, ecosystem):
    client.force_login(pilot)
    page = client.get(f"/c/{ecosystem.slug}/reglages/")
    sent = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}

    answer = client.post(
        f"/c/{ecosystem.slug}/reglages/", {**sent, "functions": [], "place": "La vallée"}
    )

    assert answer.url == f"/c/{ecosystem.slug}/reglages/"
    kept = Ecosystem.objects.get()
    assert (kept.place, kept.name, kept.version) == ("La vallée", ecosystem.name, 2)


def test_a_pause_is_said_and_shown_calmly(client, pilot, ecosystem):
    client.force_login(pilot)
    address = f"/c/{ecosystem.slug}/etape/"

    client.post(address, {"phase": "pause", "since": clock.today(), "words": "Élections."})
    page = client.get(address).content.decode()

    assert "Tout reste ici, lisible et daté." in page
    tomorrow = clock.today() + timedelta(days=1)
    refused = client.post(address, {"phase": "ended", "since": tomorrow})
    assert list(refused.context["form"].errors) == ["since"]


def test_a_member_reads_the_phases_and_does_not_say_them(client, ecosystem):
    client.force_login(join(make_user("Kadi"), ecosystem))
    address = f"/c/{ecosystem.slug}/etape/"

    page = client.get(address).content.decode()
    answer = client.post(address, {"phase": "pause", "since": clock.today()})

    assert "Dire cette étape" not in page
    assert answer.context["form"].non_field_errors()
    assert Ecosystem.objects.get().phase == "pre_emergence"


def test_links_name_what_is_linked_and_hide_what_one_is_not_in(client, pilot, ecosystem):
    other = begin(pilot, "Voisine")
    begin(name="Cachée")
    link(by=pilot, source=ecosystem, target=other, words="même vallée")
    client.force_login(pilot)

    page = client.get(f"/c/{ecosystem.slug}/liens/").content.decode()
    answer = client.post(f"/c/{ecosystem.slug}/liens/", {"target": "Cachée"})

    assert ("même vallée" in page, "Cachée" in page) == (True, False)
    assert list(answer.context["form"].errors) == ["target"]
    client.post(f"/c/{ecosystem.slug}/liens/{ecosystem.links.get().pk}/retirer/")
    assert ecosystem.links.count() == 0


@pytest.fixture
def neighbour():
    """A cooperation of others, with a published sheet, and its twin by name elsewhere."""
    scene = make_scene("Aller à l'école")
    publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    return scene.ecosystem


def test_a_neighbour_with_a_public_sheet_is_found_by_its_name_and_linked(
    client, pilot, ecosystem, neighbour
):
    begin(pilot, "Aller loin")
    begin(name="Aller se cacher")
    client.force_login(pilot)
    links = f"/c/{ecosystem.slug}/liens/"

    proposed = client.get(f"{links}proches/", {"champ": "target", "target": "aller"})
    unclear = client.post(links, {"target": "aller"})
    hidden = client.post(links, {"target": "Aller se cacher"})
    done = client.post(links, {"target": "aller a l'ECOLE", "words": "même bus"})
    page = client.get(links).content.decode()

    names = [html.unescape(one) for one in OPTION.findall(proposed.content.decode())]
    assert names == ["Aller à l'école, Val de Clairsault", "Aller loin"]
    assert [list(one.context["form"].errors) for one in (unclear, hidden)] == [["target"]] * 2
    assert (done.status_code, ecosystem.links.get().target) == (302, neighbour)
    assert f"/cooperations/{neighbour.sheet.slug}/" in page


def test_one_may_be_part_of_a_neighbour_with_a_sheet(client, pilot, ecosystem, neighbour):
    client.force_login(pilot)
    settings = f"/c/{ecosystem.slug}/reglages/"

    sent = post_as_read(client, settings, {**NAMED, "parent": "Aller à l'école", "key": uuid4()})
    page = client.get(f"/c/{ecosystem.slug}/liens/").content.decode()
    refused = post_as_read(client, settings, {**NAMED, "parent": "Ailleurs", "key": uuid4()})
    again = {**NAMED, "parent": neighbour.name, "key": uuid4()}
    neighbour.sheet.delete()
    kept = post_as_read(client, settings, again)
    ecosystem.refresh_from_db()

    assert (sent.status_code, kept.status_code, ecosystem.parent) == (302, 302, neighbour)
    assert list(refused.context["form"].errors) == ["parent"]
    assert "fait partie de" in page


def test_with_no_neighbour_the_page_says_what_to_do(client, pilot, ecosystem):
    client.force_login(pilot)
    alone = client.get(f"/c/{ecosystem.slug}/liens/").content.decode()
    client.force_login(join(make_user("Awa"), ecosystem))
    member = client.get(f"/c/{ecosystem.slug}/liens/").content.decode()

    assert ("la noter dans Qui" in alone, "gardent les clés" in member) == (True, True)


@pytest.mark.parametrize("leaf", ["etape", "liens"])
@pytest.mark.parametrize("format", ["ods", "xlsx", "csv"])
def test_lists_leave_as_files(client, pilot, ecosystem, leaf, format):
    client.force_login(pilot)

    answer = client.get(f"/c/{ecosystem.slug}/{leaf}/?format={format}")

    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
