# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be asked of whole ledgers, and what an answer tells."""

from enum import StrEnum
from typing import NamedTuple


class By(StrEnum):
    """What sums are told by."""

    AGENT = "agent"
    RESOURCE = "resource"
    SPECIFICATION = "specification"
    PROCESS = "process"
    AGREEMENT = "agreement"
    ECOSYSTEM = "ecosystem"


class Flow(NamedTuple):
    """What went one way: ``in`` to what it is told by, ``out`` of it, or neither.

    ``of`` is an id, or a word for a specification, an agreement (its key) or an ecosystem.
    """

    of: int | str
    side: str
    action: str
    specification: str
    measure: str
    unit: str


class Balance(NamedTuple):
    """What came in less what went out: never added across kinds, measures or units."""

    of: int | str
    specification: str
    measure: str
    unit: str
