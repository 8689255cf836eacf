# SPDX-License-Identifier: AGPL-3.0-or-later
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from terreau.core import clock
from terreau.core.errors import NotAllowed, NotFound
from terreau.core.watching import written_by
from terreau.ecosystems.actions import effects
from terreau.ecosystems.actions.records import Edit
from terreau.ecosystems.models import Effect, EffectLink, NamingNotice, Presence
from terreau.people.enums import Level
from terreau.people.models import User
from terreau.publishing import building, queries
from terreau.publishing.actions import (
    drop_hidden,
    publish_sheet,
    refresh_sheet,
    withdraw_sheet,
)
from terreau.publishing.building import SHOWN_FROM
from terreau.publishing.content import read
from terreau.publishing.models import Sheet, SheetObstacle, SheetTerm, SheetVersion
from terreau.publishing.queries import Filters
from tests.publishing.factories import SECRET, make_scene, make_sheet

pytestmark = pytest.mark.django_db

WORDS = {"sender": "Claude", "answer_to": "claude@exemple.invalid", "text": "Bonjour"}
PUBLIC_PAGES = (
    "/",
    "/cooperations/",
    "/cooperations/?q=Aller",
    f"/cooperations/?q={SECRET}",
    "/donnees/cooperations.csv",
    "/donnees/cooperations.json",
    "/sitemap.xml",
    "/corrections/",
)


def stored_text() -> str:
    return " ".join(
        str(row)
        for model in (Sheet, SheetVersion, SheetObstacle, SheetTerm)
        for row in model.objects.values_list()
    )


def test_a_sheet_holds_only_what_is_public():
    scene = make_scene()

    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)

    content = read(sheet.content)
    assert SECRET.lower() not in stored_text().lower()
    assert sheet.aim == "Que personne ne renonce à un soin"
    assert [name for _, name in content.partners] == ["La Halte"]
    assert [(link.name, link.bearers) for link in content.links] == [
        ("Ligne de covoiturage", ("La Halte",))
    ]
    assert [use.statement for use in content.uses] == ["Arriver à cinq heures"]
    assert content.changes[0].evidence == "une observation ou un comptage documenté"
    assert [told.words for told in content.difficulties] == ["Le temps a manqué"]
    assert (sheet.department.code, sheet.region.code) == ("63", "84")


def test_no_public_page_shows_a_secret_and_no_count_betrays_it(client):
    scene = make_scene()
    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)

    for address in (*PUBLIC_PAGES, f"/cooperations/{sheet.slug}/"):
        answer = client.get(address)
        body = answer.content.decode().replace(f'value="{SECRET}"', "").replace(f"« {SECRET} »", "")
        assert answer.status_code == 200
        assert SECRET not in body.replace(f"q={SECRET}", ""), address
    facets = queries.facets(Filters())
    assert [choice.value for choice in facets.obstacles] == ["too_little_time"]
    assert [choice.value for choice in facets.years] == ["2025"]
    assert queries.search(Filters(text=SECRET)).count() == 0


def test_an_ecosystem_that_published_nothing_appears_nowhere(client):
    scene = make_scene("Coopération jamais publiée")

    for address in PUBLIC_PAGES:
        assert "jamais publiée" not in client.get(address).content.decode(), address
    assert client.get(f"/cooperations/{scene.ecosystem.slug}/").status_code == 404
    assert queries.facets(Filters()) == queries.Facets()


def test_only_stewards_publish_refresh_and_withdraw():
    scene = make_scene()
    for action in (publish_sheet, refresh_sheet):
        with pytest.raises(NotAllowed):
            action(by=scene.member, ecosystem=scene.ecosystem)
    with pytest.raises(NotFound):
        refresh_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    with pytest.raises(NotAllowed):
        withdraw_sheet(by=scene.member, sheet=sheet)


def test_publishing_again_changes_nothing_but_the_date():
    scene = make_scene()
    first = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    terms = sorted(SheetTerm.objects.values_list("term", "weight"))

    again = refresh_sheet(by=scene.steward, ecosystem=scene.ecosystem)

    assert (again.pk, again.content, again.published_at) == (
        first.pk,
        first.content,
        first.published_at,
    )
    assert sorted(SheetTerm.objects.values_list("term", "weight")) == terms


def test_a_withdrawn_sheet_is_emptied_and_says_so(client):
    scene = make_scene()
    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)

    withdraw_sheet(by=scene.steward, sheet=sheet)
    withdraw_sheet(by=scene.steward, sheet=sheet)

    gone = client.get(f"/cooperations/{sheet.slug}/")
    assert gone.status_code == 410
    assert "La Halte" not in gone.content.decode()
    assert "covoiturage" not in stored_text()
    for address in PUBLIC_PAGES:
        assert "Aller et revenir" not in client.get(address).content.decode(), address
    back = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    assert read(back.content).links[0].name == "Ligne de covoiturage"


def test_a_sheet_nobody_keeps_is_withdrawn_by_who_runs_the_instance():
    scene, sheet = make_scene(), make_sheet()
    admin = User.objects.create_superuser("admin@exemple.invalid", name="Admin")

    with pytest.raises(NotAllowed):
        withdraw_sheet(by=scene.steward, sheet=sheet)

    assert withdraw_sheet(by=admin, sheet=sheet).withdrawn_at is not None


