# SPDX-License-Identifier: AGPL-3.0-or-later
"""Run a command beside a PostgreSQL of its own: ``python tools/postgresql.py COMMAND …``.

The server is Debian's (installed with apt where this user may), else PyPI's ``pgserver``. It lives
in a temporary folder, is reached by socket only, and ends with the command. Set
``TERREAU_TEST_DATABASE_URL`` to use a server of yours instead.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import machine

VARIABLE = "TERREAU_TEST_DATABASE_URL"
WAIT_SECONDS_MAX = 60
FASTER = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200",
    # Short questions: compiling one costs more than answering it. And nobody needs the log.
    "jit=off", "wal_level=minimal", "max_wal_senders=0",
)  # fmt: skip


def programs() -> Path | None:
    """Return the folder of PostgreSQL's own programs, the newest version first."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def packaged_programs() -> Path | None:
    """Return the folder of the programs carried by PyPI's pgserver, when it is installed."""
    spec = importlib.util.find_spec("pgserver")
    folder = Path(spec.origin).parent / "pginstall/bin" if spec and spec.origin else None
    return folder if folder and (folder / "initdb").exists() else None


def owner() -> str | None:
    """Return the account to run the server as when we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server in a temporary folder; give its address; end it."""
    account = owner()
    as_account = {"user": account, "group": pwd.getpwnam(account).pw_gid} if account else {}
    with tempfile.TemporaryDirectory(prefix="terreau-pg-") as place:
        if account:
            shutil.chown(place, account)
        data = f"{place}/data"
        subprocess.run(
            [folder / "initdb", "-D", data, "-U", "terreau", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, cwd=place, **as_account,
        )  # fmt: skip
        options = [part for setting in FASTER for part in ("-c", setting)]
        process = subprocess.Popen(
            [folder / "postgres", "-D", data, "-k", place, "-c", "listen_addresses=", *options],
            cwd=place, stderr=subprocess.DEVNULL, **as_account,
        )  # fmt: skip
        try:
            wait_for(folder, place)
            yield f"postgres://terreau@/postgres?host={place}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=WAIT_SECONDS_MAX)


def wait_for(folder: Path, place: str) -> None:
    """Return once the server accepts connections; raise after a minute."""
    until = time.monotonic() + WAIT_SECONDS_MAX
    asking = [folder / "pg_isready", "-q", "-h", place, "-U", "terreau"]
    if not Path(asking[0]).exists():  # pgserver carries pg_ctl only
        asking = [folder / "pg_ctl", "status", "-s", "-D", f"{place}/data"]
    while subprocess.run(asking, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        if time.monotonic() > until:
            raise TimeoutError("PostgreSQL did not start within a minute.")
        time.sleep(0.1)


def main(command: list[str]) -> int:
    """Run the command with the address of a server in its environment."""
    if os.environ.get(VARIABLE):
        return subprocess.run(command, check=False).returncode
    folder = programs()
    if folder is None and machine.install("postgresql"):
        folder = programs()
    folder = folder or packaged_programs()
    if folder is None:
        return machine.skip("tests on PostgreSQL", "no server found: install postgresql")
    with server(folder) as address:
        given = {**os.environ, VARIABLE: address}
        return subprocess.run(command, env=given, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
