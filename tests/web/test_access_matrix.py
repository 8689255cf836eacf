# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each role against every page, file and export: what the declared policy says, nothing more."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

from django.db import transaction
from django.test import Client

from terreau.overview.kinds import KINDS
from terreau.people.enums import Level
from terreau.web.access import Policy
from tests.own_files import OwnFilesTestCase
from tests.web import planting
from tests.web import world as worlds
from tests.web.planting import MAY_READ
from tests.web.world import ANONYMOUS, INSIDE, ROLES, Address, World

SIGN_IN = "/compte/"
OPEN = {
    Policy.PUBLIC: frozenset(ROLES),
    Policy.GUEST: frozenset(ROLES),
    Policy.DEMONSTRATION: frozenset(),  # the tests do not run in demonstration mode
    Policy.SIGNED_IN: frozenset(ROLES) - {ANONYMOUS, "closed account"},
    Policy.MEMBER: INSIDE,
    Policy.STEWARD: frozenset({"steward"}),
    Policy.ADMIN: frozenset({"administrator"}),
}

SAVING = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL)
ASKED = re.compile(r'<textarea|<select|<input type="(?!hidden|submit)')
READERS = re.compile(r"data-terreau-readers-text> : \w")
WRITES_NOTHING_READ = frozenset({"qui_invite", "start_keys"})
"""An address to write to: it is shown on no page, and erased once the invitation is over."""
READ_AS_CHOSEN = frozenset({"agreements_new"})
"""Who reads follows the agreement that is chosen on the form: no count rather than a wrong one."""


