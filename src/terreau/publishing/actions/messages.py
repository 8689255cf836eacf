# SPDX-License-Identifier: AGPL-3.0-or-later
"""Takes in what is written about a sheet, for those who answer. No address is ever shown."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed
from terreau.core.once import keep_once, kept
from terreau.people.models import User
from terreau.publishing import rules
from terreau.publishing.actions.requests import tell_administrators
from terreau.publishing.enums import MessageKind, Origin
from terreau.publishing.models import Sheet, SheetMessage

MESSAGES_AN_HOUR = 5  # from one place
MESSAGES_A_DAY = 40  # to one sheet
KEPT_DAYS = 365


@transaction.atomic
def write_message(
    *, sheet: Sheet, kind: MessageKind, words: dict[str, str], key: UUID, address: str
) -> SheetMessage:
    """Keep a message for those who answer. Sending it twice with the same key keeps one.

    ``words``: sender, answer_to, text. ``address`` is the network address, of which only a digest
    of the day is kept. Raises Invalid when nobody answers there, a word is missing, or too much was
    written from the same place; KeyReused for another message with the same key.
    """
    said = {name: words.get(name, "").strip() for name in ("sender", "answer_to", "text")}
    wanted = {"sheet": sheet, "kind": kind, **said}
    stored = kept(SheetMessage, key=key, wanted=wanted)
    if stored is not None:
        return stored
    _check_may_write(sheet, kind)
    _check_words(kind, said)
    mark = _mark(address)
    _check_pace(sheet, mark, key)
    fresh = {"sender_mark": mark, "created_at": clock.now()}
    message, created = keep_once(SheetMessage, key=key, wanted=wanted, fresh=fresh)
    if created and kind != MessageKind.WRITE:
        tell_administrators(message)
    return message


def handle_message(*, by: User, message: SheetMessage) -> SheetMessage:
    """Say that a message was answered. Saying it twice changes nothing."""
    if not can_answer(by, message):
        raise NotAllowed("Ce message ne vous est pas adressé.")
    if message.handled_at is None:
        message.handled_at, message.handled_by = clock.now(), by.agent
        message.save(update_fields=["handled_at", "handled_by"])
    return message


def forget_messages() -> int:
    """Delete the messages that are a year old. Returns how many. The worker does it every hour."""
    oldest = clock.now() - timedelta(days=KEPT_DAYS)
    return SheetMessage.objects.filter(created_at__lt=oldest).delete()[0]


def can_answer(by: User, message: SheetMessage) -> bool:
    """Tell whether this person answers: who steers for a message, who administers for a request."""
    ecosystem = message.sheet.ecosystem
    if message.kind == MessageKind.WRITE and ecosystem is not None:
        return rules.can_publish(by, ecosystem)
    return by.is_superuser


def _check_may_write(sheet: Sheet, kind: MessageKind) -> None:
    shown = sheet.published_at is not None and sheet.withdrawn_at is None
    if not shown:
        raise Invalid("Cette fiche n'est plus publique : on ne peut plus y écrire.")
    if kind == MessageKind.WRITE and not sheet.contact_open:
        raise Invalid("Personne ne répond ici. Passez par le site de l'organisation.")
    if kind != MessageKind.WRITE and sheet.origin != Origin.READ:
        raise Invalid("Cette fiche est tenue par la coopération elle-même : écrivez-lui.")


def _check_words(kind: MessageKind, words: dict[str, str]) -> None:
    asked = {
        "sender": "Dites qui vous êtes : un prénom ou un nom d'organisation suffit.",
        "answer_to": "Donnez un moyen de vous répondre : une adresse ou un numéro.",
        "text": "Écrivez votre message.",
    }
    for name, sentence in asked.items():
        if not words[name]:
            raise Invalid(sentence, field=name)
    if kind != MessageKind.WRITE:
        try:
            validate_email(words["answer_to"])
        except ValidationError:
            sentence = "Donnez une adresse électronique : c'est là que part la réponse."
            raise Invalid(sentence, field="answer_to") from None


def _check_pace(sheet: Sheet, mark: str, key: UUID) -> None:
    now, others = clock.now(), SheetMessage.objects.exclude(key=key)
    lately = others.filter(sender_mark=mark, created_at__gt=now - timedelta(hours=1)).count()
    today = others.filter(sheet=sheet, created_at__gt=now - timedelta(days=1)).count()
    if lately >= MESSAGES_AN_HOUR or today >= MESSAGES_A_DAY:
        raise Invalid(
            "Beaucoup de messages sont partis d'ici. Rien n'est perdu : gardez le vôtre et "
            "renvoyez-le dans une heure."
        )


def _mark(address: str) -> str:
    said = f"{address}|{clock.today().isoformat()}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()
