# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be done about needs and offers: say one, mend it, close it, propose it, answer it.

Each call takes its own transaction and may stand inside the caller's. The same key again with the
same content changes nothing and returns the same id; with other content it raises KeyReused.
"""

from terreau.ledger.wishes.actions.answers import answer
from terreau.ledger.wishes.actions.intents import finish, mend, reopen, wish
from terreau.ledger.wishes.actions.proposals import (
    close_proposal,
    keep_list,
    mend_list,
    mend_proposal,
    propose,
    put_on_list,
    reopen_proposal,
    take_off_list,
)
from terreau.ledger.wishes.said import Answer, Listing, Offering, Wish

__all__ = [
    "Answer", "Listing", "Offering", "Wish", "answer", "close_proposal", "finish", "keep_list",
    "mend", "mend_list", "mend_proposal", "propose", "put_on_list", "reopen", "reopen_proposal",
    "take_off_list", "wish",
]  # fmt: skip
