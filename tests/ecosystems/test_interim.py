# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from terreau.core import clock, worker
from terreau.core.errors import Invalid, NotAllowed
from terreau.ecosystems.actions.interim import (
    ask_interim,
    oppose_interim,
    second_interim,
    start_due_interims,
    start_interim,
)
from terreau.ecosystems.models import Interim, LogEntry
from terreau.ecosystems.queries import keys
from terreau.ecosystems.rules.interim import NOTICE, Standing, standing
from terreau.people.actions import end_role, give_role
from terreau.people.enums import EndReason, RoleKind
from terreau.people.models import Role
from terreau.people.rules import can_steward
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent
from tests.ledger.test_concurrency import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def orphan():
    """A cooperation whose key-holders are gone, with two organisations in its first circle."""
    ecosystem = make_ecosystem()
    alice, bob = make_user("Alice"), make_user("Bob")
    halte = represent(alice, make_organisation("La Halte"), ecosystem)
    social = represent(bob, make_organisation("Le centre social"), ecosystem)
    return ecosystem, (alice, halte), (bob, social)


def later(monkeypatch, wait: timedelta) -> None:
    moment = clock.now() + wait
    monkeypatch.setattr(clock, "now", lambda: moment)


def asked_and_seconded(orphan) -> Interim:
    ecosystem, (alice, halte), (bob, social) = orphan
    asked = ask_interim(by=alice, ecosystem=ecosystem, organisation=halte, person=bob.agent)
    return second_interim(by=bob, interim=asked, organisation=social)


def test_an_interim_starts_after_72_hours_and_is_written_in_the_journal(orphan, monkeypatch):
    ecosystem, _, (bob, _) = orphan
    interim = asked_and_seconded(orphan)
    assert interim.starts_at - interim.seconded_at == NOTICE

    assert (start_due_interims(), can_steward(bob, ecosystem.space)) == (0, False)
    later(monkeypatch, NOTICE)
    assert (start_due_interims(), start_due_interims()) == (1, 0)

    assert can_steward(bob, ecosystem.space)
    assert LogEntry.objects.filter(ecosystem=ecosystem, milestone="role").count() == 3


def test_nothing_is_taken_over_while_somebody_holds_the_keys(orphan):
    ecosystem, (alice, halte), (bob, _) = orphan
    join(make_user("Chloé"), ecosystem, RoleKind.KEY_HOLDER)

    with pytest.raises(Invalid):
        ask_interim(by=alice, ecosystem=ecosystem, organisation=halte, person=bob.agent)

    assert Interim.objects.count() == 0


def test_keys_found_again_during_the_notice_stop_it(orphan, monkeypatch):
    ecosystem, _, (bob, _) = orphan
    interim = asked_and_seconded(orphan)
    join(make_user("Chloé"), ecosystem, RoleKind.PILOT)
    later(monkeypatch, NOTICE)

    start_interim(interim=interim)

    assert not Role.objects.filter(kind=RoleKind.INTERIM).exists()
    assert not can_steward(bob, ecosystem.space)


def test_a_closed_account_holds_no_key(orphan):
    ecosystem, _, _ = orphan
    gone = join(make_user("Chloé"), ecosystem, RoleKind.PILOT)
    assert keys.holders_count(ecosystem) == 1

    gone.is_active = False
    gone.save()

    assert keys.holders_count(ecosystem) == 0


def test_an_organisation_that_nobody_speaks_for_holds_no_key(orphan):
    ecosystem, _, _ = orphan
    empty = make_organisation("Personne dedans")
    role = give_role(agent=empty, space=ecosystem.circle, kind=RoleKind.PILOT)
    assert keys.holders_count(ecosystem) == 0

    represent(make_user("Chloé"), empty)

    assert list(keys.key_holders(ecosystem)) == [role]
    end_role(role=role, reason=EndReason.PAUSE, until=clock.today())
    assert keys.holders_count(ecosystem) == 1  # the last day counts


def test_one_organisation_alone_does_not_name(orphan):
    ecosystem, (alice, halte), (bob, social) = orphan
    asked = ask_interim(by=alice, ecosystem=ecosystem, organisation=halte, person=bob.agent)

    with pytest.raises(Invalid):
        second_interim(by=alice, interim=asked, organisation=halte)
    with pytest.raises(NotAllowed):
        second_interim(by=alice, interim=asked, organisation=social)

    asked.refresh_from_db()
    assert standing(asked, clock.now()) is Standing.ASKED


def test_an_outside_organisation_does_not_name(orphan):
    ecosystem, _, (bob, _) = orphan
    chloe = make_user("Chloé")
    outside = represent(chloe, make_organisation("Ailleurs"))

    with pytest.raises(NotAllowed):
        ask_interim(by=chloe, ecosystem=ecosystem, organisation=outside, person=bob.agent)


def test_an_opposed_interim_never_starts(orphan, monkeypatch):
    ecosystem, (alice, halte), (bob, _) = orphan
    interim = asked_and_seconded(orphan)

    oppose_interim(by=alice, interim=interim, voice=halte)
    later(monkeypatch, NOTICE)

    assert (start_due_interims(), can_steward(bob, ecosystem.space)) == (0, False)
    again = ask_interim(by=alice, ecosystem=ecosystem, organisation=halte, person=alice.agent)
    assert again.pk != interim.pk


def test_asking_twice_keeps_one_naming(orphan):
    ecosystem, (alice, halte), (bob, _) = orphan

    first = ask_interim(by=alice, ecosystem=ecosystem, organisation=halte, person=bob.agent)
    second = ask_interim(by=alice, ecosystem=ecosystem, organisation=halte, person=bob.agent)

    assert (first, Interim.objects.count(), LogEntry.objects.count()) == (second, 1, 1)


def test_the_background_starts_it_at_its_hour_and_not_before(orphan, monkeypatch):
    ecosystem, _, (bob, _) = orphan
    interim = asked_and_seconded(orphan)
    worker.run_pending()
    assert not can_steward(bob, ecosystem.space)
    (waiting,) = DBTaskResult.objects.ready().model.objects.filter(finished_at=None)
    assert waiting.run_after == interim.starts_at

    later(monkeypatch, NOTICE)
    DBTaskResult.objects.filter(pk=waiting.pk).update(run_after=interim.asked_at)
    worker.run_pending()

    assert can_steward(bob, ecosystem.space)


@pytest.mark.django_db(transaction=True)
def test_two_organisations_that_ask_at_once_make_one_naming(orphan):
    ecosystem, (alice, halte), (bob, social) = orphan
    tasks = [
        lambda: ask_interim(by=alice, ecosystem=ecosystem, organisation=halte, person=bob.agent),
        lambda: ask_interim(by=bob, ecosystem=ecosystem, organisation=social, person=alice.agent),
    ]

    at_once(tasks * 4)

    assert Interim.objects.count() == 1