def client_of(world: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role != ANONYMOUS:
        # A closed account cannot sign in: what a session that was left open would read.
        client.force_login(world.users[role])
    return client


def verdict(answer) -> str:
    """Return what an answer means, in words."""
    if answer.status_code >= 500:
        return f"a server error ({answer.status_code})"
    if answer.status_code in (301, 302) and urlsplit(answer["Location"]).path.startswith(SIGN_IN):
        return "sign in"
    return {404: "not here", 405: "other method"}.get(answer.status_code, "open")


def expected(policy: str, role: str) -> set[str]:
    if role in OPEN[Policy(policy)]:
        # A thing of somebody else inside one's own place answers 404 too. Taking a seat needs an
        # account: its link leads to sign-in first.
        there = {"open", "other method", "not here"}
        return there | {"sign in"} if policy == Policy.GUEST else there
    signed_out = role in (ANONYMOUS, "closed account")
    without_account = policy in (Policy.PUBLIC, Policy.GUEST, Policy.DEMONSTRATION)
    return {"sign in" if signed_out and not without_account else "not here", "other method"}


def body_of(answer) -> str:
    """Return all that an answer holds as text, what is zipped included."""
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return "\n".join(_texts(raw))


def _texts(raw: bytes) -> list[str]:
    if not raw.startswith(b"PK"):
        return [raw.decode("utf-8", "ignore")]
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return [text for name in archive.namelist() for text in _texts(archive.read(name))]


class Seen(NamedTuple):
    """What reading a page gives one role."""

    page: Address
    status: int
    verdict: str
    text: str


class AccessMatrix(OwnFilesTestCase):
    seen: ClassVar[dict[str, list[Seen]]] = {}

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = worlds.make_world()
        planting.plant(cls.world)

    def _seen_by(self, role: str) -> list[Seen]:
        """Read each page once by each role, whatever the number of tests that look at it."""
        if role not in self.seen:
            self.seen[role] = self._walk(role)
        return self.seen[role]

    def _walk(self, role: str) -> list[Seen]:
        client, seen = client_of(self.world, role), []
        for page in worlds.addresses(self.world):
            with transaction.atomic():
                answer = client.get(page.path)
                seen.append(Seen(page, answer.status_code, verdict(answer), body_of(answer)))
                transaction.set_rollback(True)
        return seen

    def test_every_page_answers_each_role_as_declared(self) -> None:
        wrong = []
        for role in ROLES:
            client = client_of(self.world, role)
            for page, _, read, _ in self._seen_by(role):
                sent = self._undone(client, "post", page.path)
                for method, found in (("get", read), ("post", sent)):
                    if found not in expected(page.policy, role):
                        wrong.append(f"{role}: {method} {page.name} answers {found}")
        assert not wrong, "\n".join(wrong)

    def test_every_page_opens_for_somebody(self) -> None:
        """A page only ever seen as a redirect, or as not there, is looked at by no other test.

        Then ``WHICH`` in ``samples.py`` must name a thing on which it opens.
        """
        opened = {
            seen.page.name for role in ROLES for seen in self._seen_by(role) if seen.status == 200
        }
        only_sent = {seen.page.name for seen in self._seen_by("steward") if seen.status == 405}
        shut = [
            f"{page.name}: {page.path}"
            for page in worlds.addresses(self.world)
            if page.policy != Policy.DEMONSTRATION  # the doors: walked in tests/e2e/demonstration
            and page.name not in opened
            and not (page.name in only_sent and self._heard(page))
        ]
        assert not shut, "\n".join(shut)

    def _heard(self, page: Address) -> bool:
        """Tell whether sending what this page expects is heard from somebody."""
        sent = worlds.sent_to(self.world, page.name)
        clients = (client_of(self.world, role) for role in ROLES)
        return any(self._undone(one, "post", page.path, sent) == "open" for one in clients)

    def test_a_foreign_number_in_the_address_opens_nothing(self) -> None:
        client = client_of(self.world, "steward elsewhere")
        wrong = []
        for page in worlds.addresses(self.world, self.world.elsewhere):
            # A programme is no thing of one ecosystem: its number opens nothing more or less.
            inside = page.holds_a_thing and not page.name.startswith("programmes_")
            for method in ("get", "post") if inside else ():
                found = self._undone(client, method, page.path)
                if found not in ("not here", "other method"):
                    wrong.append(f"{method} {page.name} answers {found}")
        assert not wrong, "\n".join(wrong)

    def test_every_form_that_saves_something_says_who_will_read_it(self) -> None:
        silent, counted = set(), 0
        silent_on_purpose = WRITES_NOTHING_READ | READ_AS_CHOSEN
        for role in ("member", "steward"):
            for page, _, _, text in self._seen_by(role):
                if page.policy in (Policy.MEMBER, Policy.STEWARD):
                    for form in SAVING.findall(text):
                        written = ASKED.search(form) and page.name not in silent_on_purpose
                        counted += bool(written)
                        silent |= {page.name} if written and not READERS.search(form) else set()
        assert not silent, sorted(silent)
        assert counted > 80, counted

    def test_no_page_file_or_export_shows_a_secret(self) -> None:
        shown = []
        for role in ROLES:
            hidden = [
                planting.secret(model, level)
                for model in planting.records()
                for level in Level
                if role not in MAY_READ[level]
            ]
            for name, text in self._read_all(role):
                marks = [mark for mark in hidden if mark in text]
                shown += [f"{role}: {name} shows {mark}" for mark in marks]
        assert not shown, "\n".join(shown)

    def test_what_may_be_read_is_read_somewhere(self) -> None:
        seen = "\n".join(text for _, text in self._read_all("steward"))
        missing = [
            model.__name__
            for model in planting.records()
            if planting.secret(model, Level.CIRCLE) not in seen
        ]
        # What no page shows is read by a program (tests/api/test_access.py).
        assert missing == [kind.model.__name__ for kind in KINDS if not kind.page]

    def _read_all(self, role: str) -> Iterator[tuple[str, str]]:
        """Read every page that opens, its list as a file where it offers one, and its search."""
        client = client_of(self.world, role)
        for page, _, _, text in self._seen_by(role):
            yield page.name, text
            for ending, offered in (("?format=csv", "format=csv"), ("?q=Zq", 'name="q"')):
                if offered in text:
                    yield page.name + ending, body_of(client.get(page.path + ending))

    def _undone(self, client: Client, method: str, path: str, sent: object = None) -> str:
        """Ask, say what was answered, and undo what it may have changed."""
        with transaction.atomic():
            answer = getattr(client, method)(path, sent)
            found = verdict(answer)
            if answer.streaming:  # read to its end, so that its file is closed
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        return found
