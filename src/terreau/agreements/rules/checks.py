# SPDX-License-Identifier: AGPL-3.0-or-later
"""What to have looked at before printing: dated lines of help, never a verdict. Pure.

Each says what to look at and where it comes from. They are general information, written on
``WRITTEN_ON``, and stop nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from terreau.agreements.enums import Kind, Nature, Period
from terreau.core.quantities import show
from terreau.people.enums import AgentKind

WRITTEN_ON = date(2026, 11, 24)
SUBSIDY_LIMIT_EUR = 23_000
MICRO = 1_000_000

A_YEAR = {Period.WEEK: 52, Period.MONTH: 12, Period.QUARTER: 4, Period.YEAR: 1, Period.ONCE: 1}
_STAFF = re.compile(
    r"mise? à disposition|prêt de (personnel|main)|salari|détach|agents? (de|du|d')|temps d'agent",
    re.IGNORECASE,
)
_PRICE = re.compile(r"\b(prix|tarifs?|remises?|rabais|devis|marges?|barèmes?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """A party as far as the checks need it. ``form``: INSEE category, or empty."""

    agent_id: int
    name: str
    kind: str
    form: str = ""
    power: bool = False

    @property
    def is_public(self) -> bool:
        """A legal person under public law (INSEE categories 7, and 4 for public establishments)."""
        return self.form.startswith(("7", "4"))

    @property
    def is_association(self) -> bool:
        return self.form.startswith(("92", "93"))

    @property
    def is_firm(self) -> bool:
        """A trader, craftsperson or company, most often liable to VAT."""
        return self.form.startswith(("1", "5", "65"))


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """A promise as far as the checks need it. ``quantity`` in millionths of ``unit``."""

    id: int
    words: str
    provider_id: int
    receiver_id: int | None
    kind: str
    nature: str
    quantity: int | None = None
    unit: str = ""
    period: str = ""
    free: bool = False
    volunteers: bool = False
    in_return_of: tuple[int, ...] = ()
    answered_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Convention:
    """A version to print: its parties and the promises that still run."""

    parties: tuple[PartyFacts, ...]
    promises: tuple[PromiseFacts, ...]

    def party(self, agent_id: int | None) -> PartyFacts | None:
        """Return the party with this agent, or None."""
        return next((party for party in self.parties if party.agent_id == agent_id), None)


@dataclass(frozen=True, slots=True)
class Help:
    """One dated line of help: what to look at, and the text it comes from (may be empty)."""

    code: str
    sentence: str
    source: str = ""
    promise_id: int | None = None
    written_on: date = WRITTEN_ON


def checks(convention: Convention) -> list[Help]:
    """Return every line of help for a version, in a fixed order. An empty list is no approval."""
    return [line for check in CHECKS for line in check(convention)]


def no_addressee(convention: Convention) -> Iterable[Help]:
    """A promise that says to nobody whom it is made."""
    for promise in convention.promises:
        if promise.receiver_id is None:
            yield Help(
                "destinataire",
                f"« {promise.words} » ne dit pas envers qui. Nommez l'organisation, ou « nous "
                "tous » pour du temps ou du savoir.",
                promise_id=promise.id,
            )


def no_counterpart(convention: Convention) -> Iterable[Help]:
    """A promise of an organisation that is neither in return for another nor openly for nothing."""
    for promise in convention.promises:
        party = convention.party(promise.provider_id)
        person = party is not None and party.kind == AgentKind.PERSON
        linked = promise.in_return_of or promise.answered_by
        if not (person or promise.free or linked):
            yield Help(
                "contrepartie",
                f"« {promise.words} » ne dit pas en retour de quoi. Reliez-le à un autre "
                "engagement, ou dites « sans contrepartie ».",
                promise_id=promise.id,
            )


def public_without_power(convention: Convention) -> Iterable[Help]:
    """A public party whose signing power (deliberation, decision) is not written down."""
    for party in convention.parties:
        if party.is_public and not party.power:
            yield Help(
                "pouvoir",
                f"{party.name} est une personne publique : notez la délibération ou la décision "
                "qui permet de signer, avec sa date et son numéro.",
                "Code général des collectivités territoriales, art. L. 2121-29 et L. 2122-21, "
                "ou les règles de l'établissement",
            )


def staff_lent(convention: Convention) -> Iterable[Help]:
    """Time of employees that one organisation puts at the disposal of another."""
    for promise in convention.promises:
        party = convention.party(promise.provider_id)
        employer = party is not None and (party.is_firm or party.is_public)
        working = promise.kind in (Kind.TIME, Kind.ANIMATION) and not promise.volunteers
        named = _STAFF.search(promise.words) is not None
        if working and convention.party(promise.receiver_id) and (named or employer):
            yield Help(
                "personnel",
                f"« {promise.words} » : si une personne salariée travaille sous la conduite d'une "
                "autre organisation, il faut son accord, une convention et un prêt sans but "
                "lucratif ; pour un agent public, une mise à disposition.",
                "Code du travail, art. L. 8241-1 et L. 8241-2 ; Code général de la fonction "
                "publique, art. L. 512-6 et suivants",
                promise.id,
            )


def over_subsidy_limit(convention: Convention) -> Iterable[Help]:
    """More than 23,000 euros a year from a public party to one private body."""
    totals: dict[tuple[int, int], int] = {}
    for promise in convention.promises:
        giver, receiver = (
            convention.party(promise.provider_id),
            convention.party(promise.receiver_id),
        )
        if promise.kind != Kind.MONEY or not promise.quantity or giver is None or receiver is None:
            continue
        if giver.is_public and not receiver.is_public:
            pair = (giver.agent_id, receiver.agent_id)
            times = A_YEAR[Period(promise.period)]
            totals[pair] = totals.get(pair, 0) + promise.quantity * times
    for (giver_id, receiver_id), total in totals.items():
        if total > SUBSIDY_LIMIT_EUR * MICRO:
            giver, receiver = convention.party(giver_id), convention.party(receiver_id)
            names = (giver.name if giver else "", receiver.name if receiver else "")
            yield Help(
                "subvention",
                f"{names[0]} promet {show(total)} € sur un an à {names[1]} : au-delà de "
                "23 000 € de subvention par an, une convention écrite est obligatoire. Regardez "
                "aussi s'il s'agit d'une subvention ou d'une commande.",
                "Loi n° 2000-321 du 12 avril 2000, art. 9-1 et 10 ; décret n° 2001-495 du 6 juin "
                "2001",
            )


def competitors_and_price(convention: Convention) -> Iterable[Help]:
    """Two firms and words about prices."""
    firms = [party for party in convention.parties if party.is_firm]
    if len(firms) < 2:
        return
    for promise in convention.promises:
        if _PRICE.search(promise.words):
            yield Help(
                "prix",
                f"« {promise.words} » parle de prix entre plusieurs entreprises. Si deux d'entre "
                "elles vendent la même chose, ne convenez ni de prix ni de partage de clients.",
                "Code de commerce, art. L. 420-1",
                promise.id,
            )


def volunteers_and_result(convention: Convention) -> Iterable[Help]:
    """An association that promises a result in time, which volunteers most often give."""
    for promise in convention.promises:
        party = convention.party(promise.provider_id)
        timely = promise.kind in (Kind.TIME, Kind.ANIMATION)
        if party is None or not timely or promise.nature != Nature.RESULT:
            continue
        if party.is_association or party.kind != AgentKind.ORGANISATION:
            yield Help(
                "bénévoles",
                f"« {promise.words} » promet un résultat. Si des bénévoles le portent, préférez "
                "des moyens ou une attention : une obligation de résultat ressemble à un emploi.",
                "Code du travail, art. L. 8221-6 (présomption) et usage des tribunaux",
                promise.id,
            )


def barter_between_taxpayers(convention: Convention) -> Iterable[Help]:
    """Goods or services exchanged for one another between two bodies liable to VAT."""
    by_id = {promise.id: promise for promise in convention.promises}
    seen: set[frozenset[int]] = set()
    for promise in convention.promises:
        for other_id in promise.in_return_of:
            other = by_id.get(other_id)
            pair = frozenset({promise.id, other_id})
            if other is None or pair in seen or Kind.MONEY in (promise.kind, other.kind):
                continue
            giver, receiver = (
                convention.party(promise.provider_id),
                convention.party(other.provider_id),
            )
            if giver and receiver and giver.is_firm and receiver.is_firm:
                seen.add(pair)
                yield Help(
                    "échange",
                    f"« {promise.words} » contre « {other.words} » : entre assujettis à la TVA, "
                    "un échange vaut deux ventes, chacune à facturer à sa valeur.",
                    "Code général des impôts, art. 256 et 266",
                    promise.id,
                )


def free_public_premises(convention: Convention) -> Iterable[Help]:
    """Premises of a public party lent for nothing."""
    for promise in convention.promises:
        party = convention.party(promise.provider_id)
        if party is None or not party.is_public or promise.kind != Kind.PLACE:
            continue
        if promise.free or not (promise.in_return_of or promise.answered_by):
            yield Help(
                "local public",
                f"« {promise.words} » : l'usage d'un local public donne en principe lieu à une "
                "redevance ; la gratuité se justifie, par exemple pour une association d'intérêt "
                "général, et se décide.",
                "Code général de la propriété des personnes publiques, art. L. 2125-1",
                promise.id,
            )


CHECKS: Sequence[Callable[[Convention], Iterable[Help]]] = (
    no_addressee,
    no_counterpart,
    public_without_power,
    staff_lent,
    over_subsidy_limit,
    competitors_and_price,
    volunteers_and_result,
    barter_between_taxpayers,
    free_public_premises,
)
