# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Mes données »: every row that points to a person, found through the foreign keys themselves.

Each column that may point to an agent or an account is classified here, once: what it says of the
person, or why its rows stay out. A test fails on a column that is in neither table, so a new model
cannot forget the people it is about. Rows of records written by the person need no entry.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, ForeignKey, Model

from terreau.core import clock
from terreau.people.models import Agent, Record, User

ABOUT_ME = {
    "account.EmailAddress.user": "Vos adresses",
    "agreements.AgreementVersion.drafted_by": "Versions d'accords que vous avez rédigées",
    "agreements.Commitment.provider": "Ce que vous avez promis",
    "agreements.Commitment.receiver": "Ce qui vous a été promis",
    "agreements.Contribution.confirmed_by": "Contributions que vous avez confirmées",
    "agreements.Contribution.receiver": "Contributions que vous avez reçues",
    "agreements.ContributionChange.by": "Contributions que vous avez rectifiées",
    "agreements.Discussion.opened_by": "« En parler » que vous avez ouverts",
    "agreements.Discussion.proposed_by": "Issues que vous avez proposées",
    "agreements.Discussion.third": "« En parler » où vous êtes la tierce personne",
    "agreements.Party.agent": "Accords dont vous êtes partie",
    "agreements.Party.agreed_by": "Accords que vous avez donnés",
    "agreements.Review.said_by": "Ce que vous avez dit en revoyant un engagement",
    "agreements.Tally.agent": "Vos totaux par unité",
    "ecosystems.AimDisagreement.agent": "Vos désaccords sur le cap",
    "ecosystems.Aim_adopted_by.agent": "Caps que vous avez adoptés",
    "ecosystems.Bearer.agent": "Maillons dont vous vous chargez",
    "ecosystems.EffectLink.answer_by": "Réponses que vous avez données à un effet",
    "ecosystems.EffectLink.agent": "Changements où vous êtes pour quelque chose",
    "ecosystems.Interim.asked_by": "Intérims que vous avez demandés",
    "ecosystems.Interim.opposed_by": "Intérims auxquels vous vous êtes opposé",
    "ecosystems.Interim.person": "Intérims que vous avez assurés",
    "ecosystems.Interim.seconded_by": "Intérims que vous avez appuyés",
    "ecosystems.NamingNotice.given_by": "Préavis que vous avez donnés",
    "ecosystems.PhaseChange.said_by": "Étapes que vous avez dites",
    "ecosystems.Presence.agent": "Vos quatre lignes",
    "ecosystems.Rewording.by": "Ce que vous avez modifié, et ce qui était écrit avant",
    "ecosystems.Rewording.author": "Vos écrits qui ont été modifiés, et ce qu'ils disaient avant",
    "ecosystems.TakingAway.agent": "Copies que vous avez emportées",
    "ecosystems.Visit.person": "Vos dernières lectures",
    "ecosystems.VoidedAnswer.agent": "Vos réponses à des mots modifiés depuis",
    "ecosystems.VoidedAnswer.answer_by": "Réponses de votre main, à des mots modifiés depuis",
    "ledger.Claim.provider": "Ce que vous devez en retour (registre)",
    "ledger.Claim.receiver": "Ce qui vous est dû en retour (registre)",
    "ledger.Claim.recorded_by": "Créances inscrites de votre main (registre)",
    "ledger.ClaimEnd.recorded_by": "Créances closes de votre main (registre)",
    "ledger.Commitment.provider": "Promesses que vous avez faites (registre)",
    "ledger.Commitment.receiver": "Promesses qui vous ont été faites (registre)",
    "ledger.Commitment.recorded_by": "Promesses inscrites de votre main (registre)",
    "ledger.CommitmentEnd.recorded_by": "Promesses closes de votre main (registre)",
    "ledger.Event.on_behalf_of": "Flux inscrits pour vous (registre)",
    "ledger.Event.provider": "Ce que vous avez donné (registre)",
    "ledger.Event.receiver": "Ce que vous avez reçu (registre)",
    "ledger.Event.recorded_by": "Flux inscrits de votre main (registre)",
    "ledger.Intent.provider": "Ce que vous proposez",
    "ledger.Intent.receiver": "Ce dont vous avez besoin",
    "ledger.Plan.opened_by": "Plans que vous avez ouverts (registre)",
    "ledger.Process.opened_by": "Processus que vous avez ouverts (registre)",
    "ledger.ProposalList_proposed_to.agent": "Listes de propositions qui vous sont adressées",
    "ledger.Proposal_proposed_to.agent": "Propositions qui vous sont adressées",
    "ledger.Recipe.written_by": "Recettes que vous avez écrites (registre)",
    "ledger.Resource.accountable": "Ce dont vous répondez (registre)",
    "ledger.Resource.custodian": "Ce que vous gardez (registre)",
    "ledger.Resource.opened_by": "Stocks que vous avez ouverts (registre)",
    "ledger.Satisfaction.recorded_by": "Réponses à un besoin ou à une offre, de votre main",
    "mfa.Authenticator.user": "Vos clés et applications de connexion (sans leurs secrets)",
    "people.AccessToken.user": "Clés que vous avez données à des programmes (sans leurs secrets)",
    "people.GuestLink.created_by": "Liens d'invité que vous avez ouverts",
    "people.Invitation.accepted_by": "Invitations que vous avez acceptées",
    "people.Invitation.invited_by": "Invitations que vous avez envoyées",
    "people.Mandate.person": "Organisations pour lesquelles vous parlez",
    "people.Role.agent": "Vos rôles",
    "people.Role.given_by": "Rôles que vous avez confiés",
    "people.User_groups.user": "Vos groupes",
    "people.User_user_permissions.user": "Vos droits d'administration",
    "programmes.Coaching.coach": "Coopérations que vous accompagnez",
    "publishing.SheetMessage.handled_by": "Messages du public auxquels vous avez répondu",
    "socialaccount.SocialAccount.user": "Vos comptes reliés",
}
LEFT_OUT = {
    "ecosystems.Ecosystem.agent": "the agent of an ecosystem is no person",
    "ledger.Balance.provider": "sums of the flows above, kept for speed",
    "ledger.Balance.receiver": "sums of the flows above, kept for speed",
    "programmes.Programme.host": "an organisation, never a person",
    "people.Agent.merged_into": "only organisations are merged",
    "people.Invitation.organisation": "an organisation, never a person",
    "people.Mandate.organisation": "an organisation, never a person",
    "people.User.agent": "given at the head of the file",
}
RECORDS = {
    "agreements.Agreement": "accords",
    "agreements.Contribution": "contributions",
    "agreements.DiscussionNote": "notes de discussion",
    "agreements.Landmark": "repères",
    "agreements.Sharing": "calculs de partage",
    "agreements.SharingRule": "versions de la règle de partage",
    "agreements.Valuation": "conventions d'évaluation",
    "ecosystems.Aim": "cap",
    "ecosystems.AimDisagreement": "désaccords sur le cap",
    "ecosystems.Beneficiary": "bénéficiaires",
    "ecosystems.CircleDecision": "décisions du cercle",
    "ecosystems.Effect": "changements constatés",
    "ecosystems.LogEntry": "journal de bord",
    "ecosystems.Maillon": "maillons",
    "ecosystems.Obstacle": "difficultés",
    "ecosystems.Performance": "ce que cela doit permettre",
    "ecosystems.Presence": "présences",
    "ecosystems.Stake": "enjeux",
    "ecosystems.Word": "nos mots",
    "ledger.Intent": "besoins et offres",
    "ledger.Proposal": "propositions",
    "ledger.ProposalList": "listes de propositions",
}
SECRETS = frozenset({"password", "token_hash", "data", "email"})
"""Left out of rows: what opens a door, and the addresses of others (one's own come apart)."""
OWN_ADDRESSES = "account.EmailAddress.user"

