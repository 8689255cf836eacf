# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau vf export`` and ``import``: files, what is said, exit statuses."""

import json

import pytest
from click.testing import CliRunner

from terreau.cli.exchange import vf
from terreau.ecosystems.models import Ecosystem
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
        "33 événements, 6 stocks, 7 engagements, 1 recette : rien n'est écrit, tout peut l'être ; "
        "personnes et organisations : 2 déjà ici, 0 de plus"
    )
    assert done.output.splitlines()[-1].startswith("33 événements, 6 stocks, 7 engagements, 1")
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
