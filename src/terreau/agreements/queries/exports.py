# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lists that leave: what this reader may read, as sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from terreau.agreements.accounts import NAMES, by_account
from terreau.agreements.enums import Side, VersionState
from terreau.agreements.models import Commitment, Contribution, Party
from terreau.agreements.queries.agreements import progress_of, readable
from terreau.agreements.queries.contributions import contributions_of
from terreau.agreements.queries.figures import InKind
from terreau.agreements.queries.statement import Line, landmarks
from terreau.agreements.queries.valuation import Accounts
from terreau.agreements.queries.valuation import Line as Valuing
from terreau.agreements.totals import Progress
from terreau.core.quantities import to_decimal
from terreau.core.units import UNITS
from terreau.documents.tables import Cell, Sheet
from terreau.ecosystems.models import Ecosystem
from terreau.people.visibility import Reader


def _unit(code: str) -> str:
    return UNITS[code].label if code in UNITS else code


def contributions_sheet(
    reader: Reader, ecosystem: Ecosystem, rows: Sequence[Contribution] | None = None
) -> Sheet:
    """Return the contributions, newest first (those of the ecosystem when none are given)."""
    found = contributions_of(reader, ecosystem) if rows is None else rows
    headers = (
        "le", "qui apporte", "qui reçoit", "quoi", "quantité", "unité", "pour quel engagement",
        "un mot", "réponse", "remboursement de frais", "noté par",
    )  # fmt: skip
    return Sheet("Contributions", headers, [_contribution_row(row) for row in found])


def _contribution_row(row: Contribution) -> tuple[Cell, ...]:
    return (
        row.happened_on,
        row.author.name,
        row.receiver.name,
        row.get_kind_display(),
        to_decimal(row.quantity),
        _unit(row.unit),
        row.towards,  # type: ignore[attr-defined]
        row.word,
        row.get_state_display(),
        "oui" if row.refund else "",
        row.recorded_by.name,
    )


def commitments_sheet(reader: Reader, ecosystem: Ecosystem) -> Sheet:
    """Return every promise of the versions in force or proposed, with where it stands."""
    rows = list(
        Commitment.objects.filter(
            version__agreement__in=readable(reader).filter(ecosystem=ecosystem),
            version__state__in=(VersionState.ACCEPTED, VersionState.PROPOSED, VersionState.DRAFT),
        )
        .select_related("provider", "receiver", "version__agreement")
        .prefetch_related("in_return_of")
        .order_by("version__agreement__name", "version__number", "pk")
    )
    stands = progress_of(rows)
    headers = (
        "accord", "version", "état", "qui promet", "quoi, en mots", "à qui", "genre", "nature",
        "quantité", "unité", "par", "depuis", "en retour de", "à revoir le", "promis en tout",
        "apporté", "à venir",
        "pas cette année", "fin", "comment",
    )  # fmt: skip
    return Sheet("Engagements", headers, [_commitment_row(row, stands.get(row.pk)) for row in rows])


def _commitment_row(row: Commitment, stand: Progress | None) -> tuple[Cell, ...]:
    returned = " ; ".join(other.words for other in row.in_return_of.all())
    return (
        row.version.agreement.name,
        row.version.number,
        row.version.get_state_display(),
        row.provider.name,
        row.words,
        row.receiver.name if row.receiver else "",
        row.get_kind_display(),
        row.get_nature_display(),
        to_decimal(row.quantity) if row.quantity else None,
        _unit(row.unit),
        row.get_period_display() if row.quantity else "",
        row.since,
        "sans contrepartie" if row.free else returned,
        row.review_on,
        to_decimal(stand.committed) if stand else None,
        to_decimal(stand.fulfilled) if stand else None,
        to_decimal(stand.remaining) if stand else None,
        row.declined_words or ("oui" if row.declined_on else ""),
        row.closed_on,
        " : ".join(filter(None, (row.get_kept_display() if row.kept else "", row.closed_words))),
    )


