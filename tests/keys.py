# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every action that takes a key, found by looking, and the register of how each is tried.

A case prepares a place of its own and returns two calls under one key: the first thing said, and
the same key with something else (None where the key says all).
"""

import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from uuid import UUID

import terreau

Call = Callable[[], object]
STEPS = {
    "terreau.agreements.actions.book": "steps of a keyed action; the ledger's keys are tried here",
    "terreau.ecosystems.actions.records.keep": "what the actions that take a filing go through",
    "terreau.people.actions.derived_token": "computes, writes nothing",
}


@dataclass(frozen=True)
class Case:
    first: Call
    other: Call | None


CASES: dict[object, Callable[[UUID], Case]] = {}


def case(action):
    """Register how an action is tried."""

    def keep(prepare: Callable[[UUID], Case]):
        CASES[action] = prepare
        return prepare

    return keep


ALSO = ("terreau.people.tokens",)
"""Actions that stand apart for their length."""


def keyed_actions() -> list[Callable]:
    """Return every public function of an actions module that takes a key, whatever carries it."""
    return [
        function
        for module in _action_modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and module.__name__ not in STEPS
        and f"{module.__name__}.{name}" not in STEPS
        and _takes_a_key(function)
    ]


def _action_modules() -> Iterator:
    for found in pkgutil.walk_packages(terreau.__path__, "terreau."):
        if ".actions" in found.name or found.name in ALSO:
            yield import_module(found.name)


def _takes_a_key(function) -> bool:
    hints = typing.get_type_hints(function)
    return any(
        name == "key" or _carries_a_key(hints[name])
        for name in inspect.signature(function).parameters
        if name in hints
    )


def _carries_a_key(hint) -> bool:
    if is_dataclass(hint):
        return any(field.name == "key" for field in fields(hint))
    return any(_carries_a_key(inner) for inner in typing.get_args(hint))
