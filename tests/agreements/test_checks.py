# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lines of help before a print: each is given when it should be, and only then."""

from dataclasses import replace

import pytest

from terreau.agreements.rules.checks import (
    MICRO,
    WRITTEN_ON,
    Convention,
    PartyFacts,
    PromiseFacts,
    checks,
)

pytestmark = pytest.mark.unit

TOWN = PartyFacts(1, "La commune", "organisation", "7210", power=True)
ASSOCIATION = PartyFacts(2, "La Halte", "organisation", "9220")
FIRM = PartyFacts(3, "La menuiserie", "organisation", "5710")
OTHER_FIRM = PartyFacts(4, "La scierie", "organisation", "5499")
PERSON = PartyFacts(5, "Une personne", "person")
COLLECTIVE = PartyFacts(6, "Le collectif", "collective")
PARTIES = (TOWN, ASSOCIATION, FIRM, OTHER_FIRM, PERSON, COLLECTIVE)

CALM = PromiseFacts(1, "Prêter un banc", 2, 3, "good", "means", free=True)


def codes(*promises, parties=PARTIES):
    return [line.code for line in checks(Convention(tuple(parties), tuple(promises)))]


def promise(**changes):
    return replace(CALM, **changes)


def test_a_plain_promise_raises_nothing():
    assert codes(CALM) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"receiver_id": None}, "destinataire"),
        ({"free": False}, "contrepartie"),
        ({"words": "Mise à disposition d'un animateur", "kind": "time"}, "personnel"),
        ({"words": "Deux jours d'un ingénieur", "kind": "time", "provider_id": 3,
          "receiver_id": 2}, "personnel"),
        ({"words": "Vendre au prix convenu"}, "prix"),
        ({"kind": "time", "nature": "result"}, "bénévoles"),
        ({"kind": "time", "nature": "result", "provider_id": 6}, "bénévoles"),
        ({"kind": "place", "provider_id": 1, "receiver_id": 2}, "local public"),
    ],
)  # fmt: skip
def test_each_line_of_help_comes_alone_when_it_should(changes, code):
    assert codes(promise(**changes)) == [code]


@pytest.mark.parametrize(
    "changes",
    [
        {"free": False, "in_return_of": (7,)},
        {"free": False, "answered_by": (7,)},
        {"free": False, "provider_id": 5},
        {"kind": "time", "words": "Conduire, bénévolement", "volunteers": True, "provider_id": 3},
        {"kind": "time", "nature": "attention"},
        {"kind": "good", "nature": "result"},
        {"kind": "place", "provider_id": 1, "receiver_id": 2, "free": False, "in_return_of": (7,)},
        {"kind": "place"},
    ],
)
def test_no_line_of_help_when_there_is_no_reason(changes):
    assert codes(promise(**changes)) == []


def test_a_public_party_says_its_power():
    assert codes(CALM, parties=[replace(TOWN, power=False)]) == ["pouvoir"]
    assert codes(CALM, parties=[replace(ASSOCIATION, power=False)]) == []


@pytest.mark.parametrize(
    ("quantity", "period", "code"),
    [
        (23_000, "", []),
        (23_001, "year", ["subvention"]),
        (2_000, "month", ["subvention"]),
        (1_900, "month", []),
        (6_000, "quarter", ["subvention"]),
        (440, "week", []),
    ],
)
def test_more_than_23000_euros_a_year_from_a_public_party(quantity, period, code):
    money = promise(
        provider_id=1,
        receiver_id=2,
        kind="money",
        unit="eur",
        quantity=quantity * MICRO,
        period=period,
    )

    assert codes(money) == code


def test_several_subsidies_to_one_body_are_added():
    one = promise(provider_id=1, receiver_id=2, kind="money", unit="eur", quantity=12_000 * MICRO)
    to_another = replace(one, id=3, receiver_id=3)

    assert codes(one, replace(one, id=2)) == ["subvention"]
    assert codes(one, to_another) == []


def test_prices_between_two_firms_only():
    words = promise(words="Fixer les tarifs", provider_id=3, receiver_id=4)

    assert codes(words) == ["prix"]
    assert codes(words, parties=[ASSOCIATION, FIRM]) == []


def test_barter_between_two_taxpayers_is_said_once():
    one = promise(id=1, provider_id=3, receiver_id=4, free=False, in_return_of=(2,))
    other = promise(id=2, provider_id=4, receiver_id=3, free=False, in_return_of=(1,))

    assert codes(one, other) == ["échange"]
    assert codes(replace(one, kind="money"), other) == []


def test_every_line_is_dated_and_gives_no_verdict():
    everything = Convention(
        tuple(replace(party, power=False) for party in PARTIES),
        (
            promise(receiver_id=None, free=False),
            promise(id=2, kind="time", words="Prêt de personnel au prix", nature="result"),
            promise(id=3, kind="place", provider_id=1, receiver_id=2),
        ),
    )

    lines = checks(everything)

    assert {line.written_on for line in lines} == {WRITTEN_ON}
    for line in lines:
        for verdict in ("illégal", "interdit", "conforme", "vous devez", "obligé"):
            assert verdict not in line.sentence.lower(), line
