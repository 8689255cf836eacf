# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from terreau.overview.relay import relay_of
from terreau.people.enums import Level
from terreau.people.visibility import reach_of
from tests.ecosystems.solutions import make_maillon, make_performance
from tests.factories import join, make_ecosystem, make_user

pytestmark = pytest.mark.django_db


def test_a_private_maillon_never_comes_on_the_page_that_one_gives_away():
    ecosystem = make_ecosystem()
    alice = join(make_user("Alice"), ecosystem)
    private = make_maillon(alice, ecosystem, "À moi seule", level=Level.AUTHOR)
    make_performance(alice, ecosystem, "À moi seule aussi", level=Level.AUTHOR)
    shared = make_maillon(alice, ecosystem, "Le minibus", depends_on=(private,))

    solution = relay_of(ecosystem, reach_of(alice)).solution

    (link,) = solution.links
    assert (link.maillon, link.needs, solution.performances) == (shared, (), ())
