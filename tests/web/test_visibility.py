# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Qui voit quoi »: counts that hide what is hidden, notices, answers, reads from outside."""

import pytest
from django.apps import apps
from django.urls import reverse

from terreau.core import clock
from terreau.ecosystems.actions.aim import disagree, propose_aim
from terreau.ecosystems.actions.decisions import decide
from terreau.ecosystems.actions.naming import give_notice
from terreau.ecosystems.enums import Standing
from terreau.ecosystems.models import NamingNotice, Presence
from terreau.overview.kinds import KINDS
from terreau.overview.levels import levels_of
from terreau.people.actions import link_spaces, note_outside_read
from terreau.people.enums import Level, RoleKind
from terreau.people.models import OutsideRead, Record
from terreau.people.visibility import reach_of
from tests.agreements.factories import give, make_place
from tests.ecosystems.factories import filing, make_entry
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent
from tests.web.counting import query_count
from tests.web.reading import folded

pytestmark = pytest.mark.django_db


@pytest.fixture
def ecosystem():
    return make_ecosystem()


@pytest.fixture
def pilot(ecosystem):
    return join(make_user("Paule"), ecosystem, RoleKind.PILOT)


def make_presence(ecosystem, agent, standing=Standing.CONTACTED, **fields):
    agreed = {"agreed_on": clock.today()} if standing == Standing.AGREED else {}
    return Presence.objects.create(
        ecosystem=ecosystem,
        space=ecosystem.circle,
        author=agent,
        recorded_by=agent,
        agent=agent,
        standing=standing,
        **agreed,
        **fields,
    )


def test_every_kind_of_private_record_is_in_the_table():
    every = {model for model in apps.get_models() if issubclass(model, Record)}

    assert {kind.model for kind in KINDS} == every


def test_a_count_does_not_tell_what_is_hidden(ecosystem, pilot):
    alice = join(make_user("Alice"), ecosystem)
    for level in (Level.AUTHOR, Level.CIRCLE, Level.PUBLIC):
        make_entry(alice, ecosystem, level=level)

    def counts(user):
        return {
            at.level: [(kind.code, number) for kind, number in at.counts]
            for at in levels_of(ecosystem, reach_of(user))
        }

    both = {Level.PUBLIC: [("journal", 1)], Level.PROGRAMME: [], Level.CIRCLE: [("journal", 1)]}
    assert counts(pilot) == both
    assert counts(alice) == {**both, Level.AUTHOR: [("journal", 1)]}


def test_a_gift_is_counted_once_though_several_rules_open_it():
    place = make_place()
    give(place)

    (circle,) = [
        at for at in levels_of(place.ecosystem, reach_of(place.basile)) if at.level == Level.CIRCLE
    ]

    assert [(kind.code, number) for kind, number in circle.counts] == [("contributions", 1)]


def test_lists_by_level_show_only_what_one_may_read(client, ecosystem, pilot):
    alice = join(make_user("Alice"), ecosystem)
    make_entry(alice, ecosystem, "PLANTED", level=Level.AUTHOR)
    address = reverse("visibility_records", args=[ecosystem.slug, "author", "journal"])

    found = {}
    for user in (alice, pilot):
        client.force_login(user)
        found[user.agent.name] = [
            client.get(address + query).content.count(b"PLANTED") for query in ("", "?format=csv")
        ]

    assert found == {"Alice": [1, 1], "Paule": [0, 0]}


def test_lists_by_level_say_whole_what_is_read_at_that_level(client, ecosystem, pilot):
    words = (
        "Nous proposons que le minibus passe aussi le samedi soir, jusqu'à la gare de Clairsault."
    )
    aim = propose_aim(by=pilot, ecosystem=ecosystem, filing=filing(), text=words)
    disagree(by=pilot, aim=aim, filing=filing(), text=words)
    client.force_login(pilot)

    for kind in ("cap", "desaccords"):
        address = reverse("visibility_records", args=[ecosystem.slug, "circle", kind])
        page = client.get(address).content.decode().replace("&#x27;", "'")
        assert words in page
        assert words in client.get(address + "?format=csv").content.decode()
        assert "cap v" not in page


@pytest.mark.parametrize("path", [("nobody", "journal"), ("circle", "people")])
def test_an_unknown_level_or_kind_is_not_found(client, ecosystem, pilot, path):
    client.force_login(pilot)

    answer = client.get(reverse("visibility_records", args=[ecosystem.slug, *path]))

    assert answer.status_code == 404


