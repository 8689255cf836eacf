# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write the reference pages of settings and commands from the code that defines them.

``make fmt`` writes them, a test compares them: neither can be forgotten.
"""

import inspect
import os
from collections.abc import Iterator
from pathlib import Path

import click
from pydantic_core import PydanticUndefined

from terreau.config.environment import PREFIX, PROJECT_ROOT, Environment

REFERENCE = PROJECT_ROOT / "docs/reference"

SETTINGS_HEAD = """# Settings

An instance is set by environment variables. Each may also be given as a file:
`TERREAU_SECRET_KEY_FILE=/run/secrets/terreau` (systemd credentials, container secrets). Nonsense
stops the start with the name of the variable and what was expected.

| variable | default | what it says |
|---|---|---|
"""

COMMANDS_HEAD = """# Commands

`terreau COMMAND`, or `python -m terreau COMMAND`. Every command answers 0 when it did its work,
1 when it refused or failed (one sentence says why), 2 when it was called wrongly.

"""


def settings_page() -> str:
    """Return the page that lists every setting."""
    rows = []
    for name, field in Environment.model_fields.items():
        rows.append(f"| `{PREFIX}{name.upper()}` | {_default(name, field)} | {field.description} |")
    return SETTINGS_HEAD + "\n".join(rows) + "\n"


def _default(name: str, field: object) -> str:
    value = getattr(field, "default", PydanticUndefined)
    if name == "web_workers":
        return "one a core"
    if isinstance(value, Path):
        return f"`{value.relative_to(PROJECT_ROOT)}`"
    if isinstance(value, list):
        return f"`{','.join(value)}`"
    return f"`{value}`" if value not in ("", None) else "empty"


def commands_page() -> str:
    """Return the page that lists every command, and those that stand under another."""
    from terreau.cli.main import terreau  # noqa: PLC0415  (Django is set up by then)

    return COMMANDS_HEAD + "\n".join(_told(terreau, "terreau"))


def _told(group: click.Group, before: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        called = f"{before} {name}"
        yield f"{'##' if before == 'terreau' else '###'} `{called}`\n"
        if not isinstance(command, click.Group):
            context = click.Context(command, info_name=called)
            usage = " ".join(command.collect_usage_pieces(context))
            yield f"`{called} {usage}`".rstrip("` ") + "`\n"
        yield inspect.cleandoc(command.help or "") + "\n"
        yield from (_option(parameter) for parameter in command.params if _has_help(parameter))
        if isinstance(command, click.Group):
            yield from _told(command, called)


def _has_help(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and bool(parameter.help)


def _option(parameter: click.Option) -> str:
    choices = parameter.type.choices if isinstance(parameter.type, click.Choice) else ()
    among = f" One of {', '.join(f'`{one}`' for one in choices)}." if choices else ""
    default = f" Default: `{parameter.default}`." if parameter.show_default else ""
    return f"- `{parameter.opts[0]}`: {parameter.help}{among}{default}\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.config.settings")
    REFERENCE.mkdir(parents=True, exist_ok=True)
    (REFERENCE / "settings.md").write_text(settings_page(), encoding="utf-8")
    (REFERENCE / "commands.md").write_text(commands_page(), encoding="utf-8")
