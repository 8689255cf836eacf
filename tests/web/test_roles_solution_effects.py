# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each role before each page of the solution and of effects: what opens, what is read there."""

from uuid import uuid4

import pytest
from django.urls import reverse

from terreau.ecosystems.actions.effects import FirstWords, Rest, add_effect
from terreau.ecosystems.actions.records import Filing
from terreau.ecosystems.enums import EffectNature
from terreau.people.actions import give_role, link_spaces, open_space
from terreau.people.enums import Level, RoleKind, SpaceKind
from tests.ecosystems.solutions import make_maillon, make_performance
from tests.factories import LONG_AGO, join, make_ecosystem, make_user

pytestmark = pytest.mark.django_db

LEVELS = (Level.AUTHOR, Level.CIRCLE, Level.ECOSYSTEM, Level.PROGRAMME, Level.PUBLIC)
PAGES = (
    "solution_page",
    "solution_picture",
    "solution_pdf",
    "solution_text",
    "solution_add",
    "solution_performance_add",
    "effects_page",
    "effects_pdf",
    "effects_text",
    "effects_add",
    "effects_beneficiary_add",
)
READS = {
    "author": LEVELS,
    "core": LEVELS[1:],
    "pilot": LEVELS[1:],
    "partner": LEVELS[2:],
}
OUTSIDE = ("officer", "stranger")


@pytest.fixture
def planted():
    """One performance, maillon and change at each level, with its level as its name."""
    ecosystem = make_ecosystem()
    people = {
        "author": join(make_user("Autrice"), ecosystem),
        "core": join(make_user("Membre"), ecosystem),
        "pilot": join(make_user("Pilote"), ecosystem, RoleKind.PILOT),
        "partner": make_user("Partenaire"),
        "officer": make_user("Chargée de programme"),
        "stranger": make_user("Passante"),
    }
    partner = people["partner"].agent
    give_role(agent=partner, space=ecosystem.space, kind=RoleKind.PARTNER, since=LONG_AGO)
    programme = open_space(kind=SpaceKind.PROGRAMME, name="Programme")
    officer = people["officer"].agent
    give_role(agent=officer, space=programme, kind=RoleKind.PROGRAMME_OFFICER, since=LONG_AGO)
    link_spaces(source=ecosystem.space, target=programme, since=LONG_AGO)
    for level in LEVELS:
        make_performance(people["author"], ecosystem, f"usage-{level}-fin", level)
        make_maillon(people["author"], ecosystem, f"maillon-{level}-fin", level=level)
        words = FirstWords(f"effet-{level}-fin", f"pour-{level}-fin", f"voix-{level}-fin")
        filing = Filing(uuid4(), level)
        add_effect(by=people["author"], ecosystem=ecosystem, filing=filing, words=words)
    return ecosystem, people


@pytest.mark.parametrize("role", list(READS))
def test_each_role_reads_its_levels_and_no_other(client, planted, role):
    ecosystem, people = planted
    client.force_login(people[role])
    solution = reverse("solution_page", args=[ecosystem.slug])
    effects = reverse("effects_page", args=[ecosystem.slug])
    pages = {
        "usage": solution,
        "maillon": f"{solution}?format=csv",
        "effet": effects,
        "voix": f"{effects}?format=csv",
        "pour": reverse("effects_add", args=[ecosystem.slug]),
    }

    read = {
        word: tuple(
            level for level in LEVELS if f"{word}-{level}-fin" in client.get(page).content.decode()
        )
        for word, page in pages.items()
    }

    assert read == dict.fromkeys(pages, READS[role])


@pytest.mark.parametrize("role", list(READS))
def test_each_page_opens_to_who_is_in(client, planted, role):
    ecosystem, people = planted
    client.force_login(people[role])

    codes = {page: client.get(reverse(page, args=[ecosystem.slug])).status_code for page in PAGES}

    assert codes == dict.fromkeys(PAGES, 200)


@pytest.mark.parametrize("role", OUTSIDE)
def test_each_page_is_closed_to_others(client, planted, role):
    ecosystem, people = planted
    client.force_login(people[role])

    codes = {page: client.get(reverse(page, args=[ecosystem.slug])).status_code for page in PAGES}

    assert codes == dict.fromkeys(PAGES, 404)


def test_without_account_each_page_leads_to_the_door(client, planted):
    ecosystem, _ = planted

    answers = [client.get(reverse(page, args=[ecosystem.slug])) for page in PAGES]

    assert {answer.status_code for answer in answers} == {302}
    assert all("/c/" in answer["Location"].split("?next=")[1] for answer in answers)


def test_a_partner_cannot_raise_what_they_do_not_read(client, planted):
    ecosystem, people = planted
    secret = ecosystem.effects.get(level=Level.CIRCLE)
    client.force_login(people["partner"])
    sent = {
        "key": uuid4(),
        "version": secret.version,
        "level": Level.PUBLIC,
        "statement": "Le mien.",
        "for_whom": "Tous",
        "nature": EffectNature.USEFUL,
        "evidence": Rest().evidence,
    }

    answer = client.post(reverse("effects_edit", args=[ecosystem.slug, secret.pk]), sent)

    secret.refresh_from_db()
    assert answer.status_code == 404
    assert (secret.level, secret.statement) == (Level.CIRCLE, "effet-circle-fin")
