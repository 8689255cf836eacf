# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that mean harm, or are no graph at all: one sentence, status 2, and nothing is written."""

import gzip
import json

import pytest
from click.testing import CliRunner

from terreau.cli.main import terreau
from terreau.core import clock
from terreau.exchange import graphs, streams
from terreau.ledger.models import Event, Place, Plan, Resource
from tests.exchange.test_check import AFTER, BEFORE, EVENT
from tests.factories import make_ecosystem

WHOLE = BEFORE + EVENT + AFTER
PLAN = '{"@context": {"@vocab": "https://w3id.org/valueflows/ont/vf#"}, "@graph": [\n%s]}'
NODE = '{"@id": "urn:x:p", "@type": "Plan", "name": "%s"}'
DEEP = "[" * 5_000 + "]" * 5_000
HOSTILE = {
    "nothing.json": (b"", "Ce n'est pas du JSON, à sa fin"),
    "a list.yaml": (b"- a\n- b\n", "Il n'y a pas de liste de nœuds sous @graph"),
    "packed.yaml": (gzip.compress(WHOLE.encode()), "n'est pas du texte en UTF-8"),
    "sixteen.yaml": (WHOLE.encode("utf-16"), "n'est pas du texte en UTF-8"),
    "latin.yaml": (WHOLE.replace("grange", "forêt").encode("latin-1"), "pas du texte en UTF-8"),
    "zeros.json": (b"\0" * 1000, "Ce n'est pas du JSON, près de « \ufffd"),
    "zeros.yaml": (b"\0" * 1000, "Ce n'est pas du YAML"),
    "cut.json": ((PLAN % (NODE % "a"))[:-4].encode(), "Ce n'est pas du JSON"),
    "cut.yaml": (WHOLE[:-20].encode() + b"'", "Ce n'est pas du YAML, ligne"),
    "nul.json": ((PLAN % (NODE % "\\u0000")).encode(), "des signes qui ne sont pas du texte"),
    "half.json": ((PLAN % (NODE % "\\ud800")).encode(), "des signes qui ne sont pas du texte"),
    "nul.yaml": (WHOLE.replace("La grange", '"\\0"').encode(), "signes qui ne sont pas du texte"),
    "twice.json": (
        (PLAN % (NODE % "a").replace('"name"', '"name": "b", "name"')).encode(),
        "« name » est écrit deux fois dans le même nœud",
    ),
    "twice.yaml": (
        WHOLE.replace("name: La grange", "name: a\n    name: b").encode(),
        "ligne 9 : « name » est écrit deux fois dans le même nœud",
    ),
    "bomb.yaml": (
        b"a: &a [x, x, x]\nb: &b [*a, *a, *a]\n'@graph': [*b, *b]\n", "les alias de YAML",
    ),
    "merged.yaml": (b"'@graph':\n  - &a {a: b}\n  - {<<: *a}\n", "ligne 3 : les alias de YAML"),
    "deep.json": ((PLAN % DEEP).encode(), "imbriqué trop profondément"),
    "deep.yaml": (f"'@graph': [{DEEP}]".encode(), "imbriqué trop profondément"),
    "context.json": (
        f'{{"@context": {DEEP}, "@graph": []}}'.encode(), "imbriqué trop profondément",
    ),
    "late.json": (b'{"@graph": [], "@context": {}}', "@context vient après @graph"),
    "two.yaml": (b"'@graph': []\n---\n'@graph': []\n", "plus d'un document YAML"),
}  # fmt: skip


@pytest.fixture
def vf(tmp_path):
    def called(name, content, *words):
        file = tmp_path / name
        file.write_bytes(content)
        first, *more = words
        return CliRunner().invoke(terreau, ["vf", first, str(file), *more])

    return called


