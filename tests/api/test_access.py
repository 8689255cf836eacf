# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each role against each address of the API, with secrets planted in the demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

from terreau.people import tokens
from terreau.people.enums import Level
from terreau.people.models import User
from tests.api.kit import BASE, Program, program_of
from tests.api.planning import plan_all
from tests.own_files import OwnFilesTestCase
from tests.web import planting
from tests.web import world as worlds
from tests.web.planting import MAY_READ
from tests.web.world import INSIDE, ROLES

LISTS = (
    "agents", "resource-specifications", "economic-resources", "events", "commitments", "intents",
    "proposals", "proposal-lists", "claims", "plans", "processes", "process-specifications",
    "batch-lot-records", "recipes",
)  # fmt: skip
MANY = tokens.A_MINUTE * 1_000


class ApiAccess(OwnFilesTestCase):
    databases = "__all__"

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = worlds.make_world()
        planting.plant(cls.world)
        steward, member = cls.world.users["steward"], cls.world.users["member"]
        plan_all(steward, cls.world.here.circle, steward.agent, member.agent)

    def setUp(self) -> None:
        self.enterContext(patch.object(tokens, "A_MINUTE", MANY))
        self.base = f"{BASE}/{self.world.here.slug}"

    def _programs(self) -> Iterator[tuple[str, Program]]:
        for role in ROLES:
            user = self.world.users[role]
            if isinstance(user, User):
                yield role, program_of(user)

    def test_each_list_answers_each_role_as_its_person_may_enter(self) -> None:
        wrong = []
        for role, program in self._programs():
            wanted = 401 if role == "closed account" else 200 if role in INSIDE else 404
            for path in ("", *(f"/{name}" for name in LISTS)):
                found = program.get(self.base + path).status_code
                if found != wanted:
                    wrong.append(f"{role}: {path} answers {found}")
        assert not wrong, "\n".join(wrong)

    def test_no_answer_shows_a_secret(self) -> None:
        shown = []
        for role, program in self._programs():
            hidden = [
                planting.secret(model, level)
                for model in planting.records()
                for level in Level
                if role not in MAY_READ[level]
            ]
            for path, text in self._read_all(program):
                shown += [f"{role}: {path} shows {mark}" for mark in hidden if mark in text]
        assert not shown, "\n".join(shown)

    def test_who_is_inside_reads_something_of_every_kind(self) -> None:
        program = program_of(self.world.users["steward"])

        counts = {name: len(_ids(program, f"{self.base}/{name}")) for name in LISTS}

        assert all(counts.values()), counts

    def _read_all(self, program: Program) -> Iterator[tuple[str, str]]:
        yield "cooperations", program.get(BASE).content.decode()
        for name in LISTS:
            path = f"{self.base}/{name}?limit=200"
            yield name, program.get(path).content.decode()

    def test_what_is_read_one_by_one_is_what_the_list_says(self) -> None:
        for role in ("steward", "member"):
            program = program_of(self.world.users[role])
            outside = program_of(self.world.users["outsider"])
            for name in LISTS:
                for uuid in _ids(program, f"{self.base}/{name}")[:5]:
                    path = f"{self.base}/{name}/{uuid}"
                    assert program.get(path).json()["@id"] == f"urn:uuid:{uuid}"
                    assert outside.get(path).status_code == 404


def _ids(program: Program, path: str) -> list[str]:
    answer = program.get(path, limit=200)
    assert answer.status_code == 200
    return [node["@id"].removeprefix("urn:uuid:") for node in answer.json()["@graph"]]
