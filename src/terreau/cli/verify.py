# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau verify``: does all that is kept follow from the events?"""

import itertools
import time
from collections.abc import Iterator

import click

from terreau.cli import serving

SHOWN_MAX = 20


def _totals() -> Iterator[str]:
    """Yield where contributions differ from the ledger, or statements' totals from them."""
    from terreau.agreements.queries.entries import event_faults, tally_faults
    from terreau.ecosystems.models import Ecosystem

    for ecosystem in Ecosystem.objects.order_by("pk"):
        yield from (f"{ecosystem.slug}: {fault}" for fault in event_faults(ecosystem))
        yield from (f"{ecosystem.slug}: {fault}" for fault in tally_faults(ecosystem))


@click.command()
def verify() -> None:
    """Check the chain, the laws and every kept figure of the ledger; exit status 1 if one fails."""
    serving.set_up_on_tables()
    from terreau.core.snapshot import standing_still
    from terreau.ledger import verify as ledger_verify

    started = time.monotonic()
    with standing_still("default"):  # else what is posted meanwhile would look like a difference
        count = ledger_verify.event_count()
        found: list[object] = list(itertools.islice(ledger_verify.differences(), SHOWN_MAX))
        found += itertools.islice(_totals(), SHOWN_MAX)
    for difference in found:
        click.echo(f"DIFFERENT {difference}")
    seconds = time.monotonic() - started
    verdict = "differences found" if found else "the chain is whole, replay equals all that is kept"
    click.echo(f"{count} events in {seconds:.1f} s: {verdict}")
    if found:
        raise SystemExit(1)
