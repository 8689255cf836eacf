# SPDX-License-Identifier: AGPL-3.0-or-later
"""The child that compiles one Typst document, then ends. Run by ``documents.pdf`` alone.

It reads one JSON order on standard input and writes the PDF on standard output. It knows nothing of
Terreau: it is started by path, isolated, and must import neither Django nor the package.
"""

import ctypes
import json
import os
import resource
import sys
from typing import Any

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
NOWHERE = "http://127.0.0.1:9"


def cut_network() -> None:
    """Leave the network: a space of our own where the system allows it, else proxies to nowhere.

    The second alone is enough for the compiler, which would only fetch packages; ours use none.
    """
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        os.environ[name] = os.environ[name.upper()] = NOWHERE
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is not None:
        unshare(CLONE_NEWUSER | CLONE_NEWNET)


def set_limits(*, seconds: int, memory: int) -> None:
    """Bound processor time, memory, and forbid writing any file."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Compile what the order says."""
    order = json.load(sys.stdin)
    cut_network()
    set_limits(seconds=order["seconds"], memory=order["memory"])
    import typst  # noqa: PLC0415  # after the limits, so that they hold for all it does

    # A character that no face of ours has (an emoji) forbids the archival standards, not print.
    wanted: list[Any] = [order["standards"], []]
    for standards in wanted:
        try:
            pdf = typst.compile(
                order["input"],
                root=order["root"],
                font_paths=order["fonts"],
                ignore_system_fonts=True,
                format="pdf",
                sys_inputs={"data": order["data"]},
                pdf_standards=standards,
                package_path="/nonexistent",
                package_cache_path="/nonexistent",
            )
            break
        except typst.TypstError:
            if not standards:
                raise
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
