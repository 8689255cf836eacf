# SPDX-License-Identifier: AGPL-3.0-or-later
"""The spaces of French print, put in a page when it is ready: no line begins with a colon.

Sentences come from templates, from code, and from people, who all type plain spaces. One pass at
the end holds for all of them; what is stored and what is typed in a field stay as they were.
"""

import re

HARD = "\u00a0"
NARROW = "\u202f"
# What a field or a program holds is not prose.
_LEFT_ALONE = re.compile(r"(<(textarea|script|style|pre|code)\b.*?</\2>)", re.DOTALL)
_OUTSIDE_TAGS = r"(?![^<>]*>)"
_BEFORE = re.compile(rf"\s+(?=[:;!?»](?:[\s<.,)»]|$)){_OUTSIDE_TAGS}")
_AFTER = re.compile(rf"(?<=«)\s+(?=\S){_OUTSIDE_TAGS}")
_THOUSANDS = re.compile(rf"(?<=\d) (?=\d{{3}}(?!\d)){_OUTSIDE_TAGS}")


def with_hard_spaces(page: str) -> str:
    """Return a page of HTML where « : », « ; », guillemets and thousands never part."""
    parts = _LEFT_ALONE.split(page)  # prose, an element left alone, its name, prose…
    parts[::3] = [_in_prose(prose) for prose in parts[::3]]
    del parts[2::3]
    return "".join(parts)


def _in_prose(prose: str) -> str:
    prose = _AFTER.sub(HARD, _BEFORE.sub(HARD, prose))
    return _THOUSANDS.sub(NARROW, prose)
