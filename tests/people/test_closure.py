# SPDX-License-Identifier: AGPL-3.0-or-later
"""Closing an account: what was planted before is nowhere afterwards, in rows nor in files."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client

from terreau.core import archive_rows
from terreau.ecosystems.actions.closure import close_account
from terreau.ecosystems.models import Attachment
from terreau.people.actions import accept_invitation, give_mandate, invite
from terreau.people.enums import Level, RoleKind
from tests.ecosystems.factories import make_entry, make_photo
from tests.factories import join, make_ecosystem, make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def rows() -> dict[str, bytes]:
    """Every row of every table, as an archive would hold it."""
    return {
        model._meta.label: b"".join(archive_rows.lines(model, archive_rows.home_of(model)))
        for model in archive_rows.models()
    }


def tables_that_hold(word: str) -> list[str]:
    return [label for label, lines in rows().items() if word.encode() in lines]


def files() -> list[Path]:
    return [path for path in Path(django_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_the_address_of_an_invitation_taken_under_another_is_erased():
    ecosystem = make_ecosystem()
    pilot = join(make_user("Paul"), ecosystem, RoleKind.PILOT)
    _, token = invite(
        by=pilot,
        space=ecosystem.circle,
        email="alice.planted@exemple.invalid",
        role_kind=RoleKind.MEMBER,
    )
    alice = make_user("Alice")
    accept_invitation(by=alice, token=token)
    assert tables_that_hold("alice.planted@") == ["people.Invitation"]

    close_account(by=alice)

    assert tables_that_hold("alice.planted@") == []


def test_the_title_of_a_mandate_is_erased():
    alice = make_user("Alice")
    give_mandate(person=alice.agent, organisation=make_organisation(), title="planted directrice")
    assert tables_that_hold("planted directrice") == ["people.Mandate"]

    close_account(by=alice)

    assert tables_that_hold("planted directrice") == []


def test_a_photo_kept_for_oneself_leaves_the_disk(django_capture_on_commit_callbacks):
    ecosystem = make_ecosystem()
    alice = join(make_user("Alice"), ecosystem)
    make_entry(alice, ecosystem, level=Level.AUTHOR, file=make_photo())
    make_entry(alice, ecosystem, level=Level.CIRCLE, file=make_photo())
    assert len(files()) == 2

    with django_capture_on_commit_callbacks(execute=True):
        close_account(by=alice)

    assert [path.name for path in files()] == [Path(Attachment.objects.get().file.name).name]


def test_sessions_on_other_devices_are_erased():
    alice, other = make_user("Alice"), make_user("Basile")
    for user in (alice, alice, other):
        Client().force_login(user)

    close_account(by=alice)

    left = [session.get_decoded()["_auth_user_id"] for session in Session.objects.all()]
    assert left == [str(other.pk)]
