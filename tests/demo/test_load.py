# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from terreau.demo.load import load
from terreau.ecosystems.models import Ecosystem, LogEntry, Maillon

pytestmark = pytest.mark.django_db


def test_the_story_loads_once():
    assert load() is True
    assert load() is False
    ecosystem = Ecosystem.objects.get(slug="aller-et-revenir")
    assert ecosystem.invented
    assert Maillon.objects.filter(ecosystem=ecosystem).count() == 13
    assert LogEntry.objects.filter(ecosystem=ecosystem).count() >= 60
