# SPDX-License-Identifier: AGPL-3.0-or-later
"""One version of an agreement as a document to read, print, have validated: the same in HTML, PDF
and DOCX. It reads through ``queries`` and asks ``rules.checks``; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from terreau.agreements.models import AgreementVersion, Commitment, Party
from terreau.agreements.queries.agreements import commitments_in, parties_of
from terreau.agreements.rules.checks import Convention, Help, PartyFacts, PromiseFacts, checks
from terreau.core import clock
from terreau.core.units import say
from terreau.documents.blocks import Block, Bullets, Document, Facts, Grid, Heading, Paragraph
from terreau.ecosystems.models import Aim
from terreau.people.visibility import Reader

FOOTER = "Aide à la rédaction. Ne crée ni société, ni mandat, ni solidarité. À faire relire."
DOTS = "." * 24
GENERAL_INFORMATION = (
    "Ces lignes sont des informations générales, datées ; elles ne disent pas ce qui est permis "
    "ou non dans votre cas."
)
COMMON_WORDS = (
    (
        "Relire ensemble",
        "Chaque engagement porte la date à laquelle il sera revu. Ce qui change donne lieu à une "
        "nouvelle version, que chaque partie accepte à son tour.",
    ),
    (
        "Se retirer, faire une pause",
        "Une partie peut se retirer ou faire une pause en prévenant les autres à temps, en "
        "veillant aux personnes qui comptent sur elle. Ce qui a été apporté reste noté.",
    ),
    (
        "Ne pas être d'accord",
        "On en parle d'abord entre soi, puis avec un tiers choisi ensemble, puis devant un "
        "médiateur. Le juge vient en dernier.",
    ),
    (
        "Ce que ce texte n'est pas",
        "Les parties ne forment pas une société et ne répondent pas les unes pour les autres. "
        "Chacune garde ses responsabilités, ses assurances et sa liberté de travailler ailleurs.",
    ),
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A version with all that its page and its prints need, read once."""

    version: AgreementVersion
    parties: Sequence[Party]
    commitments: Sequence[Commitment]
    aim: Aim | None
    helps: Sequence[Help]

    @property
    def project(self) -> str:
        """« Projet, sous réserve… » while somebody has not validated; empty afterwards."""
        missing = [party.agent.name for party in self.parties if not party.is_done]
        if not missing:
            return ""
        return f"Projet, sous réserve de validation par {_listed(missing)}."

    @property
    def running(self) -> list[Commitment]:
        """The promises that are not declined."""
        return [row for row in self.commitments if row.declined_on is None]

    @property
    def declined(self) -> list[Commitment]:
        """Those to which somebody said « pas cette année »."""
        return [row for row in self.commitments if row.declined_on is not None]


def paper_of(version: AgreementVersion, reader: Reader) -> Paper:
    """Read a version for its page or print: parties, promises, the aim of its day, and the checks.

    The aim is there for who may read it; a party may stand outside the circle that wrote it. Six
    queries, whatever the number of parties and promises.
    """
    parties, commitments = parties_of(version), commitments_in(version)
    facts = Convention(
        tuple(_party_facts(party) for party in parties),
        tuple(_promise_facts(row) for row in commitments if row.is_running),
    )
    aim = (
        Aim.objects.visible_to(reader)
        .filter(ecosystem_id=version.agreement.ecosystem_id, adopted_on__lte=_day_of(version))
        .order_by("-adopted_on", "-number")
        .first()
    )
    return Paper(version, parties, commitments, aim, checks(facts))


def _day_of(version: AgreementVersion) -> date:
    return version.accepted_on or clock.today()


def _party_facts(party: Party) -> PartyFacts:
    return PartyFacts(
        agent_id=party.agent_id,
        name=party.agent.name,
        kind=party.agent.kind,
        form=party.agent.legal_form_id or "",
        power=bool(party.is_done and party.document),
    )


def _promise_facts(row: Commitment) -> PromiseFacts:
    return PromiseFacts(
        id=row.pk,
        words=row.words,
        provider_id=row.provider_id,
        receiver_id=row.receiver_id,
        kind=row.kind,
        nature=row.nature,
        quantity=row.quantity,
        unit=row.unit,
        period=row.period,
        free=row.free,
        volunteers=row.volunteers,
        in_return_of=_standing(row.in_return_of.all()),
        answered_by=_standing(row.answered_by.all()),
    )


def _standing(others: Iterable[Commitment]) -> tuple[int, ...]:
    # What somebody said « pas cette année » to is given in return for nothing.
    return tuple(other.pk for other in others if other.declined_on is None)


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} et {names[-1]}"


def quantity_of(row: Commitment) -> str:
    """Return « 12 h par semaine », or « en mots » for a promise that is not counted."""
    if row.quantity is None:
        return "en mots"
    period = f" {row.get_period_display()}" if row.period else ""
    return f"{say(row.quantity, row.unit)}{period}"


def _what(row: Commitment) -> str:
    held = ", tenu par des bénévoles" if row.volunteers else ""
    return f"{row.get_nature_display()}, {row.get_kind_display()} : {quantity_of(row)}{held}"


