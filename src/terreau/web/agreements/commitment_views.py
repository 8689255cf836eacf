# SPDX-License-Identifier: AGPL-3.0-or-later
"""Promises: « Je m'engage », changed, declined with a word, looked at again together."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.agreements.actions import commitments as actions
from terreau.agreements.actions.agreements import check_is_written_by
from terreau.agreements.models import AgreementVersion, Commitment
from terreau.agreements.queries import agreements as queries
from terreau.agreements.rules import rights
from terreau.ecosystems.models import Ecosystem
from terreau.people.enums import Level
from terreau.people.queries import readers_count
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.agreements.forms import (
    CommitmentForm,
    NewCommitmentForm,
    NotThisYearForm,
    PairForm,
    ReviewForm,
)
from terreau.web.agreements.views import find, version_of
from terreau.web.answers import attempt, check_first, pressed, said
from terreau.web.numbers import row_number


def _find(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> Commitment:
    """Return a promise of an agreement that the person may read, or answer 404."""
    row = queries.commitment_for(request.reach, ecosystem, pk)
    if row is None:
        raise Http404
    row.version.agreement.ecosystem = ecosystem
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_new(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """« Je m'engage »: one form, in an agreement being written or in a new one."""
    form = NewCommitmentForm(request.POST or None, reader=request.reach, ecosystem=ecosystem)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _write_new(request, ecosystem, form))
        if done is not None:
            sentence = "Écrit. Relisez l'accord, puis proposez-le aux parties."
            agreement_id = done.version.agreement_id
            return said(request, sentence, "agreements_page", ecosystem.slug, agreement_id)
    # In an agreement being written, whose level may be another, no count rather than a wrong one.
    readers = None if form.drafts else readers_count(ecosystem.circle, Level.CIRCLE)
    shown = {"ecosystem": ecosystem, "form": form, "readers": readers}
    return render(request, "agreements/new.html", shown, status=422 if form.errors else 200)


def _write_new(request: AuthedRequest, ecosystem: Ecosystem, form: NewCommitmentForm) -> Commitment:
    data = form.cleaned_data
    return actions.engage(
        by=request.user,
        ecosystem=ecosystem,
        key=data["key"],
        draft=form.draft(),
        back=form.back(),
        where=form.drafts.get(data.get("agreement") or 0) or data["name"],
    )


def _others(version: AgreementVersion, own: Commitment | None = None) -> list[Commitment]:
    rows = version.commitments.select_related("provider")
    return list(rows.exclude(pk=own.pk) if own else rows)


def _in_return(request: AuthedRequest, version: AgreementVersion) -> dict[str, object]:
    """Start from the other side of a promise: « ?en-retour-de= » its number."""
    asked = row_number(request.GET.get("en-retour-de", ""))
    row = version.commitments.filter(pk=asked).first() if asked is not None else None
    if row is None:
        return {}
    return {
        "provider": row.receiver_id or "",
        "receiver": row.provider_id,
        "in_return_of": [row.pk],
        "review_on": row.review_on,
    }


