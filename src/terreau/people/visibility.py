# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may see: written once.

A reader's reach is worked out in one query (mandates, roles, links between spaces), then every read
of private records is one predicate over ids. Pages, files, searches, counts, exports and feeds
all pass here; no upper app writes its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q

from terreau.core import clock
from terreau.core.watching import on_change
from terreau.people.enums import STEWARD_ROLES, AgentKind, Level

if TYPE_CHECKING:
    from terreau.people.models import User


@dataclass(frozen=True, slots=True)
class Reach:
    """What one reader belongs to today.

    ``agents``: the person and the organisations whose mandate they hold. ``spaces``: every space in
    which one of those agents has a role. ``roots``: the ecosystems and programmes around them.
    ``publishers``: the roots that publish to one of ``roots``. ``stewarded``: the roots that this
    reader may steer (pilot, key-holder, animator, interim).
    """

    person: int | None = None
    agents: frozenset[int] = frozenset()
    spaces: frozenset[int] = frozenset()
    roots: frozenset[int] = frozenset()
    publishers: frozenset[int] = frozenset()
    stewarded: frozenset[int] = frozenset()


NOBODY = Reach()
Reader: TypeAlias = "User | AnonymousUser | Reach"


def reach_of(reader: Reader) -> Reach:
    """Return the reach of a user, an anonymous visitor, or a reach itself."""
    if isinstance(reader, Reach):
        return reader
    if isinstance(reader, AnonymousUser) or not reader.is_active:
        return NOBODY
    return _reach_of_user(reader)


_memory: ContextVar[dict[tuple[int, date], Reach] | None] = ContextVar("reaches", default=None)
_RESTS_ON = ("people_role", "people_mandate", "people_space", "people_user")


@contextmanager
def remembered() -> Iterator[None]:
    """Work out each reader's reach once inside the block, for the length of one request.

    A statement that changes what a reach rests on empties the memory, and nothing read inside a
    transaction is remembered, since it may be rolled back.
    """
    memory: dict[tuple[int, date], Reach] = {}
    token = _memory.set(memory)
    try:
        with on_change(_RESTS_ON, memory.clear):
            yield
    finally:
        _memory.reset(token)


def _reach_of_user(user: User) -> Reach:
    memory, key = _memory.get(), (user.agent_id, clock.today())
    if memory is None:
        return _worked_out(user)
    found = memory.get(key)
    if found is None:
        found = _worked_out(user)
        if not connection.in_atomic_block:
            memory[key] = found
    return found


_RUNNING = "{0}.since <= %s AND ({0}.until IS NULL OR {0}.until >= %s)"
# Plain SQL, since every request begins with it: three querysets cost it a third of its time.
_REACH = f"""
    WITH mine AS (
        SELECT CAST(%s AS bigint) AS agent_id
        UNION
        SELECT m.organisation_id FROM people_mandate m
        WHERE m.person_id = %s AND {_RUNNING.format("m")}
    ), roles AS (
        SELECT r.space_id, s.root_id, r.kind
        FROM people_role r JOIN people_space s ON s.id = r.space_id
        WHERE r.agent_id IN (SELECT agent_id FROM mine) AND {_RUNNING.format("r")}
    )
    SELECT 'agent', agent_id, 0, '' FROM mine
    UNION ALL SELECT 'role', space_id, root_id, kind FROM roles
    UNION ALL SELECT 'link', l.source_id, 0, '' FROM people_spacelink l
        WHERE l.target_id IN (SELECT root_id FROM roles) AND {_RUNNING.format("l")}
"""  # noqa: S608 - no value is written into it


def _worked_out(user: User) -> Reach:
    day = clock.today().isoformat()
    with connection.cursor() as cursor:
        cursor.execute(_REACH, (user.agent_id, user.agent_id, *[day] * 6))
        rows = cursor.fetchall()
    roles = [(space, root, kind) for what, space, root, kind in rows if what == "role"]
    return Reach(
        person=user.agent_id,
        agents=frozenset(agent for what, agent, _, _ in rows if what == "agent"),
        spaces=frozenset(space for space, _, _ in roles),
        roots=frozenset(root for _, root, _ in roles),
        publishers=frozenset(source for what, source, _, _ in rows if what == "link"),
        stewarded=frozenset(root for _, root, kind in roles if kind in STEWARD_ROLES),
    )


def predicate(reach: Reach, prefix: str = "") -> Q:
    """Return the condition under which a record (or one behind ``prefix``) may be read.

    Seven-day notices are not here: what must not be public yet keeps a narrower level until then.
    """

    def field(name: str) -> str:
        return f"{prefix}{name}"

    readable = Q(**{field("level"): Level.PUBLIC})
    if reach.person is None:
        return readable
    readable |= Q(**{field("author_id__in"): reach.agents})
    readable |= Q(
        **{field("level__in"): (Level.PAIR, Level.CIRCLE), field("space_id__in"): reach.spaces}
    )
    wider = (Level.ECOSYSTEM, Level.PROGRAMME, Level.COMMUNITY, Level.NOTICE)
    readable |= Q(**{field("level__in"): wider, field("space__root_id__in"): reach.roots})
    readable |= Q(
        **{field("level"): Level.PROGRAMME, field("space__root_id__in"): reach.publishers}
    )
    if reach.roots:
        readable |= Q(**{field("level"): Level.COMMUNITY})
    return readable


@dataclass(frozen=True, slots=True)
class Audience:
    """How many will read: shown on every save button. ``everybody`` for what is public."""

    people: int = 0
    organisations: int = 0
    everybody: bool = False


def audience(space_id: int, root_id: int, level: str, *, besides: Collection[int] = ()) -> Audience:
    """Count who would read a record of this space at this level (two queries, or three).

    ``besides``: agents who read it whatever its level, because it concerns them.
    """
    if level == Level.PUBLIC:
        return Audience(everybody=True)
    if level == Level.AUTHOR:
        return Audience(people=1)
    today = clock.today()
    running = Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))
    where = (
        Q(space_id=space_id) if level in (Level.PAIR, Level.CIRCLE) else Q(space__root_id=root_id)
    )
    if level == Level.PROGRAMME:
        links = _model("SpaceLink").objects.filter(running, source_id=root_id)
        where |= Q(space__root_id__in=links.values("target_id"))
    if level == Level.COMMUNITY:
        where = Q()
    present = dict(
        _model("Role").objects.filter(running & where).values_list("agent_id", "agent__kind")
    )
    if besides:
        concerned = _model("Agent").objects.filter(pk__in=besides).exclude(kind=AgentKind.ECOSYSTEM)
        present |= dict(concerned.values_list("pk", "kind"))
    organisations = {pk for pk, kind in present.items() if kind != AgentKind.PERSON}
    people = set(present) - organisations
    people |= set(
        _model("Mandate")
        .objects.filter(running, organisation_id__in=organisations)
        .values_list("person_id", flat=True)
    )
    return Audience(people=len(people), organisations=len(organisations))


def _model(name: str) -> Any:
    # The models import this module for their manager, so they are looked up when first needed.
    return apps.get_model("people", name)
