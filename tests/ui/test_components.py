# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest
from django.template import Context, Template, TemplateSyntaxError

from terreau.ui.sentences import readers_sentence
from terreau.ui.templatetags.ui import unbroken
from tests.web.reading import folded


def shown(source: str, **context: object) -> str:
    return folded(Template(source).render(Context(context)).strip())


def test_a_misspelt_attribute_is_refused_when_the_template_compiles():
    with pytest.raises(TemplateSyntaxError, match="unexpected keyword argument 'titel'"):
        Template('{% card titel="Qui" %}x{% endcard %}')


def test_an_unknown_tone_is_refused():
    with pytest.raises(TemplateSyntaxError, match="tone='rouge' is not known"):
        shown('{% badge "à revoir" tone="rouge" %}')


def test_an_unknown_icon_is_refused():
    with pytest.raises(TemplateSyntaxError, match="No icon is called 'chat'"):
        shown('{% icon "chat" %}')


def test_what_people_wrote_is_escaped():
    page = shown("{% badge word %}", word="<b>")

    assert page == '<span class="badge">&lt;b&gt;</span>'


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (None, ""),
        (0, "0"),
        (1_500_000, "1,5"),
        (1_234_500_000_000, "1\u202f234\u202f500"),
        (-500_000, "-0,5"),
        (1, "0,000001"),
    ],
)
def test_an_amount_is_shown_as_the_french_write_it(micro, text):
    assert shown("{{ micro|amount }}", micro=micro) == text


@pytest.mark.parametrize(
    ("people", "organisations", "sentence"),
    [
        (9, 7, "9 personnes de 7 organisations le liront"),
        (2, 0, "2 personnes le liront"),
        (1, 0, "personne d'autre que vous ne le lira"),
        (1, 1, "1 personne de 1 organisation le lira"),
        (0, 3, "3 organisations le liront"),
    ],
)
def test_the_count_of_readers_is_a_sentence(people, organisations, sentence):
    assert readers_sentence(people, organisations) == sentence


def test_what_is_public_is_said_to_be_read_by_everybody():
    assert readers_sentence(0, 0, everybody=True) == "tout le monde pourra le lire"


def test_the_buttons_of_a_head_stay_buttons():
    html = shown(
        '{% page_head title="Journal" %}{% button "Écrire" href="/x/" %}{% endpage_head %}'
    )

    assert '<a class="button button-primary" href="/x/">' in html


def test_a_sentence_does_not_break_inside_its_marks():
    said = unbroken("L'autre côté dira « D'accord » : oui ? <b>")

    assert said == "L'autre côté dira «\xa0D'accord\xa0»\xa0: oui\xa0? <b>"
    assert not hasattr(said, "__html__")
