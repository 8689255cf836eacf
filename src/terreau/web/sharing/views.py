# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre règle de partage »: its versions, how one is written, and how its adoption is noted."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from terreau.agreements.actions import sharing as actions
from terreau.agreements.models import Sharing, SharingRule
from terreau.agreements.queries import sharing as queries
from terreau.agreements.rules import rights
from terreau.core.quantities import MICRO, show, to_decimal
from terreau.core.units import UNITS
from terreau.documents.tables import Cell, Sheet
from terreau.ecosystems.models import Ecosystem
from terreau.ledger.sharing.rule import Part, Rule
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, found_in, said
from terreau.web.downloads import exports_of
from terreau.web.paging import page_of
from terreau.web.sharing.forms import ACTIONS, AdoptionForm, RuleForm, counted_words

ROWS = 30


@dataclass(frozen=True, slots=True)
class PartWords:
    """A part in words: how much, to whom, what counts for how many points."""

    name: str
    percent: str
    how: str
    counts: tuple[str, ...]


def rule_in_words(rule: Rule) -> tuple[tuple[PartWords, ...], str]:
    """Return the parts in words, and what stays in common (empty when nothing does)."""
    kept = percent(rule.kept) if rule.kept else ""
    return tuple(_part_words(part) for part in rule.parts), kept


def percent(hundredths: int) -> str:
    """Say hundredths of a percent: « 33,33 % »."""
    return f"{show(hundredths * MICRO // 100)}\N{NO-BREAK SPACE}%"


def points_words(points: Fraction) -> str:
    """Say points as they are with six decimals, else « environ » so many."""
    micro = round(points * MICRO)
    nearly = "" if micro == points * MICRO else "environ "
    word = "point" if micro < 2 * MICRO else "points"
    return f"{nearly}{show(micro if not nearly else round(micro, -4))} {word}"


def _part_words(part: Part) -> PartWords:
    equal = part.how == "equal"
    ways = dict(ACTIONS)
    counts = []
    for one in part.counts:
        said = counted_words(one.kind, one.unit)
        if one.action:
            said += f" ({ways.get(one.action, one.action)})"
        if not equal:
            points = "point" if one.points < 2 * MICRO else "points"
            said += f" : {show(one.points)} {points} pour 1 {UNITS[one.unit].label}"
        counts.append(said)
    how = "à parts égales entre celles et ceux qui ont apporté" if equal else "selon les points"
    if part.most:
        how += f", {percent(part.most)} de cette part au plus pour un seul"
    return PartWords(part.name, percent(part.percent), how, tuple(counts))


@require_safe
@access(Policy.MEMBER)
def sharing_page(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show the version in force, the others, and what was counted."""
    rows = queries.sharings_of(request.reach, ecosystem)
    versions = queries.rules_of(request.reach, ecosystem)
    sheets = [_sharings_sheet(rows), _versions_sheet(versions)]
    file = exports_of(request, sheets, f"partages-{ecosystem.slug}")
    if file is not None:
        return file
    current = queries.rule_in_force(request.reach, ecosystem)
    shown = {
        "ecosystem": ecosystem,
        "current": current,
        "in_words": rule_in_words(current.rule) if current else None,
        "versions": versions,
        "page": page_of(request, rows, ROWS),
        "in_circle": rights.is_in_circle(request.reach, ecosystem),
        "here": request.get_full_path(),
    }
    return render(request, "sharing/page.html", shown)


def _sharings_sheet(rows: QuerySet[Sharing]) -> Sheet:
    headers = (
        "ce qu'on partage",
        "combien",
        "unité",
        "selon la version",
        "calculé le",
        "empreinte",
    )
    return Sheet("Partages", headers, [_sharing_row(row) for row in rows])


def _versions_sheet(versions: QuerySet[SharingRule]) -> Sheet:
    headers = ("version", "en mots", "part", "sur 100", "comment", "ce qui compte", "adoptée par",
               "le", "pièce")  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (row.number, row.words, part.name, part.percent, part.how, " ; ".join(part.counts),
         row.adopted_by, row.adopted_on, row.document)
        for row in versions
        for part in rule_in_words(row.rule)[0]
    ]  # fmt: skip
    return Sheet("Versions de la règle", headers, rows)


def _sharing_row(row: Sharing) -> tuple[Cell, ...]:
    unit = UNITS[row.unit].label
    day = row.known_at.date()
    return (row.title, to_decimal(row.quantity), unit, row.rule.number, day, row.digest)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def sharing_write(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Write the next version, from the one before."""
    if not rights.is_in_circle(request.reach, ecosystem):
        raise Http404
    before = queries.rules_of(request.reach, ecosystem).first()
    form = RuleForm(request.POST or None, ecosystem=ecosystem, before=before)
    if request.method == "POST" and form.is_valid():
        by, data = request.user, form.cleaned_data
        done = attempt(
            form,
            lambda: actions.write_rule(
                by=by, ecosystem=ecosystem, key=data["key"], words=data["words"], rule=form.rule()
            ),
        )
        if done is not None:
            sentence = "La version est écrite. Elle comptera une fois adoptée."
            return said(request, sentence, "sharing_rule", ecosystem.slug, done.pk)
    shown = {"ecosystem": ecosystem, "form": form, "before": before}
    return render(request, "sharing/write.html", shown, status=422 if form.errors else 200)


def _rule(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> SharingRule:
    return found_in(queries.rules_of(request.reach, ecosystem), ecosystem, pk)


@require_safe
@access(Policy.MEMBER)
def sharing_rule(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Show one version: its words, its parts, who adopted it."""
    rule = _rule(request, ecosystem, pk)
    shown = {
        "ecosystem": ecosystem,
        "rule": rule,
        "in_words": rule_in_words(rule.rule),
        "may_adopt": rights.keeps_keys(request.reach, ecosystem) and rule.adopted_on is None,
    }
    return render(request, "sharing/rule.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.STEWARD)
def sharing_adopt(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Note that a version was adopted."""
    rule = _rule(request, ecosystem, pk)
    form = AdoptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, adoption = request.user, form.adoption()
        done = attempt(form, lambda: actions.adopt_rule(by=by, rule=rule, adoption=adoption))
        if done is not None:
            return said(request, "L'adoption est notée.", "sharing_rule", ecosystem.slug, pk)
    shown = {
        "ecosystem": ecosystem,
        "rule": rule,
        "form": form,
        "in_words": rule_in_words(rule.rule),
    }
    return render(request, "sharing/adopt.html", shown, status=422 if form.errors else 200)
