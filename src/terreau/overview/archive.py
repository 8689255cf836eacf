# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Emporter notre coopération »: one ZIP of all that a reader may read, in constant memory.

Lists in ODS, XLSX and CSV, documents in PDF, the files of the journal, and everything in one JSON.
Names inside the ZIP are ours: what people typed never makes a path.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import IO, Any

from django.utils.text import slugify

from terreau.agreements import convention
from terreau.agreements.enums import VersionState
from terreau.agreements.models import Agreement, AgreementVersion
from terreau.core import clock
from terreau.documents.blocks import Document
from terreau.documents.pdf import Unprintable, render_document
from terreau.documents.tables import BYTE_ORDER_MARK, Format, Sheet, csv_lines, write
from terreau.ecosystems.models import Ecosystem, LogEntry
from terreau.ecosystems.queries import logbook
from terreau.ecosystems.queries.effects import effects_of
from terreau.ecosystems.queries.solution import scene_of, solution_of
from terreau.ecosystems.rules.printing import printed
from terreau.overview import effects_document
from terreau.overview.columns import Keep, plain
from terreau.overview.kinds import BY_CODE, readable
from terreau.overview.pointing import keeper
from terreau.overview.relay import relay_of
from terreau.overview.relay_document import document_of
from terreau.overview.tables import Table, tables_of
from terreau.people.visibility import Reach

ROWS_A_SHEET = 5_000  # a spreadsheet is built in memory: a long list becomes several
PIECE = 1024**2
READ_ME = """{name}
Emporté le {day:%d/%m/%Y} avec Terreau.

listes/      chaque liste en ODS, en XLSX et en CSV
documents/   la solution, ce que ça change, le passage de relais et les engagements, en PDF
fichiers/    les photos et documents du journal
tout.json    les mêmes données, pour un autre logiciel

Contient ce que pouvait lire la personne qui l'a emporté, rien de plus. Des personnes y sont
nommées : gardez ce fichier comme vous garderiez un carnet d'adresses.
"""


def write_archive(target: IO[bytes], ecosystem: Ecosystem, reach: Reach) -> None:
    """Write the ZIP into an open file."""
    tables, keep = tables_of(ecosystem, reach), keeper(ecosystem, reach)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        words = READ_ME.format(name=ecosystem.name, day=clock.today())
        archive.writestr("LISEZ-MOI.txt", words)
        for table in tables:
            _write_lists(archive, table, keep)
        _write_json(archive, ecosystem, tables, keep)
        _write_documents(archive, ecosystem, reach)
        _write_files(archive, ecosystem, reach)


def _write_lists(archive: zipfile.ZipFile, table: Table, keep: Keep) -> None:
    """Write one list in its formats in one pass: the CSV waits in a file of its own meanwhile."""
    with tempfile.TemporaryFile(prefix="terreau-") as waiting:
        waiting.write(BYTE_ORDER_MARK)
        for number, rows in enumerate(_parts(table.lines(keep)), 1):
            lines = csv_lines(table.headers, rows)
            waiting.writelines(lines if number == 1 else islice(lines, 1, None))
            name = table.name if number == 1 else f"{table.name}-{number}"
            sheet = Sheet(table.title, table.headers, rows)
            for form in (Format.ODS, Format.XLSX):
                archive.writestr(f"listes/{name}.{form}", write(form, [sheet]))
        waiting.seek(0)
        _copy(archive, f"listes/{table.name}.csv", waiting)


def _copy(archive: zipfile.ZipFile, name: str, source: IO[bytes]) -> None:
    with archive.open(name, "w", force_zip64=True) as out:
        shutil.copyfileobj(source, out, PIECE)


def _parts(lines: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    first = list(islice(lines, ROWS_A_SHEET))
    yield first
    while part := list(islice(lines, ROWS_A_SHEET)):
        yield part


def _write_json(
    archive: zipfile.ZipFile, ecosystem: Ecosystem, tables: list[Table], keep: Keep
) -> None:
    head = {
        "cooperation": ecosystem.name,
        "phrase": ecosystem.sentence,
        "lieu": ecosystem.place,
        "phase": ecosystem.phase,
        "emporte_le": plain(clock.now()),
    }
    with archive.open("tout.json", "w", force_zip64=True) as out:
        out.write(json.dumps(head, ensure_ascii=False)[:-1].encode())
        for table in tables:
            out.write(f",\n{json.dumps(table.name)}: [".encode())
            for number, row in enumerate(table.objects(keep)):
                joint = ",\n" if number else "\n"
                out.write((joint + json.dumps(row, ensure_ascii=False)).encode())
            out.write(b"]")
        out.write(b"}\n")


def _write_documents(archive: zipfile.ZipFile, ecosystem: Ecosystem, reach: Reach) -> None:
    relay = document_of(ecosystem, relay_of(ecosystem, reach))
    _write_pdf(archive, "passage-de-relais", partial(render_document, relay))
    scene = scene_of(solution_of(ecosystem, reach), lambda *_: "")
    footer = f"Telle qu'elle était écrite le {clock.today():%d/%m/%Y}."
    _write_pdf(archive, "solution", partial(printed, scene, ecosystem.name, footer))
    effects = effects_document.document_of(effects_of(ecosystem, reach), ecosystem.name)
    _write_pdf(archive, "ce-que-ca-change", partial(render_document, effects))
    for name, paper in _papers(ecosystem, reach):
        _write_pdf(archive, name, partial(render_document, paper))


def _papers(ecosystem: Ecosystem, reach: Reach) -> Iterator[tuple[str, Document]]:
    agreements = readable(BY_CODE["engagements"], ecosystem, reach).order_by().values("pk")
    versions = AgreementVersion.objects.filter(
        agreement__in=Agreement.objects.filter(pk__in=agreements),
        state__in=(VersionState.ACCEPTED, VersionState.PROPOSED),
    ).select_related("agreement__ecosystem")
    for version in versions.order_by("agreement_id", "number"):
        name = f"engagement-{version.agreement_id}-v{version.number}"
        words = slugify(version.agreement.name)[:60]
        paper = convention.document(convention.paper_of(version, reach))
        yield f"{name}-{words}".rstrip("-"), paper


def _write_pdf(archive: zipfile.ZipFile, name: str, printing: Callable[[], bytes]) -> None:
    try:
        archive.writestr(f"documents/{name}.pdf", printing())
    except Unprintable as refusal:  # one page that will not print must not hold back the rest
        archive.writestr(f"documents/{name}.txt", refusal.message)


def _write_files(archive: zipfile.ZipFile, ecosystem: Ecosystem, reach: Reach) -> None:
    days = dict(LogEntry.objects.filter(ecosystem=ecosystem).values_list("pk", "day"))
    for attachment in logbook.attachments(ecosystem, reach).iterator(chunk_size=200):
        stem, _, extension = (slugify(part) for part in attachment.name.rpartition("."))
        words = f"{stem[:60] or 'fichier'}.{extension}"
        name = f"fichiers/{days[attachment.entry_id]:%Y-%m-%d}-{attachment.pk}-{words}"
        try:
            stored = attachment.file.open("rb")
        except FileNotFoundError:
            archive.writestr(f"{name}.txt", "Ce fichier n'est plus sur le serveur.")
            continue
        with stored:
            _copy(archive, name, stored)