def _add(request: AuthedRequest, version: AgreementVersion, form: PairForm) -> Commitment:
    by, key, draft, back = request.user, form.cleaned_data["key"], form.draft(), form.back()
    if back is None:
        return actions.add_commitment(by=by, version=version, key=key, draft=draft)
    return actions.add_pair(by=by, version=version, key=key, draft=draft, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_add(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Add a promise to the version being written."""
    version = version_of(request, find(request, ecosystem, pk))
    check_first(request, check_is_written_by, version)
    form = PairForm(
        request.POST or None,
        initial=_in_return(request, version),
        reader=request.reach,
        ecosystem=ecosystem,
        others=_others(version),
    )
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _add(request, version, form))
        if done is not None:
            return said(request, "Engagement ajouté.", "agreements_page", ecosystem.slug, pk)
    shown = {"ecosystem": ecosystem, "form": form, "agreement": version.agreement, "row": None}
    return render(request, "agreements/commit.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_edit(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Change a promise of the version being written."""
    row = _find(request, ecosystem, pk)
    check_first(request, check_is_written_by, row.version)
    form = CommitmentForm(
        request.POST or None,
        initial=_typed(row),
        reader=request.reach,
        ecosystem=ecosystem,
        others=_others(row.version, row),
    )
    if request.method == "POST" and form.is_valid():
        by, draft = request.user, form.draft()
        edited = form.cleaned_data["version"] or 0
        done = attempt(
            form,
            lambda: actions.edit_commitment(by=by, commitment=row, edited=edited, draft=draft),
        )
        if done is not None:
            agreement_id = row.version.agreement_id
            return said(
                request, "Engagement changé.", "agreements_page", ecosystem.slug, agreement_id
            )
    shown = {
        "ecosystem": ecosystem,
        "form": form,
        "agreement": row.version.agreement,
        "row": row,
    }
    return render(request, "agreements/commit.html", shown, status=422 if form.errors else 200)


def _typed(row: Commitment) -> dict[str, object]:
    return {
        "version": row.edited,
        "words": row.words,
        "provider": row.provider_id,
        "receiver": row.receiver_id,
        "kind": row.kind,
        "nature": row.nature,
        "quantity": row.quantity,
        "unit": row.unit,
        "period": row.period,
        "review_on": row.review_on,
        "free": row.free,
        "volunteers": row.volunteers,
        "in_return_of": [other.pk for other in row.in_return_of.all()],
    }


@require_POST
@access(Policy.MEMBER)
def agreements_remove(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Take a promise out of the version being written."""
    row = _find(request, ecosystem, pk)
    page = ("agreements_page", ecosystem.slug, row.version.agreement_id)
    action = partial(actions.remove_commitment, by=request.user, commitment=row)
    return pressed(request, action, "Engagement retiré du texte.", *page)


@require_safe
@access(Policy.MEMBER)
def agreements_commitment(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int
) -> HttpResponseBase:
    """Show one promise: where it stands, what was said when it was looked at again."""
    row, reach = _find(request, ecosystem, pk), request.reach
    shown = {
        "ecosystem": ecosystem,
        "row": queries.with_progress([row])[0],
        "reviews": row.reviews.select_related("said_by"),
        "gifts": queries.gifts_towards(request.reach, row)[:12],
        "can_review": row.is_running
        and row.version.is_accepted
        and rights.can_review(reach, ecosystem, row),
        "can_give": row.provider_id in reach.agents and row.quantity is not None,
    }
    return render(request, "agreements/commitment.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_not_this_year(
    request: AuthedRequest, ecosystem: Ecosystem, pk: int
) -> HttpResponseBase:
    """« Pas cette année » of one promise, with a word."""
    row = _find(request, ecosystem, pk)
    if not rights.can_decline(request.reach, row):
        raise Http404
    form = NotThisYearForm(request.POST or None, initial=NotThisYearForm.read_of(row))
    if request.method == "POST" and form.is_valid():
        by, new = request.user, form.cleaned_data
        if attempt(form, lambda: actions.decline_commitment(by=by, commitment=row, **new)):
            page = ("agreements_page", ecosystem.slug, row.version.agreement_id)
            return said(request, "C'est noté : pas cette année.", *page)
    shown = {"ecosystem": ecosystem, "form": form, "row": row}
    return render(
        request, "agreements/not_this_year.html", shown, status=422 if form.errors else 200
    )


@require_POST
@access(Policy.MEMBER)
def agreements_take_up(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Take back a « pas cette année »."""
    row = _find(request, ecosystem, pk)
    page = ("agreements_page", ecosystem.slug, row.version.agreement_id)
    action = partial(actions.take_up_again, by=request.user, commitment=row)
    return pressed(request, action, "L'engagement est de nouveau dans le texte.", *page)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.MEMBER)
def agreements_review(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """« À revoir ensemble »: keep, adjust, stop there."""
    row = _find(request, ecosystem, pk)
    if not rights.can_review(request.reach, ecosystem, row):
        raise Http404
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, key, look = request.user, form.cleaned_data["key"], form.look()
        done = attempt(form, lambda: actions.review(by=by, commitment=row, key=key, look=look))
        if done is not None:
            page = ("agreements_commitment", ecosystem.slug, pk)
            if look.outcome == "adjust":
                page = ("agreements_page", ecosystem.slug, row.version.agreement_id)
            return said(request, "C'est noté.", *page)
    shown = {"ecosystem": ecosystem, "form": form, "row": row}
    return render(request, "agreements/review.html", shown, status=422 if form.errors else 200)
