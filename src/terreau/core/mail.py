# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mails in plain text, sent by the worker after the change that caused them was written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage

from terreau.core import outbox, task_ids

DELIVERY = "terreau.core.mail.deliver"


def send(*, to: str, subject: str, text: str, key: str) -> None:
    """Have one mail sent after the caller's transaction; the same key sends it once."""
    payload = {"to": to, "subject": " ".join(subject.split()), "text": text}
    outbox.enqueue(name=DELIVERY, payload=payload, key=f"mail:{key}")


def asked_at(key: str) -> datetime | None:
    """Return when a mail was asked for under this key, or None when it never was."""
    return outbox.asked_at(f"mail:{key}")


def hold_waiting() -> int:
    """Make sure that no mail asked for until now ever leaves from here; return how many waited."""
    return outbox.drop(name=DELIVERY)


def deliver(*, payload: dict[str, Any], key: str) -> None:
    """Send one mail now. The message id follows from the key: a mail sent twice is shown once."""
    message = EmailMessage(subject=payload["subject"], body=payload["text"], to=[payload["to"]])
    message.extra_headers["Message-ID"] = f"<{task_ids.id_of(key)}@terreau>"
    message.send()
