# SPDX-License-Identifier: AGPL-3.0-or-later
"""Characters that no document format can hold: controls, half pairs, non-characters."""

import re

NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return the text without the characters that no document can hold."""
    return NOT_TEXT.sub("", text)
