# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rules of effects: who must be heard before an effect is read outside, what is to be verified."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from terreau.core.versions import field_version
from terreau.ecosystems.enums import EffectLinkKind, EffectNature
from terreau.ecosystems.models import Effect, EffectLink
from terreau.people import rules as people_rules
from terreau.people.enums import Level
from terreau.people.visibility import Reader

OUTSIDE = frozenset({Level.PROGRAMME, Level.COMMUNITY, Level.NOTICE, Level.PUBLIC})
HARMFUL = frozenset({EffectNature.DESTROYED})
ANSWERED = frozenset(
    {
        "statement",
        "beneficiary",
        "said_by",
        "nature",
        "evidence",
        "evidence_words",
        "share_due",
        "other_causes",
        "seen_where",
    }
)
"""What somebody named answers to: an answer stands for these as they were read, and no others."""
SHORTEST_NAME = 4  # a shorter one (« LA ») would be found in any sentence


def is_harmful(nature: str) -> bool:
    """Tell whether an effect of this nature says something bad of what happens."""
    return nature in HARMFUL


def awaits_an_answer(nature: str, links: Iterable[EffectLink]) -> list[EffectLink]:
    """Return the links of those whom a harmful effect names and who have not answered yet.

    Those whose answer was voided are heard again, whatever the effect became since.
    """
    harmful = is_harmful(nature)
    return [
        link
        for link in links
        if link.kind == EffectLinkKind.NAMED
        and link.answered_on is None
        and (harmful or link.voided_on is not None)
    ]


def as_read(link: EffectLink) -> int:
    """Return the version of what who is named read: the words of the effect and their answer."""
    return field_version(link, ["answer"]) ^ link.effect.version


def may_leave(effect: Effect, level: str) -> bool:
    """Tell whether this effect may be read at this level: named people answer first."""
    return level not in OUTSIDE or not awaits_an_answer(effect.nature, effect.links.all())


def is_to_verify(effect: Effect) -> bool:
    """Tell whether nobody stands behind the sentence: it is shown apart."""
    return not effect.said_by


def named_in(texts: Iterable[str], names: Mapping[int, str]) -> set[int]:
    """Return the agents whose name stands in one of the texts, whatever accents and capitals."""
    words = " ".join(_plain(text) for text in texts)
    found = set()
    for agent, name in names.items():
        plain = _plain(name).strip()
        if len(plain) >= SHORTEST_NAME and f" {plain} " in f" {words} ":
            found.add(agent)
    return found


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    kept = (char if char.isalnum() else " " for char in bare if not unicodedata.combining(char))
    return " ".join("".join(kept).split())


def can_answer(reader: Reader, link: EffectLink, *, has_voice: bool) -> bool:
    """Tell whether this person may write the answer of who is named.

    Who speaks for them; or, when nobody here does (``has_voice`` False), a steward who heard it.
    """
    if people_rules.can_speak_for(reader, link.agent):
        return True
    return not has_voice and people_rules.can_steward(reader, link.effect.space)
