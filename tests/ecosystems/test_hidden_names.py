# SPDX-License-Identifier: AGPL-3.0-or-later
"""A name that somebody keeps to themselves is not told by a refusal."""

from uuid import uuid4

import pytest

from terreau.core.errors import Invalid
from terreau.ecosystems.actions.effects import add_beneficiary
from terreau.ecosystems.actions.records import Filing
from terreau.ecosystems.actions.words import add_word, correct
from terreau.ecosystems.models import Beneficiary, Presence, Word
from terreau.ecosystems.rules.presence import can_know_agent
from terreau.people.enums import Level
from tests.ecosystems.factories import begin, note_actor
from tests.factories import join, make_user

pytestmark = pytest.mark.django_db
SAID = {"word": "Relais", "meaning": "Un lieu où se passer le volant."}


@pytest.fixture
def ecosystem():
    return begin(make_user("Samir"))


@pytest.fixture
def odile(ecosystem):
    return join(make_user("Odile"), ecosystem)


@pytest.fixture
def kadi(ecosystem):
    return join(make_user("Kadi"), ecosystem)


def _word(by, ecosystem, level, **said):
    filing = Filing(uuid4(), level)
    return add_word(by=by, ecosystem=ecosystem, filing=filing, said={**SAID, **said})


def test_a_word_that_one_does_not_read_may_be_explained_again(ecosystem, odile, kadi):
    _word(odile, ecosystem, Level.AUTHOR)

    hers = _word(kadi, ecosystem, Level.ECOSYSTEM, word="Autre")
    correct(by=kadi, text=hers, version=1, level=hers.level, said=SAID)
    _word(kadi, ecosystem, Level.AUTHOR, word="Relais 2")

    assert Word.objects.filter(word="Relais").count() == 2


def test_a_word_that_one_reads_is_completed_rather(ecosystem, odile, kadi):
    _word(odile, ecosystem, Level.ECOSYSTEM)

    with pytest.raises(Invalid, match="déjà dans la liste"):
        _word(kadi, ecosystem, Level.ECOSYSTEM, word="relais")


@pytest.mark.parametrize(("level", "rows"), [(Level.AUTHOR, 2), (Level.ECOSYSTEM, 1)])
def test_who_is_named_privately_is_not_handed_to_another(ecosystem, odile, kadi, level, rows):
    for by, read_by in ((odile, level), (kadi, Level.ECOSYSTEM)):
        add_beneficiary(
            by=by, ecosystem=ecosystem, filing=Filing(uuid4(), read_by), label="intérimaires"
        )

    assert Beneficiary.objects.count() == rows


@pytest.mark.parametrize("level", [Level.AUTHOR, Level.ECOSYSTEM])
def test_an_actor_noted_privately_may_be_picked_by_nobody_else(ecosystem, odile, kadi, level):
    noted = note_actor(odile, ecosystem, name="Discrète")
    Presence.objects.update(level=level)

    assert can_know_agent(kadi, noted.agent) is (level == Level.ECOSYSTEM)
