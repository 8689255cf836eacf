# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sentences that several components say."""


def readers_sentence(people: int, organisations: int, *, everybody: bool = False) -> str:
    """Say who will read: « 9 personnes de 7 organisations le liront »."""
    if everybody:
        return "tout le monde pourra le lire"
    if people <= 1 and organisations == 0:
        return "personne d'autre que vous ne le lira"
    who = counted(people, "personne") if people else ""
    if organisations:
        groups = counted(organisations, "organisation")
        who = f"{who} de {groups}" if who else groups
    return f"{who} {'le lira' if (people or organisations) == 1 else 'le liront'}"


def counted(number: int, noun: str) -> str:
    """Return « 1 personne », « 9 personnes » (nouns that take an s)."""
    return f"{number} {noun}{'s' if number > 1 else ''}"
