# SPDX-License-Identifier: AGPL-3.0-or-later
"""A page of a large cooperation against the same page of a small one."""

from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from benchmarks.figures import Figure, in_turns, milliseconds
from benchmarks.ground import make_big
from terreau.core import clock

SMALL, LARGE = 1_000, 100_000
ROUNDS = 15


def figures() -> Iterator[Figure]:
    """Measure the pages, each at 1,000 and at 100,000 contributions."""
    small, large = make_big(SMALL), make_big(LARGE)
    year = f"?du={clock.today().year - 1}-03-14&au={clock.today():%Y-%m-%d}"
    pages = {
        "statement_all": ("contributions_statement", ""),
        "statement_any_period": ("contributions_statement", year),
        "week": ("week_page", ""),
        "contributions_list": ("contributions_list", ""),
    }
    for name, (view, query) in pages.items():
        little, big = (_opener(ground, view, query) for ground in (small, large))
        rates = in_turns(ROUNDS, little, big)
        one, other = milliseconds(rates)
        yield Figure(name, f"{other:.0f}ms({SMALL}:{one:.0f}ms)", other / one, 1.5, at_most=True)


def _opener(ground, view, query):
    ecosystem, pilot = ground
    client = Client()
    client.force_login(pilot)
    address = reverse(view, args=[ecosystem.slug]) + query

    def get() -> int:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
        return 1

    get()
    return get
