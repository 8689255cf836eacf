# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the log of an instance leaves out."""

from __future__ import annotations

import logging

HIDDEN = "…"


class WithoutTokens(logging.Filter):
    """Write an address that opens a door (``<str:token>``) without its secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, with its message changed where it holds the secret."""
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        if match is not None and (token := match.kwargs.get("token")):
            record.msg, record.args = record.getMessage().replace(token, HIDDEN), ()
        return True
