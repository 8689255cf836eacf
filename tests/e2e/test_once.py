# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is given is noted once, whatever the connection; what two people write is not lost."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from terreau.agreements.models import Contribution
from terreau.people.enums import RoleKind
from tests.agreements.factories import make_place
from tests.e2e.conftest import until, wait_until_kept
from tests.factories import join, make_ecosystem, make_user

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def gift(page, enter):
    """« J'ai apporté… » filled in, ready to be sent; its shell kept by the worker."""
    place = make_place()
    enter(place.alice)
    page.goto(reverse("contributions_add", args=[place.ecosystem.slug]) + "?kind=time")
    wait_until_kept(page)
    page.get_by_label("Combien").fill("3,5")
    page.locator(".more > summary", has_text="ajouter un mot").click()
    page.get_by_label("À qui").select_option("Communauté de communes")
    page.get_by_label("Un mot").fill("Le mardi")
    return page


def press(page, **how):
    page.get_by_role("main").get_by_role("button", name="Enregistrer").click(**how)


def given():
    return list(
        Contribution.objects.order_by("pk").values_list("quantity", "receiver__name", "word")
    )


ONE = [(3_500_000, "Communauté de communes", "Le mardi")]


def test_what_i_gave_off_line_is_noted_once_on_return(gift, context):
    context.set_offline(True)
    press(gift)
    expect(gift.get_by_text("Pas de connexion")).to_be_visible()
    before = given()
    gift.reload()
    expect(gift.get_by_text("J'ai apporté : temps").first).to_be_visible()

    context.set_offline(False)

    expect(gift.get_by_text("est enregistré")).to_be_visible()
    gift.reload()
    assert (before, given()) == ([], ONE)


def test_a_double_click_notes_once(gift):
    press(gift, click_count=2, no_wait_after=True)
    expect(gift.get_by_role("main")).to_contain_text("en attente d'un")

    assert given() == ONE


def test_an_answer_lost_on_the_way_then_sent_again_notes_once(gift):
    form = gift.evaluate(
        "Object.fromEntries(new FormData(document.querySelector('form[data-terreau-offline]')))"
    )
    lost = gift.request.post(gift.url, form=form, headers={"Referer": gift.url}, max_redirects=0)
    press(gift)
    expect(gift.get_by_role("main")).to_contain_text("en attente d'un")

    assert (lost.status, given()) == (302, ONE)


def test_two_people_who_change_a_text_read_both(
    page, browser, browser_context_args, context, enter
):
    ecosystem = make_ecosystem()
    alice, basile = (
        join(make_user(name), ecosystem, RoleKind.PILOT) for name in ("Alice", "Basile")
    )
    settings = reverse("start_settings", args=[ecosystem.slug])
    enter(alice)
    page.goto(settings)
    other = browser.new_context(**browser_context_args, storage_state=context.storage_state())
    enter(basile)
    hers, his = page, other.new_page()
    hers.reload()
    his.goto(settings)

    for one, text in ((hers, "Que chacun puisse partir."), (his, "Que chacun puisse revenir.")):
        one.get_by_label("En une phrase").fill(text)
        one.get_by_role("main").get_by_role("button", name="Enregistrer").click()

    said = his.get_by_role("alert")
    expect(said).to_contain_text("Deux personnes ont écrit en même temps")
    expect(said).to_contain_text("Que chacun puisse partir.")
    expect(said).to_contain_text("Que chacun puisse revenir.")
    expect(his.get_by_label("En une phrase")).to_have_value("Que chacun puisse revenir.")
    hers.reload()
    expect(hers.get_by_label("En une phrase")).to_have_value("Que chacun puisse partir.")
    other.close()


def test_a_connection_lost_in_the_middle_of_sending_notes_once(gift, context):
    """The sending arrives, its answer does not; one goes back, and is told that it is noted."""

    def lose_the_answer(route):
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    gift.route(lambda url: "/contributions/ajouter/" in url, lose_the_answer)
    with gift.expect_event("requestfailed", lambda request: request.method == "POST"):
        press(gift)
    context.clear_cookies(name="messages")  # it came with the answer
    before = given()
    gift.unroute_all()
    gift.go_back()

    expect(gift.get_by_text("est enregistré")).to_be_visible()
    gift.reload()
    expect(gift.get_by_text("est enregistré")).to_have_count(0)
    assert (before, given()) == (ONE, ONE)


def test_a_connection_lost_before_the_sending_arrives_notes_once(gift):
    gift.route(
        lambda url: "/contributions/ajouter/" in url,
        lambda route: (
            route.abort("connectionreset") if route.request.method == "POST" else route.continue_()
        ),
    )
    with gift.expect_event("requestfailed", lambda request: request.method == "POST"):
        press(gift)
    before = given()
    gift.unroute_all()
    gift.go_back()

    expect(gift.get_by_text("est enregistré")).to_be_visible()
    assert (before, given()) == ([], ONE)


ON_ITS_WAY = """async () => {
  const here = document.querySelector('script[src*="terreau.js"]').src;
  const { mine } = await import(here.replace('terreau.js', 'drafts.js'));
  const all = await mine(document.body.dataset.terreauUser);
  return all.filter(draft => draft.state !== 'review').length;
}"""
ON_LINE = [
    pytest.param(True, id="with the worker"),
    pytest.param(
        False,
        id="without it",
        marks=pytest.mark.browser_context_args(service_workers="block"),
    ),
]


@pytest.fixture
def sent(page):
    """What the browser posts, as it leaves."""
    posts = []
    page.on("request", lambda request: request.method == "POST" and posts.append(request.url))
    return posts


@pytest.mark.parametrize("worker", ON_LINE)
def test_on_line_a_gift_is_sent_once_and_said_once(page, enter, sent, worker):
    place = make_place()
    enter(place.alice)
    form = reverse("contributions_add", args=[place.ecosystem.slug]) + "?kind=time"
    page.goto(form)
    if worker:
        wait_until_kept(page)
    page.get_by_label("Combien").fill("beaucoup")

    press(page)
    expect(page.get_by_role("alert")).to_contain_text("reste un point")
    settled(page)
    refused = len(sent), banner(page)
    page.get_by_label("Combien").fill("2")
    press(page)
    expect(page.get_by_text("C'est noté")).to_be_visible()
    settled(page)
    taken = len(sent), banner(page)
    page.goto(form)
    settled(page)

    assert (refused, taken, len(sent), banner(page)) == ((1, 0), (2, 0), 2, 0)
    assert page.get_by_text("C'est noté").count() == 0
    assert [quantity for quantity, _, _ in given()] == [2_000_000]


def settled(page):
    """Wait until no form is on its way any more: it has been answered, or sent again."""
    until(lambda: page.evaluate(ON_ITS_WAY) == 0, page)


def banner(page):
    """Count the lines about what was written without connection."""
    return page.locator(".offline").count()
