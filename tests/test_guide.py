# SPDX-License-Identifier: AGPL-3.0-or-later
"""The guide shows what it names, leads somewhere, and names every page of the navigation."""

import re
from pathlib import Path

import pytest

from terreau.web.navigation import PLACES

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs/guide"
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
TEXTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
TEXTS += sorted((ROOT / "docs").rglob("*.md"))
PICTURE_BYTES, ALL_BYTES = 150_000, 3_000_000


def _anchors(text):
    """Return the anchors of the headings, as the forges make them."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def _goes_nowhere(text, target):
    path, _, anchor = target.partition("#")
    found = (text.parent / path).resolve() if path else text
    if not found.exists():
        return True
    return bool(anchor) and anchor not in _anchors(found.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_the_documents_leads_somewhere(text):
    links = [target for _, _, target in LINK.findall(text.read_text(encoding="utf-8"))]
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if _goes_nowhere(text, link)] == []


def test_every_picture_is_shown_with_words_and_is_small():
    shown = {}
    for page in GUIDE.glob("*.md"):
        for mark, words, target in LINK.findall(page.read_text(encoding="utf-8")):
            if mark:
                shown[Path(target).name] = words
    files = {path.name: path.stat().st_size for path in (GUIDE / "images").glob("*.png")}
    assert set(shown) == set(files)
    assert [name for name, words in shown.items() if len(words) < 20] == []
    assert [name for name, size in files.items() if size > PICTURE_BYTES] == []
    assert sum(files.values()) < ALL_BYTES


def test_every_picture_of_the_explanation_is_shown_with_words_and_says_them_itself():
    folder = ROOT / "docs/explanation"
    shown = LINK.findall((folder / "ledger.md").read_text(encoding="utf-8"))
    words = {target: said for mark, said, target in shown if mark}
    drawn = {f"images/{path.name}" for path in (folder / "images").iterdir()}
    assert drawn == {target for target in words if target.startswith("images/")}
    assert [target for target, said in words.items() if len(said) < 20] == []
    for target in drawn:
        text = (folder / target).read_text(encoding="utf-8")
        assert re.search(r"<title .*>.+</title>\s+<desc .*>.+</desc>", text), target


def test_the_guide_names_every_page_of_the_navigation_and_lists_its_own():
    pages = {page.name: page.read_text(encoding="utf-8") for page in GUIDE.glob("*.md")}
    words = "\n".join(pages.values())
    assert [label for _, label, _ in PLACES if label not in words] == []
    contents = pages.pop("README.md")
    assert [name for name in pages if f"]({name})" not in contents] == []
    assert [name for name, text in pages.items() if "!" in LINK.sub("", text)] == []


@pytest.mark.parametrize("page", ["definition.md", "proof.md", "reliability.md"])
def test_every_test_named_in_the_reference_exists(page):
    text = (ROOT / "docs/reference" / page).read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.py)(?:::(test_\w+))?`", text)
    missing = []
    for path, test in named:
        file = ROOT / "tests" / path
        if not file.exists() or (test and f"def {test}(" not in file.read_text(encoding="utf-8")):
            missing.append((path, test))
    assert named
    assert missing == []
