# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes a graph to a file node by node, in JSON-LD or YAML."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TextIO

import yaml

Format = Literal["jsonld", "yaml"]
Graph = Iterable[Mapping[str, Any]]


def write(file: TextIO, form: Format, context: Mapping[str, Any], nodes: Graph) -> int:
    """Write a graph; return how many nodes it has. Memory does not grow with their number."""
    return (_write_json if form == "jsonld" else _write_yaml)(file, context, nodes)


def _write_json(file: TextIO, context: Mapping[str, Any], nodes: Graph) -> int:
    count = 0
    file.write(f'{{\n"@context": {json.dumps(context, ensure_ascii=False, indent=1)},\n"@graph": [')
    for node in nodes:
        file.write(",\n" if count else "\n")
        file.write(json.dumps(node, ensure_ascii=False))
        count += 1
    file.write("\n]\n}\n")
    return count


class _Dumper(yaml.CSafeDumper if hasattr(yaml, "CSafeDumper") else yaml.SafeDumper):  # type: ignore[misc]
    """Writes the same value twice rather than pointing to it: aliases are not read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _write_yaml(file: TextIO, context: Mapping[str, Any], nodes: Graph) -> int:
    count = 0
    file.write(_yaml({"@context": context}))
    for node in nodes:
        file.write("" if count else "'@graph':\n")
        file.write(_yaml([node]))
        count += 1
    file.write("" if count else "'@graph': []\n")
    return count


def _yaml(value: Any) -> str:
    return str(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000))
