# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many queries a page costs, to compare one row with thirty."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def query_count(client: Client, address: str) -> int:
    """Return the number of queries of a page that answers 200, once warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return len(seen)
