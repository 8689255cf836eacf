# SPDX-License-Identifier: AGPL-3.0-or-later
"""Components of forms: a field, the summary of errors, the button that says who will read."""

from __future__ import annotations

from typing import Protocol
from uuid import uuid4

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, HiddenInput
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from terreau.ui.sentences import readers_sentence

register = template.Library()


class Readers(Protocol):
    """How many will read (``people.visibility.Audience`` is one)."""

    @property
    def people(self) -> int: ...
    @property
    def organisations(self) -> int: ...
    @property
    def everybody(self) -> bool: ...


@register.simple_tag
def field(bound: BoundField, *, label: str = "", help: str = "", wide: bool = False) -> SafeString:
    """A field: label, help, error, widget. Optional ones say so; nothing is marked by a star."""
    widget = bound.field.widget
    shown = {
        "field": bound,
        "label": label or bound.label,
        "help": help or bound.help_text,
        "help_id": f"{bound.auto_id}_helptext",
        "widget": _widget(bound, help),
        "is_check": isinstance(widget, CheckboxInput),
        "is_group": widget.use_fieldset,
        "is_hidden": isinstance(widget, HiddenInput),
        "wide": wide,
    }
    return SafeString(render_to_string("ui/field.html", shown).strip())


def _widget(bound: BoundField, own_help: str) -> SafeString:
    # Django ties a widget to the form's own help and error; a help given here is tied by hand.
    ids = [f"{bound.auto_id}_helptext"] if own_help or bound.help_text else []
    ids += [f"{bound.auto_id}_error"] if bound.errors else []
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(ids)} if ids else {}
    return bound.as_widget(attrs=attributes)


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """What must be mended, both texts of an edit conflict, and the hidden fields.

    After a conflict the hidden ``version`` is the stored one: what is sent next builds on it.
    """
    conflict = getattr(form, "conflict", None)
    shown = {
        "form": form,
        "hidden": SafeString("".join(_hidden(bound, conflict) for bound in form.hidden_fields())),
        "general": form.non_field_errors(),
        "by_field": [bound for bound in form if bound.errors],
        "conflict": conflict,
        "texts": _texts(form, conflict),
    }
    return SafeString(render_to_string("ui/form_errors.html", shown).strip())


def _hidden(bound: BoundField, conflict: object) -> SafeString:
    if conflict is not None and bound.name == "version":
        return _hidden_input("version", getattr(conflict, "version", ""))
    if bound.name == "key" and bound.errors:  # a key that cannot be read would never be accepted
        return _hidden_input("key", uuid4())
    return bound.as_widget()


def _hidden_input(name: str, value: object) -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', name, value)


def _texts(form: BaseForm, conflict: object) -> list[tuple[str, str, str]]:
    """Return (label, stored, yours) for each field that differs."""
    if conflict is None:
        return []
    stored: dict[str, str] = getattr(conflict, "stored", {})
    yours: dict[str, str] = getattr(conflict, "yours", {})
    return [
        (
            str(form[name].label) if name in form.fields else name,
            _in_words(form, name, text),
            _in_words(form, name, yours.get(name, "")),
        )
        for name, text in stored.items()
        if text != yours.get(name, "")
    ]


def _in_words(form: BaseForm, name: str, text: str) -> str:
    """Return the words of a choice rather than its code."""
    choices = getattr(form.fields.get(name), "choices", ())
    return str(next((label for code, label in choices if str(code) == text), text))


def save_button(*, label: str, readers: Readers | None, url: str) -> SafeString:
    """The button that says who will read; a script keeps it true when the level changes."""
    sentence = (
        readers_sentence(readers.people, readers.organisations, everybody=readers.everybody)
        if readers is not None
        else ""
    )
    shown = {"label": label, "sentence": sentence, "url": url}
    return SafeString(render_to_string("ui/save.html", shown).strip())
