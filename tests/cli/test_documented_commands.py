# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every ``terreau`` command that a page shows is one that this program takes, options and all."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from terreau.cli.main import terreau

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
GENERATED = ROOT / "docs/reference/commands.md"  # compared with the program elsewhere
FENCED = re.compile(r"^```sh\n(.*?)^```", re.S | re.M)
SHOWN = re.compile(r"(?:podman .* )?terreau ([a-z].*)")
MADE = re.compile(r"\bmake ([a-z][a-z-]*)(?=`|  |$)", re.M)
WORD = re.compile(r"`terreau ([a-z-]+)(?: ([a-z-]+))?")


def shown(page: Path) -> Iterator[list[str]]:
    """Yield the arguments of each command in the code blocks of a page."""
    text = page.read_text(encoding="utf-8")
    blocks = [*FENCED.findall(text), *re.findall(r"^    (\S.*)$", text, re.M)]
    for line in "\n".join(blocks).replace("\\\n", " ").splitlines():
        for command in re.split(r"&&|\|", line.partition("#")[0]):
            found = SHOWN.match(command.strip())
            if found:
                yield shlex.split(found[1])


def refused(words: list[str]) -> str:
    """Return why the program would not take these arguments, without running anything."""
    command: click.Command = terreau
    context = click.Context(terreau, info_name="terreau")
    while isinstance(command, click.Group):
        name = words.pop(0) if words else ""
        if name not in command.commands:
            return f"no command {name}"
        command = command.commands[name]
    try:
        command.make_context(command.name, words, parent=context)
    except click.UsageError as error:
        return f"{command.name}: {error.format_message()}"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_are_taken(page):
    if page != GENERATED:
        assert [(words, why) for words in shown(page) if (why := refused([*words]))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_that_a_page_names_are_there(page):
    for name, inside in WORD.findall(page.read_text(encoding="utf-8")):
        command = terreau.commands.get(name)
        assert command is not None, name
        if isinstance(command, click.Group) and inside:
            assert inside in command.commands, (name, inside)


def test_what_make_is_told_in_a_page_is_in_the_makefile():
    told = {name for page in PAGES for name in MADE.findall(page.read_text(encoding="utf-8"))}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))

    assert {"demo", "test"} <= told <= targets


def test_pages_show_commands():
    """The search finds some: it would find nothing wrong in nothing."""
    assert sum(len(list(shown(page))) for page in PAGES) > 20
    assert refused(["ledger", "export", "here", "file", "--format", "xlsx"])
    assert refused(["ledger", "exports"]) == "no command exports"
