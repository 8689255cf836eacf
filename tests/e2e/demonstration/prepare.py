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

# The doors through which a page may be looked at, the first that opens it first.
DOORS = {
    "pilote": "steward",
    "membre": "member",
    "programme": "programme officer",
    "instance": "administrator",
    "visiteur": "nobody signed in",
}


def main(folder: Path) -> None:
    """Migrate, load, and write the addresses beside, with what each door finds there."""
    django.setup()
    for connection in connections.all():
        call_command("migrate", database=connection.alias, interactive=False, verbosity=0)
    from allauth.mfa.models import Authenticator

    from tests.web import world as worlds

    world = worlds.new_world()
    # The door of whoever runs the instance is entered without a second factor, as in a real one.
    Authenticator.objects.all().delete()
    clients = {door: _client(world.users[role]) for door, role in DOORS.items()}
    pages = [_page(clients, page) for page in worlds.addresses(world)]
    (folder / "addresses.json").write_text(json.dumps(pages), encoding="utf-8")


def _page(clients, page) -> dict:
    from tests.web import world as worlds

    found = {door: _answer(client, page.path) for door, client in clients.items()}
    states = worlds.in_each_state(page) if page.name in worlds.STATES else [page.path]
    return {**asdict(page), "found": found, "states": states}


def _client(user):
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    if user.is_authenticated:
        client.force_login(user)
    return client


def _answer(client, path: str) -> str:
    """Say what an address is for somebody: a page, a file or a part, a button, or shut."""
    answer = client.get(path)
    if answer.status_code == 405:
        return "button"
    if answer.status_code != 200:
        return "shut"
    start = b"" if answer.streaming else answer.content.lstrip()[:15].lower()
    return "page" if start == b"<!doctype html>" else "file"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
