# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write the reference pages of settings and commands from the code that defines them.

``make fmt`` writes them, a test compares them: neither can be forgotten.
"""

import os
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
    """Return the page that lists every command."""
    from terreau.cli.main import terreau  # noqa: PLC0415  (Django is set up by then)

    parts = []
    for name, command in sorted(terreau.commands.items()):
        context = click.Context(command, info_name=f"terreau {name}")
        usage = " ".join(command.collect_usage_pieces(context))
        parts.append(f"## `terreau {name}`\n\n`terreau {name} {usage}`".rstrip("` ") + "`\n")
        parts.append((command.help or "").strip() + "\n")
        parts.extend(_option(parameter) for parameter in command.params if _has_help(parameter))
    return COMMANDS_HEAD + "\n".join(parts)


def _has_help(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and bool(parameter.help)


def _option(parameter: click.Option) -> str:
    return f"- `{parameter.opts[0]}`: {parameter.help}\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.config.settings")
    REFERENCE.mkdir(parents=True, exist_ok=True)
    (REFERENCE / "settings.md").write_text(settings_page(), encoding="utf-8")
    (REFERENCE / "commands.md").write_text(commands_page(), encoding="utf-8")
