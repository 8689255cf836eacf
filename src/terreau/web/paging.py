# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages of a list that may be long: it is not counted to the end to show its beginning."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

AHEAD = 10
Rows = QuerySet[Any] | list[Any]


class LongPaginator(Paginator[Any]):
    """Counts a few pages ahead of the one asked for; ``open_ended`` when there are more."""

    def __init__(self, rows: Rows, per_page: int, asked: int) -> None:
        super().__init__(rows, per_page)
        self.rows = rows
        self.ceiling = (asked + AHEAD) * per_page

    @cached_property
    def count(self) -> int:
        """Count the rows, no further than the ceiling."""
        if isinstance(self.rows, list):
            return min(len(self.rows), self.ceiling)
        return self.rows.order_by()[: self.ceiling].count()

    @property
    def open_ended(self) -> bool:
        """Whether there may be more than was counted."""
        return self.count >= self.ceiling


def page_of(request: HttpRequest, rows: Rows, per_page: int = 30) -> Page[Any]:
    """Return the page of the address (``?page=3``; the first for nonsense, the last beyond it)."""
    asked = request.GET.get("page", "1")
    number = min(int(asked), 100_000) if asked.isdecimal() and asked.isascii() else 1
    return LongPaginator(rows, per_page, number).get_page(number)
