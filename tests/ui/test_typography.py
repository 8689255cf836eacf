# SPDX-License-Identifier: AGPL-3.0-or-later
import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.ui.typography import with_hard_spaces

SPACES = re.compile(r"\s+")
PLAIN = st.text("ab12 :;!?«»<>&'\n", max_size=40)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Part due\n  : beaucoup", "Part due\u00a0: beaucoup"),
        ("« Tenir »", "«\u00a0Tenir\u00a0»"),
        ("<b>« Tenir »</b>.", "<b>«\u00a0Tenir\u00a0»</b>."),
        ("Qui ? Eux ; nous !", "Qui\u00a0? Eux\u00a0; nous\u00a0!"),
        ("Qui <strong>« Elles »</strong> ?", "Qui <strong>«\u00a0Elles\u00a0»</strong>\u00a0?"),
        ("18 000 euros, 1 250 000 h", "18\u202f000 euros, 1\u202f250\u202f000 h"),
        ("le 12 2026, à 8:30", "le 12 2026, à 8:30"),
        ('<a title="a : b" href="/x?y= :z">c</a>', '<a title="a : b" href="/x?y= :z">c</a>'),
        ("<textarea>a : b</textarea> : c", "<textarea>a : b</textarea>\u00a0: c"),
        ("<script>x ? y : z</script>", "<script>x ? y : z</script>"),
        ("<pre>a : b</pre><p>c :</p>", "<pre>a : b</pre><p>c\u00a0:</p>"),
    ],
)
def test_no_line_begins_with_a_colon(typed, printed):
    assert with_hard_spaces(typed) == printed


@given(st.lists(st.tuples(st.sampled_from(["p", "textarea", "b"]), PLAIN), max_size=4))
def test_nothing_but_spaces_changes_and_fields_hold_what_was_typed(parts):
    page = "".join(f"<{tag}>{html.escape(text)}</{tag}>" for tag, text in parts)

    done = with_hard_spaces(page)

    assert SPACES.sub(" ", done) == SPACES.sub(" ", page)
    assert with_hard_spaces(done) == done
    fields = re.compile(r"<textarea>(.*?)</textarea>", re.DOTALL)
    assert fields.findall(done) == fields.findall(page)


def test_a_page_comes_with_them_and_a_file_does_not(client, db, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "terreau.web.middleware.SpacesMiddleware"]

    page = client.get("/").content.decode()
    table = client.get("/donnees/cooperations.csv")

    assert "\u00a0" in page
    assert re.search(r"\s+[:;!?»](?=[\s<])", re.sub(r"[\u00a0\u202f]|<[^>]*>", "", page)) is None
    assert "\u00a0" not in b"".join(table).decode()
