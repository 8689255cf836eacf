# SPDX-License-Identifier: AGPL-3.0-or-later
"""What publishing again would add to a sheet, take from it, or say otherwise (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from terreau.ecosystems.enums import EffectNature, MaillonNature, MaillonState, ObstacleCode
from terreau.publishing.content import Change, Content, Link

NOT_SAID = frozenset({"key", "uses", "needs"})  # keys of other pieces, which have their own line
_LABELS: dict[tuple[type | None, str], Any] = {
    (Change, "nature"): EffectNature,
    (Link, "nature"): MaillonNature,
    (Link, "state"): MaillonState,
    (None, "code"): ObstacleCode,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One piece: ``before`` is empty for a new one, ``after`` for one that would leave."""

    before: str = ""
    after: str = ""


def differences(published: Content, today: Content) -> list[Difference]:
    """Return what would change for readers, in the order of the page."""
    old, new = dict(_pieces(published)), dict(_pieces(today))
    found = [_difference(old.get(key), piece) for key, piece in new.items()]
    found += [Difference(before=_words(piece)) for key, piece in old.items() if key not in new]
    return [one for one in found if one.before != one.after]


def _pieces(content: Content) -> Iterator[tuple[str, Any]]:
    for group in (content.uses, content.links, content.changes, content.difficulties):
        yield from ((piece.key, piece) for piece in group)
    yield from ((stage.key, stage) for stage in content.stages)
    yield from content.partners


def _difference(before: Any, after: Any) -> Difference:
    if before is None:
        return Difference(after=_words(after))
    return Difference(_words(before), _words(after))


def _words(piece: Any) -> str:
    if isinstance(piece, str):
        return piece
    said = [_said(piece, field.name) for field in fields(piece) if field.name not in NOT_SAID]
    return " · ".join(text for text in said if text)


def _said(piece: Any, name: str) -> str:
    value = getattr(piece, name)
    labels = _LABELS.get((type(piece), name)) or _LABELS.get((None, name))
    if labels is not None and value in labels.values:
        return str(labels(value).label)
    if name == "checked":
        return "" if value else "à vérifier auprès des personnes"
    if name == "option":
        return "en plus, si on veut" if value else ""
    return " ; ".join(value) if isinstance(value, tuple) else str(value)
