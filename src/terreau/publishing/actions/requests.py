# SPDX-License-Identifier: AGPL-3.0-or-later
"""« C'est nous »: what organisations ask about sheets that nobody keeps, and what became of it.

A request is read by whoever administers the instance. Granted, it becomes a link sent to the
organisation, which takes the sheet for the cooperation that it steers; or the sheet is removed, and
the log of corrections says why. The one who asked is told by mail, whatever the outcome.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from terreau.core import clock, mail
from terreau.core.errors import Invalid, NotAllowed, NotFound
from terreau.core.versions import must_stand
from terreau.ecosystems.models import Ecosystem
from terreau.people.actions import derived_token, token_digest
from terreau.people.models import User
from terreau.publishing import rules
from terreau.publishing.actions.sheets import publish_sheet, withdraw_sheet
from terreau.publishing.enums import Licence, MessageKind, Origin, Outcome
from terreau.publishing.models import Correction, Sheet, SheetMessage

LINK_DAYS = 60
PURPOSE = "take-over"


def tell_administrators(request: SheetMessage) -> None:
    """Mail those who run the instance that a request waits; nothing that it says leaves here."""
    for user in User.objects.filter(is_superuser=True, is_active=True):
        mail.send(
            to=user.email,
            subject="Une demande attend votre réponse",
            text=(
                "Bonjour,\n\nUne organisation demande quelque chose au sujet d'une fiche lue dans "
                f"un document public.\n\nPour la lire : {settings.TERREAU.base_url}/demandes/\n"
            ),
            key=f"request:{request.key}:{user.pk}",
        )


@transaction.atomic
def answer_request(
    *, by: User, request: SheetMessage, outcome: Outcome, words: str = "", address: str = ""
) -> SheetMessage:
    """Settle a request once, and tell by mail who asked. Settling it again changes nothing, and in
    other words it is an EditConflict.

    ``words`` are for the one who asked; for a removal they are the reason, shown to everybody in
    the log of corrections. ``address``: that of the page to take over, with TOKEN where the token
    goes. Raises NotAllowed for whoever does not run the instance, Invalid for an outcome that does
    not answer, a sheet that somebody keeps now, or a word that is missing.
    """
    if not by.is_superuser:
        raise NotAllowed("Seule la personne qui administre l'instance répond aux demandes.")
    found = SheetMessage.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if found.outcome:
        said = {"outcome": outcome, "outcome_words": words.strip()}
        named = {"outcome_words": "words"}
        must_stand(found, said, named=named, what="Cette demande a déjà sa réponse")
        return found
    _check_outcome(found, outcome, words.strip())
    found.outcome, found.outcome_words = outcome, words.strip()
    found.handled_at, found.handled_by = clock.now(), by.agent
    link = ""
    if outcome == Outcome.GRANTED:
        token = derived_token(PURPOSE, found.key)
        found.token_hash = token_digest(token)
        found.open_until = clock.now() + timedelta(days=LINK_DAYS)
        link = address.replace("TOKEN", token)
    elif outcome == Outcome.REMOVED:
        _remove(by, found)
    found.save()
    _tell(found, link)
    return found


def _check_outcome(request: SheetMessage, outcome: Outcome, words: str) -> None:
    if outcome not in Outcome.values:
        raise Invalid("Choisissez ce que devient la demande.", field="outcome")
    if outcome == Outcome.GRANTED and request.kind != MessageKind.TAKE_OVER:
        raise Invalid("Cette demande n'est pas de reprendre la fiche.", field="outcome")
    if outcome != Outcome.DECLINED and request.sheet.origin != Origin.READ:
        raise Invalid("Une coopération tient maintenant cette fiche : c'est à elle d'y toucher.")
    if outcome in (Outcome.REMOVED, Outcome.DECLINED) and not words:
        raise Invalid("Dites pourquoi : ces mots vont à qui a demandé.", field="words")


def _remove(by: User, request: SheetMessage) -> None:
    sheet = request.sheet
    source, title = sheet.source, sheet.title
    withdraw_sheet(by=by, sheet=sheet, why=request.outcome_words)
    Correction.objects.get_or_create(
        source=source,
        found=f"Une fiche « {title} » écrite d'après ce document",
        defaults={
            "sheet": sheet,
            "day": clock.today(),
            "written": "Fiche retirée",
            "why": request.outcome_words,
        },
    )


TOLD = {
    Outcome.GRANTED: "Vous pouvez reprendre la fiche « {title} ».",
    Outcome.REMOVED: "La fiche « {title} » est retirée : plus personne ne la lit.",
    Outcome.CORRECTED: "La fiche « {title} » est corrigée.",
    Outcome.DECLINED: "Votre demande sur la fiche « {title} » n'a pas eu de suite.",
}
STEPS = (
    "Ouvrez ce lien, connectez-vous (ou ouvrez un compte), et choisissez la coopération qui la "
    "tiendra ; si elle n'est pas encore ici, deux minutes suffisent pour la créer :\n{link}\n\n"
    "Le lien sert une fois, jusqu'au {day:%d/%m/%Y}. Ne le donnez qu'à qui tiendra la fiche."
)


def _tell(request: SheetMessage, link: str) -> None:
    parts = ["Bonjour,", TOLD[Outcome(request.outcome)].format(title=request.sheet.title)]
    if request.outcome_words:
        parts.append(request.outcome_words)
    if link:
        parts.append(STEPS.format(link=link, day=request.open_until))
    mail.send(
        to=request.answer_to,
        subject=f"Votre demande sur « {request.sheet.title} »",
        text="\n\n".join(parts) + "\n",
        key=f"request-answer:{request.key}",
    )


def open_take_over(token: str) -> SheetMessage:
    """Return the granted request behind a token, or raise NotFound with what to do."""
    request = (
        SheetMessage.objects.select_related("sheet__ecosystem")
        .filter(token_hash=token_digest(token), outcome=Outcome.GRANTED)
        .first()
    )
    if request is None or request.open_until is None or request.open_until <= clock.now():
        raise NotFound("Ce lien n'existe pas ou a expiré. Demandez de nouveau « C'est nous ».")
    return request


@transaction.atomic
def take_over(*, by: User, token: str, ecosystem: Ecosystem) -> Sheet:
    """Make the sheet that of the cooperation, at the same address; what was read stays its history.

    Doing it again for the same cooperation changes nothing. Raises NotFound for a dead link,
    NotAllowed for whoever does not steer the cooperation, Invalid when it has a sheet already or
    another took this one.
    """
    request = open_take_over(token)
    sheet = Sheet.objects.select_for_update(of=("self",)).get(pk=request.sheet_id)
    if not rules.can_publish(by, ecosystem):
        raise NotAllowed("Seules les personnes qui gardent les clés peuvent reprendre la fiche.")
    if sheet.ecosystem_id == ecosystem.pk:
        return sheet
    if sheet.origin != Origin.READ or sheet.withdrawn_at is not None:
        raise Invalid("Cette fiche a été reprise ou retirée entre-temps. Rien n'a changé.")
    if Sheet.objects.filter(ecosystem=ecosystem).exists():
        raise Invalid(
            f"« {ecosystem} » a déjà sa fiche publique. Demandez plutôt que celle-ci soit retirée.",
            field="ecosystem",
        )
    sheet.ecosystem, sheet.origin = ecosystem, Origin.KEPT
    sheet.heading = sheet.source = sheet.fingerprint = ""
    sheet.save()
    return publish_sheet(by=by, ecosystem=ecosystem, licence=Licence(sheet.licence))
