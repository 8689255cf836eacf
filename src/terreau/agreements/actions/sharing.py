# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre règle de partage »: write a version, note that it was adopted, count under it.

A count is kept as it was counted. It pays nobody and writes nothing in the ledger: the group
decides, and notes what it did as any other contribution.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from terreau.agreements.actions.saving import save
from terreau.agreements.models import Contribution, Sharing, SharingRule
from terreau.agreements.queries.sharing import (
    Basis,
    came_in,
    contributed,
    digest_of,
    inputs_of,
    reads_whole,
    rules_of,
)
from terreau.agreements.rules import rights
from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed
from terreau.core.once import kept, once
from terreau.core.versions import must_stand
from terreau.ecosystems.actions.records import Filing, hold, keep
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.rules.days import happened, plausible
from terreau.ledger.sharing.rule import Rule, as_data, check
from terreau.people.actions import check_texts
from terreau.people.models import User
from terreau.people.visibility import reach_of


@transaction.atomic
def write_rule(*, by: User, ecosystem: Ecosystem, key: UUID, words: str, rule: Rule) -> SharingRule:
    """Write the next version of the rule. It counts for nothing until it is adopted.

    Raises Invalid for a rule that cannot be counted, NotAllowed outside the first circle.
    """
    if not rights.is_in_circle(reach_of(by), ecosystem):
        raise NotAllowed("La règle de partage s'écrit dans le premier cercle.")
    check(rule)
    hold(ecosystem)
    stored = SharingRule.objects.filter(key=key).first()
    rows = SharingRule.objects.filter(ecosystem=ecosystem)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    fields = {
        "number": stored.number if stored else last + 1,
        "words": words,
        "content": as_data(rule),
    }
    return keep(SharingRule, by=by, ecosystem=ecosystem, filing=Filing(key), fields=fields)[0]


@dataclass(frozen=True, slots=True)
class Adoption:
    """By whom, when, and the document that says so."""

    adopted_on: date
    adopted_by: str
    document: str


@transaction.atomic
def adopt_rule(*, by: User, rule: SharingRule, adoption: Adoption) -> SharingRule:
    """Note that a version was adopted. Once; what was counted under others stays as it was."""
    if not rights.keeps_keys(reach_of(by), rule.ecosystem):
        raise NotAllowed("L'adoption est notée par les personnes qui gardent les clés.")
    row: SharingRule = SharingRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    said = {
        "adopted_on": adoption.adopted_on,
        "adopted_by": adoption.adopted_by.strip(),
        "document": adoption.document.strip(),
    }
    if row.adopted_on is not None:
        must_stand(row, said, what="Cette adoption est déjà notée")
        return row
    for name in ("adopted_by", "document"):
        if not said[name]:
            raise Invalid("Dites qui l'a adoptée, et quelle pièce le dit.", field=name)
    happened(adoption.adopted_on, field="adopted_on", what="Notez l'adoption quand elle a eu lieu")
    check_texts(SharingRule, {name: said[name] for name in ("adopted_by", "document")})
    for name, value in said.items():
        setattr(row, name, value)
    save(row, *said)
    return row


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is shared and whose contributions count. ``quantity``: all that came in when None."""

    title: str
    rule_id: int
    gift_id: int
    quantity: int | None = None
    basis: Basis = field(default_factory=Basis)


def share(*, by: User, ecosystem: Ecosystem, key: UUID, wanted: Wanted) -> Sharing:
    """Count who takes what under an adopted version, and keep it. Once for its key.

    Raises NotAllowed for who does not read everybody's statements, Invalid with the field.
    """
    reach = reach_of(by)
    if not (rights.is_in_circle(reach, ecosystem) and reads_whole(by, ecosystem)):
        raise NotAllowed(
            "Un calcul de partage montre ce que chacun a apporté : il se fait par les personnes "
            "qui gardent les clés, ou quand le cercle a décidé d'ouvrir les relevés."
        )
    rule = rules_of(reach, ecosystem).filter(pk=wanted.rule_id, adopted_on__isnull=False).first()
    if rule is None:
        raise Invalid("Choisissez une version adoptée de la règle.", field="rule")
    gift = came_in(reach, ecosystem).filter(pk=wanted.gift_id).first()
    if gift is None:
        raise Invalid("Choisissez ce qui est arrivé, et qui se partage.", field="gift")
    content = {
        "ecosystem": ecosystem,
        "space": ecosystem.circle,
        "author": by.agent,
        "recorded_by": by.agent,
        **_asked(wanted, rule, gift),
    }
    return once(
        lambda: kept(Sharing, key=key, wanted=content),
        lambda: _counted(ecosystem, Sharing(key=key, **content), wanted.basis),
    )[0]


def _asked(wanted: Wanted, rule: SharingRule, gift: Contribution) -> dict[str, object]:
    basis, title = wanted.basis, wanted.title.strip()
    much = gift.quantity if wanted.quantity is None else wanted.quantity
    if not title:
        raise Invalid("Dites en quelques mots ce que vous partagez.", field="title")
    check_texts(Sharing, {"title": title})
    if not 0 < much <= gift.quantity:
        raise Invalid("On partage au plus ce qui est arrivé, et plus que rien.", field="quantity")
    for name, day in (("since", basis.since), ("until", basis.until)):
        if day is not None:
            plausible(day, field=name)
    if basis.since and basis.until and basis.until < basis.since:
        raise Invalid("La période finit avant d'avoir commencé.", field="until")
    return {
        "title": title,
        "rule": rule,
        "event_id": gift.event_id,
        "quantity": much,
        "unit": gift.unit,
        "stock_id": basis.stock_id,
        "moved_id": basis.moved_id,
        "since": basis.since,
        "until": basis.until,
        "first_out": basis.first_out,
    }


def _counted(ecosystem: Ecosystem, sharing: Sharing, basis: Basis) -> Sharing:
    """Count as the ledger is known now, and keep it."""
    found = contributed(ecosystem, basis, but=[sharing.event_id])
    if not found.puts:
        raise Invalid(
            "Aucune contribution n'est notée là : il n'y a rien à quoi appliquer la règle."
        )
    sharing.last_event, sharing.known_at = found.last, clock.now()
    sharing.inputs = inputs_of(found.puts, found.without)
    sharing.digest = digest_of(sharing, sharing.rule.content, sharing.inputs)
    sharing.save(force_insert=True)
    return sharing
