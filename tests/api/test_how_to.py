# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page that explains the API: its examples work, and it leaves no address out."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from string import Template
from typing import Any

import pytest
from django.test import Client

from terreau.agreements.models import Contribution
from terreau.api import problems
from terreau.api.description import PREFIX, described
from terreau.api.door import LARGEST
from terreau.api.urls import api
from terreau.ecosystems.models import Ecosystem
from terreau.exchange.export import agent, kind
from terreau.people.tokens import A_MINUTE
from tests.agreements.factories import make_place
from tests.api.kit import BASE, program_of, secret_of

PAGE = (Path(__file__).parents[2] / "docs/how-to/api.md").read_text(encoding="utf-8")
SHELL = re.compile(r"```sh\n(.*?)```", re.S)


def commands() -> list[str]:
    """Return the commands of the page, a command each, its lines joined."""
    text = "\n".join(SHELL.findall(PAGE))
    return re.findall(r"^curl .*?(?=^curl |\n\n|\Z)", text.replace("\\\n", " "), re.S | re.M)


def run(command: str, known: dict[str, str]) -> Any:
    """Do what curl would do with a command: its headers, its data, its address."""
    words = shlex.split(Template(command).safe_substitute(known))[1:]
    headers, data, address = {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, value = words.pop(0).split(": ", 1)
            headers[name] = value
        elif word == "-d":
            data = words.pop(0)
        elif word == "-X":
            assert words.pop(0) == "POST"
        else:
            address = word
    if data is None:
        return Client().get(address, headers=headers)
    kind_of_data = headers.pop("Content-Type")
    return Client().post(address, data, content_type=kind_of_data, headers=headers)


@pytest.mark.django_db(databases="__all__")
def test_the_examples_do_what_the_page_says():
    place = make_place()
    Ecosystem.objects.filter(pk=place.ecosystem.pk).update(slug="aller-et-revenir")
    known = {
        "TERREAU": PREFIX,
        "KEY": secret_of(place.alice),
        "HALTE": str(agent(place.halte.pk)),
        "COUNCIL": str(agent(place.council.pk)),
        "TIME": kind(place.ecosystem.space_id, "time"),
    }

    answers = [run(command, known) for command in commands()]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 201, 201, 200]
    (noted,) = Contribution.objects.all()
    assert json.loads(answers[3].content)["@id"] == f"urn:uuid:{noted.key}"
    assert json.loads(answers[5].content)["terreau:of"] == json.loads(answers[4].content)["@id"]
    assert noted.word == "Préparer la réunion"


@pytest.mark.django_db(databases="__all__")
def test_the_refusal_that_is_shown_is_the_one_that_comes():
    place = make_place()
    shown = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.S)[0])
    sent = {
        "action": "work",
        "provider": str(agent(place.halte.pk)),
        "receiver": str(agent(place.council.pk)),
        "resourceConformsTo": kind(place.ecosystem.space_id, "time"),
        "effortQuantity": {"hasNumericalValue": "3", "hasUnit": "om2:hour"},
        "hasPointInTime": "31/05/2026",
    }

    told = program_of(place.alice).post(f"{BASE}/{place.ecosystem.slug}/events", sent)

    assert told.json() == shown


def test_every_address_and_status_is_on_the_page():
    paths = {path.removeprefix(PREFIX) for path in described(api)["paths"]}
    short = {path: "…" + path.removeprefix("/cooperations/{slug}") for path in paths}

    missing = [path for path in paths if f"`{path}`" not in PAGE and f"`{short[path]}`" not in PAGE]

    unsaid = [status for status in problems.TITLES if not re.search(rf"\| .*\b{status}\b", PAGE)]
    assert (missing, unsaid) == ([], [])
    assert f"{A_MINUTE} requests" in PAGE and f"{LARGEST // 1024} kB" in PAGE
