# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two people who opened one page, and each send its form with words of their own: none is lost.

A form enters by itself (``tests/web/sending.py`` reads the pages). For each of its fields she sends
one answer, then he another, each from the page as it was before. What she said stands, or he was
shown it next to his; what he said stands too, or his page still shows it. Where the last answer is
meant to stand alone, ``LAST_SAID`` says why.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import models, router
from django.test import override_settings

from terreau.core import clock
from tests.own_files import OwnFilesTestCase
from tests.web import occasions, sending
from tests.web import world as worlds
from tests.web.sending import Field, Form, Outcome, Pages

# One sending after the other: ours is what decides, and test_bad_input sends these forms on both
# databases. Two at the same instant are tried on both by the races of each floor.
pytestmark = pytest.mark.sqlite

# By name of address, and of field: why the answer given last may stand alone.
LAST_SAID = {
    "agreements_review.next_on": "each look is a row that stays; the promise shows the last day",
    "start_phase.phase": "each step said stays, with its day; the latest one is where we are",
}

# What is worked out, counted or dated when something is written: nobody typed it.
WORKED_OUT = frozenset({"updated_at", "version", "edited", "event_id"})
NOT_TYPED = ("ledger_", "agreements_tally", "publishing_sheetterm")

GONE = object()
TOGETHER, BOTH = "Deux personnes ont écrit en même temps", 'class="both-texts"'
Cells = dict[tuple[str, Any, str], Any]


@dataclass(frozen=True)
class Answers:
    """What she and he say in one field."""

    field: Field
    hers: tuple[str, ...]
    his: tuple[str, ...]

    @property
    def typed(self) -> bool:
        return self.field.kind in ("text", "mail", "link")


def answers_to(field: Field) -> Answers | None:
    """Return two answers that differ from what the page shows, or None where there are not two."""
    if field.kind == "text":
        longest = field.longest or 40
        return Answers(field, ("Ecritparelle"[:longest],), ("Parlui"[:longest],))
    if field.kind == "day":
        return Answers(field, *_days(field))
    if field.kind in TWO:
        hers, his = TWO[field.kind]
        return Answers(field, (hers,), (his,))
    if field.kind in ("choice", "several"):
        others = [one for one in field.options if one not in field.shown]
        return Answers(field, (others[0],), (others[1],)) if len(others) > 1 else None
    return Answers(field, ("on",), ()) if field.kind == "mark" and not field.shown else None


TWO = {
    "number": ("5", "6"),
    "mail": ("elle@exemple.invalid", "lui@exemple.invalid"),
    "link": ("https://elle.invalid/", "https://lui.invalid/"),
}


def _days(field: Field) -> tuple[tuple[str], tuple[str]]:
    today = clock.today()
    to_come = any(name in field.name for name in ("until", "next", "review"))
    days = (timedelta(22), timedelta(23)) if to_come else (timedelta(-2), timedelta(-3))
    hers, his = ((today + away).isoformat() for away in days)
    return (hers,), (his,)


def tables() -> dict[str, type[models.Model]]:
    return {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and router.db_for_read(model) == "default"
        and not model._meta.db_table.startswith(NOT_TYPED)
    }


def cells_of(names: set[str]) -> Cells:
    """Return all that these tables hold, by table, row and column."""
    return {
        (name, row[model._meta.pk.attname], column): value
        for name, model in tables().items()
        if name in names
        for row in model._base_manager.values()
        for column, value in row.items()
        if column not in WORKED_OUT
    }


class NoneLost(OwnFilesTestCase):
    pages: ClassVar[Pages]
    before: ClassVar[Cells]

    @classmethod
    def setUpClass(cls) -> None:
        cls.enterClassContext(override_settings(TERREAU_MODE="demonstration"))
        logging.disable(logging.WARNING)  # each refusal is one
        cls.addClassCleanup(logging.disable, logging.NOTSET)
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:
        world = worlds.make_world()
        cls.pages = Pages(world, occasions.arrange(world))
        cls.before = cells_of(set(tables()))

    def test_what_two_people_say_at_once_is_kept_or_shown(self) -> None:
        lost = {
            f"{name}.{what}": why
            for name in sending.answering("POST")
            for what, why in self._lost(name)
        }
        unsaid = {what: why for what, why in lost.items() if what not in LAST_SAID}
        assert not unsaid, "\n".join(f"{what}: {why}" for what, why in unsaid.items())
        assert lost.keys() == LAST_SAID.keys()

    def _lost(self, name: str) -> Iterator[tuple[str, str]]:
        form, valid = sending.sendable(self.pages, name)
        for answers in filter(None, map(answers_to, form.fields)):
            for why in self._between(form, valid, answers):
                yield answers.field.name, why

    def _between(self, form: Form, valid: sending.Sent, answers: Answers) -> Iterator[str]:
        """Send hers, then his; give what is lost of them."""
        sent = [dict(valid) | {answers.field.name: one} for one in (answers.hers, answers.his)]
        if any(field.kind == "key" for field in form.fields):
            sent[1] |= {"key": [str(uuid4())]}  # each opened a page of their own
        with sending.taken_back():
            client = self.pages.client(form.role)
            hers = sending.send(client, form, sent[0])
            stands = cells_of(_written(hers))
            his = sending.send(client, form, sent[1])
            after = cells_of(_written(hers) | _written(his))
        said = {cell: value for cell, value in stands.items() if value != self._before(cell)}
        if not hers.accepted or not said:
            return  # such an answer is refused, or says nothing here
        if over := sorted({cell[2] for cell in said if after.get(cell, GONE) != said[cell]}):
            yield f"what she said is written over, and he is not told: {over}"
        if answers.typed and _is_in(answers.hers, said) and not _is_in(answers.his, after):
            if answers.his[0] not in his.text:
                yield f"what he said is lost: {his.status} {his.errors}"
        if TOGETHER in his.text and BOTH not in his.text:
            yield "two people wrote at once, and their answers are not shown side by side"

    def _before(self, cell: tuple[str, Any, str]) -> Any:
        return self.before.get(cell, GONE)


def _written(outcome: Outcome) -> set[str]:
    return {write.split()[1] for write in outcome.writes}


def _is_in(words: tuple[str, ...], cells: Cells) -> bool:
    return any(words[0] in str(value) for value in cells.values())
