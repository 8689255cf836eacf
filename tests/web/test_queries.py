# SPDX-License-Identifier: AGPL-3.0-or-later
"""No page asks the same thing of the database again for each row that it shows."""

from __future__ import annotations

import re
from collections import Counter

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.own_files import OwnFilesTestCase
from tests.web import world as worlds
from tests.web.test_access_matrix import client_of
from tests.web.world import ROLES

MOST = 4  # the same question of four different things of a page; the lists of the demo are longer
REACH = "WITH mine"  # remembered for the length of a request, but not inside a test's transaction
VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
LISTS = re.compile(r"\((?:\?|, )+\)")


def shape(sql: str) -> str:
    """Return a statement without its values, however many stand in a list."""
    return LISTS.sub("(…)", VALUES.sub("?", sql))


class SameQuestions(OwnFilesTestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = worlds.make_world()

    def test_no_page_asks_the_same_for_each_row(self) -> None:
        # Who steers sees the most.
        roles = sorted(ROLES, key=lambda role: role != "steward")
        clients = [client_of(self.world, role) for role in roles]
        again = []
        for page in worlds.addresses(self.world):
            for client in clients:
                with CaptureQueriesContext(connection) as seen:
                    answer = client.get(page.path)
                    if answer.streaming:
                        b"".join(answer.streaming_content)
                if answer.status_code == 200:
                    asked = Counter(
                        shape(query["sql"])
                        for query in seen.captured_queries
                        if REACH not in query["sql"]
                    )
                    sql, times = asked.most_common(1)[0] if asked else ("", 0)
                    if times > MOST:
                        again.append(f"{page.name}: {times} times {sql[:400]}")
                    break
        assert not again, "\n".join(again)
