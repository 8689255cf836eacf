# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stakes, difficulties, our words and decisions: the same pages for each, told by a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from terreau.documents.tables import Sheet
from terreau.ecosystems.actions import decisions as decided
from terreau.ecosystems.actions import words as actions
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.queries import aim as queries
from terreau.ecosystems.rules.records import THEIRS, can_change
from terreau.people.visibility import reach_of
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, refuse_the_form, said
from terreau.web.cap.forms import (
    DecisionForm,
    EndDecisionForm,
    ObstacleForm,
    OurWordForm,
    StakeForm,
    VoicedForm,
)
from terreau.web.cap.views import read_or_send
from terreau.web.downloads import exports_of

ROWS_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Noun:
    """What the pages of one kind of short text say and call."""

    title: str
    lead: str
    add_title: str
    example: str
    form: type[VoicedForm]
    fields: tuple[str, ...]
    rows: Callable[..., Any]
    add: Callable[..., Any]
    columns: tuple[tuple[str, str], ...]


NOUNS = {
    "stakes": Noun(
        title="Ce qui se joue ici",
        lead="Les besoins que l'on a entendus, et de qui.",
        add_title="Dire ce qui se joue",
        example="« Arriver à 5 h et revenir » : les équipes du matin, dit par deux employeurs.",
        form=StakeForm,
        fields=("label", "description", "concerned", "source"),
        rows=queries.stakes,
        add=actions.add_stake,
        columns=(
            ("Ce qui se joue", "label"),
            ("En quelques phrases", "description"),
            ("Pour qui", "concerned"),
            ("Qui l'a dit", "source"),
        ),
    ),
    "obstacles": Noun(
        title="Difficultés",
        lead="Ce qui a coincé, avec vos mots. La publier est un choix ; d'autres y apprennent.",
        add_title="Raconter une difficulté",
        example="« Il a fallu huit mois pour se connaître avant de promettre quoi que ce soit. »",
        form=ObstacleForm,
        fields=("words", "year", "code", "learnt"),
        rows=queries.obstacles,
        add=actions.add_obstacle,
        columns=(
            ("Année", "year"),
            ("Ce qui a coincé", "words"),
            ("À quoi cela ressemble", "get_code_display"),
            ("Ce qu'on en a appris", "learnt"),
        ),
    ),
    "words": Noun(
        title="Nos mots",
        lead="Ce que nous voulons dire, ici, par les mots que nous employons.",
        add_title="Ajouter un mot",
        example="« un retour : le trajet pour rentrer. Sans lui, l'aller ne vaut rien. »",
        form=OurWordForm,
        fields=("word", "meaning", "field_term"),
        rows=queries.words,
        add=actions.add_word,
        columns=(
            ("Mot", "word"),
            ("Ce que nous voulons dire", "meaning"),
            ("Le mot du métier", "field_term"),
        ),
    ),
    "decisions": Noun(
        title="Nos décisions",
        lead="Ce que le cercle a décidé, avec sa date. Terreau note, il ne décide rien.",
        add_title="Noter une décision",
        example="« Le 3 mars : nous nous réunissons à La Halte le premier mardi du mois. »",
        form=DecisionForm,
        fields=("day", "text", "opens_statements"),
        rows=queries.decisions,
        add=decided.decide,
        columns=(
            ("Le", "day"),
            ("Ce que nous avons décidé", "text"),
            ("Les relevés sont ouverts", "opens_statements"),
            ("Jusqu'au", "ended_on"),
        ),
    ),
}


def _cell(row: Any, name: str) -> Any:
    value = getattr(row, name)
    value = value() if callable(value) else value
    return ("oui" if value else "") if isinstance(value, bool) else value


def _sheet(noun: Noun, rows: Sequence[Any]) -> Sheet:
    headers = [header for header, _ in noun.columns]
    return Sheet(noun.title, headers, [[_cell(r, name) for _, name in noun.columns] for r in rows])


