# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every field of every form says of a mistake: in everyday words, and what to do.

Django's own sentences (« Sélectionnez un choix valide. 12 n'en fait pas partie. ») are of the
machine. A field that has something better to say keeps its own ``error_messages``.
"""

from __future__ import annotations

from django import forms

CHOOSE = "Ce choix n'est pas proposé ici. Prenez-en un dans la liste."
SENTENCES: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {
        "required": "Remplissez cette case.",
        # What validators say, by their code.
        "null_characters_not_allowed": "Ce texte contient un signe qui ne s'affiche pas. "
        "Retapez-le.",
        "max_length": "C'est trop long : %(limit_value)d signes au plus, vous en avez "
        "%(show_value)d. Raccourcissez.",
        "min_length": "C'est trop court : %(limit_value)d signes au moins, vous en avez "
        "%(show_value)d.",
        "min_value": "Ce nombre est trop petit : %(limit_value)s au moins.",
        "max_value": "Ce nombre est trop grand : %(limit_value)s au plus.",
    },
    forms.BooleanField: {"required": "Cochez cette case pour continuer."},
    forms.IntegerField: {"invalid": "Écrivez un nombre entier, en chiffres."},
    forms.DateField: {"invalid": "Écrivez une date qui existe, par exemple 24/10/2026."},
    forms.EmailField: {"invalid": "Écrivez une adresse entière, par exemple nom@example.org."},
    forms.URLField: {"invalid": "Écrivez une adresse de site, par exemple https://exemple.fr."},
    forms.ChoiceField: {"required": "Choisissez une réponse.", "invalid_choice": CHOOSE},
    forms.MultipleChoiceField: {"invalid_choice": CHOOSE, "invalid_list": CHOOSE},
    forms.ModelChoiceField: {"required": "Choisissez une réponse.", "invalid_choice": CHOOSE},
    forms.ModelMultipleChoiceField: {
        "invalid_choice": CHOOSE,
        "invalid_list": CHOOSE,
        "invalid_pk_value": CHOOSE,
    },
}


def say_plainly() -> None:
    """Give these sentences to Django's fields. Once, before any form is made."""
    for field, sentences in SENTENCES.items():
        own = vars(field).get("default_error_messages", {})
        field.default_error_messages = {**own, **sentences}
