# SPDX-License-Identifier: AGPL-3.0-or-later
"""The key of what a graph names is the uuid5 that it always was, worked out without objects."""

from uuid import NAMESPACE_URL, UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from terreau.exchange.addresses import key_number, key_of


@given(st.integers(0, 2**63 - 1), st.text(max_size=80), st.sampled_from(["", "opening"]))
def test_a_key_is_a_uuid5(ledger, name, part):
    wanted = uuid5(NAMESPACE_URL, f"terreau:{ledger}:{part}:{name}")

    assert key_of(ledger, name, part) == wanted == UUID(int=key_number(ledger, name, part))
