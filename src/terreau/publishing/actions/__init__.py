# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes the public side, a file a subject."""

from terreau.publishing.actions.messages import (
    can_answer,
    forget_messages,
    handle_message,
    write_message,
)
from terreau.publishing.actions.reading import ReadReport, load_read_sheets
from terreau.publishing.actions.requests import answer_request, open_take_over, take_over
from terreau.publishing.actions.sheets import (
    drop_hidden,
    index_sheet,
    publish_sheet,
    refresh_sheet,
    withdraw_sheet,
)

__all__ = [
    "ReadReport",
    "answer_request",
    "can_answer",
    "drop_hidden",
    "forget_messages",
    "handle_message",
    "index_sheet",
    "load_read_sheets",
    "open_take_over",
    "publish_sheet",
    "refresh_sheet",
    "take_over",
    "withdraw_sheet",
    "write_message",
]
