# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta
from uuid import uuid4

import pytest

from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, NotAllowed, NotFound
from terreau.core.models import OutboxRow
from terreau.ecosystems.actions import presence as actions
from terreau.ecosystems.actions.presence import Lines, NewActor
from terreau.ecosystems.actions.roles import appoint, dismiss, open_circle
from terreau.ecosystems.enums import Standing
from terreau.ecosystems.models import NamingNotice, Presence
from terreau.ecosystems.rules.naming import facts_of, may_be_named
from terreau.people.enums import EndReason, RoleKind
from terreau.people.models import Agent, Role
from terreau.people.rules import can_enter
from tests.ecosystems.factories import begin, note_actor
from tests.factories import join, make_organisation, make_user, represent

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilot():
    return make_user("Samir")


@pytest.fixture
def ecosystem(pilot):
    return begin(pilot)


def test_a_name_is_enough_to_note_an_actor(pilot, ecosystem):
    noted = note_actor(pilot, ecosystem, "La Halte", siren="552 081 317")

    assert noted.standing == Standing.EXPECTED
    assert (noted.agent.name, noted.agent.siren) == ("La Halte", "552081317")
    assert noted.author == noted.agent


def test_noting_an_actor_opens_no_door(pilot, ecosystem):
    outsider = make_user("Bob")
    mine = represent(outsider, make_organisation("Taxi", siren="552081317"))

    actions.add_actor(by=pilot, ecosystem=ecosystem, key=uuid4(), actor=mine)

    assert not can_enter(outsider, ecosystem.space)


def test_an_actor_is_noted_once(pilot, ecosystem):
    key = uuid4()
    actor = NewActor(name="La Halte")

    first = actions.add_actor(by=pilot, ecosystem=ecosystem, key=key, actor=actor)
    again = actions.add_actor(by=pilot, ecosystem=ecosystem, key=key, actor=actor)
    known = actions.add_actor(by=pilot, ecosystem=ecosystem, key=uuid4(), actor=first.agent)

    assert first == again == known
    assert Agent.objects.filter(name="La Halte").count() == 1


def test_an_organisation_of_elsewhere_is_picked_by_its_number_only(pilot, ecosystem):
    hidden, numbered = make_organisation("Cachée"), make_organisation("Vue", siren="552081317")

    picked = actions.add_actor(by=pilot, ecosystem=ecosystem, key=uuid4(), actor=numbered)

    assert picked.agent == numbered
    with pytest.raises(NotFound):
        actions.add_actor(by=pilot, ecosystem=ecosystem, key=uuid4(), actor=hidden)


def test_a_person_of_elsewhere_is_never_picked(pilot, ecosystem):
    with pytest.raises(NotFound):
        actions.add_actor(
            by=pilot, ecosystem=ecosystem, key=uuid4(), actor=make_user("Ailleurs").agent
        )


def test_a_stranger_notes_nobody(ecosystem):
    with pytest.raises(NotAllowed):
        note_actor(make_user("Bob"), ecosystem)


def test_a_long_line_is_refused_on_its_field(pilot, ecosystem):
    noted = note_actor(pilot, ecosystem)

    with pytest.raises(Invalid) as refusal:
        actions.edit_lines(by=pilot, presence=noted, version=1, lines=Lines(cares="x" * 5000))

    assert refusal.value.field == "cares"


def test_two_people_editing_the_four_lines_lose_nothing(pilot, ecosystem):
    noted = note_actor(pilot, ecosystem)
    speaker = make_user("Odile")
    represent(speaker, noted.agent, ecosystem)
    other_tab = Presence.objects.get()
    actions.edit_lines(by=pilot, presence=noted, version=1, lines=Lines(cares="du pilote"))

    with pytest.raises(EditConflict) as conflict:
        actions.edit_lines(by=speaker, presence=other_tab, version=1, lines=Lines(cares="de nous"))

    assert (conflict.value.stored["cares"], conflict.value.yours["cares"]) == (
        "du pilote",
        "de nous",
    )


def test_an_agreement_told_by_others_needs_who_said_it_and_leaves_seven_days(pilot, ecosystem):
    noted = note_actor(pilot, ecosystem)

    with pytest.raises(Invalid) as refusal:
        actions.note_agreement(by=pilot, presence=noted)
    assert refusal.value.field == "said_by"
    actions.note_agreement(by=pilot, presence=noted, said_by="sa directrice, en réunion")

    noted.refresh_from_db()
    notice = NamingNotice.objects.get()
    assert (noted.standing, noted.agreed_on) == (Standing.AGREED, clock.today())
    assert (notice.agreed, notice.effective_on - notice.sent_on) == (None, timedelta(days=7))


def test_who_speaks_for_an_actor_is_told_by_mail_once_that_it_may_be_named(pilot, ecosystem):
    noted = note_actor(pilot, ecosystem)
    speaker = make_user("Odile")
    represent(speaker, noted.agent, ecosystem)

    for _ in range(2):
        actions.note_agreement(
            by=pilot, presence=noted, said_by="sa directrice", address="https://t.invalid/voir/"
        )

    row = OutboxRow.objects.get()
    assert row.payload["to"] == speaker.email
    assert "https://t.invalid/voir/" in row.payload["text"]