def receiver_of(row: Commitment, everybody_id: int) -> str:
    """Return to whom a promise is made, in words."""
    if row.receiver is None:
        return "à préciser"
    return "nous tous" if row.receiver_id == everybody_id else row.receiver.name


def return_of(row: Commitment) -> str:
    """Return in return for what a promise is made, in words."""
    if row.free:
        return "sans contrepartie"
    others = [
        f"{other.provider.name} : {other.words}"
        + (" (pas cette année)" if other.declined_on else "")
        for other in row.in_return_of.all()
    ]
    return " ; ".join(others) or "—"


def document(paper: Paper) -> Document:
    """Return the convention as blocks, for the PDF and the text document."""
    version = paper.version
    return Document(
        title=version.agreement.name,
        subtitle=_subtitle(version),
        banner=paper.project,
        footer=FOOTER,
        blocks=(
            *_parties_blocks(paper),
            *_purpose_blocks(paper),
            *_commitment_blocks(paper),
            *(block for title, text in COMMON_WORDS for block in _words(title, text)),
            *_signature_blocks(paper),
            *_help_blocks(paper),
        ),
    )


def _subtitle(version: AgreementVersion) -> str:
    when = (
        f"acceptée le {version.accepted_on:%d/%m/%Y}"
        if version.accepted_on
        else f"texte du {clock.today():%d/%m/%Y}"
    )
    return f"{version.agreement.ecosystem.name}. Version {version.number}, {when}."


def _words(title: str, text: str) -> tuple[Block, Block]:
    return Heading(title), Paragraph(text)


def _parties_blocks(paper: Paper) -> list[Block]:
    return [
        Heading("Entre"),
        Bullets(tuple(_party_line(party) for party in paper.parties)),
    ]


def _party_line(party: Party) -> str:
    parts = [party.agent.name]
    if party.agent.legal_form:
        parts.append(party.agent.legal_form.label)
    if party.agent.siren:
        parts.append(f"SIREN {party.agent.siren}")
    if party.representative:
        parts.append(f"représentée par {party.representative}")
    return ", ".join(parts)


def _purpose_blocks(paper: Paper) -> list[Block]:
    blocks: list[Block] = []
    if paper.version.preamble:
        blocks += _words("Ce qui nous réunit", paper.version.preamble)
    if paper.aim is not None:
        blocks += _words("Notre cap", paper.aim.text)
    if paper.version.duration:
        blocks += _words("Pour combien de temps", paper.version.duration)
    if paper.version.changes:
        blocks += _words("Ce qui change dans cette version", paper.version.changes)
    return blocks


def _commitment_blocks(paper: Paper) -> list[Block]:
    headers = ("Qui", "Promet", "À qui", "Nature, quantité", "En retour de", "À revoir le")
    rows = tuple(
        (
            row.provider.name,
            row.words,
            receiver_of(row, paper.version.agreement.ecosystem.agent_id),
            _what(row),
            return_of(row),
            f"{row.review_on:%d/%m/%Y}" if row.review_on else "—",
        )
        for row in paper.running
    )
    blocks: list[Block] = [Heading("Nos engagements"), Grid(headers, rows)]
    if paper.declined:
        lines = tuple(
            f"{row.provider.name}, « {row.words} » : {row.declined_words or 'pas cette année'}"
            for row in paper.declined
        )
        blocks += [Heading("Pas cette année", 2), Bullets(lines)]
    return blocks


def _signature_blocks(paper: Paper) -> list[Block]:
    return [
        Heading("Accord des parties"),
        Facts(tuple((party.agent.name, _to_sign(party)) for party in paper.parties)),
    ]


def _to_sign(party: Party) -> str:
    """Leave room on paper for who validates: a council signs what is printed."""
    if party.validated_on or party.declined_on:
        return acceptance_of(party)
    return f"{acceptance_of(party)}\nValidé par {DOTS}, le {DOTS}\nSignature :\n\n"


def acceptance_of(party: Party) -> str:
    """Return where a party is in its two steps, in words."""
    if party.declined_on:
        return f"Pas cette année. {party.declined_words}".strip()
    if party.validated_on:
        document_words = f", {party.document}" if party.document else ""
        return f"Validé par {party.validated_by} le {party.validated_on:%d/%m/%Y}{document_words}."
    if party.agreed_on:
        return f"D'accord, côté équipe, le {party.agreed_on:%d/%m/%Y}. À valider."
    return "À lire."


def _help_blocks(paper: Paper) -> list[Block]:
    if not paper.helps:
        return []
    lines = tuple(help_line(line) for line in paper.helps)
    return [
        Heading("À regarder avant de signer"),
        Paragraph(GENERAL_INFORMATION, quiet=True),
        Bullets(lines),
    ]


def help_line(line: Help) -> str:
    """Return one dated line of help with its source."""
    source = f"{line.source}. " if line.source else ""
    return f"{line.sentence} ({source}Écrit le {line.written_on:%d/%m/%Y}.)"
