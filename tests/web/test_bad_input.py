# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every form of every page: sent as it should be, then with one field that is wrong.

A form enters by itself (``tests/web/sending.py`` reads the pages), an attack by the kind of a field
(``tests/web/attacks.py``). Demanded of each: nothing breaks; what is refused is said in French next
to the field, what was typed stays, and nothing was written.
"""

from __future__ import annotations

import logging
import re
from typing import ClassVar

from django.db import connection
from django.test import override_settings

from tests.own_files import OwnFilesTestCase
from tests.web import occasions, sending
from tests.web import world as worlds
from tests.web.attacks import MANY, Attack, at_a_database, attacks
from tests.web.sending import TYPED, Form, Outcome, Pages, Sent

ENGLISH = re.compile(r"\b(the|this|is|enter|field|required|ensure|please|must|not)\b", re.I)
KEPT_AS_TYPED = re.compile(r"[^\x00-\x1f\ud800-\udfff]+")


class BadInput(OwnFilesTestCase):
    pages: ClassVar[Pages]
    sent: ClassVar[int] = 0

    @classmethod
    def setUpClass(cls) -> None:
        cls.enterClassContext(override_settings(TERREAU_MODE="demonstration"))
        logging.disable(logging.WARNING)  # each refusal is one: thousands of lines
        cls.addClassCleanup(logging.disable, logging.NOTSET)
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:
        world = worlds.make_world()
        cls.pages = Pages(world, occasions.arrange(world))
        for role in worlds.ROLES:  # here, where it stays for all tests
            cls.pages.client(role)
        elsewhere = world.elsewhere
        cls.foreign = tuple(
            str(number) for number in (elsewhere.agent_id, elsewhere.space_id, elsewhere.pk, 10**9)
        )

    @classmethod
    def tearDownClass(cls) -> None:
        print(f"\n{cls.sent} sendings, {len(cls.pages.opened)} pages opened")
        super().tearDownClass()

    def walk(self, name: str) -> None:
        """Send a form of this address as it should be, then with each attack."""
        form, self.valid = sending.sendable(self.pages, name)
        tried = attacks(form, self.foreign)
        once = connection.vendor == "sqlite"
        wrong = [
            f"{attack.field.name}: {attack.words} {complaint}"
            for attack in (tried if once else filter(at_a_database, tried))
            for complaint in self._complaints(form, attack)
        ]
        wrong += [f"{MANY} fields {complaint}" for complaint in self._too_many(form)]
        wrong += [f"the same key twice {complaint}" for complaint in self._twice(form)]
        told = "\n".join([f"{form.action} as {form.role}:", *wrong])
        # Half a pair cannot be written in a report: shown by its number.
        assert not wrong, told.encode("utf-8", "backslashreplace").decode()

    def _complaints(self, form: Form, attack: Attack) -> list[str]:
        sent = attack.on(self.valid)
        return _wrong(form, attack, sent, self._send(form, sent)[0])

    def _send(self, form: Form, *sendings: Sent) -> list[Outcome]:
        type(self).sent += len(sendings)
        return sending.undone(self.pages.client(form.role), form, *sendings)

    def _too_many(self, form: Form) -> list[str]:
        if not form.fields:
            return []
        name = form.fields[0].name
        outcome = self._send(form, dict(self.valid) | {name: ["x"] * MANY})[0]
        refused = outcome.status == 400 and not outcome.writes
        return [] if refused else [f"answers {outcome.status}"]

    def _twice(self, form: Form) -> list[str]:
        """The same sending again changes nothing; another one under its key neither."""
        if not any(field.kind == "key" for field in form.fields):
            return []
        again = [one for one in self._send(form, self.valid, self.valid)[1:] if one.writes]
        return [f"writes {outcome.writes}" for outcome in again]


def _wrong(form: Form, attack: Attack, sent: Sent, outcome: Outcome) -> list[str]:
    """Return what is wrong with the answer to an attack."""
    if outcome.status >= 500 or outcome.broken:
        return [f"breaks: {outcome.status} {outcome.broken}"]
    if outcome.accepted:
        return ["is accepted"] if attack.refused else []
    if outcome.writes:
        return [f"is refused and still writes {outcome.writes}"]
    if attack.tampered:
        return []
    if outcome.status not in (200, 302, 422):
        return [f"answers {outcome.status}"]
    return [*_unsaid(attack, outcome), *_lost(form, sent, outcome)]


def _unsaid(attack: Attack, outcome: Outcome) -> list[str]:
    said = outcome.errors
    if not said:
        return [f"is refused without a word ({outcome.status})"]
    english = [text for text in said.values() if ENGLISH.search(text)]
    if english:
        return [f"is refused in English: {english}"]
    alone = attack.refused and attack.field.kind in TYPED  # else a neighbour may be the fault
    beside = attack.field.name in said or not alone
    return [] if beside else [f"is not said next to its field: {said}"]


def _lost(form: Form, sent: Sent, outcome: Outcome) -> list[str]:
    """Return the fields whose words the person would have to type again."""
    if not form.typed:
        return []
    if outcome.shown is None:
        return ["loses what was typed: its page shows no form"]
    shown = {field.name: field.shown for field in outcome.shown.fields}
    return [
        f"loses what was typed in {field.name}"
        for field in form.typed
        if _plain(sent.get(field.name)) != _plain(shown.get(field.name))
    ]


def _plain(values: object) -> str:
    """Return what a page can show of a value: no control, no half of a pair."""
    first = values[0] if isinstance(values, list | tuple) and values else ""
    return "".join(KEPT_AS_TYPED.findall(str(first))).replace("\ufffd", "").strip()


def _test_of(name: str) -> object:
    def test(self: BadInput) -> None:
        self.walk(name)

    return test


for _name in sending.answering("POST"):
    setattr(BadInput, f"test_{_name}", _test_of(_name))
