# SPDX-License-Identifier: AGPL-3.0-or-later
"""A page as a browser reads it: line breaks of the source mean no more than a space."""

import re


def folded(html: str) -> str:
    """Return ``html`` on one line, its runs of blanks one space (no-break spaces stay)."""
    line = re.sub(r"[ \t\r\n]+", " ", html)
    return line.replace(" >", ">").replace("> <", "><")


def post_as_read(client, address, said, *, page="", **more):
    """Send a form over the version that its page shows (``page`` where that is elsewhere)."""
    body = client.get(page or address).content.decode()
    version = re.search(r'name="version" value="(\d+)"', body)
    return client.post(address, {**said, "version": version[1] if version else ""}, **more)
