# SPDX-License-Identifier: AGPL-3.0-or-later
"""The outbox: a job exists with its change, runs once, comes back when it fails."""

from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail as django_mail
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from terreau.core import clock, mail, outbox, worker
from terreau.core.errors import KeyReused
from terreau.core.models import OutboxRow

pytestmark = pytest.mark.django_db
calls: list[tuple[dict, str]] = []


def note(*, payload, key):
    calls.append((payload, key))


def fail(*, payload, key):
    calls.append((payload, key))
    raise ConnectionError("the mail server does not answer")


@pytest.fixture(autouse=True)
def _jobs(monkeypatch):
    calls.clear()
    monkeypatch.setattr("terreau.core.mail.note", note, raising=False)
    monkeypatch.setattr("terreau.core.mail.fail", fail, raising=False)


def ask(key="k", payload=None, name="terreau.core.mail.note"):
    outbox.enqueue(name=name, payload=payload or {"n": 1}, key=key)


def test_a_job_runs_once_and_its_content_is_forgotten():
    ask()
    ask()

    worker.run_pending()
    worker.run_pending()

    assert calls == [({"n": 1}, "k")]
    assert list(OutboxRow.objects.values_list("payload", flat=True)) == [{}]


def test_a_job_goes_with_its_change():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ask()
        1 / 0  # noqa: B018

    worker.run_pending()

    assert (calls, OutboxRow.objects.count()) == ([], 0)


def test_a_key_with_other_content_is_refused_even_after_it_was_moved():
    ask()
    worker.run_pending()

    with pytest.raises(KeyReused):
        ask(payload={"n": 2})


def test_a_job_moved_twice_after_a_crash_is_one_task():
    ask()
    outbox.move()
    OutboxRow.objects.update(moved_at=None, payload={"n": 1})

    worker.run_pending()

    assert (calls, DBTaskResult.objects.count()) == ([({"n": 1}, "k")], 1)


def test_a_failed_job_comes_back_later_and_gives_up_in_the_end(monkeypatch):
    begun = clock.now()
    ask(name="terreau.core.mail.fail")
    worker.run_pending()
    first_wait = DBTaskResult.objects.get(status="READY").run_after - begun

    for _ in range(outbox.ATTEMPTS_MAX + 2):
        DBTaskResult.objects.filter(status="READY").update(run_after=clock.now())
        worker.run_pending()

    assert outbox.FIRST_WAIT <= first_wait < outbox.FIRST_WAIT * 1.5
    assert len(calls) == outbox.ATTEMPTS_MAX
    assert DBTaskResult.objects.filter(status="FAILED").count() == 1


def test_only_functions_of_ours_may_be_named():
    with pytest.raises(ValueError, match=r"os\.system"):
        ask(name="os.system")


def test_a_mail_is_sent_once_in_plain_text():
    mail.send(to="anne@exemple.invalid", subject="Bonjour\nBcc: x", text="Vous êtes là.", key="1")
    mail.send(to="anne@exemple.invalid", subject="Bonjour\nBcc: x", text="Vous êtes là.", key="1")

    worker.run_pending()

    assert [(m.to, m.subject, m.body) for m in django_mail.outbox] == [
        (["anne@exemple.invalid"], "Bonjour Bcc: x", "Vous êtes là.")
    ]


def test_tidy_gives_back_what_a_dead_worker_left_and_forgets_old_results():
    ask("stuck")
    ask("old")
    worker.run_pending()
    long_ago = clock.now() - worker.KEPT * 2
    first, second = DBTaskResult.objects.order_by("pk")
    DBTaskResult.objects.filter(pk=first.pk).update(status="RUNNING", started_at=long_ago)
    DBTaskResult.objects.filter(pk=second.pk).update(finished_at=long_ago)

    worker.tidy()

    assert list(DBTaskResult.objects.values_list("pk", "status")) == [(first.pk, "READY")]


def refused(*, payload, key):
    raise SMTPRecipientsRefused({payload["to"]: (550, b"no such mailbox")})


def test_the_log_says_where_a_job_failed_and_not_to_whom(monkeypatch, caplog):
    monkeypatch.setattr("terreau.core.mail.refused", refused, raising=False)
    ask(name="terreau.core.mail.refused", payload={"to": "anne@exemple.invalid"})

    for _ in range(outbox.ATTEMPTS_MAX):
        worker.run_pending()
        DBTaskResult.objects.filter(status="READY").update(run_after=clock.now())

    assert "GivenUp: SMTPRecipientsRefused" in DBTaskResult.objects.get(status="FAILED").traceback
    assert "anne@" not in DBTaskResult.objects.get(status="FAILED").traceback
    assert "SMTPRecipientsRefused" in caplog.text
    assert "in refused" in caplog.text
    assert "anne@" not in caplog.text