def test_what_is_made_private_again_leaves_the_sheet_at_once():
    scene = make_scene()
    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    for thing in (scene.maillon, scene.effect):
        type(thing).objects.filter(pk=thing.pk).update(level=Level.CIRCLE)

    changed = drop_hidden(ecosystem=scene.ecosystem)

    sheet.refresh_from_db()
    assert changed and not drop_hidden(ecosystem=scene.ecosystem)
    assert read(sheet.content).links == ()
    assert "Trois emplois" not in str(sheet.content)
    assert queries.search(Filters(text="covoiturage")).count() == 0
    assert queries.search(Filters(text="Clairsault")).count() == 1


def test_a_harm_is_published_with_the_answer_of_who_did_not_agree_to_be_named():
    scene = make_scene()
    link = EffectLink.objects.get(agent__name="Taxi du plateau")
    Effect.objects.filter(pk=link.effect_id).update(statement="Deux courses de moins par semaine")
    EffectLink.objects.filter(pk=link.pk).update(answer="C'est vrai.", answered_on=clock.today())

    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)

    told = {change.statement: change.answers for change in read(sheet.content).changes}
    answer = "Réponse de qui est concerné : C'est vrai."
    assert told["Deux courses de moins par semaine"] == (answer,)
    assert "Taxi du plateau" not in stored_text()


def test_words_edited_after_an_answer_leave_the_sheet_and_do_not_come_back_by_refreshing():
    scene = make_scene()
    link = EffectLink.objects.get(agent__name="Taxi du plateau")
    EffectLink.objects.filter(pk=link.pk).update(answer="C'est vrai.", answered_on=clock.today())
    publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    effect = Effect.objects.get(pk=link.effect_id)
    words = effects.FirstWords("Cette entreprise triche.", effect.beneficiary.label)
    rest = effects.Rest(nature=effect.nature)

    effects.edit_effect(
        by=scene.steward,
        effect=effect,
        edit=Edit(effect.version, effect.level),
        words=words,
        rest=rest,
    )
    dropped = drop_hidden(ecosystem=scene.ecosystem)
    refresh_sheet(by=scene.steward, ecosystem=scene.ecosystem)

    told = stored_text()
    assert dropped
    assert ("triche" in told, "C'est vrai." in told) == (False, False)


def test_a_partner_who_says_no_leaves_the_sheet_at_once_even_as_bearer():
    scene = make_scene()
    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    notice = NamingNotice.objects.get(presence=Presence.objects.get(agent=scene.partner))
    NamingNotice.objects.filter(pk=notice.pk).update(agreed=False, answered_on=notice.sent_on)

    drop_hidden(ecosystem=scene.ecosystem)

    assert "La Halte" not in stored_text()
    assert Sheet.objects.get(pk=sheet.pk).title == "Aller et revenir"


def test_a_name_inside_a_change_leaves_the_sheet_with_its_owner():
    scene = make_scene()
    scene.effect.links.create(
        agent=scene.partner, kind="named", answer="C'est vrai.", answered_on=date(2025, 2, 1)
    )
    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    assert read(sheet.content).changes[0].answers == ("La Halte : C'est vrai.",)
    NamingNotice.objects.filter(presence__agent=scene.partner).update(
        agreed=False, answered_on=date(2025, 3, 1)
    )
    type(scene.effect.beneficiary).objects.update(level=Level.CIRCLE)

    drop_hidden(ecosystem=scene.ecosystem)

    change = read(Sheet.objects.get(pk=sheet.pk).content).changes[0]
    assert (change.for_whom, change.answers) == ("personnes concernées", ())
    assert "intérimaires" not in stored_text()


def test_dropping_adds_nothing_new():
    scene = make_scene()
    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    scene.maillon.name = "Autre nom encore à relire"
    scene.maillon.save()

    drop_hidden(ecosystem=scene.ecosystem)

    sheet.refresh_from_db()
    assert read(sheet.content).links[0].name == "Ligne de covoiturage"


def make_private(client, scene):
    """Send the form of the maillon again, for the circle alone."""
    address = reverse("solution_maillon_edit", args=[scene.ecosystem.slug, scene.maillon.pk])
    form = client.get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"level": "circle"}
    return client.post(address, sent)


def test_sending_a_form_inside_the_ecosystem_is_enough_to_drop_it(client):
    scene = make_scene()
    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)
    client.force_login(scene.steward)

    assert make_private(client, scene).status_code == 302

    body = client.get(f"/cooperations/{sheet.slug}/").content.decode()
    assert "covoiturage" not in body
    assert "Arriver à cinq heures" in str(Sheet.objects.get(pk=sheet.pk).content)


LISTS = {
    "ecosystems_actorkind",
    "people_legalform",
    "publishing_sheet",  # the sheet itself: what was read before it was taken over
    "territories_containment",
    "territories_territory",
}
"""Shared lists, and the sheet: no cooperation hides anything by them."""


def test_all_that_a_sheet_is_built_from_is_watched():
    scene = make_scene()

    with CaptureQueriesContext(connection) as asked:
        building.portrait(scene.ecosystem)

    read_from = {
        table for one in asked for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', one["sql"])
    }
    assert read_from - LISTS == SHOWN_FROM


def test_dropping_what_is_public_already_writes_nothing():
    scene = make_scene()
    publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)

    with CaptureQueriesContext(connection) as asked:
        changed = drop_hidden(ecosystem=scene.ecosystem)

    assert (changed, [one["sql"] for one in asked if written_by(one["sql"])]) == (False, [])


def test_an_invented_ecosystem_gives_an_invented_sheet():
    scene = make_scene()
    scene.ecosystem.invented = True
    scene.ecosystem.save()

    sheet = publish_sheet(by=scene.steward, ecosystem=scene.ecosystem)

    assert sheet.origin == "inventée"
