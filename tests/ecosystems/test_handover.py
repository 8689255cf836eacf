# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta
from uuid import uuid4

import pytest

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed
from terreau.ecosystems.actions.handover import hand_over
from terreau.ecosystems.models import LogEntry
from terreau.people.actions import give_role
from terreau.people.enums import EndReason, RoleKind
from terreau.people.models import Role
from terreau.people.rules import can_steward
from tests.factories import LONG_AGO, join, make_ecosystem, make_organisation, make_user, represent

pytestmark = pytest.mark.django_db


@pytest.fixture
def relay():
    ecosystem = make_ecosystem()
    pilot = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    member = join(make_user("Bob"), ecosystem)
    return ecosystem, pilot, member, Role.objects.get(kind=RoleKind.PILOT)


def pass_on(relay, **changes):
    ecosystem, pilot, member, role = relay
    order = {
        "by": pilot,
        "ecosystem": ecosystem,
        "role": role,
        "to": member.agent,
        "on": clock.today(),
        "key": uuid4(),
    }
    return hand_over(**{**order, **changes})


def test_a_role_goes_from_one_to_the_other_and_the_journal_says_so(relay):
    ecosystem, pilot, member, role = relay

    given = pass_on(relay)

    role.refresh_from_db()
    assert (role.until, role.end_reason) == (clock.today(), EndReason.HANDED_OVER)
    assert (given.agent, given.kind, given.since) == (member.agent, "pilot", clock.today())
    assert can_steward(member, ecosystem.space)
    assert [entry.milestone for entry in LogEntry.objects.all()] == ["role"]


def test_the_day_may_come(relay):
    ecosystem, _, member, _ = relay
    soon = clock.today() + timedelta(days=21)

    given = pass_on(relay, on=soon)

    assert (given.since, can_steward(member, ecosystem.space)) == (soon, False)


def test_passing_twice_passes_once(relay):
    key = uuid4()

    first, second = pass_on(relay, key=key), pass_on(relay, key=key)

    assert (first, LogEntry.objects.count()) == (second, 1)
    assert Role.objects.filter(kind=RoleKind.PILOT).count() == 2


def test_who_does_not_hold_a_role_does_not_pass_it_on(relay):
    _, _, member, role = relay

    with pytest.raises(NotAllowed):
        pass_on(relay, by=member)

    role.refresh_from_db()
    assert role.until is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (lambda relay: {"to": relay[1].agent}, "to"),
        (lambda relay: {"to": make_user("Chloé").agent}, "to"),
        (lambda relay: {"on": LONG_AGO - timedelta(days=1)}, "on"),
        (lambda relay: {"on": clock.today() + timedelta(days=800)}, "on"),
        (lambda relay: {"role": Role.objects.get(agent=relay[2].agent)}, "role"),
    ],
)
def test_what_makes_no_sense_is_refused_on_its_field(relay, changes, field):
    with pytest.raises(Invalid) as refused:
        pass_on(relay, **changes(relay))

    assert (refused.value.field, LogEntry.objects.count()) == (field, 0)


def test_a_structure_and_a_person_are_passed_on_apart(relay):
    ecosystem, pilot, _, _ = relay
    halte, council = (
        represent(make_user(name), make_organisation(f"Chez {name}"), ecosystem)
        for name in ("Odile", "Nadège")
    )
    held = give_role(agent=council, space=ecosystem.circle, kind=RoleKind.PILOT, since=LONG_AGO)

    pass_on(relay, role=held, to=halte)

    running = Role.objects.filter(kind=RoleKind.PILOT, until=None)
    assert {role.agent for role in running} == {halte, pilot.agent}


def test_a_role_does_not_go_to_an_organisation_without_a_voice(relay):
    ecosystem = relay[0]
    silent = make_organisation("Sans voix")
    give_role(agent=silent, space=ecosystem.circle, kind=RoleKind.CORE_MEMBER, since=LONG_AGO)

    with pytest.raises(Invalid, match="Personne ne parle") as refused:
        pass_on(relay, to=silent)

    assert refused.value.field == "to"


def test_a_role_of_another_cooperation_is_refused(relay):
    _, pilot, _, _ = relay
    elsewhere = make_ecosystem("Ailleurs")
    foreign = give_role(agent=pilot.agent, space=elsewhere.circle, kind=RoleKind.PILOT)

    with pytest.raises(Invalid):
        pass_on(relay, role=foreign)


def test_an_interim_is_passed_on_as_the_pilot(relay):
    ecosystem, _, member, _ = relay
    interim = give_role(
        agent=member.agent, space=ecosystem.circle, kind=RoleKind.INTERIM, since=LONG_AGO
    )
    newcomer = join(make_user("Chloé"), ecosystem)

    given = pass_on(relay, by=member, role=interim, to=newcomer.agent)

    assert given.kind == RoleKind.PILOT
