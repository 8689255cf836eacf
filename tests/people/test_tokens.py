# SPDX-License-Identifier: AGPL-3.0-or-later
"""The keys that a person gives to programs: what they open, until when, and how often."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections

from terreau.core import clock
from terreau.core.errors import Invalid, NotFound
from terreau.people.closure import close_account
from terreau.people.forgetting import forget_tokens
from terreau.people.models import AccessToken, TokenUse
from terreau.people.tokens import (
    A_MINUTE,
    AT_ONCE,
    LONGEST,
    count_use,
    last_days,
    make_token,
    open_tokens,
    recognised,
    revoke_token,
)
from tests.factories import make_user
from tests.threads import at_once

pytestmark = pytest.mark.django_db(databases="__all__")


def made(user=None, **more):
    wanted = {
        "by": user or make_user(),
        "name": "Tableur",
        "scopes": "read",
        "expires_on": clock.today() + LONGEST,
        "key": uuid4(),
    }
    return make_token(**wanted | more)


def test_a_key_opens_what_it_was_made_for_and_its_secret_is_nowhere_in_the_database():
    token, secret = made()

    assert recognised(secret) == token
    assert (token.allows("read"), token.allows("contribute")) == (True, False)
    kept = " ".join(map(str, AccessToken.objects.values_list().get()))
    assert secret.partition(".")[2] not in kept


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda secret: secret[:-1],
        lambda secret: secret + "x",
        lambda secret: secret.removeprefix("terreau_"),
        lambda secret: secret.replace(".", ""),
        lambda secret: f"terreau_{uuid4().hex}.{secret.partition('.')[2]}",
        lambda secret: f"terreau_{'z' * 32}.x",
        lambda secret: "terreau_" + "é" * 32 + ".\0",
        lambda secret: "",
    ],
)
def test_anything_else_opens_nothing(spoilt):
    _, secret = made()

    assert recognised(spoilt(secret)) is None


def test_the_secret_of_one_key_does_not_open_another():
    (_, one), (_, other) = made(), made()

    assert recognised(f"{one.partition('.')[0]}.{other.partition('.')[2]}") is None


def test_a_key_ends_after_its_last_day():
    today = clock.now()
    token, secret = made(expires_on=clock.today())

    assert recognised(secret) == token
    with clock.at(today + timedelta(days=1)):
        assert recognised(secret) is None


def test_a_revoked_key_opens_nothing_and_only_its_person_revokes_it():
    user = make_user()
    token, secret = made(user)

    with pytest.raises(NotFound, match="pas l'une des vôtres"):
        revoke_token(by=make_user(), token_id=token.pk)
    assert recognised(secret) == token
    revoke_token(by=user, token_id=token.pk)

    assert (recognised(secret), list(open_tokens(user))) == (None, [])


def test_closing_the_account_ends_its_keys():
    user = make_user()
    _, secret = made(user)

    close_account(by=user)

    assert (recognised(secret), AccessToken.objects.count()) == (None, 0)


def test_an_account_that_was_shut_by_others_opens_nothing():
    user = make_user()
    _, secret = made(user)
    user.is_active = False
    user.save()

    assert recognised(secret) is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": "all"}, "scopes"),
        ({"scopes": ""}, "scopes"),
        ({"days": -1}, "expires_on"),
        ({"days": 366}, "expires_on"),
    ],
)
def test_a_key_that_says_too_little_or_lasts_too_long_is_refused(more, field):
    if "days" in more:
        more = {"expires_on": clock.today() + timedelta(days=more["days"])}

    with pytest.raises(Invalid) as refused:
        made(**more)

    assert (refused.value.field, AccessToken.objects.count()) == (field, 0)


def test_a_person_has_so_many_open_keys_at_most():
    user = make_user()
    tokens = [made(user)[0] for _ in range(AT_ONCE)]

    with pytest.raises(Invalid, match="Retirez"):
        made(user)
    revoke_token(by=user, token_id=tokens[0].pk)

    assert made(user)


def test_requests_are_counted_by_key_and_by_minute():
    (one, _), (other, _) = made(), made()
    start = clock.now().replace(second=20, microsecond=0)

    with clock.at(start):
        waits = [count_use(one) for _ in range(A_MINUTE + 2)]
        assert (waits[:A_MINUTE], waits[A_MINUTE:]) == ([0] * A_MINUTE, [40, 40])
        assert count_use(other) == 0
    with clock.at(start + timedelta(seconds=39)):
        assert count_use(one) == 1
    with clock.at(start + timedelta(seconds=40)):
        assert count_use(one) == 0


def test_the_day_of_the_last_use_is_told():
    (used, _), (unused, _) = made(), made()
    count_use(used)

    assert last_days([used, unused]) == {used.pk: clock.today()}


def test_what_ended_is_forgotten_and_nothing_else_is():
    user = make_user()
    kept, ended = made(user)[0], made(user)[0]
    for token in (kept, ended):
        count_use(token)
    revoke_token(by=user, token_id=ended.pk)

    assert forget_tokens() == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert forget_tokens() == 1

    assert list(AccessToken.objects.all()) == [kept]
    assert [use.token_id for use in TokenUse.objects.all()] == [kept.pk]


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_workers_count_together():
    token, _ = made()
    count_use(token)

    def use() -> int:
        try:
            return count_use(token)
        finally:
            connections.close_all()

    waits = at_once([use] * 6)

    assert (waits, TokenUse.objects.get().count) == ([0] * 6, 7)
