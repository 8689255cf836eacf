# SPDX-License-Identifier: AGPL-3.0-or-later
"""Markup and formulas in every text of the world: pages show them, files hold them as words."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from lxml import etree

from terreau.agreements.enums import VersionState
from terreau.agreements.models import Agreement, Commitment, Party
from terreau.core import clock, triggers
from terreau.documents.tables import Format
from terreau.ecosystems.models import EffectLink
from terreau.web.access import Policy
from tests.own_files import OwnFilesTestCase
from tests.web import planting, sending
from tests.web import world as worlds
from tests.web.sending import READERS
from tests.web.world import Address

# A text comes out of a database as it went in, or test_bad_input says so, on both.
pytestmark = pytest.mark.sqlite

FORMULA = "=1+1"
MARKUP = "<script>Zq"
SHOWN = "=1+1&lt;script&gt;Zq"
RUN_BY_A_SHEET = re.compile(rb"<f[ >]|table:formula")  # where XLSX and ODS hold a formula
SAFE_NAME = re.compile(r"[\w-]+(/[\w-]+)?\.[a-z0-9]+")
KIND = re.compile(r"(html|csv|json|xml|svg)$")  # the end of a type, or of the name of a file

# The ledger takes no change, and its texts are codes; those of territories come from the State.
OURS = frozenset({"agreements", "ecosystems", "people", "programmes", "publishing"})
THINGS = 16  # of one kind, about so many are opened
SHORTEST = 40  # below it a column holds a code or a unit
OF_THE_MACHINE = frozenset({"slug", "search_key", "fingerprint", "password", "sha256", "mime"})
# The areas whose pages, and whose lists, hold what somebody wrote: none may go without attack.
PAGES = frozenset(
    {"account", "agreements", "cap", "contributions", "effects", "guest", "handover", "home",
     "logbook", "programmes", "public", "qui", "solution", "start", "visibility", "week"}
)  # fmt: skip
LISTS = frozenset(
    {"agreements", "cap", "contributions", "effects", "logbook", "programmes", "public", "qui",
     "solution", "start", "visibility"}
)  # fmt: skip


def attacked() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Give every column that holds what somebody wrote, with its model."""
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            yield from ((model, one) for one in model._meta.concrete_fields if _written(one))


def _written(column: models.Field[Any, Any]) -> bool:
    words = isinstance(column, (models.CharField, models.TextField))
    if not words or column.choices or column.unique or column.name in OF_THE_MACHINE:
        return False
    long = column.max_length is None or column.max_length >= SHORTEST
    return long and not column.name.endswith(("_hash", "_mark"))


def attack() -> None:
    """Write markup that would be a formula in every text; each another, some must be unique."""
    today = clock.today()  # some words are shown with the day of what they say
    EffectLink.objects.update(answered_on=today)
    Agreement.objects.filter(versions__state=VersionState.DRAFT).update(ended_on=today)
    Party.objects.filter(agreed_on=None).update(declined_on=today)
    Commitment.objects.exclude(version__state=VersionState.ACCEPTED).update(declined_on=today)
    hostile = Concat(
        Value(FORMULA + MARKUP), Cast("pk", models.CharField()), Value("</script>"),
        output_field=models.TextField(),
    )  # fmt: skip
    with triggers.suspended(connection):  # some of these texts take no change once written
        for model, column in attacked():
            model._base_manager.update(**{column.name: hostile})


class HostileTexts(OwnFilesTestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = worlds.make_world()
        planting.plant(cls.world)
        opening = set(sending.answering("GET"))
        # Before the attack: some addresses are found by a name.
        cls.pages = [page for page in worlds.addresses(cls.world) if page.name in opening]
        attack()

    def test_pages_show_them_and_lists_hold_them_as_words(self) -> None:
        wrong: list[str] = []
        shown, held = set(), set()
        for page in self.pages:
            area, client = page.name.split("_")[0], self._client(page)
            for path in _paths(page):
                kind, raw = _got(client, path)
                wrong += faults(path, kind, raw)
                shown |= {area} if SHOWN.encode() in raw else set()
            for ending in Format if b"format=csv" in raw else ():
                kind, file = _got(client, f"{path}?format={ending.value}")
                wrong += faults(f"{path} {ending.value}", kind, file)
                held |= {area} if ending == Format.CSV and b"Zq" in file else set()
        assert wrong == []
        assert PAGES - shown == set()
        assert LISTS - held == set()

    def test_what_is_taken_away_holds_them_as_words(self) -> None:
        client = Client()
        client.force_login(self.world.users["steward"])

        answer = client.post(reverse("exports_all", args=[self.world.here.slug]))
        raw = _body(answer)
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            everything = json.loads(archive.read("tout.json"))
            names = archive.namelist()

        assert faults("archive", answer["Content-Type"], raw) == []
        assert MARKUP in json.dumps(everything)
        assert [name for name in names if not SAFE_NAME.fullmatch(name)] == []

    def _client(self, page: Address) -> Client:
        policy = Policy(page.policy)
        of_a_programme = page.name.startswith("programmes_") and policy == Policy.SIGNED_IN
        role = "programme officer" if of_a_programme else READERS[policy][0]
        client = Client()
        if role != worlds.ANONYMOUS:
            client.force_login(self.world.users[role])
        return client


def _paths(page: Address) -> list[str]:
    """Return the paths of a page: some of the things it may show, and of a dear file only one."""
    if not page.holds_a_thing or page.name.split("_")[0] not in PAGES or "." in page.path:
        return [page.path]
    every = worlds.with_each_thing(page)
    some = every[:: max(1, len(every) // THINGS)]
    by_state = worlds.in_each_state(page) if page.name in worlds.STATES else []
    return list(dict.fromkeys([page.path, *by_state, *some]))


def _got(client: Client, path: str) -> tuple[str, bytes]:
    answer = client.get(path)
    return answer.get("Content-Type", ""), _body(answer)


def _body(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# What a browser or a spreadsheet would run


def faults(where: str, kind: str, raw: bytes) -> list[str]:
    """Say what would be run in a page or a file, with those that it holds."""
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
        return [one for name, part in parts for one in faults(f"{where} > {name}", name, part)]
    known = KIND.search(kind.split(";")[0])
    return [f"{where}: {fault}" for fault in LOOK[known[1]](raw)] if known else []


def _in_html(raw: bytes) -> list[str]:
    return re.findall(f".{{0,60}}{MARKUP}", raw.decode())


def _in_csv(raw: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";")
    return [cell for row in rows for cell in row if cell.startswith(FORMULA)]


def _in_json(raw: bytes) -> list[str]:
    json.loads(raw)  # a string that ended too early would not be read
    return []


def _in_xml(raw: bytes) -> list[str]:
    scripts = [one for one in etree.fromstring(raw).iter("{*}script") if "Zq" in (one.text or "")]
    return ["markup"] * len(scripts) + ["formula"] * len(RUN_BY_A_SHEET.findall(raw))


LOOK = {"html": _in_html, "csv": _in_csv, "json": _in_json, "xml": _in_xml, "svg": _in_xml}
