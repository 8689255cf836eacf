# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau vf export`` and ``import``: files, what is said, exit statuses."""

import errno
import json

import pytest
from click.testing import CliRunner

from terreau.cli.exchange import vf
from terreau.ecosystems.models import Ecosystem
from terreau.exchange import writing
from terreau.ledger.models import Event
from tests.exchange.kept import state_of
from tests.exchange.stories import one_of_each
from tests.factories import make_ecosystem

pytestmark = pytest.mark.django_db(transaction=True)


def call(*words):
    return CliRunner().invoke(vf, [str(word) for word in words])


@pytest.fixture
def story():
    return one_of_each()


def slug_of(ledger):
    return Ecosystem.objects.get(space=ledger).slug


def test_out_and_in_again(story, tmp_path):
    file, other = tmp_path / "g.yaml", make_ecosystem("Ailleurs")
    out = call("export", slug_of(story.ground.ledger), file, "--format", "yaml")
    tried = call("import", file, "--into", other.slug, "--check")
    before = Event.objects.filter(ledger_id=other.space_id).count()

    done = call("import", file, "--into", other.slug)

    assert [one.exit_code for one in (out, tried, done)] == [0, 0, 0]
    assert before == 0
    assert tried.output.splitlines()[-1] == (
        "34 événements, 6 stocks, 7 engagements, 1 recette : rien n'est écrit, tout peut l'être ; "
        "personnes et organisations : 2 déjà ici, 0 de plus"
    )
    assert done.output.splitlines()[-1].startswith("34 événements, 6 stocks, 7 engagements, 1")
    assert state_of(other.space_id) == state_of(story.ground.ledger.pk)
    assert [one.name for one in tmp_path.iterdir()] == ["g.yaml"]


def test_a_person_has_no_name_and_without_a_file_the_terminal_has_it_all(story):
    out = call("export", slug_of(story.ground.ledger))

    nodes = json.loads(out.stdout)["@graph"]
    kinds = {node["@type"]: node for node in nodes if node["@type"] in ("Person", "Organization")}
    assert set(kinds["Person"]) == {"@id", "@type"}
    assert "name" in kinds["Organization"]
    assert "Alice" not in out.stdout and "@exemple" not in out.stdout
    assert out.stderr == f"{len(nodes)} nœuds\n"


@pytest.mark.parametrize("form", ["jsonld", "yaml"])
def test_a_dash_is_standard_output(story, tmp_path, monkeypatch, form):
    monkeypatch.chdir(tmp_path)
    asked = ("export", slug_of(story.ground.ledger), "--format", form)

    out, _ = call(*asked, "-"), call(*asked, "file")

    assert out.stdout_bytes == (tmp_path / "file").read_bytes()
    assert (out.exit_code, [one.name for one in tmp_path.iterdir()]) == (0, ["file"])


def test_an_export_appears_whole_for_its_owner_or_not_at_all(story, tmp_path, monkeypatch):
    """As the books: one French sentence, no half of a file, what is there stays."""
    slug, file = slug_of(story.ground.ledger), tmp_path / "g.jsonld"
    call("export", slug, file)
    before = file.read_bytes()

    def full(out, form, context, nodes):
        out.write(str(next(nodes)))
        raise OSError(errno.ENOSPC, "No space left on device")

    nowhere = call("export", slug, tmp_path / "nowhere" / "g.jsonld")
    taken = call("export", slug, file)
    monkeypatch.setattr(writing, "write", full)
    cut = call("export", slug, tmp_path / "other")

    assert [refused.exception.message for refused in (taken, nowhere, cut)] == [
        f"{file} existe déjà : choisissez un autre nom.",
        f"{tmp_path}/nowhere/g.jsonld ne peut pas être écrit : ce dossier n'existe pas.",
        f"{tmp_path}/other ne peut pas être écrit : le disque est plein.",
    ]
    assert [*tmp_path.iterdir()] == [file]
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (before, 0o600)


def test_faults_and_what_cannot_be_read(story, tmp_path):
    file = tmp_path / "graph.yaml"
    node = '{"@id": x, "@type": EconomicEvent, action: pass}'
    file.write_text(f"'@graph':\n  - {node}\n", encoding="utf-8")
    slug = slug_of(story.ground.ledger)

    refused = call("import", file, "--into", slug)
    unread = call("import", tmp_path / "none.yaml", "--into", slug)
    nowhere = call("import", file, "--into", "nulle-part")

    assert (refused.exit_code, refused.stdout, refused.stderr) == (
        1,
        "FAUTE ligne 2 : EconomicEvent x : pass n'est pas une action de ValueFlows "
        "1.0 : retiré en 0.5\n",
        "1 faute : rien n'a été écrit.\n",
    )
    assert (unread.exit_code, unread.stderr.count("\n")) == (2, 1)
    assert nowhere.exit_code == 1
