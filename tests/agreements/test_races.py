# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two people act on one agreement at the same moment, on either database."""

from datetime import date
from uuid import uuid4

import pytest

from terreau.agreements.actions import acceptance, agreements, commitments, endings
from terreau.agreements.actions.commitments import Look
from terreau.agreements.enums import VersionState
from terreau.agreements.models import Agreement, AgreementVersion, Posting
from terreau.core.errors import Refusal
from tests.agreements.factories import accept, add, make_draft, make_place, open_version, promise
from tests.ledger.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2021, 3, 1)
TIMES = 3


def last_word(place, party):
    """What Basile does last for the council: validate."""
    validation = acceptance.Validation("conseil", DAY)
    return lambda: acceptance.validate(by=place.basile, party=party, validation=validation)


def almost_accepted(place, version):
    """Propose a version that lacks the council's validation only; return the council's party."""
    agreements.propose(by=place.alice, version=version, day=DAY)
    ours = version.parties.get(agent=place.halte)
    theirs = version.parties.get(agent=place.council)
    acceptance.agree(by=place.alice, party=ours, day=DAY)
    acceptance.agree(by=place.basile, party=theirs, day=DAY)
    acceptance.validate(
        by=place.alice, party=ours, validation=acceptance.Validation("conseil", DAY)
    )
    return theirs


def test_two_people_open_one_new_version():
    place = make_place()
    agreement = promise(place).version.agreement
    open_next = [lambda by=by: agreements.change(by=by, agreement=agreement) for by in
                 (place.alice, place.basile)]  # fmt: skip

    answers = at_once(open_next * 3)

    assert {getattr(answer, "number", answer) for answer in answers} == {2}
    assert agreement.versions.count() == 2


def test_an_agreement_that_ends_while_it_is_accepted_expects_nothing():
    place = make_place()
    tasks = []
    for number in range(TIMES):
        version = open_version(place, f"Accord {number}")
        add(place, version, make_draft(place))
        agreement = version.agreement
        tasks.append(last_word(place, almost_accepted(place, version)))
        tasks.append(
            lambda agreement=agreement: endings.end_agreement(by=place.alice, agreement=agreement)
        )

    answers = at_once(tasks)

    assert [answer for answer in answers if isinstance(answer, Exception)
            and not isinstance(answer, Refusal)] == []  # fmt: skip
    assert set(AgreementVersion.objects.values_list("state", flat=True)) == {
        VersionState.SUPERSEDED
    }
    assert Agreement.objects.filter(ended_on__isnull=True).count() == 0
    assert Posting.objects.filter(withdrawn_on__isnull=True).count() == 0


def test_a_promise_stopped_while_its_next_version_is_accepted_is_taken_back_once():
    place = make_place()
    tasks = []
    for number in range(TIMES):
        version = open_version(place, f"Accord {number}")
        first = add(place, version, make_draft(place))
        accept(place, version)
        second = agreements.change(by=place.alice, agreement=version.agreement)
        tasks.append(last_word(place, almost_accepted(place, second)))
        tasks.append(
            lambda first=first: commitments.review(
                by=place.alice, commitment=first, key=uuid4(), look=Look("close")
            )
        )

    answers = at_once(tasks)

    assert [answer for answer in answers if isinstance(answer, Exception)
            and not isinstance(answer, Refusal)] == []  # fmt: skip
    accepted = AgreementVersion.objects.filter(state=VersionState.ACCEPTED)
    assert accepted.count() == TIMES
    for version in accepted:
        lines = Posting.objects.filter(commitment__version=version, withdrawn_on__isnull=True)
        assert lines.count() == 1
