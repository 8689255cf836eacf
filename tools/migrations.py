# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write the first migration of each app anew, each table whole: ``python tools/migrations.py``.

``makemigrations`` adds keys, indexes and constraints one by one; Django then draws its picture of
all models again after each, which made up most of the time of a first start. Nothing is released,
so the first migrations may be written anew (decision 0002); here each table is said at once, after
those that it points to.
"""

import os
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.config.settings")

import django
from django.apps import apps
from django.core.management.base import no_translations
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter

SOURCE = Path(__file__).resolve().parents[1] / "src/terreau"
FIRST = "0001_initial"
Key = tuple[str, str]


@no_translations
def main(*_: object) -> None:
    """Write them, in the format of the house, and check that they say what the models say."""
    django.setup()
    state = ProjectState.from_apps(apps)
    loader = MigrationLoader(None)
    ours = {path.parts[-2] for path in SOURCE.glob("*/migrations")}
    for app in sorted(ours):
        for path in (SOURCE / app / "migrations").glob("0*_initial.py"):
            path.unlink()
        first = _first(app, state, ours, loader)
        text = MigrationWriter(first, include_header=False).as_string()
        (SOURCE / app / "migrations" / f"{FIRST}.py").write_text(text)
    ruff = Path(sys.executable).with_name("ruff")
    subprocess.run([ruff, "check", "--fix-only", "--quiet", SOURCE], check=True)
    subprocess.run([ruff, "format", "--quiet", SOURCE], check=True)
    # In a process of its own: this one has read the migrations as they were.
    manage = [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"]
    subprocess.run(manage, check=True)


def _first(
    app: str, state: ProjectState, ours: set[str], loader: MigrationLoader
) -> migrations.Migration:
    new = {key: model for key, model in state.models.items() if key[0] == app}
    pointed = {key: _pointed(model) for key, model in sorted(new.items())}
    inside = {key: [one for one in to if one in new and one != key] for key, to in pointed.items()}
    others = {one[0] for to in pointed.values() for one in to} - {app}
    found = migrations.Migration(FIRST, app)
    found.initial = True
    found.dependencies = [
        (other, FIRST) if other in ours else loader.graph.leaf_nodes(other)[0]
        for other in sorted(others)
    ]
    found.operations = [_whole(new[key]) for key in TopologicalSorter(inside).static_order()]
    found.operations += [
        migrations.AddField(model.name, name, field)
        for _, model in sorted(new.items())
        for name, field in model.fields.items()
        if _is_through(field)
    ]
    return found


def _pointed(model: ModelState) -> list[Key]:
    told = (field.remote_field.model for field in model.fields.values() if field.remote_field)
    return [tuple(str(one).lower().split(".")) for one in told]


def _is_through(field: models.Field) -> bool:
    """Both ends and the table between them have to stand before it."""
    return bool(getattr(field.remote_field, "through", None))


def _whole(model: ModelState) -> migrations.CreateModel:
    options = {name: value for name, value in model.options.items() if value or value is False}
    fields = [(name, one) for name, one in model.fields.items() if not _is_through(one)]
    return migrations.CreateModel(model.name, fields, options, model.bases, model.managers)


if __name__ == "__main__":
    main()
