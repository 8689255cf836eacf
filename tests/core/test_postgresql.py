# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a PostgreSQL server must be set to before it is trusted."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from terreau.core import startup

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def refused() -> str:
    try:
        startup.refuse_unsafe()
    except ImproperlyConfigured as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize(("value", "named"), [("off", True), ("on", False)])
def test_a_server_that_may_forget_is_refused_in_production(settings, value, named):
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL synchronous_commit = {value}")
    assert "synchronous_commit" not in refused()

    settings.PRODUCTION = True

    assert ("PostgreSQL is set to synchronous_commit = off" in refused()) is named