def parties_sheet(reader: Reader, ecosystem: Ecosystem) -> Sheet:
    """Return the parties of every version and how far each accepted it."""
    rows = (
        Party.objects.filter(version__agreement__in=readable(reader).filter(ecosystem=ecosystem))
        .select_related("agent", "version__agreement")
        .order_by("version__agreement__name", "version__number", "agent__name")
    )
    headers = (
        "accord", "version", "état", "partie", "représentée par", "d'accord côté équipe le",
        "validé par", "validé le", "pièce", "pas cette année",
    )  # fmt: skip
    return Sheet("Parties", headers, [_party_row(row) for row in rows])


def _party_row(row: Party) -> tuple[Cell, ...]:
    return (
        row.version.agreement.name,
        row.version.number,
        row.version.get_state_display(),
        row.agent.name,
        row.representative,
        row.agreed_on,
        row.validated_by,
        row.validated_on,
        row.document,
        row.declined_words or ("oui" if row.declined_on else ""),
    )


def statement_sheet(title: str, lines: Sequence[Line]) -> Sheet:
    """Return a statement: a row for each kind and unit, never a total across units."""
    headers = (
        "genre", "unité", "engagé", "apporté", "dont pour un engagement", "dont d'accord",
        "dont en attente", "dont en vérification", "reçu", "à venir", "attendu des autres",
        "frais remboursés",
    )  # fmt: skip
    return Sheet(title, headers, [_statement_row(line) for line in lines])


def _statement_row(line: Line) -> tuple[Cell, ...]:
    figures = (
        line.promised.committed, line.given.given, line.given.fulfilled, line.given.confirmed,
        line.given.awaiting, line.given.discussed, line.received.given, line.remaining,
        line.still_expected, line.given.refunded,
    )  # fmt: skip
    return (line.kind_label, _unit(line.unit), *(to_decimal(figure) for figure in figures))


def in_kind_sheet(sides: Mapping[Side, Sequence[InKind]]) -> Sheet:
    """Return a year of contributions in kind, received then given: a row a kind and unit."""
    headers = (
        "sens", "genre", "unité", "quantité", "dont d'accord", "nombre de contributions",
        "avec combien d'organisations ou de personnes",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (str(side.label), str(row.kind.label), _unit(row.unit), to_decimal(row.quantity),
         to_decimal(row.confirmed), row.count, row.others)
        for side, found in sides.items()
        for row in found
    ]  # fmt: skip
    return Sheet("Annexe", headers, rows)


def accounts_sheets(found: Accounts | None) -> list[Sheet]:
    """Return the accounts 87 and 86 of a year under a convention, and each figure; none without."""
    if found is None or not found.lines:
        return []
    uses, origins = by_account(line.value for line in found.lines)
    sums: list[tuple[Cell, ...]] = [
        (side, code, NAMES[code], to_decimal(euros))
        for side, sums in (("ressources", origins), ("emplois", uses))
        for code, euros in sums.items()
    ]
    headers = (
        "ressource", "emploi", "genre", "quantité", "unité", "du", "au", "prix d'une unité",
        "unité du prix", "source du prix", "euros",
    )  # fmt: skip
    rows = [_figure_row(line) for line in found.lines]
    return [
        Sheet("Comptes 87 et 86", ("sens", "compte", "nom", "euros"), sums),
        Sheet("Chiffres", headers, rows),
    ]


def _figure_row(line: Valuing) -> tuple[Cell, ...]:
    value, period = line.value, line.figure.period
    return (
        f"{value.origin} {NAMES[value.origin]}",
        f"{value.use} {NAMES[value.use]}",
        str(value.kind.label),
        to_decimal(value.quantity),
        _unit(value.unit),
        period.since,
        period.until,
        to_decimal(value.price.micro),
        _unit(value.price.unit),
        value.price.source,
        to_decimal(value.euros),
    )


def landmarks_sheet(reader: Reader, ecosystem: Ecosystem) -> Sheet:
    """Return « nos repères »."""
    headers = ("ce qu'on compte", "valeur", "unité", "du", "au", "source")
    rows: list[tuple[Cell, ...]] = [
        (row.label, to_decimal(row.value), row.unit_words, row.since, row.until, row.source)
        for row in landmarks(reader, ecosystem)
    ]
    return Sheet("Repères", headers, rows)
