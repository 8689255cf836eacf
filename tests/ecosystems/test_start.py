# SPDX-License-Identifier: AGPL-3.0-or-later
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed, NotFound
from terreau.ecosystems.actions.ecosystem import (
    Beginning,
    declare_phase,
    describe,
    link,
    start,
)
from terreau.ecosystems.enums import Phase
from terreau.ecosystems.models import ActorKind, Ecosystem, LifeFunction, PhaseChange
from terreau.people.enums import RoleKind
from terreau.people.models import LegalForm, Role
from terreau.people.rules import can_steward
from tests.ecosystems.factories import begin
from tests.factories import join, make_user

pytestmark = pytest.mark.django_db
SAID = Beginning(name="Aller et revenir", sentence="Que chacun puisse s'y rendre.")


def test_the_open_lists_are_planted():
    assert LifeFunction.objects.get(slug="se-deplacer").label == "se déplacer"
    assert ActorKind.objects.get(code="intermediation").label == "organisme d'intermédiation"
    assert LegalForm.objects.get(code="7346").label == "Communauté de communes"


def test_starting_gives_a_place_a_circle_and_the_keys():
    founder = make_user("Nadège")

    ecosystem = start(by=founder, key=uuid4(), beginning=SAID)

    roles = Role.objects.filter(agent=founder.agent).values_list("kind", "space_id")
    assert set(roles) == {
        (RoleKind.PILOT, ecosystem.circle_id),
        (RoleKind.KEY_HOLDER, ecosystem.circle_id),
    }
    assert can_steward(founder, ecosystem.space)
    assert ecosystem.slug == "aller-et-revenir"
    assert [change.phase for change in ecosystem.phases.all()] == [Phase.PRE_EMERGENCE]


def test_starting_twice_with_one_key_makes_one():
    founder, key = make_user(), uuid4()

    first = start(by=founder, key=key, beginning=SAID)
    second = start(by=founder, key=key, beginning=SAID)

    assert first == second
    assert Ecosystem.objects.count() == 1
    with pytest.raises(KeyReused):
        start(by=founder, key=key, beginning=Beginning(name="Autre", sentence="Autre."))


def test_a_name_met_before_gets_another_address():
    begin()

    assert begin().slug == "aller-et-revenir-2"


def test_a_new_function_of_life_joins_the_open_list_once():
    begin(new_function="Se  reposer")

    assert LifeFunction.objects.get(slug="se-reposer").label == "Se reposer"
    assert begin(new_function="se reposer").functions.get().slug == "se-reposer"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Beginning(name=" ", sentence="x"), "name"),
        (Beginning(name="x", sentence=""), "sentence"),
        (Beginning(name="x" * 5000, sentence="x"), "name"),
        (Beginning(name="x", sentence="x" * 281), "sentence"),
        (Beginning(name="x", sentence="x", new_function="!!!"), "new_function"),
    ],
)
def test_what_cannot_start_is_refused_and_nothing_is_left(said, field):
    with pytest.raises(Invalid) as refusal:
        start(by=make_user(), key=uuid4(), beginning=said)

    assert refusal.value.field == field
    assert Ecosystem.objects.count() == 0


def test_describing_over_an_older_version_shows_both_texts():
    founder = make_user()
    ecosystem = begin(founder)
    describe(by=founder, ecosystem=ecosystem, version=1, now=SAID)

    with pytest.raises(EditConflict) as conflict:
        describe(
            by=founder,
            ecosystem=Ecosystem.objects.get(),
            version=1,
            now=Beginning(name="Revenir", sentence="Autre phrase."),
        )

    assert conflict.value.stored["sentence"] == SAID.sentence
    assert conflict.value.yours["sentence"] == "Autre phrase."
    assert Ecosystem.objects.get().sentence == SAID.sentence


def test_pause_and_end_are_said_like_any_phase():
    founder = make_user()
    ecosystem = begin(founder)
    today = clock.today()

    declare_phase(by=founder, ecosystem=ecosystem, phase=Phase.ENDED, since=today, words="Merci.")
    before = today - timedelta(days=30)
    declare_phase(by=founder, ecosystem=ecosystem, phase=Phase.PAUSE, since=before)
    declare_phase(by=founder, ecosystem=ecosystem, phase=Phase.PAUSE, since=before)

    ecosystem.refresh_from_db()
    assert ecosystem.phase == Phase.ENDED
    assert PhaseChange.objects.filter(ecosystem=ecosystem).count() == 3


def test_a_phase_of_tomorrow_or_of_another_age_is_refused():
    founder = make_user()
    ecosystem = begin(founder)

    for lost in (date(2999, 1, 1), date(202, 1, 1)):
        with pytest.raises(Invalid) as refusal:
            declare_phase(by=founder, ecosystem=ecosystem, phase=Phase.PAUSE, since=lost)
        assert refusal.value.field == "since"


def test_a_member_who_keeps_no_keys_changes_nothing():
    ecosystem = begin()
    member = join(make_user("Kadi"), ecosystem)

    with pytest.raises(NotAllowed):
        describe(by=member, ecosystem=ecosystem, version=1, now=SAID)
    with pytest.raises(NotAllowed):
        declare_phase(
            by=member, ecosystem=ecosystem, phase=Phase.PAUSE, since=clock.today(), words=""
        )


def test_an_ecosystem_may_belong_to_another_but_not_to_itself():
    founder = make_user()
    wide, near = begin(founder, "Large"), begin(founder, "Proche")

    describe(by=founder, ecosystem=near, version=1, now=replace(SAID, parent=wide))

    assert list(wide.children.all()) == [near]
    with pytest.raises(Invalid):
        describe(by=founder, ecosystem=wide, version=1, now=replace(SAID, parent=near))


def test_a_link_goes_only_to_an_ecosystem_one_is_in():
    founder = make_user()
    mine, also_mine, hidden = begin(founder, "A"), begin(founder, "B"), begin(name="Cachée")

    link(by=founder, source=mine, target=also_mine, words="même vallée")
    link(by=founder, source=mine, target=also_mine, words="même vallée")
    with pytest.raises(EditConflict) as both:
        link(by=founder, source=mine, target=also_mine, words="même plateau")

    assert [tie.words for tie in mine.links.all()] == ["même vallée"]
    assert (both.value.stored, both.value.yours) == (
        {"words": "même vallée"},
        {"words": "même plateau"},
    )
    with pytest.raises(NotFound):
        link(by=founder, source=mine, target=hidden)
