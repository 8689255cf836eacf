# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from terreau.core import clock
from terreau.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from terreau.core.models import OutboxRow
from terreau.people import actions
from terreau.people.actions import (
    accept_invitation,
    cancel_invitation,
    close_guest_link,
    guest_link,
    invite,
    note_outside_read,
    open_guest_link,
)
from terreau.people.enums import RoleKind
from terreau.people.models import GuestLink, Invitation, Mandate, OutsideRead, Role
from terreau.people.rules import can_enter, can_speak_for
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

pytestmark = pytest.mark.django_db


@pytest.fixture
def ecosystem():
    return make_ecosystem()


@pytest.fixture
def pilot(ecosystem):
    return join(make_user("Samir"), ecosystem, RoleKind.PILOT)


def send(pilot, ecosystem, **more):
    said = {"email": "a@exemple.invalid", "role_kind": RoleKind.CORE_MEMBER, **more}
    return invite(by=pilot, space=ecosystem.circle, **said)


def test_a_seat_is_taken_once_with_role_mandate_and_the_organisation_beside(ecosystem, pilot):
    halte = make_organisation("La Halte")
    guest = make_user("Odile")
    _, token = send(pilot, ecosystem, organisation=halte)

    accept_invitation(by=guest, token=token)
    accept_invitation(by=guest, token=token)

    assert can_enter(guest, ecosystem.space)
    assert can_speak_for(guest, halte)
    assert Role.objects.filter(agent=halte).values_list("kind", flat=True).get() == "core_member"
    assert Mandate.objects.count() == 1


def test_a_seat_taken_or_old_or_taken_back_opens_nothing(ecosystem, pilot):
    taken, token = send(pilot, ecosystem)
    accept_invitation(by=make_user(), token=token)
    old, old_token = send(pilot, ecosystem)
    Invitation.objects.filter(pk=old.pk).update(expires_at=clock.now() - timedelta(days=1))
    back, back_token = send(pilot, ecosystem)
    cancel_invitation(by=pilot, invitation=back)

    for dead in (token, old_token, back_token):
        with pytest.raises(Invalid):
            accept_invitation(by=make_user(), token=dead)
    with pytest.raises(NotFound):
        accept_invitation(by=make_user(), token="invented")
    with pytest.raises(Invalid):
        cancel_invitation(by=pilot, invitation=Invitation.objects.get(pk=taken.pk))


def test_the_same_form_sent_twice_invites_once_and_shows_the_same_link(ecosystem, pilot):
    key = uuid4()

    first, token = send(pilot, ecosystem, key=key)
    second, again = send(pilot, ecosystem, key=key)

    assert (first, token) == (second, again)
    with pytest.raises(KeyReused):
        send(pilot, ecosystem, key=key, email="b@exemple.invalid")


def test_an_invitation_may_not_open_the_doors_that_an_organisation_holds_elsewhere(
    ecosystem, pilot
):
    """Else a pilot could name an organisation met by its number, and read its other ecosystem."""
    elsewhere = make_ecosystem("Ailleurs")
    spoken_for = represent(make_user("Kadi"), make_organisation("Main au volant"), elsewhere)
    silent = make_organisation("Sans voix")
    Role.objects.create(
        agent=silent, space=elsewhere.circle, kind="core_member", since=clock.today()
    )

    for organisation in (spoken_for, silent):
        with pytest.raises(NotAllowed) as refusal:
            send(pilot, ecosystem, organisation=organisation)
        assert refusal.value.field == "organisation"


def test_an_organisation_that_found_its_voice_in_between_is_not_given_another(ecosystem, pilot):
    halte = make_organisation("La Halte")
    _, token = send(pilot, ecosystem, organisation=halte)
    represent(make_user("Odile"), halte)
    stranger = make_user("Bob")

    with pytest.raises(Invalid):
        accept_invitation(by=stranger, token=token)

    assert not can_enter(stranger, ecosystem.space)


def test_who_speaks_for_an_organisation_and_steers_may_invite_its_colleagues(ecosystem, pilot):
    halte = represent(pilot, make_organisation("La Halte"), ecosystem)
    colleague = make_user("Odile")
    _, token = send(pilot, ecosystem, organisation=halte)

    accept_invitation(by=colleague, token=token)

    assert can_speak_for(colleague, halte)


def test_a_coach_brings_no_member_organisation(ecosystem, pilot):
    labo = make_organisation("Le laboratoire")
    _, token = send(pilot, ecosystem, organisation=labo, role_kind=RoleKind.RESEARCHER)

    accept_invitation(by=make_user("Inès"), token=token)

    assert Role.objects.get(agent=labo).kind == RoleKind.RESEARCHER


def test_members_invite_nobody(ecosystem):
    member = join(make_user("Kadi"), ecosystem)

    with pytest.raises(NotAllowed):
        send(member, ecosystem)
    with pytest.raises(NotAllowed):
        open_guest_link(by=member, space=ecosystem.space, label="Affiche")


def test_a_guest_link_opens_until_it_is_closed(ecosystem, pilot):
    key = uuid4()
    link, token = open_guest_link(by=pilot, space=ecosystem.space, label="Affiche", key=key)
    again = open_guest_link(by=pilot, space=ecosystem.space, label="Affiche", key=key)

    assert again == (link, token)
    assert guest_link(token) == link
    assert token not in str(GuestLink.objects.values_list().get())
    close_guest_link(by=pilot, link=link)
    with pytest.raises(NotFound):
        guest_link(token)


@pytest.mark.django_db(databases="__all__")
def test_outside_reads_are_counted_by_organisation_and_day():
    for _ in range(3):
        note_outside_read(space_id=1, organisation="Agence", what="ce qui nous est montré")

    assert list(OutsideRead.objects.values_list("organisation", "count")) == [("Agence", 3)]


def test_an_invitation_is_mailed_once_with_its_link(ecosystem, pilot):
    key = uuid4()
    for _ in range(2):
        _, token = send(pilot, ecosystem, key=key, address="https://t.invalid/invitation/TOKEN/")

    row = OutboxRow.objects.get()
    assert row.payload["to"] == "a@exemple.invalid"
    assert f"https://t.invalid/invitation/{token}/" in row.payload["text"]


def test_the_mail_says_the_day_on_which_the_link_ends_here(ecosystem, pilot):
    with clock.at(datetime(2026, 1, 1, 23, 30, tzinfo=UTC)):  # already the second in Paris
        send(pilot, ecosystem, address="https://t.invalid/invitation/TOKEN/")

    assert "jusqu'au 01/02/2026" in OutboxRow.objects.get().payload["text"]


def test_a_crowd_of_invitations_in_a_day_is_refused(ecosystem, pilot, monkeypatch):
    monkeypatch.setattr(actions, "INVITATIONS_A_DAY", 2)
    key = uuid4()
    send(pilot, ecosystem, key=key)
    send(pilot, ecosystem)

    with pytest.raises(Invalid):
        send(pilot, ecosystem)
    assert send(pilot, ecosystem, key=key)[0].key == key
