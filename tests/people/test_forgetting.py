# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the privacy page promises to forget is forgotten by the worker, and nothing younger is."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core import mail
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from terreau.core import clock, worker
from terreau.core.models import OutboxRow
from terreau.ecosystems.models import Presence
from terreau.people.actions import invite
from terreau.people.enums import RoleKind
from terreau.people.models import Invitation, OutsideRead, User
from tests.factories import join, make_ecosystem, make_user

pytestmark = pytest.mark.django_db
YEARS = django_settings.TERREAU.retention_years
LONG = timedelta(days=366 * YEARS + 1)
SHORT = timedelta(days=365 * YEARS - 2)


def idle(user: User, since: timedelta) -> User:
    user.last_login = clock.now() - since
    user.save()
    return user


def warned_ago(days: int) -> None:
    OutboxRow.objects.update(asked_at=clock.now() - timedelta(days=days))


def round_of_the_worker() -> None:
    worker.tidy()
    worker.run_pending()


def test_who_has_not_come_for_years_is_warned_once_and_closed_a_month_later():
    alice = idle(make_user("Alice"), LONG)
    address = alice.email

    round_of_the_worker()
    round_of_the_worker()
    alice.refresh_from_db()
    assert ([sent.to for sent in mail.outbox], alice.closed_at) == ([[address]], None)
    assert f"depuis {YEARS} ans" in mail.outbox[0].body

    warned_ago(31)
    round_of_the_worker()
    alice.refresh_from_db()
    assert (alice.is_active, alice.agent.name) == (False, "Une personne qui a fermé son compte")
    assert len(mail.outbox) == 1


def test_what_an_idle_account_wrote_of_itself_in_a_cooperation_goes_with_it():
    ecosystem = make_ecosystem()
    alice = idle(join(make_user("Alice"), ecosystem), LONG)
    Presence.objects.create(
        ecosystem=ecosystem,
        agent=alice.agent,
        cares="mon potager",
        space=ecosystem.circle,
        author=alice.agent,
        recorded_by=alice.agent,
    )

    round_of_the_worker()
    warned_ago(31)
    round_of_the_worker()

    assert Presence.objects.get().cares == ""


def test_who_comes_back_after_the_warning_keeps_the_account():
    alice = idle(make_user("Alice"), LONG)
    round_of_the_worker()
    warned_ago(31)

    idle(alice, timedelta(days=1))
    round_of_the_worker()

    alice.refresh_from_db()
    assert (alice.is_active, alice.agent.name) == (True, "Alice")


def test_nobody_is_warned_too_early_and_no_administrator_is_locked_out():
    idle(make_user("Alice"), SHORT)
    make_user("Bob")  # never signed in, opened today
    idle(make_user("Chef", is_staff=True, is_superuser=True), LONG)

    round_of_the_worker()

    assert mail.outbox == []


def test_an_account_never_used_counts_from_its_first_day():
    alice = make_user("Alice")
    User.objects.filter(pk=alice.pk).update(date_joined=clock.now() - LONG)

    round_of_the_worker()

    assert [sent.to for sent in mail.outbox] == [[alice.email]]


def test_old_reads_ended_sessions_and_expired_invitations_go_and_the_others_stay():
    today, now = clock.today(), clock.now()
    for what, day in (("old", today - LONG), ("new", today - SHORT)):
        OutsideRead.objects.create(space_id=1, organisation="Une région", what=what, day=day)
    for key, end in (("ended", now - timedelta(1)), ("open", now + timedelta(1))):
        Session.objects.create(session_key=key, session_data="x", expire_date=end)
    ecosystem = make_ecosystem()
    alice = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    for name in ("late", "waiting"):
        invite(by=alice, space=ecosystem.circle, email=f"{name}@exemple.invalid",
               role_kind=RoleKind.MEMBER)  # fmt: skip
    Invitation.objects.filter(email__startswith="late").update(expires_at=now - timedelta(1))

    worker.tidy()

    assert list(OutsideRead.objects.values_list("what", flat=True)) == ["new"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]
    assert sorted(Invitation.objects.values_list("email", flat=True)) == [
        "",
        "waiting@exemple.invalid",
    ]


def test_a_chore_that_fails_holds_back_no_other(settings, caplog):
    OutsideRead.objects.create(
        space_id=1, organisation="Une région", what="old", day=clock.today() - LONG
    )
    settings.CHORES = ["terreau.people.forgetting.no_such_chore", *settings.CHORES]

    worker.tidy()

    assert OutsideRead.objects.count() == 0
    assert "no_such_chore failed" in caplog.text


def test_a_mail_that_never_left_is_not_kept_for_ever():
    asked = {"task_path": "terreau.core.outbox.run_job", "args_kwargs": {}, "backend_name": "x"}
    for days in (61, 59):
        DBTaskResult.objects.create(
            status=TaskResultStatus.FAILED,
            finished_at=clock.now() - timedelta(days=days),
            queue_name=str(days),
            priority=0,
            run_after=clock.now(),
            **asked,
        )

    worker.tidy()

    assert list(DBTaskResult.objects.values_list("queue_name", flat=True)) == ["59"]
