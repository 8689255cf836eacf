# SPDX-License-Identifier: AGPL-3.0-or-later
"""A page of a large cooperation against the same page of a small one.

In the large one, one organisation gave or received 100,000 times, in the small one 100 times: its
own statement and list are measured, and those of the whole cooperation.
"""

from collections.abc import Callable, Iterator

from django.test import Client
from django.urls import reverse

from benchmarks.figures import Figure, in_turns, milliseconds
from benchmarks.ground import Big, make_big
from terreau.core import clock

SMALL, LARGE = 100, 100_000
ROUNDS = 15


def figures() -> Iterator[Figure]:
    """Measure the pages, each at 100 and at 100,000 contributions."""
    small, large = make_big(SMALL), make_big(LARGE)
    year = f"?du={clock.today().year - 1}-03-14&au={clock.today():%Y-%m-%d}"
    pages = {
        "statement_all": ("contributions_statement", "", False),
        "statement_any_period": ("contributions_statement", year, False),
        "week": ("week_page", "", False),
        "contributions_list": ("contributions_list", "", False),
        "one_agent_statement": ("contributions_statement", "", True),
        "one_agent_statement_any_period": ("contributions_statement", year, True),
        "one_agent_list": ("contributions_list", "", True),
        "one_agent_stocks": ("resources_list", "", True),
    }
    for name, (view, query, own) in pages.items():
        little, big = (_opener(ground, view, query, own) for ground in (small, large))
        rates = in_turns(ROUNDS, little, big)
        one, other = milliseconds(rates)
        yield Figure(name, f"{other:.0f}ms({SMALL}:{one:.0f}ms)", other / one, 1.5, at_most=True)


def _opener(ground: Big, view: str, query: str, own: bool) -> Callable[[], int]:
    client = Client()
    client.force_login(ground.busy if own else ground.pilot)
    address = reverse(view, args=[ground.ecosystem.slug]) + query

    def get() -> int:
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
        return 1

    get()
    return get
