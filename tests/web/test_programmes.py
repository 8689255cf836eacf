# SPDX-License-Identifier: AGPL-3.0-or-later
import io
from datetime import date
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from terreau.ecosystems.actions import logbook, presence, words
from terreau.ecosystems.models import Stake
from terreau.overview.shown import ROWS_OF_A_KIND_MAX
from terreau.people.enums import Level, RoleKind
from terreau.people.models import OutsideRead, User
from terreau.programmes import actions
from terreau.programmes.actions import Said
from terreau.programmes.models import Programme
from tests.ecosystems.factories import begin, filing, note_actor
from tests.factories import join, make_user
from tests.web.reading import folded

pytestmark = pytest.mark.django_db(databases="__all__")
SAID = Said(name="Territoires", host="Agence inventée", starts_on=date(2024, 1, 1))


@pytest.fixture
def admin():
    user = make_user("Administratrice", is_superuser=True, is_staff=True)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    return user


@pytest.fixture
def programme(admin):
    return actions.create_programme(by=admin, key=uuid4(), said=SAID)


@pytest.fixture
def officer(admin, programme):
    user = make_user("Solène")
    actions.name_officer(by=admin, programme=programme, officer=user.agent)
    return user


@pytest.fixture
def pilot():
    return make_user("Samir")


@pytest.fixture
def ecosystem(pilot):
    return begin(pilot)


def tell(by, ecosystem, level, label):
    words.add_stake(by=by, ecosystem=ecosystem, filing=filing(level=level), said={"label": label})


def test_a_programme_is_opened_once_by_the_administrator(admin):
    key = uuid4()

    first = actions.create_programme(by=admin, key=key, said=SAID)
    again = actions.create_programme(by=admin, key=key, said=SAID)

    assert first == again
    with pytest.raises(KeyReused):
        actions.create_programme(
            by=admin, key=key, said=Said(name="Autre", host="X", starts_on=date(2024, 1, 1))
        )
    with pytest.raises(NotAllowed):
        actions.create_programme(by=make_user(), key=uuid4(), said=SAID)


def test_a_programme_does_not_end_before_it_began(admin):
    backwards = Said(name="X", host="Y", starts_on=date(2024, 1, 2), ends_on=date(2024, 1, 1))

    with pytest.raises(Invalid) as refusal:
        actions.create_programme(by=admin, key=uuid4(), said=backwards)

    assert (refusal.value.field, Programme.objects.count()) == ("ends_on", 0)


def test_a_programme_reads_what_is_raised_to_it_and_nothing_else(
    client, programme, officer, pilot, ecosystem
):
    for level in (Level.AUTHOR, Level.CIRCLE, Level.ECOSYSTEM, Level.PROGRAMME, Level.PUBLIC):
        tell(pilot, ecosystem, level, f"texte {level.value}")
    unlinked = begin(name="Pas reliée")
    tell(User.objects.get(agent__roles__space=unlinked.circle, agent__roles__kind="pilot"),
         unlinked, Level.PROGRAMME, "texte d'une autre")  # fmt: skip
    actions.show_to(by=pilot, ecosystem=ecosystem, programme=programme)
    client.force_login(officer)

    for address in (f"/programmes/{programme.pk}/", f"/programmes/{programme.pk}/?format=csv"):
        page = client.get(address).content.decode()
        read = [level.value for level in Level if f"texte {level.value}" in page]
        assert read == ["programme", "public"]
        assert "autre" not in page.split("<main")[-1]


