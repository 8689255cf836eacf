# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plain statements: Django's errors, and Django's own way where somebody listens."""

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from terreau.core.statements import at_hand, execute
from terreau.core.watching import on_change, only_reading
from terreau.ledger.models import Specification
from tests.factories import make_ecosystem

pytestmark = pytest.mark.django_db
ADD = "INSERT INTO ledger_specification (ledger_id, code) VALUES (%s, %s)"


@pytest.fixture
def ledger():
    return make_ecosystem().space_id


def test_rows_come_and_a_percent_sign_is_told_twice(ledger):
    run = at_hand()

    assert run(ADD, (ledger, "50%")) == []
    assert execute("SELECT code FROM ledger_specification WHERE code LIKE '50%%'") == [("50%",)]


@pytest.mark.parametrize(
    ("sql", "values", "error"),
    [
        (ADD, (None, "time"), IntegrityError),
        ("SELECT nothing FROM nowhere", (), (OperationalError, ProgrammingError)),
    ],
)
def test_errors_are_those_of_django(sql, values, error):
    with pytest.raises(error), transaction.atomic():
        execute(sql, values)

    assert execute("SELECT 1") == [(1,)]


def test_who_counts_and_who_guards_hear_of_it(ledger):
    told = []
    with CaptureQueriesContext(connection) as counted:
        execute(ADD, (ledger, "time"))
    with on_change(("ledger_specification",), lambda: told.append("changed")):
        execute(ADD, (ledger, "money"))
    with pytest.raises(RuntimeError), only_reading():
        execute(ADD, (ledger, "place"))

    assert (len(counted), told) == (1, ["changed"])
    assert set(Specification.objects.values_list("code", flat=True)) == {"time", "money"}


def test_nothing_is_asked_in_a_broken_transaction():
    with pytest.raises(transaction.TransactionManagementError), transaction.atomic():
        transaction.set_rollback(True)
        execute("SELECT 1")
