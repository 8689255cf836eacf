# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every setting and every command is described; ``make fmt`` writes the pages."""

from pathlib import Path

from tools import reference

PAGES = Path(__file__).parents[2] / "docs/reference"


def test_every_setting_is_described():
    assert (PAGES / "settings.md").read_text() == reference.settings_page()


def test_every_command_is_described():
    assert (PAGES / "commands.md").read_text() == reference.commands_page()