def test_a_programme_opens_the_photos_of_the_entries_it_is_shown_and_no_other(
    client, programme, officer, pilot, ecosystem, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    shown, kept = (photographed(pilot, ecosystem, level) for level in ("programme", "circle"))
    actions.show_to(by=pilot, ecosystem=ecosystem, programme=programme)
    client.force_login(officer)

    page = client.get(f"/programmes/{programme.pk}/").content.decode()
    photo = client.get(f"/programmes/{programme.pk}/fichiers/{shown.pk}/")
    hidden = client.get(f"/programmes/{programme.pk}/fichiers/{kept.pk}/")
    b"".join(photo.streaming_content)

    assert (f"/fichiers/{shown.pk}/" in page, f"/fichiers/{kept.pk}/" in page) == (True, False)
    assert (photo.status_code, photo["Content-Type"], hidden.status_code) == (200, "image/png", 404)
    reads = OutsideRead.objects.filter(what="une photo ou un document du journal")
    assert [read.count for read in reads] == [1]
    client.force_login(make_user("Quelqu'un d'autre"))
    assert client.get(f"/programmes/{programme.pk}/fichiers/{shown.pk}/").status_code == 404
    actions.stop_showing(by=pilot, ecosystem=ecosystem, programme=programme)
    client.force_login(officer)
    assert client.get(f"/programmes/{programme.pk}/fichiers/{shown.pk}/").status_code == 404


def photographed(by, ecosystem, level):
    content = io.BytesIO()
    Image.new("RGB", (9, 9)).save(content, "PNG")
    lines = logbook.Lines(day=clock.today(), text=f"texte {level}", level=level)
    file = logbook.Incoming(content.getvalue(), "photo.png", "le mur")
    entry = logbook.write_entry(by=by, ecosystem=ecosystem, lines=lines, key=uuid4(), file=file)
    return entry.attachments.get()


def test_outside_nobody_is_named_who_did_not_agree(client, programme, officer, pilot, ecosystem):
    for name, agreed in (("Qui a dit oui", True), ("Pressentie", False)):
        noted = note_actor(pilot, ecosystem, name)
        presence.edit_lines(
            by=pilot, presence=noted, version=1, lines=presence.Lines(level=Level.PROGRAMME)
        )
        if agreed:
            presence.note_agreement(by=pilot, presence=noted, said_by="sa directrice")
    tell(pilot, ecosystem, Level.PROGRAMME, "texte")
    actions.show_to(by=pilot, ecosystem=ecosystem, programme=programme)
    client.force_login(officer)

    page = client.get(f"/programmes/{programme.pk}/").content.decode()

    assert ("Qui a dit oui" in page, "Pressentie" in page, "Samir" in page) == (True, False, False)


def test_a_coach_inside_reads_no_more_on_the_programmes_page(
    client, programme, officer, pilot, ecosystem
):
    tell(pilot, ecosystem, Level.CIRCLE, "texte du cercle")
    tell(pilot, ecosystem, Level.PROGRAMME, "texte raisonné")
    actions.show_to(by=pilot, ecosystem=ecosystem, programme=programme)
    join(officer, ecosystem, RoleKind.COACH)
    client.force_login(officer)

    page = client.get(f"/programmes/{programme.pk}/").content.decode()

    assert ("texte du cercle" in page, "texte raisonné" in page) == (False, True)
    assert OutsideRead.objects.count() == 0


def test_a_read_is_counted_after_the_answer_and_the_ecosystem_sees_it(
    client, programme, officer, pilot, ecosystem
):
    tell(pilot, ecosystem, Level.PROGRAMME, "texte")
    actions.show_to(by=pilot, ecosystem=ecosystem, programme=programme)
    client.force_login(officer)

    client.get(f"/programmes/{programme.pk}/")
    client.get(f"/programmes/{programme.pk}/")
    client.get(f"/programmes/{programme.pk}/?format=ods")

    rows = OutsideRead.objects.order_by("what").values_list(
        "space_id", "organisation", "day", "count"
    )
    today = clock.today()
    assert list(rows) == [
        (ecosystem.space_id, "Agence inventée", today, 2),
        (ecosystem.space_id, "Agence inventée", today, 1),
    ]
    client.force_login(pilot)
    page = folded(client.get(f"/c/{ecosystem.slug}/programme/").content.decode())
    assert "Agence inventée, ce qui nous est montré, 2 fois" in page


def test_an_ecosystem_that_stops_is_read_no_more(client, programme, officer, pilot, ecosystem):
    tell(pilot, ecosystem, Level.PROGRAMME, "texte")
    client.force_login(pilot)
    address = f"/c/{ecosystem.slug}/programme/"
    client.post(address, {"programme": programme.pk})
    assert "Ne plus rien montrer" in client.get(address).content.decode()

    client.post(f"{address}{programme.pk}/arreter/")

    client.force_login(officer)
    page = client.get(f"/programmes/{programme.pk}/").content.decode()
    assert "Aucune coopération ne se montre encore" in page


def test_coaches_are_noted_for_who_is_followed_and_open_nothing(
    client, programme, officer, pilot, ecosystem
):
    coach = make_user("Coach")
    with pytest.raises(NotFound):
        actions.assign_coach(
            by=officer, programme=programme, ecosystem=ecosystem, coach=coach.agent
        )
    actions.show_to(by=pilot, ecosystem=ecosystem, programme=programme)
    client.force_login(officer)
    sent = {"ecosystem": ecosystem.pk, "coach": coach.email, "since": clock.today()}

    client.post(f"/programmes/{programme.pk}/equipe/accompagnement/", sent)
    client.post(f"/programmes/{programme.pk}/equipe/accompagnement/", sent)

    coaching = programme.coachings.get()
    client.force_login(coach)
    assert client.get(f"/c/{ecosystem.slug}/").status_code == 404
    client.force_login(officer)
    client.post(f"/programmes/{programme.pk}/equipe/accompagnement/{coaching.pk}/fin/")
    coaching.refresh_from_db()
    assert coaching.until == clock.today()


def test_an_unknown_address_is_refused_on_its_field(client, admin):
    client.force_login(admin)
    sent = {
        "name": "Territoires",
        "host": "Agence",
        "starts_on": "2024-01-01",
        "officer": "personne@exemple.invalid",
        "key": uuid4(),
    }

    refused = client.post("/programmes/ouvrir/", sent)
    opened = client.post("/programmes/ouvrir/", {**sent, "officer": ""})

    assert list(refused.context["form"].errors) == ["officer"]
    assert opened.url == f"/programmes/{Programme.objects.get().pk}/equipe/"


PAGES = {  # page: (stranger, officer, administrator, pilot)
    "/programmes/": (200, 200, 200, 200),
    "/programmes/ouvrir/": (404, 404, 200, 404),
    "/programmes/{pk}/": (404, 200, 404, 404),
    "/programmes/{pk}/?format=csv": (404, 200, 404, 404),
    "/programmes/{pk}/equipe/": (404, 200, 200, 404),
    "/programmes/{pk}/equipe/suivi/": (404, 200, 200, 404),
    "/programmes/{pk}/equipe/accompagnement/": (404, 200, 200, 404),
    "/c/aller-et-revenir/programme/": (404, 404, 404, 200),
}


@pytest.mark.parametrize(("leaf", "expected"), PAGES.items())
def test_each_page_opens_to_whom_it_should(
    client, programme, officer, admin, pilot, ecosystem, leaf, expected
):
    actions.show_to(by=pilot, ecosystem=ecosystem, programme=programme)

    found = []
    for user in (make_user("Bob"), officer, admin, pilot):
        client.force_login(user)
        found.append(client.get(leaf.format(pk=programme.pk)).status_code)

    assert tuple(found) == expected


def test_what_is_shown_to_all_cooperations_is_read_by_another_and_by_nobody_without_one(
    client, pilot, ecosystem
):
    for level in Level:
        tell(pilot, ecosystem, level, f"texte {level.value}")
    member, stranger = make_user("Ana"), make_user("Bob")
    begin(member, "La voisine")

    answers = {}
    for user in (member, stranger, pilot):
        client.force_login(user)
        for leaf in ("/entre-cooperations/", "/entre-cooperations/?format=csv"):
            answers[user, leaf] = client.get(leaf)

    for leaf in ("/entre-cooperations/", "/entre-cooperations/?format=csv"):
        page = answers[member, leaf].content.decode()
        assert [one.value for one in Level if f"texte {one.value}" in page] == ["community"]
        assert "Aller et revenir" in page
        assert answers[stranger, leaf].status_code == 404
        assert "texte" not in answers[pilot, leaf].content.decode().split("<main")[-1]
    reads = OutsideRead.objects.filter(space_id=ecosystem.space_id)
    assert {read.organisation for read in reads} == {"La voisine"}


def test_the_page_between_cooperations_costs_the_same_with_one_and_eight(client, pilot):
    def cost(ecosystems):
        for number in range(ecosystems):
            place = begin(pilot, f"Coopération {number}-{ecosystems}")
            tell(pilot, place, Level.COMMUNITY, "texte")
        client.get("/entre-cooperations/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/entre-cooperations/").status_code == 200
        return len(queries)

    member = make_user("Ana")
    begin(member, "La voisine")
    client.force_login(member)

    assert cost(1) == cost(7)


def test_a_member_finds_the_page_between_cooperations(client, pilot, ecosystem):
    client.force_login(pilot)

    for leaf in ("/moi/?toutes", f"/c/{ecosystem.slug}/qui-voit-quoi/"):
        assert "/entre-cooperations/" in client.get(leaf).content.decode()


def test_the_page_costs_the_same_with_one_and_nine_ecosystems(client, programme, officer, pilot):
    def cost(ecosystems):
        for number in range(ecosystems):
            place = begin(pilot, f"Coopération {number}-{ecosystems}")
            tell(pilot, place, Level.PROGRAMME, "texte")
            tell(pilot, place, Level.PROGRAMME, "autre texte")
            actions.show_to(by=pilot, ecosystem=place, programme=programme)
        client.get(f"/programmes/{programme.pk}/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/programmes/{programme.pk}/").status_code == 200
        return len(queries)

    client.force_login(officer)

    assert cost(1) == cost(8)


def test_the_lists_of_programmes_leave_as_files(client, pilot, ecosystem, programme, officer):
    actions.show_to(by=pilot, ecosystem=ecosystem, programme=programme)
    files = []
    for user, address in (
        (officer, reverse("programmes_list")),
        (pilot, reverse("programmes_links", args=[ecosystem.slug])),
    ):
        client.force_login(user)
        assert f"{address}?format=ods" in client.get(address).content.decode()
        files.append(client.get(address, {"format": "csv"}).content.decode("utf-8-sig"))

    assert ["Territoires;" in text and "Agence inventée" in text for text in files] == [True, True]


def test_a_file_holds_all_that_is_shown_even_where_the_page_stops(
    client, pilot, ecosystem, programme, officer
):
    actions.show_to(by=pilot, ecosystem=ecosystem, programme=programme)
    common = {
        "ecosystem": ecosystem,
        "space": ecosystem.circle,
        "author": pilot.agent,
        "recorded_by": pilot.agent,
        "level": Level.PROGRAMME,
    }
    count = ROWS_OF_A_KIND_MAX + 1
    Stake.objects.bulk_create(Stake(label=f"enjeu {n}.", **common) for n in range(count))
    client.force_login(officer)
    here = reverse("programmes_page", args=[programme.pk])

    page = client.get(here).content.decode()
    file = client.get(here, {"format": "csv"}).content.decode()

    assert ("enjeu 0." in page, f"enjeu {count - 1}." in page) == (False, True)
    assert file.count("enjeu ") == count
