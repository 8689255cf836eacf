# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small values that are made by the million: frozen for the type checker, cheap when they run.

A frozen dataclass sets each field by a call, which makes it several times as slow to build.
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

Class = TypeVar("Class")


@dataclass_transform(frozen_default=True)
def frozen(of: type[Class]) -> type[Class]:
    """Make a dataclass with slots, equal and hashed by its fields, which mypy lets nobody change.

    ``dataclasses.replace`` makes another with other fields.
    """
    return dataclass(slots=True, unsafe_hash=True)(of)
