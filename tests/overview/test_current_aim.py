# SPDX-License-Identifier: AGPL-3.0-or-later
"""One cap stands, and every page says the same one: the one adopted last, whatever its number."""

from datetime import date

import pytest

from terreau.agreements.convention import paper_of
from terreau.ecosystems.actions.aim import adopt_aim, show_aim
from terreau.ecosystems.queries.aim import adopted
from terreau.overview.relay import relay_of
from terreau.overview.state import current_aim
from terreau.people.actions import give_role
from terreau.people.enums import Level, RoleKind
from terreau.people.visibility import reach_of
from terreau.publishing.building import portrait
from tests.agreements.factories import add, make_draft, make_place, open_version
from tests.ecosystems.test_cap import propose
from tests.factories import LONG_AGO, make_organisation, make_user, represent

pytestmark = pytest.mark.django_db


def test_every_page_shows_the_cap_that_was_adopted_last():
    place = make_place()
    first = propose(place.alice, place.ecosystem, "Le premier cap")
    second = propose(place.alice, place.ecosystem, "Le deuxième cap")
    for aim, day in ((second, date(2026, 1, 9)), (first, date(2026, 2, 1))):
        adopt_aim(by=place.pilot, aim=aim, on=day, how="")
        show_aim(by=place.pilot, aim=aim, level=Level.PUBLIC)
    reach = reach_of(place.alice)

    shown = (
        adopted(place.ecosystem, reach).first(),
        current_aim(place.ecosystem, reach),
        relay_of(place.ecosystem, reach).aim,
    )

    assert shown == (first, first, first)
    assert portrait(place.ecosystem).aim == "Le premier cap"


def test_a_party_outside_the_circle_reads_its_agreement_without_the_cap_of_the_circle():
    place = make_place()
    guest = make_user("Passante")
    organisation = represent(guest, make_organisation("La Passerelle"))
    give_role(
        agent=organisation, space=place.ecosystem.space, kind=RoleKind.PARTNER, since=LONG_AGO
    )
    aim = propose(place.alice, place.ecosystem, "Le cap du cercle")
    adopt_aim(by=place.pilot, aim=aim, on=date(2021, 1, 9), how="")
    version = open_version(place, parties=[place.council.pk, organisation.pk])
    add(place, version, make_draft(place))

    theirs, ours = (paper_of(version, reach_of(one)) for one in (guest, place.alice))

    assert (theirs.aim, ours.aim) == (None, aim)
