# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every list leaves as ODS, XLSX and CSV: from the templates themselves, none kept by hand.

A page that shows a list either offers its files, or says here why not: its list is no list of
records, or leaves by another page (named here, and which does offer it).
"""

import csv
import io
import re
from pathlib import Path

import pytest
from django.urls import reverse

from terreau.people.actions import invite, open_guest_link
from terreau.people.enums import RoleKind
from terreau.publishing.actions import load_read_sheets
from tests.factories import join, make_ecosystem, make_user

TEMPLATES = Path(__file__).parents[2] / "src/terreau/web/templates"
LIST = re.compile(r"<(ul|ol|tbody|dl)\b(?:(?!</\1>).)*?\{% for |\{% pages ", re.S)
EXTENDS = re.compile(r'\{% extends "([^"]+)" %\}')
EXPORTS = "{% exports "
FORMATS = ("ods", "xlsx", "csv")

CHOICES = "what one may choose or where one may go: no records"
ONE_THING = "the parts of one thing, which leaves whole by the list it is in"
MY_DATA = "one's own account: it leaves in « Mes données »"
WHOLE = "a document made from the lists: it leaves as PDF, its lists from their own pages"
REASONS = {
    CHOICES: (
        "account/login.html base.html contributions/kinds.html doors/page.html home/add.html "
        "nav/add.html nav/bottom_bar.html nav/places.html public/home.html public/take_over.html "
        "qui/similar.html start/keys.html"
    ),
    MY_DATA: (
        "account/page.html account/tokens.html home/mine.html mfa/webauthn/authenticator_list.html"
    ),
    ONE_THING: (
        "agreements/commitment.html agreements/page.html contributions/discussion.html "
        "contributions/one.html effects/beneficiary.html effects/earlier.html effects/effect.html "
        "qui/actor.html sharing/parts.html "
        "solution/maillon.html public/_picture.html public/sheet.html public/_content.html"
    ),
    WHOLE: "agreements/print.html handover/page.html",
    "a guest reads what is public, without an account: nothing more to take away": "qui/guest.html",
}
# Whose list leaves by another page: the whole of which it shows a part, or which it is a part of.
ELSEWHERE = {
    "cap/page.html": "cap/list.html",
    "contributions/accounts.html": "contributions/annex.html",
    "contributions/lines.html": "contributions/list.html",
    "contributions/rows.html": "contributions/list.html",
    "public/_messages.html": "public/manage.html",
    "qui/circles.html": "qui/roles.html",
    "qui/holders.html": "qui/roles.html",
    "visibility/page.html": "visibility/reads.html",
    "visibility/reads_table.html": "visibility/reads.html",
    "visibility/takings.html": "visibility/reads.html",
    "week/page.html": "logbook/list.html",
}


def texts() -> dict[str, str]:
    """Every template, with the one that it extends when that is one of a page."""
    found = {
        str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8")
        for path in sorted(TEMPLATES.rglob("*.html"))
        if not path.is_relative_to(TEMPLATES / "allauth")
    }
    return {name: text + found.get(_parent(text), "") for name, text in found.items()}


def _parent(text: str) -> str:
    above = EXTENDS.search(text)
    return above[1] if above and above[1] not in ("base.html", "shell.html") else ""


def test_every_page_that_shows_a_list_exports_it_or_says_why_not():
    lists = {name: text for name, text in texts().items() if LIST.search(text)}
    without = {name for name, text in lists.items() if EXPORTS not in text}
    explained = {name for names in REASONS.values() for name in names.split()} | set(ELSEWHERE)

    assert len(lists) - len(without) > 20
    assert sorted(without - explained) == []
    assert sorted(explained - without) == []  # a reason that serves no more


def test_a_list_that_leaves_by_another_page_does_leave_there():
    whole = texts()

    assert [page for page in ELSEWHERE.values() if EXPORTS not in whole[page]] == []


def rows(answer) -> list[list[str]]:
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


@pytest.mark.django_db
def test_invitations_and_links_leave_without_address_nor_secret(client):
    ecosystem = make_ecosystem()
    alice = join(make_user("Alice"), ecosystem, RoleKind.PILOT)
    _, seat = invite(by=alice, space=ecosystem.circle, email="invitee@exemple.invalid",
                     role_kind=RoleKind.MEMBER)  # fmt: skip
    _, link = open_guest_link(by=alice, space=ecosystem.space, label="=affiche()")
    client.force_login(alice)

    for name, word in (("qui_invite", "membre"), ("qui_guest_links", "'=affiche()")):
        address = reverse(name, args=[ecosystem.slug])
        files = {one: client.get(address, {"format": one}) for one in FORMATS}
        table = rows(files["csv"])
        assert (len(table), word in table[1]) == (2, True), table
        for answer in files.values():
            assert answer["Content-Disposition"].startswith("attachment")
            for secret in ("invitee@", seat, link):
                assert secret not in answer.content.decode("utf-8", "ignore")


@pytest.mark.django_db
def test_the_directory_leaves_as_it_was_searched(client):
    load_read_sheets()
    address = reverse("public_directory")

    every = rows(client.get(address, {"format": "csv"}))
    some = rows(client.get(address, {"format": "csv", "departement": "95"}))

    assert (len(every), every[0][:3]) == (32, ["identifiant", "nom", "origine"])
    assert 1 < len(some) < len(every)
    page = client.get(address, {"departement": "95"}).content.decode()
    assert "departement=95&amp;format=ods" in page
    assert len(rows(client.get(reverse("public_corrections"), {"format": "csv"}))) > 1
