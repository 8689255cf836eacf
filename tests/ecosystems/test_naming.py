# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

import pytest

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed
from terreau.ecosystems.actions.naming import answer_notice, give_notice
from terreau.ecosystems.enums import Standing
from terreau.ecosystems.models import NamingNotice, Presence
from terreau.ecosystems.queries.naming import open_notices_for, publicly_named
from terreau.ecosystems.rules.naming import DAYS, Facts, Naming, naming
from terreau.people.enums import RoleKind
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

DAY = clock.now().date()


def fact(*, person=False, said=True, agreed=None, days=-7, notice=True) -> Facts:
    sent = DAY + timedelta(days=days)
    told = NamingNotice(sent_on=sent, effective_on=sent + DAYS, agreed=agreed) if notice else None
    return Facts(person, said, told)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (fact(notice=False), Naming.NOT_ASKED),
        (fact(person=True, notice=False), Naming.NOT_ASKED),
        (fact(days=-6), Naming.WAITING),
        (fact(days=-7), Naming.AGREED),
        (fact(days=-7, said=False), Naming.SILENT),
        (fact(days=-7, person=True), Naming.SILENT),
        (fact(days=-700, person=True), Naming.SILENT),
        (fact(days=0, agreed=True), Naming.AGREED),
        (fact(days=0, person=True, agreed=True), Naming.AGREED),
        (fact(days=-700, agreed=False), Naming.REFUSED),
        (fact(days=-700, person=True, agreed=False), Naming.REFUSED),
    ],
)
def test_silence_never_names_a_person(facts, expected):
    assert naming(facts, DAY) is expected


@pytest.fixture
def circle(db):
    ecosystem = make_ecosystem()
    pilot = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    bob = make_user("Bob")
    halte = represent(bob, make_organisation(), ecosystem)
    presence = Presence.objects.create(
        ecosystem=ecosystem,
        space=ecosystem.circle,
        author=pilot.agent,
        recorded_by=pilot.agent,
        agent=halte,
        standing=Standing.AGREED,
        agreed_on=clock.today(),
    )
    return ecosystem, pilot, bob, presence


def test_an_organisation_that_agreed_elsewhere_is_named_after_seven_days(circle, monkeypatch):
    ecosystem, pilot, _, presence = circle
    assert publicly_named(ecosystem) == []
    notice = give_notice(by=pilot, presence=presence)
    assert publicly_named(ecosystem) == []

    week = clock.now() + DAYS
    monkeypatch.setattr(clock, "now", lambda: week)

    assert notice.effective_on == clock.today()
    assert publicly_named(ecosystem) == [presence.agent]


def test_its_own_yes_opens_at_once_and_its_no_closes_at_once(circle):
    ecosystem, pilot, bob, presence = circle
    notice = give_notice(by=pilot, presence=presence)

    answer_notice(by=bob, notice=notice, agreed=True)
    assert publicly_named(ecosystem) == [presence.agent]
    answer_notice(by=bob, notice=notice, agreed=False)

    presence.refresh_from_db()
    assert (publicly_named(ecosystem), presence.standing) == ([], Standing.CONTACTED)


def test_only_the_actor_answers_and_only_a_steward_tells(circle):
    ecosystem, pilot, bob, presence = circle
    with pytest.raises(NotAllowed):
        give_notice(by=bob, presence=presence)
    notice = give_notice(by=pilot, presence=presence)

    with pytest.raises(NotAllowed):
        answer_notice(by=pilot, notice=notice, agreed=True)

    assert open_notices_for(bob, ecosystem) == [notice]
    assert open_notices_for(pilot, ecosystem) == []


def test_telling_twice_tells_once_and_a_no_is_not_asked_again(circle):
    _, pilot, bob, presence = circle
    first = give_notice(by=pilot, presence=presence)
    assert give_notice(by=pilot, presence=presence) == first
    answer_notice(by=bob, notice=first, agreed=False)
    presence.refresh_from_db()

    with pytest.raises(Invalid):
        give_notice(by=pilot, presence=presence)

    assert NamingNotice.objects.count() == 1
