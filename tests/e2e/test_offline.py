# SPDX-License-Identifier: AGPL-3.0-or-later
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from terreau.ecosystems.models import Ecosystem, LogEntry
from terreau.people.models import User
from tests.agreements.factories import make_place
from tests.e2e.conftest import lead, until, wait_until_kept
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


def test_a_letter_later_than_the_scripts_is_kept_too(page, context, enter):
    ecosystem, late = make_ecosystem(), []
    enter(join(make_user("Alice"), ecosystem))
    context.route("**/*.woff2", lambda route: late.append(route))  # held back
    page.goto(reverse("logbook_add", args=[ecosystem.slug]), wait_until="domcontentloaded")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(1000)  # the scripts have told the worker what was there

    context.unroute("**/*.woff2")  # lets go what it held back

    assert late
    wait_until_kept(page)


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


PUT = """async draft => {
  const here = document.querySelector('script[src*="terreau.js"]').src;
  const { keep } = await import(here.replace('terreau.js', 'drafts.js'));
  const page = location.pathname + location.search;
  await keep({ page, action: location.href, label: '', ...draft });
}"""
KEPT = """async user => {
  const here = document.querySelector('script[src*="terreau.js"]').src;
  const { mine } = await import(here.replace('terreau.js', 'drafts.js'));
  return (await mine(user)).map(draft => draft.id);
}"""


def alice():
    return str(User.objects.get(agent__name="Alice").pk)


def draft(user, text, state="review"):
    """What was written without connection, as the browser keeps it."""
    key = str(uuid4())
    return {"id": key, "user": user, "state": state, "fields": [["key", key], ["text", text]]}


def test_what_one_wrote_never_leaves_in_the_name_of_another(form, context, enter):
    context.set_offline(True)
    write(form, "Écrit par Alice.")
    expect(form.get_by_text("Pas de connexion")).to_be_visible()
    enter(join(make_user("Basile"), Ecosystem.objects.get()))

    context.set_offline(False)

    expect(form.get_by_text("Quelqu'un d'autre s'est connecté")).to_be_visible()
    assert (texts(), len(form.evaluate(KEPT, alice()))) == ([], 1)
    enter(User.objects.get(agent__name="Alice"))
    form.reload()
    expect(form.get_by_text("est enregistré")).to_be_visible()
    assert texts() == ["Écrit par Alice."]


def test_signing_out_warns_and_forgets_what_one_wrote_and_nothing_of_others(form):
    for user in (alice(), "0"):
        form.evaluate(PUT, draft(user, "Pas encore parti."))

    form.goto(reverse("account_logout"))
    expect(form.get_by_text("n'est pas encore parti")).to_be_visible()
    form.get_by_role("button", name="Se déconnecter").click()

    expect(form.get_by_role("link", name="Se connecter")).to_be_visible()
    assert [len(form.evaluate(KEPT, user)) for user in (alice(), "0")] == [0, 1]


def test_a_draft_to_look_at_again_stays_until_it_is_sent_or_erased(form):
    here = form.url
    form.evaluate(PUT, draft(alice(), "À préciser."))
    text = form.get_by_label("Trois lignes")
    for _ in range(2):
        form.goto(here)
        expect(text).to_have_value("À préciser.")

    form.get_by_role("button", name="Enregistrer").click()
    expect(form.get_by_role("heading", name="Journal de bord")).to_be_visible()
    form.goto(here)
    expect(text).to_have_value("")
    assert texts() == ["À préciser."]

    form.evaluate(PUT, draft(alice(), "À jeter."))
    form.reload()
    form.get_by_role("button", name="Effacer ce brouillon").click()
    expect(text).to_have_value("")
    form.reload()
    expect(text).to_have_value("")


def test_where_nothing_can_be_kept_the_text_stays_and_one_is_told(page, context, enter):
    page.add_init_script("indexedDB.open = () => { throw new Error('no room') }")
    ecosystem = make_ecosystem()
    enter(join(make_user("Alice"), ecosystem))
    page.goto(reverse("logbook_add", args=[ecosystem.slug]))
    context.set_offline(True)

    write(page, "À ne pas perdre.")

    expect(page.get_by_text("ne peut rien garder")).to_be_visible()
    expect(page.get_by_label("Trois lignes")).to_have_value("À ne pas perdre.")
    context.set_offline(False)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="Journal de bord")).to_be_visible()
    assert texts() == ["À ne pas perdre."]


def test_a_gift_that_lacks_something_comes_back_into_its_own_form(page, context, enter):
    place = make_place()
    enter(place.alice)
    page.goto(reverse("contributions_add", args=[place.ecosystem.slug]) + "?kind=time")
    wait_until_kept(page)
    context.set_offline(True)
    page.get_by_label("Combien").fill("beaucoup")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Pas de connexion")).to_be_visible()

    context.set_offline(False)
    lead(page, page.get_by_role("link", name="ouvrir la page").click)

    expect(page.get_by_label("Combien")).to_have_value("beaucoup")
