# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the page of a sheet shows, as plain values, and how it is stored.

Each piece that comes from a record has a ``key`` (« effect:12 »): when the record is no longer
public, the piece falls out of the sheet.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

AGENT = "agent:"  # how the keys of organisations named here begin
KIND = "read:kind:"  # and those of others that are no organisation (« Des producteurs »)
READ = "read:"  # how the keys of what was read in a public document begin


def anchor_of(key: str) -> str:
    """Return the anchor of a piece on its page (« use:3 » → "use-3")."""
    return key.replace(":", "-")


@dataclass(frozen=True, slots=True)
class Use:
    """What the solution must make possible, and to whom."""

    key: str
    statement: str
    for_whom: str = ""

    @property
    def anchor(self) -> str:
        return anchor_of(self.key)


@dataclass(frozen=True, slots=True)
class Link:
    """A maillon: ``uses`` and ``needs`` hold keys; bearers are those who agreed to appear."""

    key: str
    name: str
    nature: str
    state: str
    option: bool = False
    bearers: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        return anchor_of(self.key)


@dataclass(frozen=True, slots=True)
class Change:
    """An effect, with its evidence in words. ``checked`` is false when nobody concerned said it."""

    key: str
    statement: str
    for_whom: str
    nature: str
    evidence: str
    evidence_words: str = ""
    said_by: str = ""
    share: str = ""
    other_causes: str = ""
    answers: tuple[str, ...] = ()
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Difficulty:
    """A difficulty in its own terms, with its year and its coded obstacle."""

    key: str
    words: str
    year: int
    code: str
    learnt: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One dated version of the aim, and what had changed."""

    key: str
    year: int
    day: str
    aim: str
    story: str = ""
    change: str = ""
    source: str = ""

    @property
    def was_read(self) -> bool:
        """Tell whether it was read in a public document, not written by the cooperation."""
        return self.key.startswith(READ)


@dataclass(frozen=True, slots=True)
class Content:
    """All that a page shows besides the columns of the sheet."""

    story: str = ""
    uses: tuple[Use, ...] = ()
    links: tuple[Link, ...] = ()
    changes: tuple[Change, ...] = ()
    difficulties: tuple[Difficulty, ...] = ()
    stages: tuple[Stage, ...] = ()
    partners: tuple[tuple[str, str], ...] = ()
    figures: tuple[str, ...] = ()

    @property
    def organisations(self) -> tuple[str, ...]:
        """The names of partners that are each one organisation, not a kind of them."""
        return tuple(name for key, name in self.partners if not key.startswith(KIND))

    def as_json(self) -> dict[str, Any]:
        """Return what is stored; ``read`` gives the same content back."""
        return asdict(self)


def read(stored: dict[str, Any]) -> Content:
    """Return the content that was stored (an empty one for a withdrawn sheet)."""
    return Content(
        story=stored.get("story", ""),
        uses=tuple(Use(**piece) for piece in stored.get("uses", ())),
        links=tuple(Link(**_tuples(piece)) for piece in stored.get("links", ())),
        changes=tuple(Change(**_tuples(piece)) for piece in stored.get("changes", ())),
        difficulties=tuple(Difficulty(**piece) for piece in stored.get("difficulties", ())),
        stages=tuple(Stage(**piece) for piece in stored.get("stages", ())),
        partners=tuple((key, name) for key, name in stored.get("partners", ())),
        figures=tuple(stored.get("figures", ())),
    )


def _tuples(piece: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in piece.items()}


def current_aim(content: Content) -> str:
    """Return the last aim that the cooperation adopted and made public, or an empty string."""
    return next((stage.aim for stage in content.stages if not stage.was_read), "")


def keep_only(content: Content, keys: frozenset[str]) -> Content:
    """Return the content without the pieces whose record is not among these keys."""
    return Content(
        story=content.story,
        uses=tuple(piece for piece in content.uses if piece.key in keys),
        links=tuple(piece for piece in content.links if piece.key in keys),
        changes=tuple(piece for piece in content.changes if piece.key in keys),
        difficulties=tuple(piece for piece in content.difficulties if piece.key in keys),
        stages=tuple(piece for piece in content.stages if piece.key in keys),
        partners=tuple((key, name) for key, name in content.partners if key in keys),
        figures=content.figures,
    )
