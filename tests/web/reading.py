# SPDX-License-Identifier: AGPL-3.0-or-later
"""A page as a browser reads it: line breaks of the source mean no more than a space."""

import re


def folded(html: str) -> str:
    """Return ``html`` on one line, its runs of blanks one space (no-break spaces stay)."""
    line = re.sub(r"[ \t\r\n]+", " ", html)
    return line.replace(" >", ">").replace("> <", "><")
