# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau verify``: does all that is kept follow from the events?"""

import itertools
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import click

from terreau.cli import serving

SHOWN_MAX = 20


def _of_the_facts() -> list[str]:
    """Walk the chains. Takes a moment of its own of the database: each half holds by itself."""
    from terreau.core.snapshot import standing_still
    from terreau.ledger import verify as ledger_verify

    with standing_still("default"):
        return [str(one) for one in itertools.islice(ledger_verify.of_the_facts(), SHOWN_MAX)]


def _of_what_is_kept() -> tuple[int, list[str]]:
    """Replay all events; return how many there are, and what differs."""
    from terreau.core.snapshot import standing_still
    from terreau.ledger import verify as ledger_verify

    with standing_still("default"):  # else what is posted meanwhile would look like a difference
        count = ledger_verify.event_count()
        found = [str(one) for one in itertools.islice(ledger_verify.of_what_is_kept(), SHOWN_MAX)]
        return count, found + list(itertools.islice(_totals(), SHOWN_MAX))


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
    from django.db import connections

    started = time.monotonic()
    connections.close_all()  # the other process opens its own
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as beside:
        facts = beside.submit(_of_the_facts)
        count, found = _of_what_is_kept()
        found = facts.result() + found
    for difference in found:
        click.echo(f"DIFFERENT {difference}")
    seconds = time.monotonic() - started
    verdict = "differences found" if found else "the chain is whole, replay equals all that is kept"
    click.echo(f"{count} events in {seconds:.1f} s: {verdict}")
    if found:
        raise SystemExit(1)
