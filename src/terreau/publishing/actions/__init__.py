# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes the public side, a file a subject."""

from terreau.publishing.actions.messages import (
    can_answer,
    forget_messages,
    handle_message,
    write_message,
)
from terreau.publishing.actions.reading import ReadReport, load_read_sheets
from terreau.publishing.actions.sheets import (
    drop_hidden,
    index_sheet,
    publish_sheet,
    refresh_sheet,
    withdraw_sheet,
)

__all__ = [
    "ReadReport",
    "can_answer",
    "drop_hidden",
    "forget_messages",
    "handle_message",
    "index_sheet",
    "load_read_sheets",
    "publish_sheet",
    "refresh_sheet",
    "withdraw_sheet",
    "write_message",
]
