# SPDX-License-Identifier: AGPL-3.0-or-later
"""Circles and roles: given, ended."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from terreau.documents.tables import Sheet
from terreau.ecosystems.actions import roles as actions
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.queries import presence as queries
from terreau.people.enums import EndReason, RoleKind
from terreau.people.models import Role
from terreau.people.visibility import reach_of
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.answers import attempt, said
from terreau.web.downloads import exports_of
from terreau.web.numbers import row_number
from terreau.web.qui.forms import CircleForm, EndForm, RoleForm
from terreau.web.qui.views import read_or_send

ROLES_A_PAGE = 50


@require_safe
@access(Policy.MEMBER)
def qui_roles(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Every role, running or ended, with its dates."""
    roles = queries.role_history(ecosystem)
    if file := exports_of(request, _roles_sheet(roles), f"{ecosystem.slug}-roles"):
        return file
    shown = {
        "ecosystem": ecosystem,
        "page": Paginator(roles, ROLES_A_PAGE).get_page(request.GET.get("page")),
        "mine": reach_of(request.user).agents,
    }
    return render(request, "qui/roles.html", shown)


def _roles_sheet(roles: Iterable[Role]) -> Sheet:
    rows = [
        [
            role.agent.name,
            role.get_kind_display(),
            role.space.name,
            role.since,
            role.until,
            role.get_end_reason_display() if role.end_reason else "",
        ]
        for role in roles
    ]
    return Sheet("Rôles", ["Qui", "Rôle", "Cercle", "Depuis le", "Jusqu'au", "Motif"], rows)


@read_or_send
@access(Policy.STEWARD)
def qui_role_give(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Give a role to somebody who is here."""
    agent = row_number(request.GET.get("qui", ""))
    form = RoleForm(request.POST or None, ecosystem=ecosystem, reader=request.user, agent=agent)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "kind": RoleKind(form.cleaned_data["kind"])}
        if attempt(form, lambda: actions.appoint(by=request.user, **given)) is not None:
            return said(request, "Le rôle est noté.", "qui_roles", ecosystem.slug)
    return render(request, "qui/role_give.html", {"form": form, "ecosystem": ecosystem})


@read_or_send
@access(Policy.MEMBER)
def qui_role_end(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """End a role, one's own or, for who keeps the keys, another's."""
    role = get_object_or_404(
        Role.objects.select_related("agent", "space"), pk=pk, space__root_id=ecosystem.space_id
    )
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ended = attempt(
            form,
            lambda: actions.dismiss(
                by=request.user,
                role=role,
                reason=EndReason(form.cleaned_data["reason"]),
                until=form.cleaned_data["until"],
            ),
        )
        if ended is not None:
            return said(request, "La fin du rôle est notée.", "qui_roles", ecosystem.slug)
    shown = {"form": form, "role": role, "sentence": form.said_of(role), "ecosystem": ecosystem}
    return render(request, "qui/role_end.html", shown)


@read_or_send
@access(Policy.STEWARD)
def qui_circle(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Open a circle."""
    form = CircleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        circle = attempt(
            form, lambda: actions.open_circle(by=request.user, ecosystem=ecosystem, name=name)
        )
        if circle is not None:
            return said(request, "Le cercle est ouvert.", "qui_page", ecosystem.slug)
    return render(request, "qui/circle.html", {"form": form, "ecosystem": ecosystem})
