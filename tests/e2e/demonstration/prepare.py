# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the demonstration on which the browser walks: ``python -m tests.e2e.demonstration.prepare``.

In a process of its own, in demonstration mode (see ``conftest.py``, which starts it). Adds
what the policy matrix adds, so that every address of the resolver opens on something.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connections


def main(folder: Path) -> None:
    """Migrate, load, and write the addresses beside."""
    django.setup()
    for connection in connections.all():
        call_command("migrate", database=connection.alias, interactive=False, verbosity=0)
    from allauth.mfa.models import Authenticator

    from tests.web import world as worlds

    world = worlds.make_world()
    # The door of whoever runs the instance is entered without a second factor, as in a real one.
    Authenticator.objects.all().delete()
    pages = [asdict(page) | _open_to(world, page) for page in worlds.addresses(world)]
    (folder / "addresses.json").write_text(json.dumps(pages), encoding="utf-8")


def _open_to(world, page) -> dict[str, list[str]]:
    """Say which doors open an address as a page (a file or a part of a page is none)."""
    from tests.web.world import ANONYMOUS

    doors = {
        "pilote": "steward",
        "membre": "member",
        "programme": "programme officer",
        "instance": "administrator",
        "visiteur": ANONYMOUS,
    }
    return {"open_to": [door for door, role in doors.items() if _is_page(world.users[role], page)]}


def _is_page(user, page) -> bool:
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    if user.is_authenticated:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(page.path)
    start = b"" if answer.streaming else answer.content[:15].lower()
    return answer.status_code == 200 and start == b"<!doctype html>"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
