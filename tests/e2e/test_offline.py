# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from terreau.ecosystems.models import LogEntry
from tests.e2e.conftest import until, wait_until_kept
from tests.factories import join, make_ecosystem, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def form(page, enter):
    """The form of three lines, open in the browser, its shell kept by the worker."""
    ecosystem = make_ecosystem()
    enter(join(make_user("Alice"), ecosystem))
    page.goto(reverse("logbook_add", args=[ecosystem.slug]))
    wait_until_kept(page)
    return page


def write(page, text):
    page.get_by_label("Trois lignes").fill(text)
    page.get_by_role("button", name="Enregistrer").click()


def texts():
    return list(LogEntry.objects.order_by("pk").values_list("text", flat=True))


def test_what_is_written_off_line_leaves_once_when_the_connection_returns(form, context):
    context.set_offline(True)
    write(form, "Le minibus est arrivé à cinq heures.")
    expect(form.get_by_text("Pas de connexion")).to_be_visible()
    before = texts()

    context.set_offline(False)

    expect(
        form.get_by_text("Ce que vous aviez écrit sans connexion est enregistré")
    ).to_be_visible()
    form.reload()
    assert (before, texts()) == ([], ["Le minibus est arrivé à cinq heures."])


def test_two_texts_written_off_line_are_two(form, context):
    context.set_offline(True)
    for text in ("Un premier texte.", "Un second texte."):
        write(form, text)
        expect(form.get_by_label("Trois lignes")).to_have_value("")

    context.set_offline(False)

    expect(form.get_by_text("est enregistré")).to_be_visible()
    until(lambda: len(texts()) == 2, form)  # one is kept while the other is on its way
    assert sorted(texts()) == ["Un premier texte.", "Un second texte."]


def test_the_form_opens_again_off_line_and_its_text_is_kept(form, context):
    context.set_offline(True)
    form.reload()
    write(form, "Écrit après avoir rouvert la page.")
    expect(form.get_by_text("Pas de connexion")).to_be_visible()
    form.reload()

    context.set_offline(False)

    expect(form.get_by_text("est enregistré")).to_be_visible()
    assert texts() == ["Écrit après avoir rouvert la page."]


def test_pressing_twice_records_once(form):
    form.get_by_label("Trois lignes").fill("Un seul.")
    form.get_by_role("button", name="Enregistrer").dblclick(no_wait_after=True)
    expect(form.get_by_role("heading", name="Journal de bord")).to_be_visible()

    assert texts() == ["Un seul."]


def test_the_count_of_readers_follows_the_level(form):
    form.get_by_label("Qui peut lire").select_option("author")

    expect(form.get_by_role("button", name="Enregistrer")).to_have_text(
        "Enregistrer : personne d'autre que vous ne le lira"
    )
