# SPDX-License-Identifier: AGPL-3.0-or-later
"""One's own account: name, roles and mandates, data as a file, closure."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from terreau.core import clock
from terreau.core.versions import field_version
from terreau.ecosystems.actions.closure import close_account
from terreau.overview.my_data import my_data_file
from terreau.people.closure import rename_person
from terreau.people.enums import EndReason
from terreau.people.queries import all_mandates_of, all_roles_of, sole_keys_of
from terreau.people.tokens import A_MINUTE, last_days, make_token, open_tokens, revoke_token
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.account.forms import ClosureForm, RenameForm, TokenForm
from terreau.web.answers import attempt, pressed, said


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.SIGNED_IN)
def account_page(request: AuthedRequest) -> HttpResponseBase:
    """Show my account; a POST changes my name."""
    agent = request.user.agent
    read = {"name": agent.name, "version": field_version(agent, ["name"])}
    form = RenameForm(request.POST or None, initial=read)
    if request.method == "POST" and form.is_valid():
        if attempt(form, lambda: rename_person(by=request.user, **form.cleaned_data)):
            return said(request, "Votre nom est changé.", "account_page")
    shown = {
        "form": form,
        "roles": all_roles_of(request.user),
        "mandates": all_mandates_of(request.user),
        "today": clock.today(),
    }
    return render(request, "account/page.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@access(Policy.SIGNED_IN)
def account_tokens(request: AuthedRequest) -> HttpResponse:
    """Show the keys that my programs hold; a POST makes one, whose secret is shown once."""
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        secret = attempt(form, lambda: make_token(by=request.user, **form.cleaned_data)[1]) or ""
    tokens = list(open_tokens(request.user))
    used = last_days(tokens)
    shown = {
        "form": form,
        "secret": secret,
        "tokens": [(token, used.get(token.pk)) for token in tokens],
        "a_minute": A_MINUTE,
    }
    return render(request, "account/tokens.html", shown)


@require_POST
@access(Policy.SIGNED_IN)
def account_token_revoke(request: AuthedRequest, pk: int) -> HttpResponseBase:
    """Take a key back from a program."""
    return pressed(
        request,
        lambda: revoke_token(by=request.user, token_id=pk),
        "La clé est retirée : elle n'ouvre plus rien.",
        "account_tokens",
    )


@require_safe
@access(Policy.SIGNED_IN)
def account_data(request: AuthedRequest) -> HttpResponse:
    """Give everything that points to me, as one file."""
    name = f"mes-donnees-{clock.today():%Y-%m-%d}.zip"
    answer = HttpResponse(my_data_file(request.user), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@access(Policy.SIGNED_IN)
def account_closure(request: AuthedRequest) -> HttpResponse:
    """Say what closing my account erases and what stays, before asking."""
    shown = {"form": ClosureForm(), "alone": sole_keys_of(request.user)}
    return render(request, "account/closure.html", shown)


@require_POST
@access(Policy.SIGNED_IN)
def account_close(request: AuthedRequest) -> HttpResponseBase:
    """Close my account."""
    form = ClosureForm(request.POST)
    if not form.is_valid():
        shown = {"form": form, "alone": sole_keys_of(request.user)}
        return render(request, "account/closure.html", shown)
    reason = EndReason(form.cleaned_data["reason"])
    close_account(by=request.user, reason=reason)
    logout(request)
    return redirect("account_closed")


@require_safe
@access(Policy.PUBLIC)
def account_closed(request: AuthedRequest) -> HttpResponse:
    """Say that it is done."""
    return render(request, "account/closed.html")
