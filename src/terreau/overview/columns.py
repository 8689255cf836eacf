# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the archive writes one column: its heading, and a value in words or as plain data.

What a row points to is written in words beside its number, so that a list reads by itself. A link
is written only when ``keep`` lets it through: see :mod:`terreau.overview.pointing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db import models

from terreau.agreements.models import (
    AgreementVersion,
    Commitment,
    Contribution,
    Discussion,
    Posting,
)
from terreau.core.quantities import to_decimal
from terreau.core.units import UNITS
from terreau.documents.tables import Cell
from terreau.ecosystems.models import Effect, LogEntry, Presence, Rewording

Field: TypeAlias = models.Field[Any, Any]
Keep: TypeAlias = Callable[[models.Model], bool]

HIDDEN = frozenset({"came", "key", "file", "merged_into", "sha256", "token_hash"})
"""Fields that say nothing to a reader, or that open something."""

FOR_MACHINES = frozenset(
    {"slug", "search_key", "updated_at", "position", "event_id", "edited", "content", "inputs",
     "stock_id", "moved_id", "last_event"}
)  # fmt: skip
"""Columns that a list does not show; the JSON has them."""

UNTOLD = {
    "ecosystem": "the cooperation that is carried away: the whole file is about it",
    "ledger": "the same cooperation, by its ledger",
    "ecosystems.Ecosystem.agent": "the same cooperation, as « nous tous »",
    "ecosystems.Ecosystem.space": "the same cooperation, as its widest circle",
    "ecosystems.Ecosystem.circle": "its first circle",
    "ecosystems.EcosystemLink.source": "the same cooperation",
    "people.SpaceLink.source": "the same cooperation",
    "people.Agent.merged_into": "who was merged is written under the name that was kept",
    "agreements.Discussion.space": "the three who take part stand in the row",
}
"""Links that no list writes in words, by name or by place, and why."""

BROUGHT = frozenset(
    {
        "ecosystems.Effect.beneficiary",
        "ecosystems.EcosystemLink.target",
        "people.SpaceLink.target",
    }
)
"""Links that their row brings with it on the screens too, whoever reads what they lead to."""

DEEPER: dict[type[models.Model], tuple[str, ...]] = {
    AgreementVersion: ("agreement",),
    Contribution: ("author", "receiver"),
    Discussion: ("contribution",),
    Posting: ("commitment__version",),
    Presence: ("agent",),
    Rewording: ("by",),
}
"""What the words of a row read further, so that it comes in the same query."""

AMOUNTS = (
    "price",
    "quantity",
    "value",
    "agreed_quantity",
    "proposed_quantity",
    "available",
    "minimum",
)
SAID_BY = frozenset({"author", "recorded_by"})
STOCKED = frozenset({"accounting", "on_hand", "floor"})
HEADINGS = {
    "valuation": "convention",
    "id": "numéro",
    "author": "au nom de",
    "recorded_by": "écrit par",
    "created_at": "écrit le",
    "number": "version",
    "state": "état",
    "adopted_on": "adopté le",
    "adopted_how": "comment",
    "aim": "cap",
    "agent": "qui",
    "settled_on": "réglé le",
    "settled_how": "comment",
    "code": "difficulté",
    "opens_statements": "ouvre les relevés",
    "ended_on": "fini le",
    "ended_words": "pourquoi",
    "kind": "genre",
    "standing": "où on en est",
    "nature": "nature",
    "receiver": "pour",
    "provider": "qui promet",
    "quantity": "quantité",
    "unit": "unité",
    "confirmed_on": "d'accord le",
    "confirmed_by": "d'accord de",
    "undone_on": "annulé le",
    "discussion": "à propos de",
    "day": "jour",
    "value": "valeur",
    "beneficiary": "pour qui",
    "timing": "quand",
    "evidence": "appui",
    "share_due": "part due",
    "theme": "thème",
    "milestone": "ce que ça marque",
    "guest_name": "dit par",
    "erased_at": "effacé le",
    "since": "depuis le",
    "until": "jusqu'au",
    "end_reason": "pourquoi",
    "given_by": "donné par",
    "legal_form": "forme juridique",
    "territory": "territoire",
    "invented": "inventé",
    "phase": "phase",
    "said_by": "dit par",
    "agreement": "engagement",
    "drafted_by": "rédigé par",
    "proposed_on": "proposé le",
    "accepted_on": "accepté le",
    "superseded_on": "remplacé le",
    "agreed_on": "d'accord le",
    "agreed_by": "d'accord de",
    "declined_on": "pas cette année, le",
    "declined_words": "un mot",
    "period": "période",
    "previous": "promesse d'avant",
    "closed_on": "fini le",
    "closed_words": "un mot",
    "kept": "tenu",
    "commitment": "promesse",
    "outcome": "suite",
    "words": "un mot",
    "next_on": "à revoir le",
    "contribution": "contribution",
    "what": "quoi",
    "quantity_before": "quantité avant",
    "quantity_after": "quantité après",
    "unit_before": "unité avant",
    "unit_after": "unité après",
    "day_before": "jour avant",
    "day_after": "jour après",
    "by": "par",
    "opened_on": "ouvert le",
    "opened_by": "ouvert par",
    "third": "tierce personne",
    "proposed_quantity": "quantité proposée",
    "proposed_lesson": "leçon proposée",
    "proposed_by": "proposé par",
    "proposed_side": "proposé du côté de",
    "agreed_quantity": "quantité convenue",
    "maillon": "maillon",
    "effect": "changement",
    "answered_on": "répondu le",
    "answer_by": "répondu par",
    "voided_on": "réponse devenue caduque le",
    "performance": "ce que ça doit permettre",
    "rewording": "modification",
    "presence": "acteur",
    "sent_on": "prévenu le",
    "effective_on": "à partir du",
    "agreed": "d'accord",
    "entry": "ligne du journal",
    "name": "nom",
    "mime": "type",
    "size_bytes": "taille en octets",
    "adopted_by": "adopté par",
    "performances": "sert à",
    "depends_on": "a besoin de",
    "maillons": "maillons",
    "in_return_of": "en retour de",
    "posting": "pour quel engagement",
    "space": "cercle",
    "guest_link": "par quel lien",
    "functions": "fonctions de vie",
    "territories": "territoires",
    "parent": "fait partie de",
    "target": "avec qui",
    "vintage": "année du fichier officiel",
    "inhabitants": "habitants",
    "successor": "devenu",
    "containers": "dans",
    "programme": "programme",
    "coach": "qui accompagne",
    "created_by": "ouvert par",
    "expires_at": "jusqu'au",
    "revoked_at": "fermé le",
    "specification": "quoi",
    "accounting": "quantité",
    "on_hand": "en main",
    "floor": "jamais moins de",
    "opened_at": "ouvert le",
    "accountable": "qui en répond",
    "rights": "parts de droits",
    "custodian": "chez qui",
    "location": "où",
    "container": "dans quoi",
    "stage": "étape",
    "tracking_identifier": "numéro de la chose",
    "of_batch_lot": "lot",
    "person": "qui",
    "asked_by": "demandé par",
    "asked_at": "demandé le",
    "seconded_by": "appuyé par",
    "seconded_at": "appuyé le",
    "opposed_at": "opposition le",
    "opposed_by": "opposition de",
    "starts_at": "commence le",
    "started_at": "commencé le",
    "at": "le",
    "version": "version de l'engagement",
    "territories.Territory.code": "numéro officiel",
    "people.SpaceLink.target": "programme",
    "territories.Territory.ended_on": "n'existe plus depuis le",
}
"""Headings for the fields that have no words of their own in the models, by name or by place."""


def place_of(field: Field) -> str:
    """Return where a field stands: « ecosystems.Effect.beneficiary »."""
    return f"{field.model._meta.label}.{field.name}"


def is_told(field: Field) -> bool:
    """Tell whether a list shows the column."""
    if field.is_relation:
        return not {field.name, place_of(field)} & UNTOLD.keys()
    return field.name not in FOR_MACHINES and field.name != "version"


def heading(field: Field) -> str:
    """Return the words of a column: those of the model, or ours where it has none."""
    own = str(field.verbose_name)
    unnamed = own.lower() == field.name.replace("_", " ")
    return HEADINGS.get(place_of(field)) or (HEADINGS.get(field.name, own) if unnamed else own)


def related(fields: list[Field]) -> Iterator[str]:
    """Yield what to select with the rows, so that their links are in words without a query each."""
    for field in fields:
        if isinstance(field, models.ForeignKey):
            yield field.name
            deeper = DEEPER.get(field.related_model, ())
            yield from (f"{field.name}__{name}" for name in deeper)


def links(row: Any, field: Field, keep: Keep) -> list[models.Model]:
    """Return what a row points to by this field and its reader may be told."""
    value = getattr(row, field.name)
    found = value.all() if isinstance(field, models.ManyToManyField) else filter(None, (value,))
    return [one for one in found if place_of(field) in BROUGHT or keep(one)]


def words_of(one: models.Model) -> str:
    """Return a row that another points to, in words."""
    match one:
        case Posting():
            return one.commitment.words
        case Commitment():
            return one.words
        case Contribution():
            what = f"{one.get_kind_display()}, {one.happened_on:%d/%m/%Y}"
            return f"{one.author} pour {one.receiver}, {what}"
        case Effect():
            return one.statement
        case LogEntry():
            return one.text
        case Presence():
            return str(one.agent)
    return str(one)


def shown(row: Any, field: Field, keep: Keep) -> Cell:
    """Return a value as a person reads it: labels, names, quantities in their own unit."""
    if field.name in SAID_BY and of_a_guest(row):
        return row.voice if field.name == "author" else ""
    if field.is_relation:
        return " ; ".join(words_of(one) for one in links(row, field, keep))
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    value = getattr(row, field.name)
    if field.name.startswith("unit") and value in UNITS:
        return UNITS[value].label
    if value is not None and _counts(field):
        return to_decimal(value)
    if isinstance(value, list):
        return " ; ".join(f"{label} : {text}" for label, text in value)
    if value is None or isinstance(value, (str, int, float, date, datetime)):
        return value
    return str(value)


def of_a_guest(row: Any) -> bool:
    """Tell whether a row is the word of a guest, which the cooperation keeps and never says."""
    return isinstance(row, LogEntry) and row.guest_link_id is not None


def _counts(field: Field) -> bool:
    named = field.name.startswith(AMOUNTS) or field.name in STOCKED
    return named and isinstance(field, models.BigIntegerField)


def data(row: Any, field: Field, keep: Keep) -> Iterator[tuple[str, Any]]:
    """Yield a value for the JSON; of a link, its number and its words."""
    if not field.is_relation or not is_told(field):
        yield field.attname, plain(getattr(row, field.attname))
        return
    found = links(row, field, keep)
    if field.name in SAID_BY and of_a_guest(row):
        yield field.attname, found[0].pk
        yield field.name, shown(row, field, keep) or None
        return
    numbers, words = [one.pk for one in found], [words_of(one) for one in found]
    if isinstance(field, models.ManyToManyField):
        yield from ((f"{field.name}_ids", numbers), (field.name, words))
    else:
        yield field.attname, numbers[0] if numbers else None
        yield field.name, words[0] if words else None


def plain(value: Any) -> Any:
    """Return a value that JSON holds."""
    if value is None or isinstance(value, (str, int, float, bool, list)):
        return value
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
