# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files are read node by node: the same as when read whole, wherever a piece of the file ends."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.exchange import streams
from terreau.exchange.streams import Unreadable, items

pytestmark = pytest.mark.unit

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | TEXT | st.integers() | st.floats(-1e20, 1e20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)


@given(nodes=st.lists(VALUES, max_size=5), chunk=st.integers(1, 20), indent=st.none() | st.just(2))
def test_a_file_read_in_pieces_gives_what_it_gives_whole(tmp_path_factory, nodes, chunk, indent):
    file = tmp_path_factory.getbasetemp() / "pieces.json"
    graph = {"x": [1], "@context": {"a": "b"}, "@graph": nodes, "y": {"@graph": 2}}
    file.write_text(json.dumps(graph, indent=indent), encoding="utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "CHUNK", chunk)
        found = list(items(file))

    whole = json.loads(file.read_text(encoding="utf-8"), parse_float=str, parse_int=str)
    expected = [(f"/@graph/{n}", one) for n, one in enumerate(whole["@graph"])]
    assert found == [("@context", {"a": "b"}), *expected]


@given(text=st.text(alphabet='{}[]",:@graph 1\\n', max_size=40))
def test_whatever_stands_in_a_file_is_read_or_refused_in_one_sentence(tmp_path_factory, text):
    for name in ("odd.json", "odd.yaml"):
        file = tmp_path_factory.getbasetemp() / name
        file.write_text(text, encoding="utf-8")
        try:
            list(items(file))
        except Unreadable as refusal:
            assert len(refusal.message.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"@graph": [], "@context": {}}', "@context vient après @graph : mettez-le en premier."),
        ('{"@graph": [], "@graph": []}', "Il y a deux listes @graph : gardez-en une."),
        ('{"@graph": [1 2]}', "Ce n'est pas du JSON : il manque ,, près de « 2]} »."),
        ('{"@graph": [1]} 2', "Ce n'est pas du JSON, près de « 2 »."),
        ('{"@graph": [{"a": ]}', 'Ce n\'est pas du JSON, près de « {"a": ]} ».'),
        (
            '{1: 2, "@graph": []}',
            "Ce n'est pas du JSON : un objet donne un nom entre guillemets à ce qu'il contient.",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, told):
    file = tmp_path / "graph.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(Unreadable) as refusal:
        list(items(file))

    assert refusal.value.message == told


def test_a_node_that_never_ends_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "LARGEST_NODE", 10_000)
    monkeypatch.setattr(streams, "CHUNK", 1000)
    file = tmp_path / "graph.json"
    file.write_text('{"@graph": [{"a": "' + "x" * 100_000, encoding="utf-8")

    with pytest.raises(Unreadable, match="Un nœud dépasse"):
        list(items(file))


def test_yaml_says_the_line_and_two_documents_are_refused(tmp_path):
    file = Path(tmp_path / "graph.yaml")
    file.write_text("'@graph':\n  - a: null\n    b: ~\n    c: 'null'\n  - [1]\n", encoding="utf-8")
    assert list(items(file)) == [
        ("ligne 2", {"@where": "ligne 2", "a": None, "b": None, "c": "null"}),
        ("ligne 5", ["1"]),
    ]

    file.write_text("'@graph': []\n---\n'@graph': []\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="plus d'un document"):
        list(items(file))
