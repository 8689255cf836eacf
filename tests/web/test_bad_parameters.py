# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every page that reads something in its address: nonsense there is ignored or said, never broken.

What a page reads is noted while it answers, so that a new parameter enters by itself.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpRequest, QueryDict
from django.test.client import Client, ClientHandler

from tests.own_files import OwnFilesTestCase
from tests.web import sending
from tests.web import world as worlds
from tests.web.attacks import HALF_PAIR, HUGE, SCRIPT
from tests.web.sending import READERS

# What reaches a database, each refuses in its own way; the rest is refused before, once for both.
AT_A_DATABASE = ("-1", HUGE, "0001-01-01", "a\x00b", f"{SCRIPT}{HALF_PAIR}")
BEFORE = ("", "²", "1e400", "2026-02-31", "x" * 5000)
ENGLISH = re.compile(r"\b(?:Not Found|Bad Request|Server Error|Invalid|Traceback)\b")


class Noted(QueryDict):
    """What an address asks for, which remembers the names that were looked for."""

    asked: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().getlist(key, default)


class NotingHandler(ClientHandler):
    """Answers as usual, with an address that notes what is read of it."""

    def get_response(self, request: HttpRequest) -> Any:
        request.GET = Noted(request.META["QUERY_STRING"], encoding=request.encoding)
        return super().get_response(request)


class NotingClient(Client):
    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.handler = NotingHandler(self.handler.enforce_csrf_checks)


class BadParameters(OwnFilesTestCase):
    asked: ClassVar[int] = 0

    @classmethod
    def setUpClass(cls) -> None:
        logging.disable(logging.WARNING)
        cls.addClassCleanup(logging.disable, logging.NOTSET)
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = worlds.make_world()

    def test_nonsense_in_an_address_breaks_nothing(self) -> None:
        opening = set(sending.answering("GET"))
        wrong: list[str] = []
        read: dict[str, set[str]] = {}
        for page in worlds.addresses(self.world):
            if page.name in opening:
                client = self._client(READERS[page.policy][0])
                read[page.name] = self._names(client, page.path)
                wrong += self._tried(client, page.path, read[page.name])
        assert not wrong, "\n".join(wrong)
        # A walk that sees nothing read would pass for ever.
        assert {"page", "format"} <= read["logbook_list"]
        assert {"q", "region", "page"} <= read["public_directory"]
        assert {"du", "au", "de"} <= read["contributions_statement"]

    def _client(self, role: str) -> Client:
        client = NotingClient(raise_request_exception=False)
        if role != worlds.ANONYMOUS:
            client.force_login(self.world.users[role])
        return client

    def _names(self, client: Client, path: str) -> set[str]:
        Noted.asked = set()
        self._get(client, path, {})
        return set(Noted.asked)

    def _tried(self, client: Client, path: str, names: set[str]) -> list[str]:
        """Try each nonsense in all parameters at once; one by one when that is refused."""
        wrong = []
        nonsense = AT_A_DATABASE + (BEFORE if connection.vendor == "sqlite" else ())
        for value in nonsense if names else ():
            told, status = self._get(client, path, dict.fromkeys(names, value))
            alone = sorted(names) if status >= 400 and len(names) > 1 else ()
            wrong += told + [
                complaint
                for name in alone
                for complaint in self._get(client, path, {name: value})[0]
            ]
        return wrong

    def _get(self, client: Client, path: str, given: Mapping[str, str]) -> tuple[list[str], int]:
        type(self).asked += 1
        pairs = [(name, value.encode("utf-8", "surrogatepass")) for name, value in given.items()]
        answer = client.get(path, QUERY_STRING=urlencode(pairs))
        if answer.streaming:
            b"".join(answer.streaming_content)
            return [], answer.status_code
        said = f"{path} {str(dict(given))[:120]}"
        if answer.status_code >= 500 or getattr(answer, "exc_info", None):
            return [f"{said} breaks: {answer.exc_info}"], answer.status_code
        if not answer["Content-Type"].startswith("text/html"):
            return [], answer.status_code
        text = answer.content.decode()
        wrong = [f"{said} shows a script"] if SCRIPT in text else []
        if answer.status_code >= 400 and (ENGLISH.search(text) or 'lang="fr"' not in text):
            wrong.append(f"{said} is not refused in French")
        return wrong, answer.status_code
