# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same thing said twice at the same moment (a double click, two people) is said once."""

from datetime import date

import pytest

from terreau.ecosystems.actions.ecosystem import declare_phase
from terreau.ecosystems.actions.roles import open_circle
from terreau.ecosystems.enums import Phase
from terreau.ecosystems.models import LogEntry, PhaseChange
from terreau.people.enums import RoleKind, SpaceKind
from terreau.people.models import Space
from terreau.publishing.actions import publish_sheet
from terreau.publishing.models import Sheet
from tests.factories import join, make_ecosystem, make_user
from tests.ledger.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_said_at_once_is_said_once():
    ecosystem = make_ecosystem()
    pilot = join(make_user("Prune"), ecosystem, RoleKind.PILOT)
    here = {"by": pilot, "ecosystem": ecosystem}

    answers = [
        *at_once([lambda: declare_phase(**here, phase=Phase.PAUSE, since=date(2026, 3, 1))] * 6),
        *at_once([lambda: open_circle(**here, name="Cercle du lien")] * 6),
        *at_once([lambda: publish_sheet(**here)] * 6),
    ]

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert PhaseChange.objects.filter(phase=Phase.PAUSE).count() == 1
    assert LogEntry.objects.filter(milestone="phase").count() == 1
    assert Space.objects.filter(kind=SpaceKind.CIRCLE, name="Cercle du lien").count() == 1
    assert Sheet.objects.count() == 1
