# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seventy-five people at once on the server that production runs, in a large cooperation.

Each is signed in, opens a page, reads it for a while, opens another; some are programs that ask for
JSON. How long the slowest twentieth wait stands beside a budget: there is no reference program.
The size is the number of contributions (``crowd:1000000``).
"""

import http.client
import itertools
import os
import random
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

from django.db import connections
from django.test import Client
from django.urls import reverse

from benchmarks.figures import Figure
from benchmarks.ground import Big, make_big
from benchmarks.start import free_port, serving
from terreau.core import clock
from terreau.people.tokens import make_token

SIZE, PEOPLE, WORKERS = 100_000, 75, 2
SECONDS, READING = 60, (2.0, 6.0)
PAGE_BUDGET, JSON_BUDGET = 0.3, 0.1
PAGES = (
    "week_page", "contributions_list", "contributions_statement", "resources_list", "qui_page",
    "cap_page", "logbook_list",
)  # fmt: skip
ASKED = ("events", "commitments", "economic-resources")
FEWEST = 300
"""Answers below which nothing was measured."""
Heard = dict[str, list[float]]
PROGRAMS = 5  # one person in so many is a program


def figures(size: int = SIZE) -> Iterator[Figure]:
    """Serve a cooperation of so many contributions to a crowd; how long 95 of 100 answers took."""
    ground = make_big(size)
    people = [_person(ground, number) for number in range(PEOPLE)]
    connections.close_all()
    port = free_port()
    with serving(dict(os.environ), port, WORKERS):
        _wait(port)
        heard = _crowd(port, people)
    for name, budget in (("page", PAGE_BUDGET), ("json", JSON_BUDGET)):
        took = sorted(itertools.chain(*(all_ for what, all_ in heard.items() if name in what)))
        if len(took) < FEWEST / PROGRAMS:
            raise SystemExit(f"only {len(took)} answers: nothing was measured")
        half, late, last = (statistics.quantiles(took, n=100)[at - 1] for at in (50, 95, 99))
        told = f"{late * 1000:.0f}ms(p50:{half * 1000:.0f}ms,p99:{last * 1000:.0f}ms,{len(took)})"
        yield Figure(f"crowd_{name}_{PEOPLE}", told, late / budget, 1, at_most=True)


Person = tuple[str, dict[str, str], list[str]]
"""What is asked for (``page`` or ``json``), with which headers, at which addresses."""


def _person(ground: Big, number: int) -> Person:
    user, slug = (ground.busy if number % 2 else ground.pilot), ground.ecosystem.slug
    if number % PROGRAMS == 0:
        month = clock.today() + timedelta(days=30)
        made = make_token(
            by=user, name=f"Programme {number}", scopes="read", expires_on=month, key=uuid4()
        )
        asked = [f"/api/v1/cooperations/{slug}/{what}" for what in ASKED]
        return "json", {"Authorization": f"Bearer {made[1]}"}, asked
    client = Client()
    client.force_login(user)
    cookies = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
    return "page", {"Cookie": cookies}, [reverse(name, args=[slug]) for name in PAGES]


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            _get(http.client.HTTPConnection("127.0.0.1", port, timeout=60), "/", {})
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the server did not start")


def _get(line: http.client.HTTPConnection, address: str, headers: dict[str, str]) -> int:
    line.request("GET", address, headers=headers)
    answer = line.getresponse()
    answer.read()
    return answer.status


def _crowd(port: int, people: list[Person]) -> Heard:
    heard: Heard = defaultdict(list)
    wrong: list[str] = []
    until = time.monotonic() + SECONDS

    def live(number: int, person: Person) -> None:
        what, headers, addresses = person
        chance = random.Random(number)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        time.sleep(chance.uniform(0, READING[1]))
        while time.monotonic() < until:
            address = chance.choice(addresses)
            began = time.perf_counter()
            status = _get(line, address, headers)
            heard[f"{what} {address}"].append(time.perf_counter() - began)
            if status != 200:
                wrong.append(f"{address} answered {status}")
                return
            time.sleep(chance.uniform(*READING))

    crowd = [threading.Thread(target=live, args=one) for one in enumerate(people)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    if wrong:
        raise SystemExit(wrong[0])
    return heard
