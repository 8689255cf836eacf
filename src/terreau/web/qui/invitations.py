# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invitations and guest links: for who steers, then for who receives them."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import qrcode
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from qrcode.image.svg import SvgPathImage

from terreau.core import clock
from terreau.core.errors import Refusal
from terreau.documents.tables import Sheet
from terreau.ecosystems.actions import guests
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.queries import guests as guest_queries
from terreau.ecosystems.queries.presence import guest_words
from terreau.people.actions import (
    accept_invitation,
    cancel_invitation,
    close_guest_link,
    guest_link,
    invite,
    open_guest_link,
    open_invitation,
)
from terreau.people.enums import MEANINGS, Level, RoleKind
from terreau.people.models import GuestLink, Invitation
from terreau.people.queries import pending_invitations
from terreau.web.access import AuthedRequest, Policy, access
from terreau.web.addresses import invitation_address
from terreau.web.answers import attempt, refused, said
from terreau.web.downloads import exports_of
from terreau.web.numbers import row_number
from terreau.web.qui.forms import AnswerForm, GuestLinkForm, InviteForm, WordForm
from terreau.web.qui.views import read_or_send

WORDS_A_PAGE = 30


@read_or_send
@access(Policy.STEWARD)
def qui_invite(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Keep a seat for somebody; its link is shown once."""
    waiting = pending_invitations(ecosystem.space).select_related("organisation", "space")
    if file := exports_of(request, _seats(waiting), f"{ecosystem.slug}-invitations"):
        return file
    initial = {"organisation": row_number(request.GET.get("pour", ""))}
    form = InviteForm(
        request.POST or None, ecosystem=ecosystem, reader=request.user, initial=initial
    )
    link = ""
    if request.method == "POST" and form.is_valid():
        link = attempt(form, lambda: _invite(request, form)) or ""
    shown = {
        "form": form,
        "link": link,
        "waiting": waiting,
        "ecosystem": ecosystem,
    }
    return render(request, "qui/invite.html", shown)


def _seats(waiting: Iterable[Invitation]) -> Sheet:
    """The seats that wait, without the addresses: none ever leaves in a list."""
    return Sheet(
        "Invitations en attente",
        ["Invitée le", "Comme", "Pour", "Où", "Jusqu'au"],
        [
            [
                seat.created_at.date(),
                seat.get_role_kind_display(),
                str(seat.organisation or ""),
                seat.space.name,
                seat.expires_at.date(),
            ]
            for seat in waiting
        ],
    )


def _invite(request: AuthedRequest, form: InviteForm) -> str:
    given = form.cleaned_data
    _, token = invite(
        by=request.user,
        space=given["space"],
        email=given["email"],
        role_kind=RoleKind(given["role_kind"]),
        organisation=given["organisation"],
        key=given["key"],
        address=invitation_address(request),
    )
    return invitation_address(request, token)


@require_POST
@access(Policy.STEWARD)
def qui_invite_cancel(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Take a seat back before it is taken."""
    rows = Invitation.objects.select_related("space").filter(space__root_id=ecosystem.space_id)
    invitation = get_object_or_404(rows, pk=pk)
    try:
        cancel_invitation(by=request.user, invitation=invitation)
    except Refusal as refusal:
        return refused(request, refusal, "qui_invite", ecosystem.slug)
    return said(
        request,
        "L'invitation est annulée : son lien n'ouvre plus rien.",
        "qui_invite",
        ecosystem.slug,
    )


@read_or_send
@access(Policy.STEWARD)
def qui_guest_links(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """Links and QR codes for people without an account."""
    links = guest_queries.with_words(
        GuestLink.objects.filter(space__root_id=ecosystem.space_id).order_by("-created_at")
    )
    if file := exports_of(request, _links(links), f"{ecosystem.slug}-liens-d-invite"):
        return file
    form = GuestLinkForm(request.POST or None)
    opened: tuple[GuestLink, str] | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        opened = attempt(
            form, lambda: open_guest_link(by=request.user, space=ecosystem.space, **given)
        )
    address = ""
    if opened is not None:
        address = request.build_absolute_uri(reverse("guest_page", args=[opened[1]]))
    shown = {
        "form": form,
        "address": address,
        "opened": opened[0] if opened else None,
        "picture": qr_code(address) if address else "",
        "links": links,
        "ecosystem": ecosystem,
        "now": clock.now(),
    }
    return render(request, "qui/guest_links.html", shown)


def _links(links: Iterable[Any]) -> Sheet:
    """The links that were opened, without their secret."""
    return Sheet(
        "Liens d'invité",
        ["Ouvert le", "Nom", "La question", "Mots reçus", "Jusqu'au", "Fermé le"],
        [
            [
                link.created_at.date(),
                link.label,
                link.question,
                link.words,
                link.expires_at.date(),
                link.revoked_at.date() if link.revoked_at else None,
            ]
            for link in links
        ],
    )


def qr_code(address: str) -> SafeString:
    """Return the QR code of an address as an SVG that takes the colour of the text."""
    picture = qrcode.make(address, image_factory=SvgPathImage, border=2)
    out = BytesIO()
    picture.save(out)
    svg = out.getvalue().decode()
    body = svg[svg.index("<svg") :].replace("<svg ", '<svg class="qr" role="img" ', 1)
    return mark_safe(body.replace(">", "><title>QR code de ce lien</title>", 1))  # noqa: S308


@require_POST
@access(Policy.STEWARD)
def qui_guest_close(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Close a guest link."""
    rows = GuestLink.objects.select_related("space").filter(space__root_id=ecosystem.space_id)
    close_guest_link(by=request.user, link=get_object_or_404(rows, pk=pk))
    return said(request, "Ce lien n'ouvre plus rien.", "qui_guest_links", ecosystem.slug)


@require_safe
@access(Policy.STEWARD)
def qui_guest_words(request: AuthedRequest, ecosystem: Ecosystem) -> HttpResponseBase:
    """The words that guests left, and what we did of them."""
    words = guest_words(ecosystem, request.user)
    sheet = Sheet(
        "Mots reçus",
        ["Le", "Par quel lien", "Nom donné", "Le mot", "Ce que nous en avons fait", "Lu par"],
        [
            [w.day, str(w.guest_link), w.guest_name, w.text, w.answer, w.get_level_display()]
            for w in words
        ],
    )
    if file := exports_of(request, sheet, f"{ecosystem.slug}-mots-recus"):
        return file
    page = Paginator(words, WORDS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "qui/guest_words.html", {"page": page, "ecosystem": ecosystem})


@read_or_send
@access(Policy.STEWARD)
def qui_guest_answer(request: AuthedRequest, ecosystem: Ecosystem, pk: int) -> HttpResponseBase:
    """Say what we did of a guest's word, and show both if we wish."""
    entry = get_object_or_404(guest_words(ecosystem, request.user), pk=pk)
    level = Level.PUBLIC if entry.level == Level.PUBLIC else Level.CIRCLE
    initial = {"version": entry.version, "answer": entry.answer, "level": level}
    form = AnswerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("version", "answer")}
        given["publish"] = form.cleaned_data["level"] == Level.PUBLIC
        done = attempt(form, lambda: guests.answer_word(by=request.user, entry=entry, **given))
        if done is not None:
            return said(request, "C'est enregistré.", "qui_guest_words", ecosystem.slug)
    shown = {"form": form, "entry": entry, "ecosystem": ecosystem}
    return render(request, "qui/guest_answer.html", shown)


@never_cache
@read_or_send
@access(Policy.GUEST)
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Who invites me, where, as what; one button to accept, signed in or by signing up."""
    seat = open_invitation(token)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        accept_invitation(by=request.user, token=token)
        ecosystem = Ecosystem.objects.filter(space=seat.space.root).first()
        if ecosystem is None:
            return said(request, "Bienvenue.", "home_mine")
        return said(request, f"Bienvenue dans « {ecosystem} ».", "qui_page", ecosystem.slug)
    spent = seat.accepted_at is not None or seat.expires_at <= clock.now()
    role = RoleKind(seat.role_kind)
    shown = {
        "seat": seat,
        "role": role.label,
        "meaning": MEANINGS.get(role, ""),
        "ecosystem": Ecosystem.objects.filter(space=seat.space.root).first(),
        "spent": spent,
    }
    return render(request, "qui/invitation.html", shown)


@never_cache
@read_or_send
@access(Policy.GUEST)
def guest_page(request: HttpRequest, token: str) -> HttpResponseBase:
    """What this cooperation is, the question asked, a word to leave, what became of others."""
    link = guest_link(token)
    ecosystem = Ecosystem.objects.filter(space=link.space.root).first()
    if ecosystem is None:
        raise Http404
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("key", "text", "name")}
        if attempt(form, lambda: guests.leave_word(token=token, **given)) is not None:
            sentence = "Merci, votre mot est arrivé. Gardez ce lien : la réponse paraîtra ici."
            return said(request, sentence, "guest_page", token)
    shown = {
        "form": form,
        "link": link,
        "sheet": guest_queries.told_to_guests(ecosystem),
        "words": guest_queries.published_words(link),
    }
    return render(request, "qui/guest.html", shown)
