# SPDX-License-Identifier: AGPL-3.0-or-later
"""A frozen value: equal and hashed by its fields, without room for others."""

from dataclasses import replace

import pytest

from terreau.core.values import frozen


@frozen
class Pair:
    one: int
    other: str = ""


def test_it_is_what_its_fields_are():
    assert Pair(1) == Pair(1, "") != Pair(2)
    assert {Pair(1, "a"), Pair(1, "a"), Pair(1, "b")} == {Pair(1, "a"), Pair(1, "b")}
    assert replace(Pair(1), other="b") == Pair(1, "b")


def test_it_has_no_room_for_more():
    with pytest.raises(AttributeError):
        Pair(1).third = 3
