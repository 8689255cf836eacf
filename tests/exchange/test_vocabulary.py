# SPDX-License-Identifier: AGPL-3.0-or-later
"""Our own words: each is defined in the file that is shipped, documented, and named in one way."""

import re
from importlib.resources import files

import pytest

from terreau.core.units import UNITS
from terreau.exchange.export import CONTEXT
from terreau.exchange.vocabulary import OUR_UNITS, OURS, properties, unit_code, unit_names

pytestmark = pytest.mark.unit


def ours():
    words = set().union(*properties().values()) | set(properties())
    return {word for word in words if word.startswith("terreau:")}


def test_the_shipped_file_defines_every_word_that_is_written_and_no_other():
    text = files("terreau.exchange").joinpath("terreau.ttl").read_text(encoding="utf-8")
    defined = set(re.findall(r"^(terreau:\w+) a ", text, re.MULTILINE))

    assert defined == ours() | {f"terreau:{code}" for code in OUR_UNITS}
    assert f"@prefix terreau: <{OURS}> ." in text
    for code in OUR_UNITS:
        assert f'terreau:{code} a vf:Unit ; rdfs:label "{UNITS[code].label}"@fr .' in text


def test_every_word_is_documented(request):
    page = (request.config.rootpath / "docs/reference/valueflows.md").read_text(encoding="utf-8")

    assert sorted(word for word in ours() if f"`{word}`" not in page) == []


def test_every_word_of_1_0_is_on_the_page(request):
    """Used, or not used and why: no class and no property is passed over."""
    page = (request.config.rootpath / "docs/reference/valueflows.md").read_text(encoding="utf-8")
    said = {word for quoted in re.findall(r"`([^`]+)`", page) for word in re.split(r"\W+", quoted)}

    words = set(properties()).union(*properties().values())
    assert sorted(word for word in words if ":" not in word and word not in said) == []


def test_every_unit_has_a_name_that_reads_back():
    assert {code: unit_code(name) for code, name in unit_names().items()} == {
        code: code for code in UNITS
    }
    assert unit_code(f"{OURS}eur") == "eur"
    assert unit_code("eur") is None and unit_code("terreau:kg") is None


def test_the_context_says_what_points_to_what():
    assert {name for name, value in CONTEXT.items() if value == {"@type": "@id"}} >= {
        "provider", "fulfills", "hasUnit", "terreau:custodian",
    }  # fmt: skip
    known = set().union(*properties().values())
    assert {name for name in CONTEXT if isinstance(CONTEXT[name], dict)} <= known
