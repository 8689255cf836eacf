# SPDX-License-Identifier: AGPL-3.0-or-later
"""A first start on an empty machine: every table made, then the first page of a first worker.

There is nothing to compare with: each figure stands beside a budget in seconds. ``cpu`` is what it
takes of the processor, which other work on the machine does not lengthen.
"""

import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.figures import Figure

MIGRATE_SECONDS, PAGE_SECONDS = 60, 15
GIVEN_UP_AFTER = 120


def figures() -> Iterator[Figure]:
    """Measure `terreau migrate` in an empty folder, then `terreau serve` until it answers."""
    with tempfile.TemporaryDirectory(prefix="terreau-start-") as folder:
        given = os.environ | {"TERREAU_DATA_DIR": folder}
        before, started = _used(), time.monotonic()
        subprocess.run([sys.executable, "-m", "terreau", "migrate"], env=given, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        seconds = time.monotonic() - started
        value = f"{seconds:.1f}s(cpu:{_used() - before:.1f}s)"
        yield Figure("start_migrate", value, seconds / MIGRATE_SECONDS, 1, at_most=True)
        seconds = _first_page(given)
        yield Figure("start_first_page", f"{seconds:.1f}s", seconds / PAGE_SECONDS, 1, at_most=True)


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _first_page(given: dict[str, str]) -> float:
    port = free_port()
    started = time.monotonic()
    with serving(given, port, 1):
        while time.monotonic() < started + GIVEN_UP_AFTER:
            try:
                with urlopen(f"http://127.0.0.1:{port}/", timeout=GIVEN_UP_AFTER) as answer:
                    answer.read()
                return time.monotonic() - started
            except URLError:
                time.sleep(0.05)
    raise TimeoutError("no page came")


def free_port() -> int:
    """Return a port that nobody listens to."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(given: dict[str, str], port: int, workers: int) -> Iterator[None]:
    """Have the server of production answer on this port meanwhile."""
    command = [sys.executable, "-m", "terreau", "serve", "--port", str(port)]
    command += ["--workers", str(workers)]
    served = subprocess.Popen(command, env=given, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        served.terminate()
        served.wait(30)
