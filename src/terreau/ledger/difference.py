# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ``terreau verify`` says of something that does not hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not hold: what, and where."""

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"
