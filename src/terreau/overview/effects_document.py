# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Ce que ça change » as lists and as a text: the same words, the same order as the page."""

from __future__ import annotations

from terreau.core import clock
from terreau.documents.blocks import Block, Bullets, Document, Heading, Paragraph
from terreau.documents.tables import Cell, Sheet
from terreau.ecosystems.queries.effects import Change, Effects

TITLE = "Ce que ça change, en bien et en moins bien"
HEADERS = (
    "Ce qui change",
    "Pour qui",
    "Qui le dit",
    "C'est",
    "Sur quoi on s'appuie",
    "En quelques mots",
    "Grâce à la coopération",
    "Ce qui d'autre a joué",
    "Quand",
    "Depuis le",
    "Où on le voit",
    "Y contribuent",
    "En bénéficient sans qu'on leur ait rien demandé",
    "Nommés et leur réponse",
    "Maillons",
    "Qui peut lire",
)


def sheets_of(effects: Effects) -> list[Sheet]:
    """Return the effects, what is to verify, and those for whom nobody spoke."""
    verify = effects.to_verify
    spoken = [change for group in effects.groups for change in group.changes]
    silent = [[b.label, b.get_kind_display()] for b in effects.silent]
    return [
        Sheet("Ce que ça change", HEADERS, [_row(change) for change in spoken]),
        Sheet("À vérifier", HEADERS, [_row(change) for change in verify]),
        Sheet("Personne n'a parlé pour", ("Pour qui", "C'est"), silent),
    ]


def _row(change: Change) -> list[Cell]:
    effect = change.effect
    return [
        effect.statement,
        effect.beneficiary.label,
        effect.said_by,
        effect.get_nature_display(),
        effect.get_evidence_display(),
        effect.evidence_words,
        effect.get_share_due_display(),
        effect.other_causes,
        effect.get_timing_display(),
        effect.since,
        effect.seen_where,
        ", ".join(agent.name for agent in change.contributors),
        ", ".join(agent.name for agent in change.unasked),
        " ; ".join(f"{link.agent.name} : {link.answer or 'pas encore'}" for link in change.named),
        ", ".join(change.maillons),
        effect.get_level_display(),
    ]


def document_of(effects: Effects, name: str) -> Document:
    """Return the effects as a text document, by beneficiary."""
    blocks: list[Block] = []
    for group in effects.spoken:
        blocks.append(Heading(group.beneficiary.label))
        for change in group.changes:
            blocks += _in_words(change)
    if effects.to_verify:
        blocks.append(Heading("À vérifier auprès des personnes"))
        sentences = [
            f"{c.effect.statement} ({c.effect.beneficiary.label})" for c in effects.to_verify
        ]
        blocks.append(Bullets(sentences))
    if effects.silent:
        blocks.append(Heading("Personne n'a parlé pour"))
        blocks.append(Bullets([beneficiary.label for beneficiary in effects.silent]))
    if not blocks:
        blocks.append(Paragraph("Rien n'est encore écrit ici."))
    footer = f"Tel que c'était écrit le {clock.today():%d/%m/%Y}."
    return Document(TITLE, blocks, subtitle=name, footer=footer)


def _in_words(change: Change) -> list[Block]:
    effect = change.effect
    said = [f"{effect.get_nature_display()}", f"le dit : {effect.said_by}"]
    said.append(f"on s'appuie sur {effect.get_evidence_display()}")
    if effect.share_due:
        said.append(f"grâce à la coopération : {effect.get_share_due_display()}")
    lines: list[Block] = [
        Paragraph(effect.statement, strong=True),
        Paragraph(_sentence(said), quiet=True),
    ]
    if effect.evidence_words:
        lines.append(Paragraph(effect.evidence_words))
    if effect.other_causes:
        lines.append(Paragraph(f"Ce qui d'autre a joué : {effect.other_causes}"))
    lines += [
        Paragraph(f"Réponse de {link.agent.name} : {link.answer}") for link in change.answered
    ]
    return lines


def _sentence(parts: list[str]) -> str:
    whole = " ; ".join(parts)
    return f"{whole[:1].upper()}{whole[1:]}."
