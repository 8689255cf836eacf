# SPDX-License-Identifier: AGPL-3.0-or-later
"""The reach is one statement; here it is worked out again in plain Python, on any set of rows."""

from datetime import date, timedelta
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from terreau.core import clock
from terreau.people.actions import open_space
from terreau.people.enums import STEWARD_ROLES, RoleKind, SpaceKind
from terreau.people.models import Agent, Mandate, Role, Space, SpaceLink, User
from terreau.people.visibility import Reach, reach_of
from tests.factories import make_organisation, make_user

DAY = timedelta(days=1)
KINDS = (RoleKind.PILOT, RoleKind.INTERIM, RoleKind.MEMBER, RoleKind.COACH)
# Since when and until when, in days from today: all that matters is on which side each falls.
PERIODS = [
    (since, until)
    for since in (-2, -1, 0, 1)
    for until in (None, -1, 0, 1, 2)
    if until is None or until >= since
]


def running(row: Mandate | Role | SpaceLink, day: date) -> bool:
    return row.since <= day and (row.until is None or row.until >= day)


def expected(user: User, day: date) -> Reach:
    """What the docstring of ``Reach`` says, a row at a time."""
    mandates = [one for one in Mandate.objects.filter(person=user.agent) if running(one, day)]
    agents = {user.agent_id, *(mandate.organisation_id for mandate in mandates)}
    roles = [
        role
        for role in Role.objects.select_related("space")
        if role.agent_id in agents and running(role, day)
    ]
    roots = {role.space.root_id for role in roles}
    links = [link for link in SpaceLink.objects.all() if running(link, day)]
    return Reach(
        person=user.agent_id,
        agents=frozenset(agents),
        spaces=frozenset(role.space_id for role in roles),
        roots=frozenset(roots),
        publishers=frozenset(link.source_id for link in links if link.target_id in roots),
        stewarded=frozenset(role.space.root_id for role in roles if role.kind in STEWARD_ROLES),
    )


class AnyRows(TestCase):
    """Two people, two organisations, three roots with a circle each, and any rows among them."""

    def setUp(self) -> None:
        super().setUp()
        self.users = [make_user("Alice"), make_user("Basile")]
        self.organisations = [make_organisation(name) for name in ("La Halte", "Le Garage")]
        roots = [open_space(kind=SpaceKind.ECOSYSTEM, name=name) for name in "ABC"]
        circles = [open_space(kind=SpaceKind.CIRCLE, name="Cercle", parent=root) for root in roots]
        self.spaces: list[Space] = [*roots, *circles]
        self.links = [*pairwise(roots), (roots[2], roots[0])]

    @given(st.data())
    def test_the_reach_is_what_the_rows_say(self, data: st.DataObject) -> None:
        today = clock.today()

        def some(model, choices, fields):
            for choice in data.draw(st.lists(st.sampled_from(choices), unique=True, max_size=5)):
                since, until = data.draw(st.sampled_from(PERIODS))
                model.objects.create(
                    since=today + since * DAY,
                    until=None if until is None else today + until * DAY,
                    **dict(zip(fields, choice, strict=True)),
                )

        people = [user.agent for user in self.users]
        agents: list[Agent] = [*people, *self.organisations]
        some(Mandate, [*product(people, self.organisations)], ("person", "organisation"))
        some(Role, [*product(agents, self.spaces, KINDS)], ("agent", "space", "kind"))
        some(SpaceLink, self.links, ("source", "target"))

        for user in self.users:
            self.assertEqual(reach_of(user), expected(user, today))