def test_only_who_steers_tells_and_only_the_actor_answers(client, ecosystem, pilot):
    bob = make_user("Bob")
    halte = represent(bob, make_organisation(), ecosystem)
    presence = make_presence(ecosystem, halte)
    slug = ecosystem.slug
    tell = reverse("visibility_notice", args=[slug, presence.pk])
    client.force_login(bob)
    assert client.post(tell).status_code == 404
    client.force_login(pilot)
    client.post(tell)
    notice = NamingNotice.objects.get()
    answer = reverse("visibility_answer", args=[slug, notice.pk])

    refused = client.post(answer, {"agreed": "yes"})
    client.force_login(bob)
    client.post(answer, {"agreed": "yes"})

    notice.refresh_from_db()
    presence.refresh_from_db()
    assert (refused.status_code, notice.agreed, presence.standing) == (404, True, Standing.AGREED)


def test_a_notice_of_another_cooperation_is_not_found(client, ecosystem, pilot):
    elsewhere = make_ecosystem("Ailleurs")
    other = join(make_user("Autre"), elsewhere, RoleKind.PILOT)
    presence = make_presence(elsewhere, other.agent)
    notice = give_notice(by=other, presence=presence)
    client.force_login(pilot)

    codes = [
        client.post(reverse("visibility_notice", args=[ecosystem.slug, presence.pk])).status_code,
        client.post(reverse("visibility_answer", args=[ecosystem.slug, notice.pk])).status_code,
    ]

    assert codes == [404, 404]


def test_a_presence_that_is_private_is_not_named_to_others(client, ecosystem, pilot):
    alice = join(make_user("Alice"), ecosystem)
    make_presence(ecosystem, make_organisation("OPEN"))
    hidden = make_presence(ecosystem, make_organisation("PLANTED"), level=Level.AUTHOR)
    Presence.objects.filter(pk=hidden.pk).update(author=pilot.agent)
    address = reverse("visibility_page", args=[ecosystem.slug])

    found = {}
    for user in (pilot, alice):
        client.force_login(user)
        page = client.get(address).content.decode()
        found[user.agent.name] = ("PLANTED" in page, "OPEN" in page)

    assert found == {"Paule": (True, True), "Alice": (False, True)}


def test_reads_from_outside_are_counted_by_organisation_and_day(client, ecosystem, pilot):
    for _ in range(3):
        note_outside_read(space_id=ecosystem.space_id, organisation="L'agence", what="page")
    client.force_login(pilot)

    page = client.get(reverse("visibility_reads", args=[ecosystem.slug]))

    assert [(row.organisation, row.count) for row in page.context["page"]] == [("L'agence", 3)]
    assert OutsideRead.objects.count() == 1


def test_the_page_costs_the_same_at_one_and_at_thirty(client, ecosystem, pilot):
    client.force_login(pilot)
    address = reverse("visibility_page", args=[ecosystem.slug])

    def fill(number):
        make_entry(pilot, ecosystem, f"Ligne {number}")
        agent = represent(make_user(), make_organisation(f"Orga {number}"), ecosystem)
        give_notice(by=pilot, presence=make_presence(ecosystem, agent))
        note_outside_read(space_id=ecosystem.space_id, organisation=f"O{number}", what="page")

    fill(0)
    at_one = query_count(client, address)
    for number in range(1, 30):
        fill(number)

    assert query_count(client, address) == at_one


def test_what_goes_to_the_programme_is_counted_with_its_readers(ecosystem, pilot):
    programme = make_ecosystem("Un programme")
    link_spaces(source=ecosystem.space, target=programme.space)
    join(make_user("Solène"), programme)
    make_entry(pilot, ecosystem, level=Level.PROGRAMME)

    (at,) = [one for one in levels_of(ecosystem, reach_of(pilot)) if one.level == Level.PROGRAMME]

    assert (at.total, at.audience.people) == (1, 2)


def test_what_leaves_is_said_before_it_is_taken(client):
    place = make_place()
    said = {
        "own": "seules les vôtres y sont",
        "decided": "le cercle a décidé de se les montrer",
        "whole": "toutes les contributions que vous pouvez lire y sont",
    }

    def read(user):
        client.force_login(user)
        address = reverse("visibility_page", args=[place.ecosystem.slug])
        page = folded(client.get(address).content.decode())
        return [name for name, words in said.items() if words in page]

    before = read(place.alice), read(place.pilot)
    decide(
        by=place.pilot,
        ecosystem=place.ecosystem,
        filing=filing(),
        day=clock.today(),
        text="On se montre tout.",
        opens_statements=True,
    )

    assert before == (["own"], ["whole"])
    assert (read(place.alice), read(place.pilot)) == (["decided"], ["whole"])
