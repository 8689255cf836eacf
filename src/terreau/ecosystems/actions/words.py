# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stakes, difficulties, our words: short texts that the members write, correct and erase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed
from terreau.ecosystems.actions.records import Filing, keep
from terreau.ecosystems.models import Ecosystem, Obstacle, Stake, Word
from terreau.ecosystems.rules.records import THEIRS, can_change
from terreau.people.actions import revise
from terreau.people.models import User

ShortText: TypeAlias = Stake | Obstacle | Word
FIRST_YEAR = 1980


def add_stake(*, by: User, ecosystem: Ecosystem, filing: Filing, said: Mapping[str, Any]) -> Stake:
    """Add what is at stake. ``said``: label (needed), description, concerned, source."""
    content = _needed(_texts(Stake, said), "label", "Dites en quelques mots ce qui se joue.")
    return keep(Stake, by=by, ecosystem=ecosystem, filing=filing, fields=content)[0]


def add_obstacle(
    *, by: User, ecosystem: Ecosystem, filing: Filing, said: Mapping[str, Any]
) -> Obstacle:
    """Tell a difficulty. ``said``: words (needed), year (needed), code, learnt.

    It is public when ``filing.level`` says so, by choice.
    """
    content = _needed(_texts(Obstacle, said), "words", "Dites avec vos mots ce qui a coincé.")
    content["year"] = _year(content.get("year"))
    return keep(Obstacle, by=by, ecosystem=ecosystem, filing=filing, fields=content)[0]


def add_word(*, by: User, ecosystem: Ecosystem, filing: Filing, said: Mapping[str, Any]) -> Word:
    """Add one of « nos mots ». ``said``: word and meaning (needed), field_term."""
    content = _needed(_texts(Word, said), "word", "Quel mot ?")
    _needed(content, "meaning", "Dites ce que vous entendez par là.")
    _must_be_new(by, ecosystem, content["word"], filing=filing)
    return keep(Word, by=by, ecosystem=ecosystem, filing=filing, fields=content)[0]


def correct(
    *, by: User, text: ShortText, version: int, level: str, said: Mapping[str, Any]
) -> ShortText:
    """Rewrite a stake, a difficulty or a word over the version that was edited."""
    _must_change(by, text)
    content = _texts(type(text), said)
    if "year" in content:
        content["year"] = _year(content["year"])
    first = {Stake: "label", Obstacle: "words", Word: "word"}[type(text)]
    _needed(content, first, "Ce champ ne peut pas rester vide.")
    if isinstance(text, Word):
        _must_be_new(by, text.ecosystem, content["word"], other_than=text)
    revise(text, version=version, changes={**content, "level": level})
    return text


def erase(*, by: User, text: ShortText) -> None:
    """Erase a stake, a difficulty or a word for good. Erased twice, it changes nothing."""
    _must_change(by, text)
    type(text).objects.filter(pk=text.pk).delete()


FIELDS: dict[type[ShortText], tuple[str, ...]] = {
    Stake: ("label", "description", "concerned", "source"),
    Obstacle: ("words", "year", "code", "learnt"),
    Word: ("word", "meaning", "field_term"),
}


def _texts(model: type[ShortText], said: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: said[name] for name in FIELDS[model] if name in said}
    return {
        name: value.strip() if isinstance(value, str) else value for name, value in known.items()
    }


def _needed(content: dict[str, Any], name: str, sentence: str) -> dict[str, Any]:
    if not content.get(name):
        raise Invalid(sentence, field=name)
    return content


def _year(value: Any) -> int:
    this_year = clock.today().year
    if not isinstance(value, int) or not FIRST_YEAR <= value <= this_year:
        raise Invalid(f"Donnez une année entre {FIRST_YEAR} et {this_year}.", field="year")
    return value


def _must_be_new(
    by: User,
    ecosystem: Ecosystem,
    word: str,
    *,
    filing: Filing | None = None,
    other_than: Word | None = None,
) -> None:
    same = Word.objects.visible_to(by).filter(ecosystem=ecosystem, word__iexact=word)
    if filing is not None:
        same = same.exclude(key=filing.key)
    if other_than is not None:
        same = same.exclude(pk=other_than.pk)
    if same.exists():
        raise Invalid("Ce mot est déjà dans la liste : complétez-le plutôt.", field="word")


def _must_change(by: User, text: ShortText) -> None:
    if not can_change(by, text):
        raise NotAllowed(THEIRS)
