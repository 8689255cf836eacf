# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Qui voit quoi »: what the outside sees, who is named, who read and who took away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from terreau.agreements.queries.statement import statements_open
from terreau.core.errors import Refusal
from terreau.documents.tables import Sheet
from terreau.ecosystems.actions.naming import answer_notice, give_notice
from terreau.ecosystems.models import Ecosystem, NamingNotice, Presence
from terreau.ecosystems.queries.naming import namings
from terreau.ecosystems.rules.naming import Naming
from terreau.overview.kinds import kind_called, readable, voice_of, whole_of
from terreau.overview.levels import levels_of
from terreau.people.enums import Level
from terreau.people.models import OutsideRead, Record
from terreau.people.visibility import reach_of
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.addresses import answers_at
from terreau.web.answers import refused, said
from terreau.web.downloads import download, wanted

A_PAGE = 50
SHOWN = 15
WORDS = {
    Naming.NOT_ASKED: "n'est pas encore au courant",
    Naming.WAITING: "peut répondre",
    Naming.SILENT: "pas de réponse, n'apparaît pas",
    Naming.REFUSED: "a dit non",
    Naming.AGREED: "d'accord",
}
TONES = {Naming.AGREED: "leaf", Naming.WAITING: "ochre", Naming.REFUSED: "earth"}


@require_safe
@access(Policy.MEMBER)
def visibility_page(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """Show who sees what."""
    reach = reach_of(request.user)
    named = [_named(request, *row) for row in namings(ecosystem, reach)]
    shown = {
        "ecosystem": ecosystem,
        "levels": levels_of(ecosystem, reach),
        "named": named,
        "agreed": [one["presence"].agent for one in named if one["state"] == Naming.AGREED],
        "mine": reach.agents,
        "reads": _reads(ecosystem)[:SHOWN],
        "statements_open": statements_open(ecosystem) is not None,
        "takings": ecosystem.takings.select_related("agent")[:SHOWN],
    }
    return render(request, "visibility/page.html", shown)


def _named(
    request: AuthedRequest, presence: Presence, state: Naming, notice: NamingNotice | None
) -> dict[str, Any]:
    return {
        "presence": presence,
        "state": state.value,
        "words": WORDS[state],
        "tone": TONES.get(state, ""),
        "notice": notice,
        "may_tell": request.is_steward and state is Naming.NOT_ASKED,
    }


def _reads(ecosystem: Ecosystem) -> QuerySet[OutsideRead]:
    return OutsideRead.objects.filter(space_id=ecosystem.space_id).order_by("-day", "-pk")


@require_safe
@access(Policy.MEMBER)
def visibility_records(
    request: AuthedRequest, ecosystem: Ecosystem, level: str, kind: str
) -> HttpResponse:
    """List the records of one kind at one level."""
    if level not in Level.values:
        raise Http404
    chosen = kind_called(kind)
    found = readable(chosen, ecosystem, reach_of(request.user)).filter(level=level)
    named = ("author", "agent") if chosen.model is Presence else ("author",)
    rows = found.select_related(*named).distinct()
    if wanted(request):
        sheet = Sheet(chosen.label, ("Quoi", "Au nom de", "Écrit le"), list(map(_line, rows)))
        return download(request, sheet, f"{kind}-{level}")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "ecosystem": ecosystem,
        "level": Level(level),
        "kind": chosen,
        "page": page,
        "lines": list(map(_line, page)),
    }
    return render(request, "visibility/records.html", shown)


def _line(record: Record) -> tuple[str, str, datetime]:
    return whole_of(record), voice_of(record), record.created_at


@require_safe
@access(Policy.MEMBER)
def visibility_reads(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponse:
    """List the reads from outside, by organisation and day, and who took the whole away."""
    reads = _reads(ecosystem)
    takings = ecosystem.takings.select_related("agent")
    if wanted(request):
        rows = [(row.day, row.organisation, row.what, row.count) for row in reads]
        taken = [(one.at, str(one.agent), one.what) for one in takings]
        sheets = [
            Sheet("Lectures du dehors", ("Jour", "Qui", "Quoi", "Fois"), rows),
            Sheet("Qui l'a emportée", ("Quand", "Qui", "Quoi"), taken),
        ]
        return download(request, sheets, f"lectures-{ecosystem.slug}")
    page = Paginator(reads, A_PAGE).get_page(request.GET.get("page"))
    shown = {"ecosystem": ecosystem, "page": page, "takings": takings[:A_PAGE]}
    return render(request, "visibility/reads.html", shown)


@require_POST
@access(Policy.STEWARD)
def visibility_notice(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Tell an actor, seven days ahead, that it will be named in public."""
    seen = Presence.objects.visible_to(request.user).select_related("agent", "ecosystem__space")
    presence = get_object_or_404(seen, pk=pk, ecosystem=ecosystem)
    try:
        notice = give_notice(
            by=request.user, presence=presence, address=answers_at(request, ecosystem)
        )
    except Refusal as refusal:
        return refused(request, refusal, "visibility_page", ecosystem.slug)
    sentence = f"{presence.agent} a jusqu'au {notice.effective_on:%d/%m/%Y} pour répondre."
    return said(request, sentence, "visibility_page", ecosystem.slug)


@require_POST
@access(Policy.MEMBER)
def visibility_answer(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponse:
    """Answer a notice for oneself, or for the organisation one speaks for."""
    mine = NamingNotice.objects.filter(presence__agent_id__in=reach_of(request.user).agents)
    related = mine.select_related("presence__agent")
    notice = get_object_or_404(related, pk=pk, presence__ecosystem=ecosystem)
    agreed = request.POST.get("agreed") == "yes"
    answer_notice(by=request.user, notice=notice, agreed=agreed)
    words = (
        "Merci. Vous pouvez changer d'avis ici, n'importe quel jour." if agreed else "C'est noté."
    )
    return said(request, words, "visibility_page", ecosystem.slug)
