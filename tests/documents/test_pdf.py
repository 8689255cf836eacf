# SPDX-License-Identifier: AGPL-3.0-or-later
"""Printed documents: what people typed stays text, and the compiler cannot hang us."""

import io
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader

from terreau.documents import pdf, word
from terreau.documents.blocks import Bullets, Document, Facts, Grid, Heading, Paragraph

HOSTILE = [
    '#read("/etc/passwd")',
    "#{ while true {} }",
    '#import "@preview/cetz:0.3.0"',
    "$x^2$ *gras* _italique_ `code` <etiquette> @reference",
    "</w:t><w:p>=cmd|' /C calc'!A0",
    "\\ \" ' {} [] \x00 \ud800",
]


def document_of(*texts: str) -> Document:
    blocks = [
        Heading("Un titre"),
        *map(Paragraph, texts),
        Bullets(texts),
        Facts([(text, text) for text in texts]),
        Grid(["a", "b"], [[text, text] for text in texts]),
    ]
    return Document("Notre solution", blocks, subtitle="sous-titre", footer="pied de page")


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\u00ad", "").replace("-", "")


@pytest.mark.parametrize("text", HOSTILE[:5])
def test_pdf_prints_hostile_text_as_text(text):
    printed = squeezed(text_of(pdf.render_document(document_of(text))))

    assert printed.count(squeezed(text)) == 6  # paragraph, bullet, two facts, two cells


def test_pdf_takes_any_character():
    assert pdf.render_document(document_of(*HOSTILE)).startswith(b"%PDF")


def test_pdf_is_tagged_titled_and_in_french():
    reader = PdfReader(io.BytesIO(pdf.render_document(document_of("Bonjour"))))

    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"] is not None
    assert catalogue["/Lang"].startswith("fr")
    assert reader.metadata.title == "Notre solution"
    assert "pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data().decode()


def test_a_document_without_words_is_still_a_document():
    assert pdf.render_document(Document("", [])).startswith(b"%PDF")


@pytest.mark.parametrize(
    "source",
    [
        '#let s = "ab"\n#for i in range(60) { s = s + s }\n#s.len()',
        "#for a in range(100000) { for b in range(100000) { let c = a * b } }",
        '#import "@preview/cetz:0.3.0": *',
        '#read("/../../../../../../etc/passwd")',
        '#read("/etc/passwd")',
    ],
)
def test_a_hostile_template_ends_in_a_refusal(source, tmp_path, monkeypatch):
    (tmp_path / "hostile.typ").write_text(source)
    monkeypatch.setattr(pdf, "PACKAGE", tmp_path)
    monkeypatch.setattr(pdf, "TEMPLATES", ".")

    with pytest.raises(pdf.Unprintable) as caught:
        pdf.render("hostile.typ", {}, seconds=3)

    assert "intacts" in caught.value.message


def test_no_template_of_ours_fetches_anything():
    templates = list(Path(pdf.PACKAGE).rglob("*.typ"))

    assert templates
    assert [path for path in templates if "@preview" in path.read_text()] == []


def test_word_holds_the_same_words_as_text():
    file = docx.Document(io.BytesIO(word.render(document_of(*HOSTILE[:5]))))

    paragraphs = [line.text for line in file.paragraphs]
    assert all(paragraphs.count(text) == 2 for text in HOSTILE[:5])
    assert [cell.text for row in file.tables[1].rows for cell in row.cells][2:4] == [HOSTILE[0]] * 2
    assert file.sections[0].footer.paragraphs[0].text == "pied de page"
    assert file.core_properties.author == ""


def test_word_takes_any_character():
    assert word.render(document_of(*HOSTILE)).startswith(b"PK")


def pages_of(blocks) -> list[str]:
    content = pdf.render_document(Document("Notre accord", blocks))
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def test_a_row_of_a_table_is_never_cut_in_two_by_the_end_of_a_page():
    rows = [(f"debut{n:02}", "des mots qui vont à la ligne " * 8, f"fin{n:02}") for n in range(40)]

    pages = pages_of([Grid(["Qui", "Promet", "Quand"], rows)])

    assert len(pages) > 2
    for number in range(40):
        found = [page for page in pages if f"debut{number:02}" in page]
        assert len(found) == 1, number
        assert f"fin{number:02}" in found[0], number
    ends = [page for page in pages if page.count("debut") != page.count("fin")]
    assert ends == []


def test_a_row_longer_than_a_page_goes_on_overleaf():
    pages = pages_of([Grid(["Promet"], [["mot " * 4000]])])

    assert sum(page.count("mot") for page in pages) == 4000


@pytest.mark.parametrize("before", range(20, 60, 4))
def test_who_agreed_stands_under_its_heading_and_an_answer_under_what_it_answers(before):
    story = [Paragraph("Le taxi a perdu deux courses.", strong=True), Paragraph("Réponse du taxi")]
    facts = Facts([("Partie", "Validé par le conseil") for _ in range(4)])

    pages = pages_of(
        [*[Paragraph("Une ligne.")] * before, *story, Heading("Accord des parties"), facts]
    )

    for together in (("Letaxiaperdu", "Réponsedutaxi"), ("Accorddesparties", "Validéparleconseil")):
        assert any(all(text in page for text in together) for page in pages), together
    assert any(page.count("Validéparleconseil") == 4 for page in pages)


def test_a_word_without_end_stays_on_the_page():
    lines = text_of(pdf.render_document(document_of("x" * 2000))).splitlines()

    assert max(line.count("x") for line in lines) <= 120