def test_its_own_word_is_an_answer_already(ecosystem, pilot):
    noted = note_actor(pilot, ecosystem)
    speaker = make_user("Odile")
    represent(speaker, noted.agent, ecosystem)

    actions.note_agreement(by=speaker, presence=noted)

    assert NamingNotice.objects.get().agreed is True
    assert Presence.objects.get().agreement_said_by == "Odile"
    actions.withdraw_agreement(by=speaker, presence=noted)
    assert NamingNotice.objects.get().agreed is False
    assert (noted.standing, noted.agreed_on) == (Standing.CONTACTED, None)


def test_a_withdrawal_told_to_the_pilot_unnames_at_once(ecosystem, pilot):
    noted = note_actor(pilot, ecosystem)
    speaker = make_user("Odile")
    represent(speaker, noted.agent, ecosystem)
    actions.note_agreement(by=speaker, presence=noted)
    before = may_be_named(facts_of(noted, noted.notices.all()), clock.today())

    actions.withdraw_agreement(by=pilot, presence=noted)

    long_after = clock.today() + timedelta(days=30)
    after = may_be_named(facts_of(noted, noted.notices.all()), long_after)
    assert (before, after) == (True, False)


def test_a_no_of_its_own_is_not_overwritten_by_what_others_report(ecosystem, pilot):
    noted = note_actor(pilot, ecosystem)
    speaker = make_user("Odile")
    represent(speaker, noted.agent, ecosystem)
    actions.note_agreement(by=speaker, presence=noted)
    actions.withdraw_agreement(by=speaker, presence=noted)

    with pytest.raises(Invalid):
        actions.note_agreement(by=pilot, presence=noted, said_by="on me l'a dit")

    assert Presence.objects.get().standing == Standing.CONTACTED


def test_only_oneself_says_that_one_steps_back(pilot, ecosystem):
    noted = note_actor(pilot, ecosystem)
    speaker = make_user("Odile")
    represent(speaker, noted.agent, ecosystem)
    later = clock.today() + timedelta(days=30)

    actions.step_back(by=speaker, presence=noted, until=later)

    assert Presence.objects.get().away_until == later
    with pytest.raises(NotAllowed):
        actions.step_back(by=pilot, presence=noted, until=None)
    with pytest.raises(Invalid):
        actions.step_back(by=speaker, presence=noted, until=clock.today() - timedelta(days=1))


def test_a_pilot_corrects_an_organisation_until_it_has_a_voice(pilot, ecosystem):
    noted = note_actor(pilot, ecosystem, "La Hate")

    actions.edit_agent(by=pilot, agent=noted.agent, actor=NewActor(name="La Halte"))
    assert Agent.objects.get(pk=noted.agent_id).name == "La Halte"

    represent(make_user("Odile"), noted.agent)
    with pytest.raises(NotAllowed):
        actions.edit_agent(by=pilot, agent=noted.agent, actor=NewActor(name="Autre"))


def test_an_organisation_named_in_two_ecosystems_is_nobodys_to_correct(pilot, ecosystem):
    noted = note_actor(pilot, ecosystem, siren="552081317")
    other = make_user("Kadi")
    actions.add_actor(by=other, ecosystem=begin(other, "B"), key=uuid4(), actor=noted.agent)

    with pytest.raises(NotAllowed):
        actions.edit_agent(by=pilot, agent=noted.agent, actor=NewActor(name="Autre"))


def test_a_new_kind_of_actor_is_the_ecosystems_own_and_a_shared_one_is_found(pilot, ecosystem):
    own = actions.add_kind(by=pilot, ecosystem=ecosystem, label="Régie de quartier")
    same = actions.add_kind(by=pilot, ecosystem=ecosystem, label="Régie  de quartier")
    shared = actions.add_kind(by=pilot, ecosystem=ecosystem, label="Association")

    assert own == same
    assert own.ecosystem == ecosystem
    assert shared.ecosystem is None


def test_a_member_ends_their_own_role_and_nobody_elses(pilot, ecosystem):
    member = join(make_user("Kadi"), ecosystem)
    own, other = Role.objects.get(agent=member.agent), Role.objects.filter(agent=pilot.agent)[0]

    dismiss(by=member, role=own, reason=EndReason.OTHER_COMMITMENTS)

    assert own.end_reason == EndReason.OTHER_COMMITMENTS
    with pytest.raises(NotAllowed):
        dismiss(by=member, role=other, reason=EndReason.NOT_SAID)


def test_a_role_does_not_end_before_it_began_nor_tomorrow(pilot, ecosystem):
    role = Role.objects.get(agent=pilot.agent, kind=RoleKind.PILOT)

    for day in (role.since - timedelta(days=1), clock.today() + timedelta(days=1)):
        with pytest.raises(Invalid):
            dismiss(by=pilot, role=role, reason=EndReason.NOT_SAID, until=day)


def test_a_circle_is_opened_once_and_given_members(pilot, ecosystem):
    member = join(make_user("Kadi"), ecosystem)

    circle = open_circle(by=pilot, ecosystem=ecosystem, name="Groupe  miroir")
    same = open_circle(by=pilot, ecosystem=ecosystem, name="groupe miroir")
    appoint(by=pilot, space=circle, agent=member.agent, kind=RoleKind.MIRROR)

    assert circle == same
    assert circle.root == ecosystem.space
    with pytest.raises(NotFound):
        appoint(by=pilot, space=circle, agent=make_user("X").agent, kind=RoleKind.MIRROR)
