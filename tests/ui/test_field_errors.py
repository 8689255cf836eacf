# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a field says of a mistake."""

from uuid import UUID

import pytest
from django import forms

from terreau.ui.templatetags.ui_forms import form_errors
from terreau.web.forms import KeyedForm

pytestmark = pytest.mark.unit


class Everything(forms.Form):
    words = forms.CharField(max_length=3)
    wanted = forms.CharField()
    day = forms.DateField()
    year = forms.IntegerField(min_value=1980)
    mail = forms.EmailField()
    site = forms.URLField(assume_scheme="https")
    kind = forms.ChoiceField(choices=[("a", "A")])
    agreed = forms.BooleanField()


def test_each_mistake_is_said_in_everyday_words_with_what_to_do():
    sent = {
        "words": "x" * 5000,
        "day": "31/02/2026",
        "year": "1200",
        "mail": "personne",
        "site": "javascript:alert(1)",
        "kind": "lune",
    }

    assert {name: errors[0] for name, errors in Everything(sent).errors.items()} == {
        "words": "C'est trop long : 3 signes au plus, vous en avez 5000. Raccourcissez.",
        "wanted": "Remplissez cette case.",
        "day": "Écrivez une date qui existe, par exemple 24/10/2026.",
        "year": "Ce nombre est trop petit : 1980 au moins.",
        "mail": "Écrivez une adresse entière, par exemple nom@example.org.",
        "site": "Écrivez une adresse de site, par exemple https://exemple.fr.",
        "kind": "Ce choix n'est pas proposé ici. Prenez-en un dans la liste.",
        "agreed": "Cochez cette case pour continuer.",
    }


def test_a_null_character_is_said_without_naming_it():
    errors = Everything({"wanted": "a\x00b"}).errors["wanted"]

    assert errors == ["Ce texte contient un signe qui ne s'affiche pas. Retapez-le."]


def test_a_key_that_cannot_be_read_comes_back_as_one_that_can():
    page = str(form_errors(KeyedForm({"key": "pas une clé"})))

    key = page.partition('name="key" value="')[2].partition('"')[0]
    assert ("envoyez de nouveau" in page, str(UUID(key))) == (True, key)