READ_ME = """Vos données dans Terreau, le {day}.

Le fichier mes-donnees.json contient chaque ligne qui vous désigne : votre compte, vos rôles, ce que
vous avez écrit, promis, apporté. Il s'ouvre avec un éditeur de texte ou un tableur récent. Les
secrets de connexion n'y sont pas, ni les adresses d'autres personnes.
"""


def columns() -> Iterator[tuple[str, ForeignKey[Any, Any]]]:
    """Yield every column of every table that may point to an agent or an account, by name."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, ForeignKey) and field.related_model in (Agent, User):
                yield f"{model._meta.label}.{field.name}", field


def is_own_record(field: ForeignKey[Any, Any]) -> bool:
    """Tell whether the column is that of who wrote a private record (no entry needed)."""
    return issubclass(field.model, Record) and field.name in ("author", "recorded_by")


def my_data_file(user: User) -> bytes:
    """Return a ZIP: all that points to this person, as JSON, and a word on how to read it."""
    told = json.dumps(my_data(user), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mes-donnees.json", told)
        archive.writestr("LISEZ-MOI.txt", READ_ME.format(day=f"{clock.today():%d/%m/%Y}"))
    return made.getvalue()


def my_data(user: User) -> dict[str, Any]:
    """Return the person's account and every row that points to it, by section."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for name, field in columns():
        if name in LEFT_OUT:
            continue
        rows = _rows(name, field, user)
        if rows:
            sections[_title(name, field)] = rows
    return {
        "compte": {"adresse": user.email, **_plain(user, frozenset()), "fiche": _plain(user.agent)},
        "lignes": sections,
    }


def _title(name: str, field: ForeignKey[Any, Any]) -> str:
    if is_own_record(field):
        what = "en votre nom" if field.name == "author" else "de votre main"
        label = field.model._meta.label
        return f"Écrit {what} : {RECORDS.get(label, field.model._meta.verbose_name)}"
    return ABOUT_ME.get(name, name)


def _rows(name: str, field: ForeignKey[Any, Any], user: User) -> list[dict[str, Any]]:
    me = user.agent_id if field.related_model is Agent else user.pk
    found = field.model._base_manager.filter(**{f"{field.name}_id": me}).order_by("pk")
    secrets = SECRETS - {"email"} if name == OWN_ADDRESSES else SECRETS
    return [_plain(row, secrets) for row in found.iterator()]


def _plain(row: Model, secrets: frozenset[str] = SECRETS) -> dict[str, Any]:
    hidden = secrets | {"password"}
    return {
        field.name: _value(row, field) for field in row._meta.fields if field.name not in hidden
    }


def _value(row: Model, field: Field[Any, Any]) -> Any:
    value = field.value_from_object(row)
    if field.is_relation or not field.flatchoices:
        return value
    return dict(field.flatchoices).get(value, value)
