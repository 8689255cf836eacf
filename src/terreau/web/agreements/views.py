# SPDX-License-Identifier: AGPL-3.0-or-later
"""Agreements: mine first, one page each, the text of a version, proposed, changed."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.agreements.actions import agreements as actions
from terreau.agreements.actions import endings
from terreau.agreements.convention import paper_of
from terreau.agreements.enums import VersionState
from terreau.agreements.models import Agreement, AgreementVersion
from terreau.agreements.queries import agreements as queries
from terreau.agreements.queries.exports import commitments_sheet, parties_sheet
from terreau.agreements.rules import rights
from terreau.ecosystems.models import Ecosystem
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.agreements.forms import OpenForm, TextForm, WordsForm
from terreau.web.answers import attempt, check_first, found_in, pressed, said
from terreau.web.downloads import download, wanted
from terreau.web.numbers import row_number
from terreau.web.paging import page_of

ROWS = 20


def find(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Agreement:
    """Return an agreement of this ecosystem that the person may read, or answer 404."""
    rows = queries.readable(request.reach).filter(ecosystem=ecosystem)
    return found_in(rows, ecosystem, pk)


def version_of(request: AuthedRequest, agreement: Agreement) -> AgreementVersion:
    """Return the version of the address (``?version=2``), else the last one."""
    versions = agreement.versions.all()
    number = row_number(request.GET.get("version", ""))
    version = versions.first() if number is None else versions.filter(number=number).first()
    if version is None:
        raise Http404
    version.agreement = agreement
    return version


@require_safe
@access(Policy.MEMBER)
def agreements_list(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Show what awaits me, my promises, those made to me, then every agreement."""
    reader = request.reach
    if wanted(request):
        sheets = [commitments_sheet(reader, ecosystem), parties_sheet(reader, ecosystem)]
        return download(request, sheets, f"engagements-{ecosystem.slug}")
    mine = list(queries.my_promises(reader, ecosystem)[:ROWS])
    to_me = list(queries.promised_to_me(reader, ecosystem)[:ROWS])
    rows = queries.agreements_of(reader, ecosystem)
    shown = {
        "ecosystem": ecosystem,
        "to_answer": list(queries.to_answer(reader, ecosystem)[:ROWS]),
        "to_review": list(queries.to_review(reader, ecosystem)[:ROWS]),
        "mine": queries.with_progress(mine),
        "to_me": queries.with_progress(to_me),
        "page": page_of(request, rows, ROWS),
        "here": request.get_full_path(),
    }
    return render(request, "agreements/list.html", shown)


@require_safe
@access(Policy.MEMBER)
def agreements_page(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Show one version: its state, parties, promises, what to look at before printing."""
    agreement = find(request, ecosystem, pk)
    version = version_of(request, agreement)
    paper, reach = paper_of(version, request.reach), request.reach
    party_ids = [*(party.agent_id for party in paper.parties), agreement.author_id]
    agreed = [party.agent_id for party in paper.parties if party.agreed_on]
    versions = list(agreement.versions.all())
    shown = {
        "ecosystem": ecosystem,
        "agreement": agreement,
        "version": version,
        "paper": paper,
        "commitments": queries.with_progress(list(paper.commitments)),
        "versions": versions,
        "may_drop": any(one.state == VersionState.ACCEPTED for one in versions),
        "may_decline": {
            row.pk
            for row in paper.commitments
            if rights.can_still_decline(reach, version, row, agreed)
        },
        "can_write": rights.can_write(reach, ecosystem, party_ids),
        "mine": reach.agents,
    }
    return render(request, "agreements/page.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_open(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Open an agreement: a name and between whom."""
    form = OpenForm(request.POST or None, reader=request.reach, ecosystem=ecosystem)
    if request.method == "POST" and form.is_valid():
        by, data = request.user, form.cleaned_data
        opening = actions.Opening(
            name=data["name"],
            author_id=data["author"],
            parties=data["parties"],
            preamble=data["preamble"],
            duration=data["duration"],
            level=data["level"],
        )
        done = attempt(
            form,
            lambda: actions.open_agreement(
                by=by, ecosystem=ecosystem, key=data["key"], opening=opening
            ),
        )
        if done is not None:
            sentence = "L'accord est ouvert. Ajoutez ce que chacun promet."
            return said(request, sentence, "agreements_page", ecosystem.slug, done.agreement_id)
    shown = {"ecosystem": ecosystem, "form": form}
    return render(request, "agreements/open.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_text(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Change the text of a version being written, and its parties."""
    agreement = find(request, ecosystem, pk)
    version = version_of(request, agreement)
    check_first(request, actions.check_is_written_by, version)
    initial = {
        "version": version.version,
        "name": agreement.name,
        "preamble": version.preamble,
        "duration": version.duration,
        "changes": version.changes,
    }
    form = TextForm(
        request.POST or None,
        initial=initial,
        reader=request.reach,
        ecosystem=ecosystem,
        version=version,
    )
    if request.method == "POST" and form.is_valid():
        by, data = request.user, dict(form.cleaned_data)
        edited, parties = data.pop("version"), data.pop("parties")
        done = attempt(
            form,
            lambda: actions.write_version(
                by=by, version=version, edited=edited, texts=data, parties=parties
            ),
        )
        if done is not None:
            return said(request, "Le texte est enregistré.", "agreements_page", ecosystem.slug, pk)
    shown = {"ecosystem": ecosystem, "form": form, "agreement": agreement, "version": version}
    return render(request, "agreements/text.html", shown, status=422 if form.errors else 200)


@require_POST
@access(Policy.MEMBER)
def agreements_propose(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Propose the version being written to its parties."""
    version = version_of(request, find(request, ecosystem, pk))
    action = partial(actions.propose, by=request.user, version=version)
    sentence = "Proposé. Chaque partie peut maintenant dire « d'accord »."
    return pressed(request, action, sentence, "agreements_page", ecosystem.slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_change(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Open another version, to accept again."""
    agreement = find(request, ecosystem, pk)
    check_first(request, actions.check_may_change, agreement)
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, words = request.user, form.cleaned_data["words"]
        if attempt(form, lambda: actions.change(by=by, agreement=agreement, words=words)):
            sentence = "Une nouvelle version est ouverte. L'ancienne vaut jusqu'à son acceptation."
            return said(request, sentence, "agreements_page", ecosystem.slug, pk)
    shown = {"ecosystem": ecosystem, "form": form, "agreement": agreement}
    return render(request, "agreements/change.html", shown, status=422 if form.errors else 200)


@require_POST
@access(Policy.MEMBER)
def agreements_drop(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Give up the version being written; the accepted one goes on."""
    version = version_of(request, find(request, ecosystem, pk))
    action = partial(endings.drop_draft, by=request.user, version=version)
    sentence = "La nouvelle version est abandonnée. L'accord continue comme avant."
    return pressed(request, action, sentence, "agreements_page", ecosystem.slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_end(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """End an agreement, with a word."""
    agreement = find(request, ecosystem, pk)
    check_first(request, endings.check_may_end, agreement)
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, words = request.user, form.cleaned_data["words"]
        if attempt(form, lambda: endings.end_agreement(by=by, agreement=agreement, words=words)):
            return said(request, "L'accord est terminé.", "agreements_page", ecosystem.slug, pk)
    shown = {"ecosystem": ecosystem, "form": form, "agreement": agreement}
    return render(request, "agreements/end.html", shown, status=422 if form.errors else 200)
