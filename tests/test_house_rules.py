# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rules of the house that a machine can check (CONTRIBUTING.md). Run with -s for the worst ten.

import-linter checks who imports whom; ``tests/cli/test_reference.py`` that settings and commands
are described; ``tests/web/test_every_view_declares.py`` that each view says who may open it.
"""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).parents[1]
FILE_LINES_MAX, FUNCTION_LINES_MAX = 500, 70
SPDX = "SPDX-License-Identifier: AGPL-3.0-or-later"
BANNED_WORDS = re.compile("TO" + r"DO|FIX" + "ME|XX" + "X|HA" + "CK")
BANNED_NAMES = {"utils", "helpers", "services", "manager", "managers", "misc", "common"}
WRITING = re.compile(r"\.(save|create|update|delete|get_or_create|bulk_create)\(")
# What looks like writing to the database and is not, or belongs to allauth's own protocol.
WRITING_ALLOWED = {
    ("account/adapters.py", "EmailAddress.objects.get_or_create("),
    ("qui/invitations.py", "picture.save(out)"),
}
INLINE = re.compile(r"""\sstyle\s*=\s*["']|<style|\son[a-z]+\s*=\s*["']|javascript:""", re.I)
SCRIPT = re.compile(r"<script\b([^>]*)>", re.I)
DATA_SCRIPT = re.compile(r'\bsrc=|type="application/(ld\+)?json"')
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
ADDRESS_OF_NOBODY = re.compile(r"@([\w-]+\.)*(invalid|example|example\.(org|com|net))$")
NOT_TEXT = re.compile(r"<!.*?>|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.S)
TEXT_SUFFIXES = {".py", ".html", ".txt", ".js", ".css", ".typ", ".md", ".yaml", ".toml", ".svg"}


def tracked(*places: str) -> list[Path]:
    """The files of the repository, new ones included."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *places]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    found = (ROOT / name for name in answer.stdout.splitlines())
    return [path for path in found if path.is_file() and path.suffix in TEXT_SUFFIXES]


CODE = [path for path in tracked() if path.suffix in {".py", ".js", ".css", ".html", ".typ"}]
PYTHON = [path for path in CODE if path.suffix == ".py" and "migrations" not in path.parts]
TEMPLATES = [path for path in CODE if path.suffix == ".html" and "src" in path.parts]


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines_with(pattern: re.Pattern, paths: list[Path]) -> list[str]:
    return [
        f"{place(path)}:{number}: {line.strip()[:80]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def functions() -> list[tuple[int, str]]:
    """Every function of ours with its length in lines, the longest first."""
    found = []
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                found.append((length, f"{place(path)}:{node.lineno} {node.name}"))
    return sorted(found, reverse=True)


def test_the_rules_see_the_whole_house():
    """A rule that reads no file would pass for ever."""
    assert len(PYTHON) > 150 and len(TEMPLATES) > 20


def test_no_file_is_longer_than_five_hundred_lines():
    files = [path for path in CODE if "migrations" not in path.parts and "vendor" not in path.parts]
    sizes = sorted((len(path.read_bytes().splitlines()), place(path)) for path in files)[::-1]

    print("\nlongest files:", *sizes[:10], sep="\n  ")
    assert [size for size in sizes if size[0] > FILE_LINES_MAX] == []


def test_no_function_is_longer_than_seventy_lines():
    found = functions()

    print("\nlongest functions:", *found[:10], sep="\n  ")
    assert [entry for entry in found if entry[0] > FUNCTION_LINES_MAX] == []


def test_every_file_names_its_licence():
    unmarked = [place(path) for path in PYTHON if SPDX not in path.read_text().split("\n", 1)[0]]

    assert unmarked == []


def test_no_word_promises_work_for_later():
    files = [path for path in CODE if path != Path(__file__)]

    assert lines_with(BANNED_WORDS, files) == []


def test_first_migrations_say_each_table_at_once():
    """Each index or constraint that is added later makes every first start longer."""
    first = [path for path in CODE if path.name == "0001_initial.py"]
    late = lines_with(re.compile(r"migrations\.(AddConstraint|AddIndex|AlterField)\("), first)
    assert len(first) > 5
    assert late == [], "write them anew: tools/migrations.py"


def test_no_module_has_a_name_that_says_nothing():
    assert [place(path) for path in PYTHON if path.stem in BANNED_NAMES] == []


def test_views_write_through_actions_only():
    web = [path for path in PYTHON if re.search("src/terreau/(web|api)/", place(path))]
    found = lines_with(WRITING, web)

    known = [
        line for line in found for end, words in WRITING_ALLOWED if end in line and words in line
    ]
    assert (len(web) > 40, sorted(set(found) - set(known))) == (True, [])


def test_templates_hold_no_style_nor_script_of_their_own():
    scripts = [
        f"{place(path)}: {match.group(0)}"
        for path in TEMPLATES
        for match in SCRIPT.finditer(path.read_text(encoding="utf-8"))
        if not DATA_SCRIPT.search(match.group(1))
    ]

    assert lines_with(INLINE, TEMPLATES) + scripts == []


def test_screens_do_not_exclaim():
    loud = [place(path) for path in TEMPLATES if "!" in NOT_TEXT.sub("", path.read_text("utf-8"))]

    assert loud == []


def test_no_mail_address_of_anybody_is_kept():
    found = [
        f"{place(path)}: {match.group(0)}"
        for path in tracked()
        for match in ADDRESS.finditer(path.read_text(encoding="utf-8"))
        if not ADDRESS_OF_NOBODY.search(match.group(0)) and "package-lock" not in path.name
    ]

    assert [line for line in found if "://" not in line and "terreau@localhost" not in line] == []


def floors() -> dict[str, int]:
    """The height of each app, from the contract in pyproject.toml; 0 is the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c for c in contracts["contracts"] if c.get("exhaustive"))["layers"]
    return {
        name.strip(" ()"): height
        for height, layer in enumerate(layers)
        for name in layer.split("|")
    }


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("terreau.")]


def test_no_foreign_key_points_up():
    heights = floors()
    up = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in our_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
        and field.related_model.__module__.startswith("terreau.")
        and heights[model.__module__.split(".")[1]]
        > heights[field.related_model.__module__.split(".")[1]]
    ]  # fmt: skip

    assert (len(our_models()) > 30, up) == (True, [])


@pytest.mark.parametrize("inexact", [models.FloatField, models.DecimalField])
def test_no_quantity_is_inexact(inexact):
    """Decimals of Django are not exact on SQLite; quantities are integers (core.quantities)."""
    found = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, inexact)
    ]

    assert found == []