@require_safe
@access(Policy.MEMBER)
def cap_texts(request: AuthedRequest, ecosystem: Ecosystem, kind: str) -> HttpResponseBase:
    """The list of one kind of short text."""
    noun, reach = NOUNS[kind], reach_of(request.user)
    rows = noun.rows(ecosystem, reach)
    if file := exports_of(request, _sheet(noun, rows), f"{ecosystem.slug}-{kind}"):
        return file
    shown = {
        "ecosystem": ecosystem,
        "kind": kind,
        "noun": noun,
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "mine": reach.agents,
        "add_url": f"cap_{kind}_add",
        "edit_url": f"cap_{kind}_edit",
    }
    return render(request, f"cap/{kind}.html", shown)


@read_or_send
@access(Policy.MEMBER)
def cap_text_add(request: AuthedRequest, ecosystem: Ecosystem, kind: str) -> HttpResponseBase:
    """Write a new one."""
    noun = NOUNS[kind]
    form = noun.form(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        if attempt(form, lambda: _add(request, ecosystem, noun, form)) is not None:
            return said(request, "C'est enregistré.", f"cap_{kind}", ecosystem.slug)
    return render(request, "cap/text_form.html", _form_context(ecosystem, kind, form))


def _add(request: AuthedRequest, ecosystem: Ecosystem, noun: Noun, form: VoicedForm) -> Any:
    told = {name: form.cleaned_data[name] for name in noun.fields}
    words = told if noun.add is decided.decide else {"said": told}
    return noun.add(by=request.user, ecosystem=ecosystem, filing=form.filing(), **words)


def _form_context(
    ecosystem: Ecosystem, kind: str, form: VoicedForm, record: Any = None
) -> dict[str, Any]:
    names = (*(["author"] if "author" in form.fields else []), *NOUNS[kind].fields, "level")
    return {
        "ecosystem": ecosystem,
        "kind": kind,
        "noun": NOUNS[kind],
        "form": form,
        "bound": [form[name] for name in names],
        "record": record,
        "list_url": f"cap_{kind}",
        "erase_url": f"cap_{kind}_erase",
    }


@read_or_send
@access(Policy.MEMBER)
def cap_text_edit(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int, kind: str
) -> HttpResponseBase:
    """Correct one."""
    noun = NOUNS[kind]
    text = get_object_or_404(noun.rows(ecosystem, request.user), pk=pk)
    refuse_the_form(request, can_change(request.user, text), THEIRS)
    known = {name: getattr(text, name) for name in (*noun.fields, "level", "version")}
    form = noun.form(request.POST or None, user=request.user, initial=known)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = attempt(
            form,
            lambda: actions.correct(
                by=request.user,
                text=text,
                version=given["version"] or 0,
                level=given["level"],
                said={name: given[name] for name in noun.fields},
            ),
        )
        if done is not None:
            return said(request, "C'est enregistré.", f"cap_{kind}", ecosystem.slug)
    return render(request, "cap/text_form.html", _form_context(ecosystem, kind, form, text))


@require_POST
@access(Policy.MEMBER)
def cap_text_erase(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int, kind: str
) -> HttpResponseBase:
    """Erase one for good."""
    text = get_object_or_404(NOUNS[kind].rows(ecosystem, request.user), pk=pk)
    actions.erase(by=request.user, text=text)
    return said(request, "C'est effacé.", f"cap_{kind}", ecosystem.slug)


@read_or_send
@access(Policy.STEWARD)
def cap_decision_end(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Say that a decision no longer holds."""
    decision = get_object_or_404(queries.decisions(ecosystem, request.user), pk=pk)
    form = EndDecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        ended = attempt(
            form, lambda: decided.end_decision(by=request.user, decision=decision, on=on)
        )
        if ended is not None:
            return said(request, "C'est noté.", "cap_decisions", ecosystem.slug)
    shown = {"form": form, "decision": decision, "ecosystem": ecosystem}
    return render(request, "cap/decision_end.html", shown)
