# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may change what the members of an ecosystem wrote."""

from terreau.ecosystems.models import Ecosystem
from terreau.people.models import Record
from terreau.people.visibility import Reader, reach_of

THEIRS = "Seuls son auteur et les personnes qui gardent les clés le peuvent."


def can_steer(reader: Reader, ecosystem: Ecosystem) -> bool:
    """Tell whether the reader steers this ecosystem (pilot, keys, animation, interim)."""
    return ecosystem.space_id in reach_of(reader).stewarded


def can_take_part(reader: Reader, ecosystem: Ecosystem) -> bool:
    """Tell whether the reader has a running role anywhere in this ecosystem."""
    return ecosystem.space_id in reach_of(reader).roots


def can_change(reader: Reader, record: Record) -> bool:
    """Tell whether the reader may edit a record: they speak for its author, or they steer."""
    reach = reach_of(reader)
    return record.author_id in reach.agents or record.space.root_id in reach.stewarded
