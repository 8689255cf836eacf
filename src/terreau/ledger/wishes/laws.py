# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must hold of wishes and of what answers them: asked by ``terreau verify``.

Nothing about them is kept that could differ from the facts: how far a wish is answered is worked
out when it is read. What is checked is what the rules let in.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from fractions import Fraction

from terreau.core.errors import Invalid
from terreau.core.statements import execute
from terreau.core.units import as_fraction
from terreau.ledger.difference import Difference
from terreau.ledger.models import Satisfaction

NAMED_MAX = 10
CHUNK = 5_000

LAWS = {
    "a wish stands in the ledger around its audience": """
        SELECT 'intent', i.id FROM ledger_intent i JOIN people_space s ON s.id = i.space_id
        WHERE i.ledger_id <> COALESCE(s.root_id, s.id)""",
    "what answers a wish is the same action and kind": """
        SELECT 'satisfaction', a.id FROM ledger_satisfaction a
        JOIN ledger_intent i ON i.id = a.intent_id
        LEFT JOIN ledger_event e ON e.id = a.event_id
        LEFT JOIN ledger_commitment c ON c.id = a.commitment_id
        WHERE COALESCE(e.action, c.action) <> i.action
           OR COALESCE(e.specification_id, c.specification_id) <> i.specification_id""",
    "a correction answers nothing": """
        SELECT 'satisfaction', a.id FROM ledger_satisfaction a
        JOIN ledger_event e ON e.id = a.event_id WHERE e.corrects_id IS NOT NULL""",
    "what keeps a promise does not answer the same wish again": """
        SELECT 'satisfaction', a.id FROM ledger_satisfaction a
        JOIN ledger_eventlink l ON l.event_id = a.event_id
        JOIN ledger_satisfaction p ON p.commitment_id = l.commitment_id
        WHERE p.intent_id = a.intent_id""",
    "a proposal publishes wishes of its own ledger": """
        SELECT 'publication', b.id FROM ledger_publication b
        JOIN ledger_proposal p ON p.id = b.proposal_id JOIN ledger_intent i ON i.id = b.intent_id
        WHERE p.ledger_id <> i.ledger_id""",
    "a list holds proposals of its own ledger": """
        SELECT 'proposallist', l.id FROM ledger_proposallist_proposals b
        JOIN ledger_proposallist l ON l.id = b.proposallist_id
        JOIN ledger_proposal p ON p.id = b.proposal_id WHERE p.ledger_id <> l.ledger_id""",
}


def broken() -> Iterator[Difference]:
    """Yield what does not hold, some of each."""
    for law, query in LAWS.items():
        for what, pk in execute(f"{query} ORDER BY 2 LIMIT {NAMED_MAX}", ()):
            yield Difference(f"{what} {pk}", f"breaks the law « {law} »")
    yield from _too_large()


def _too_large() -> Iterator[Difference]:
    """Yield what answers more than it is of, in the order of promises and events."""
    for source in ("commitment", "event"):
        before: Hashable = None
        left = Fraction()
        for pk, measure, much, unit, whole, counted in _answers(source):
            left = left if (pk, measure) == before else Fraction(whole or 0)
            before = pk, measure
            try:
                left -= as_fraction(much, unit, counted)
            except Invalid as error:
                yield Difference(f"{source} {pk}", f"answers what it cannot: {error.message}")
            if left < 0:
                yield Difference(f"{source} {pk}", "answers more than it is of")
                left = Fraction()


def _answers(source: str) -> Iterator[tuple[int, str, int, str, int | None, str]]:
    rows = Satisfaction.objects.filter(**{f"{source}__isnull": False})
    names = ("intent__measure", "quantity", "intent__unit")
    mine = {
        "commitment": ("commitment__promised", "commitment__unit"),
        "event": ("event__quantity", "event__unit", "event__effort", "event__effort_unit"),
    }[source]
    told = rows.order_by(source, "intent__measure", "pk").values_list(source, *names, *mine)
    for pk, measure, much, unit, *amounts in told.iterator(CHUNK):
        found = amounts[2:] if measure == "effort" and source == "event" else amounts[:2]
        yield pk, measure, much, unit, *found
