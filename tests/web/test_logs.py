# SPDX-License-Identifier: AGPL-3.0-or-later
"""The log of an instance: an address that opens a door is not written in it."""

import io
import logging

import pytest
from django.urls import reverse

from tests.factories import make_user

pytestmark = pytest.mark.django_db
TOKEN = "QmVhcmVyIG9mIGEgZG9vcg"
DOORS = ("invitation", "guest_page", "public_take_over")


@pytest.fixture
def written():
    """What the handler of the settings writes."""
    handler = next(h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler)
    out = io.StringIO()
    usual = handler.setStream(out)
    yield out
    handler.setStream(usual)


@pytest.mark.parametrize("door", DOORS)
def test_a_refusal_behind_a_secret_address_is_logged_without_it(client, written, door):
    client.force_login(make_user("Alice"))

    client.get(reverse(door, args=[TOKEN]))

    assert "Not Found: /" in written.getvalue()
    assert TOKEN not in written.getvalue()


def test_other_addresses_are_logged_whole(client, written):
    client.get("/cooperations/il-n-y-a-rien-ici/")

    assert "/cooperations/il-n-y-a-rien-ici/" in written.getvalue()
