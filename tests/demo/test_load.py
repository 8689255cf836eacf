# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration: all that the story promises, once, and a door for each role."""

from django.test import Client, override_settings
from django.urls import reverse

from terreau.agreements.enums import ContributionState, Kind
from terreau.agreements.models import Commitment, Contribution, Discussion
from terreau.agreements.models import ContributionChange as Change
from terreau.agreements.queries.agreements import with_progress
from terreau.core import clock
from terreau.core.quantities import MICRO
from terreau.demo.load import load
from terreau.demo.roles import DOORS
from terreau.ecosystems.enums import Phase
from terreau.ecosystems.models import (
    Attachment,
    Ecosystem,
    Effect,
    LogEntry,
    Maillon,
    PhaseChange,
)
from terreau.ledger.verify import differences
from terreau.people.models import Agent, User
from terreau.programmes.models import Coaching
from terreau.publishing.models import Sheet
from terreau.territories.queries import search_places
from tests.own_files import OwnFilesTestCase


class Demonstration(OwnFilesTestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        assert load() is True
        cls.here = Ecosystem.objects.get(slug="aller-et-revenir")

    def test_it_loads_once(self) -> None:
        before = Contribution.objects.count()

        assert load() is False
        assert Contribution.objects.count() == before

    def test_it_holds_what_the_story_tells(self) -> None:
        assert self.here.presences.count() == 15
        assert Maillon.objects.filter(ecosystem=self.here).count() == 13
        assert Commitment.objects.count() >= 39
        assert Contribution.objects.count() >= 250
        assert set(Contribution.objects.values_list("kind", flat=True)) == set(Kind.values)
        assert Effect.objects.count() == 20
        assert LogEntry.objects.filter(ecosystem=self.here).count() >= 60
        assert PhaseChange.objects.filter(phase=Phase.PAUSE).exists()
        mimes = Attachment.objects.order_by("mime").values_list("mime", flat=True)
        assert list(mimes) == ["application/pdf", "image/png", "image/png"]
        assert Coaching.objects.filter(ecosystem=self.here).count() == 2

    def test_a_commune_is_found_and_its_homonyms_told_apart(self) -> None:
        told = [place.label for place in search_places("Saint-Denis", kinds=("commune",))]

        assert told == [f"Saint-Denis ({code})" for code in ("974", "93", "11", "30")]

    def test_promises_by_period_count_every_period_that_began(self) -> None:
        phone = Commitment.objects.get(words__startswith="Tenir le téléphone")
        standing = with_progress([phone])[0]

        assert standing.progress is not None
        assert standing.progress.committed >= 50 * 12 * MICRO
        assert standing.period_ends is not None

    def test_a_mistake_was_put_right_and_a_disagreement_talked_over(self) -> None:
        change = Change.objects.get(quantity_before=62 * MICRO)
        discussion = Discussion.objects.get()

        assert change.quantity_after == 620 * MICRO
        assert discussion.agreed_quantity == 70 * MICRO
        assert discussion.closed_on is not None
        assert discussion.contribution.state == ContributionState.CONFIRMED

    def test_its_ledger_replays_to_what_is_stored(self) -> None:
        assert list(differences()) == []

    def test_everybody_in_it_is_invented(self) -> None:
        people = Agent.objects.filter(kind="person")

        assert not people.filter(invented=False).exists()
        assert all(user.email.endswith("@demonstration.invalid") for user in User.objects.all())

    def test_nothing_happens_after_today(self) -> None:
        assert not Contribution.objects.filter(happened_on__gt=clock.today()).exists()
        assert not LogEntry.objects.filter(day__gt=clock.today()).exists()

    @override_settings(TERREAU_MODE="demonstration")
    def test_each_door_opens_on_a_page_with_something_in_it(self) -> None:
        for door in DOORS:
            client = Client()
            answer = client.post(reverse("doors_enter", args=[door.code]), follow=True)
            assert answer.status_code == 200, door
            assert 'class="empty"' not in answer.content.decode(), door
            assert ("_auth_user_id" in client.session) is bool(door.user), door

    @override_settings(TERREAU_MODE="demonstration")
    def test_a_door_opens_from_this_machine_only(self) -> None:
        for elsewhere in ({"REMOTE_ADDR": "10.1.2.3"}, {"HTTP_X_FORWARDED_FOR": "10.1.2.3"}):
            answer = Client(**elsewhere).post(reverse("doors_enter", args=["pilote"]))
            assert answer.status_code == 404

    def test_there_is_no_door_outside_the_demonstration(self) -> None:
        assert Client().get(reverse("doors_page")).status_code == 404
        assert Client().post(reverse("doors_enter", args=["pilote"])).status_code == 404

    @override_settings(TERREAU_MODE="demonstration")
    def test_an_unknown_door_is_not_here(self) -> None:
        assert Client().post(reverse("doors_enter", args=["roi"])).status_code == 404

    def test_its_sheet_is_marked_as_invented(self) -> None:
        sheet = Sheet.objects.get(ecosystem=self.here)

        assert sheet.origin == "inventée"
        assert sheet.versions.count() >= 1
