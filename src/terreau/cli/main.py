# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ``terreau`` command. ``docs/reference/commands.md`` describes each (a test compares)."""

import os

import click
import django
from django.core.management import call_command, execute_from_command_line

from terreau.cli.verify import verify


@click.group()
def terreau() -> None:
    """Run and keep an instance of Terreau."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.config.settings")


@terreau.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def manage(words: tuple[str, ...]) -> None:
    """Run one of Django's own commands."""
    execute_from_command_line(["terreau manage", *words])


@terreau.command()
def migrate() -> None:
    """Bring the databases to this version."""
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)


terreau.add_command(verify)


def main() -> None:
    """Run the command line."""
    terreau()