@pytest.mark.unit
@pytest.mark.parametrize("name", HOSTILE)
def test_a_check_says_one_sentence_and_a_machine_reads_it_too(vf, name):
    content, told = HOSTILE[name]

    plain, machine = vf(name, content, "check"), vf(name, content, "check", "--json")

    assert (plain.exit_code, plain.stdout, machine.exit_code) == (2, "", 2)
    assert told in plain.stderr and plain.stderr.count("\n") == 1, plain.stderr
    assert json.loads(machine.stdout) == {"unreadable": plain.stderr.strip()}


@pytest.mark.django_db(transaction=True)
def test_an_import_of_any_of_them_writes_nothing(vf):
    """After a node that would have been taken in: nothing is half-written."""
    slug = make_ecosystem("La moisson").slug

    for name, (content, told) in HOSTILE.items():
        done = vf(name, content, "import", "--into", slug)

        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1), (name, done)
        assert told in done.stderr, (name, done.stderr)
    written = (Event, Resource, Plan, Place)
    assert [model.objects.count() for model in written] == [0] * len(written)


@pytest.mark.unit
def test_a_file_that_is_too_large_is_not_read(vf, monkeypatch):
    monkeypatch.setattr(graphs, "LARGEST_FILE", 100)

    done = vf("large.yaml", WHOLE.encode(), "check")

    assert (done.exit_code, "dépasse 0 Mo" in done.stderr) == (2, True)


@pytest.mark.unit
@pytest.mark.parametrize("name", ["one.json", "one.yaml"])
def test_a_node_that_swells_is_given_up(vf, name, monkeypatch):
    monkeypatch.setattr(streams, "LARGEST_NODE", 20_000)
    monkeypatch.setattr(streams, "CHUNK", 1_000)
    many = ", ".join(f'"p{number}": "{"x" * 90}"' for number in range(2_000))

    done = vf(name, (PLAN % f"{{{many}}}").encode(), "check")

    assert (done.exit_code, "nœud dépasse" in done.stderr) == (2, True), done.stderr


@pytest.mark.unit
def test_a_context_that_goes_in_circles_ends(vf):
    text = WHOLE.replace("farm: https://farm.example/", "farm: 'barn:'\n    barn: 'farm:'")

    done = vf("circle.yaml", text.encode(), "check")

    assert (done.exit_code, "CONCORDE barn:barn" in done.stdout) == (0, True), done.output


@pytest.mark.unit
def test_a_remote_context_is_said_and_not_fetched(vf, no_network):
    text = WHOLE.replace('  - "@vocab"', '  - https://elsewhere.example/c.jsonld\n  - "@vocab"')

    done = vf("remote.yaml", text.encode(), "check", "--json")

    told = json.loads(done.stdout)
    assert (done.exit_code, told["agrees"], told["notes"]) == (0, True, [
        "le contexte https://elsewhere.example/c.jsonld n'est pas connu ici, et rien n'est "
        "téléchargé"
    ])  # fmt: skip


@pytest.fixture
def no_network(monkeypatch):
    def refused(*_):
        raise AssertionError("somebody opened a socket")

    monkeypatch.setattr("socket.socket.connect", refused)
    monkeypatch.setattr("socket.getaddrinfo", refused)


@pytest.mark.unit
def test_a_file_with_a_mark_of_its_coding_is_read(vf):
    done = vf("marked.yaml", b"\xef\xbb\xbf" + WHOLE.lstrip().encode(), "check")

    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "1 événement : tout concorde")


@pytest.mark.unit
def test_no_name_of_a_file_commands_the_terminal(vf):
    text = WHOLE.replace("La grange", '"La \\e[2J\\r\\u202egrange"')

    done = vf("signs.yaml", text.encode(), "check")

    assert (done.exit_code, "(La \ufffd[2J\ufffd\ufffdgrange)" in done.stdout) == (0, True)


@pytest.mark.unit
def test_a_number_beyond_all_measure_takes_no_time(vf):
    started = clock.now()
    text = WHOLE.replace("2.5", "1e999999999").replace("97500", "9" * 100_000)

    done = vf("numbers.yaml", text.encode(), "check")

    assert done.output.count("est plus fin qu'un millionième, ou trop grand") == 2
    assert (clock.now() - started).total_seconds() < 10
