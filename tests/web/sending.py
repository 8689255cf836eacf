# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms as a page shows them: found, filled as a person would, sent, and what became of it.

Nothing here knows a form: ``Pages`` opens the pages of the resolver and reads their ``<form>``s, so
that a new form enters by itself. What a page cannot say (an address of somebody who has an account)
stands in ``SAID``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from http.cookies import SimpleCookie
from itertools import islice
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html

from terreau.core import clock
from terreau.ecosystems.models import Ecosystem
from terreau.web.access import Policy
from tests.web import world as worlds
from tests.web.world import ANONYMOUS, World

Value = str | bytes | SimpleUploadedFile
Sent = Mapping[str, Sequence[Value]]

LINKS_OF_ONE_NAME = 15
TRIES = 12  # forms of one address that are tried until one may be sent by who sees it
TYPED = frozenset({"text", "number", "day", "mail", "link", "place"})
OF_THE_MACHINE = frozenset({"csrfmiddlewaretoken"})
NOT_BUSINESS = frozenset({"django_session"})

ALONE = {"back_words": ""}  # a promise with nothing in return
NUMBERS = {"siren": "", "siret": "", "rna": ""}  # of organisations: none is known to be wrong
# What a page cannot tell, by name of address and field.
SAID: dict[str, dict[str, str]] = {
    "agreements_add": ALONE,
    "agreements_new": ALONE,
    "agreements_review": {"next_on": (clock.today() + timedelta(days=30)).isoformat()},
    "contributions_add": {"resource": "", "to_resource": ""},
    "contributions_rectify": {"quantity": "7"},
    "sharing_write": {
        **{f"{name}{at}": "" for name in ("name", "percent", "most") for at in (2, 3)},
        **{f"what{part}_{line}": "" for part in (1, 2, 3) for line in range(1, 6)},
        "name1": "Le travail",
        "percent1": "50",
        "what1_1": "time|hour",
    },
    "contributions_valuation_note": {
        **{f"what{line}": "" for line in range(2, 9)},
        "what1": "time|hour",
        "price1": "11,88",
        "source1": "salaire minimum",
        "since": "2040-01-01",
        "until": "2040-12-31",
    },
    "resources_count": {"counted": "9"},
    "qui_add": NUMBERS,
    "qui_identity": NUMBERS,
    "qui_edit": {"new_kind": ""},
    "start_links": {"target": "Sans fiche encore"},  # which ``occasions`` starts
    "qui_away": {"until": (clock.today() + timedelta(days=30)).isoformat()},
}


@dataclass(frozen=True)
class Field:
    """One field of a form, as the page shows it."""

    name: str
    kind: str  # see ``BY_KIND`` in tests/web/attacks.py; only robots fill a trap
    shown: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    required: bool = False
    longest: int | None = None


@dataclass(frozen=True)
class Form:
    """A form that a page offers to a role."""

    action: str
    fields: tuple[Field, ...]
    role: str = ""

    @property
    def name(self) -> str:
        return name_of(self.action)

    @property
    def typed(self) -> list[Field]:
        return [one for one in self.fields if one.kind in TYPED]

    @property
    def has_file(self) -> bool:
        return any(one.kind == "file" for one in self.fields)


@cache
def name_of(address: str) -> str:
    """Return the name of an address of ours, or an empty string."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def answering(method: str) -> list[str]:
    """Return the name of every address of ours that says it answers a method, by the resolver."""
    return sorted(
        pattern.name or ""
        for pattern, _ in worlds.patterns()
        if method in methods_of(pattern.callback)
    )


def methods_of(view: Any) -> Sequence[str]:
    """Return the methods that Django's ``require_http_methods`` lets through to a view."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            if isinstance(cell.cell_contents, list):
                return cell.cell_contents
        view = getattr(view, "__wrapped__", None)
    raise AssertionError("a view that does not say which methods it answers")


# Reading a page


def forms_in(text: str, address: str, role: str = "") -> list[Form]:
    """Return the forms of a page that are sent by POST."""
    return [
        Form(urljoin(address, action), tuple(_fields(form)), role)
        for form in read(text).iter("form")
        if (form.get("method") or "get").lower() == "post"
        for action in (form.get("action") or "", *_other_ends(form))
    ]


def _other_ends(form: html.HtmlElement) -> list[str]:
    """Return the addresses to which some buttons send a form instead of its own."""
    return [button.get("formaction") for button in form.iter("button") if button.get("formaction")]


def read(text: str) -> html.HtmlElement:
    return html.document_fromstring(f"<html><body>{text}</body></html>")


def _fields(form: html.HtmlElement) -> Iterator[Field]:
    by_name: dict[str, list[html.HtmlElement]] = {}
    for element in form.iter("input", "select", "textarea", "button"):
        if element.get("name") and element.get("name") not in OF_THE_MACHINE:
            by_name.setdefault(element.get("name"), []).append(element)
    for name, elements in by_name.items():
        yield _field(name, elements)


def _field(name: str, elements: list[html.HtmlElement]) -> Field:
    first, kind = elements[0], _kind(name, elements)
    known = Field(name, kind, required=any(one.get("required") is not None for one in elements))
    if first.tag == "select":
        options = [one.get("value", "") for one in first.iter("option")]
        chosen = [one.get("value", "") for one in first.iter("option") if "selected" in one.attrib]
        return replace(known, options=tuple(options), shown=tuple(chosen or options[:1]))
    if first.get("type") in ("radio", "checkbox") or first.tag == "button":
        options = [one.get("value", "on") for one in elements]
        chosen = [one.get("value", "on") for one in elements if "checked" in one.attrib]
        return replace(known, options=tuple(options), shown=tuple(chosen))
    value = (first.text or "").removeprefix("\n") if first.tag == "textarea" else first.get("value")
    longest = int(first.get("maxlength")) if first.get("maxlength") else None
    return replace(known, shown=(value,) if value else (), longest=longest)


def _kind(name: str, elements: list[html.HtmlElement]) -> str:
    first = elements[0]
    if first.tag in ("select", "textarea", "button"):
        return {"select": "choice", "textarea": "text", "button": "button"}[first.tag]
    kind = first.get("type", "text")
    if kind == "hidden":
        return name if name in ("key", "version") else "hidden"
    if kind == "checkbox":
        return "several" if len(elements) > 1 or first.get("value", "on") != "on" else "mark"
    if kind == "number" or first.get("inputmode") == "decimal":
        return "number"
    if first.get("tabindex") == "-1":
        return "trap"
    if first.get("list") and first.get("hx-vals"):
        return "place"
    return {"date": "day", "radio": "choice", "email": "mail", "file": "file", "url": "link"}.get(
        kind, "text"
    )


def complaints_of(text: str) -> dict[str, str]:
    """Return what a page says must be mended, by name of field; under "" for the whole."""
    page: html.HtmlElement = read(text)
    found: dict[str, str] = {}
    for error in page.find_class("field-error"):
        for near in error.getparent().iter("input", "select", "textarea"):
            found.setdefault(near.get("name", ""), _words(error))
    for notice in page.find_class("notice-error"):
        found[""] = _words(notice)
    return found


def _words(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


# Finding the forms of an address


@dataclass
class Pages:
    """The pages of a world, opened when a form is looked for, each once."""

    world: World
    others: Sequence[Ecosystem] = ()  # whose pages are opened too
    clients: dict[str, Client] = field(default_factory=dict)
    forms: dict[str, dict[Form, None]] = field(default_factory=dict)
    links: dict[str, dict[str, None]] = field(default_factory=dict)  # by name
    opened: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        pages = worlds.addresses(self.world)
        for other in self.others:
            pages += [page for page in worlds.addresses(self.world, other)
                      if page.policy == Policy.MEMBER and not page.holds_a_thing]  # fmt: skip
        pages = [page for page in pages if page.name in OPENING]
        self.pages = [page for page in pages if "." not in page.path]  # files hold no form

    def __deepcopy__(self, memo: dict[int, Any]) -> Pages:
        """Stay one for all the tests of a class: Django gives each a copy of what they share."""
        return self

    def client(self, role: str) -> Client:
        if role not in self.clients:
            client = Client(raise_request_exception=False)
            if role != ANONYMOUS:
                client.force_login(self.world.users[role])
            self.clients[role] = client
        return self.clients[role]

    def offers(self, name: str) -> Iterator[Form]:
        """Give the forms that are sent to the address of this name, as pages are opened."""
        given: set[Form] = set()
        for role, path in self._visits(name):
            self._open(role, path)
            for form in self.forms.get(name, {}):
                if form not in given:
                    given.add(form)
                    yield form

    def _visits(self, name: str) -> Iterator[tuple[str, str]]:
        """Give the pages to open: its own, those of its area, their links, then any other."""
        area = name.split("_")[0]
        own = [page for page in self.pages if page.name == name]
        near = [page for page in self.pages if page.name.split("_")[0] == area]
        for page in own:
            yield from ((role, page.path) for role in READERS[Policy(page.policy)])
        for turn in range(2):
            for page in near:
                yield from ((role, page.path) for role in READERS[Policy(page.policy)][turn:][:1])
            policy = Policy(near[0].policy) if near else Policy.MEMBER
            yield from self._followed(area, READERS[policy][turn:][:1])
        for page in self.pages:
            yield READERS[Policy(page.policy)][0], page.path

    def _followed(self, area: str, roles: Sequence[str]) -> Iterator[tuple[str, str]]:
        done: set[str] = set()
        while fresh := [path for path in self._links_of(area) if path not in done]:
            done.update(fresh)
            yield from ((role, path) for role in roles for path in fresh)

    def _links_of(self, area: str) -> list[str]:
        """Return some links of each name, to the newest things first: they are under way."""
        return [
            path
            for name, paths in self.links.items()
            if name.split("_")[0] == area
            for path in sorted(paths, key=_number, reverse=True)[:LINKS_OF_ONE_NAME]
        ]

    def _open(self, role: str, path: str) -> None:
        """Open a page, and keep its forms and its links."""
        if (role, path) in self.opened:
            return
        self.opened.add((role, path))
        answer = self.client(role).get(path)
        if answer.streaming:
            b"".join(answer.streaming_content)
        elif answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            text = answer.content.decode()
            for form in forms_in(text, path, role):
                self.forms.setdefault(form.name, {})[form] = None
            for _, _, link, _ in read(text).iterlinks():
                address = urljoin(path, link).partition("#")[0]
                if name_of(address) in OPENING and "format=" not in address:
                    self.links.setdefault(name_of(address), {})[address] = None


def _number(path: str) -> int:
    return max((int(part) for part in re.findall(r"\d+", urlsplit(path).path)), default=0)


OPENING = frozenset(answering("GET"))
# Who opens a page of each policy, in this order.
READERS = {
    Policy.PUBLIC: (ANONYMOUS,),
    Policy.GUEST: (ANONYMOUS, "outsider"),
    Policy.DEMONSTRATION: (ANONYMOUS,),
    Policy.SIGNED_IN: ("steward", "administrator"),
    Policy.MEMBER: ("steward", "member"),
    Policy.STEWARD: ("steward",),
    Policy.ADMIN: ("administrator",),
}


# Filling and sending


def filled(form: Form, choice: int = 0) -> dict[str, list[Value]]:
    """Return what a person would send: what the page has filled in, and what it asks for.

    ``choice``: which of the options offered is taken where one must be, 0 the first, -1 the last.
    """
    said = SAID.get(form.name, {})
    return {
        one.name: [said[one.name]] if one.name in said else _answer(one, choice)
        for one in form.fields
        if one.name in said or _answer(one, choice)
    }


def _answer(one: Field, choice: int) -> list[Value]:
    if any(one.shown):
        return list(one.shown)
    if one.options:
        wanted = one.required or one.kind == "button"
        offered = [option for option in one.options if option]
        return [offered[choice]] if wanted and offered else []
    if not one.required and one.kind in LEFT_EMPTY:
        return []
    return [READY[one.kind]] if one.kind in READY else []


# A quantity goes with a unit, and a place or an address is looked for: empty unless asked for.
LEFT_EMPTY = frozenset({"number", "place", "mail"})
READY = {
    "text": "Quelques mots",
    "place": "Aubagne",
    "link": "https://exemple.invalid/",
    "number": "3",
    "day": clock.today().isoformat(),
    "mail": "odile@demonstration.invalid",
}


@dataclass
class Writes:
    """What stays written to the business tables: rows, and not what a savepoint takes back."""

    kept: list[str] = field(default_factory=list)
    marks: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        words = str(sql).replace('"', "").split()
        verb, table = words[0].upper(), words[-1]
        if verb == "SAVEPOINT":
            self.marks.append((table, len(self.kept)))
        elif verb == "ROLLBACK":
            self._back_to(table)
        elif verb in ("INSERT", "UPDATE", "DELETE") and context["cursor"].rowcount:
            written = words[1] if verb == "UPDATE" else words[words.index(_INTO[verb]) + 1]
            self.kept += [f"{verb} {written}"] if written not in NOT_BUSINESS else []
        return answer

    def _back_to(self, savepoint: str) -> None:
        for name, length in reversed(self.marks):
            if name == savepoint:
                del self.kept[length:]
                return


_INTO = {"INSERT": "INTO", "DELETE": "FROM"}


@dataclass(frozen=True)
class Outcome:
    """What became of a sending. ``accepted``: it led elsewhere, or wrote and says so."""

    status: int
    accepted: bool
    broken: str
    errors: dict[str, str]
    writes: tuple[str, ...]
    text: str = ""
    shown: Form | None = None  # the form, as it came back


def send(client: Client, form: Form, sent: Sent) -> Outcome:
    """Send a form, and say what became of it. Whoever calls takes back what was written."""
    watched, cookies = Writes(), SimpleCookie(client.cookies)
    with ExitStack() as watching:
        for connection in connections.all():
            watching.enter_context(connection.execute_wrapper(watched))
        answer = client.post(form.action, **_encoded(form, sent))
    client.cookies = cookies
    if answer.streaming:
        b"".join(answer.streaming_content)
    moved = answer.status_code in (302, 303)
    said = list(get_messages(answer.wsgi_request)) if moved else []
    wrong = [str(message) for message in said if message.level_tag == "error"]
    text = "" if moved or answer.streaming else answer.content.decode("utf-8", "replace")
    errors = {"": " ".join(wrong)} if wrong else complaints_of(text)
    done = answer.status_code == 200 and bool(watched.kept) and not errors
    again = [one for one in forms_in(text, form.action) if one.name == form.name]
    return Outcome(
        status=answer.status_code,
        accepted=(moved and not wrong) or done,
        broken=repr(answer.exc_info[1]) if getattr(answer, "exc_info", None) else "",
        errors=errors,
        writes=tuple(watched.kept),
        text=text,
        shown=again[0] if again else None,
    )


def _encoded(form: Form, sent: Sent) -> dict[str, Any]:
    """Return the body as a browser sends it; half pairs and other nonsense pass as they are."""
    if form.has_file:
        parts = {name: [_raw(one) for one in values] for name, values in sent.items()}
        return {"data": {"csrfmiddlewaretoken": "x"} | parts}
    pairs = [(name, _raw(one)) for name, values in sent.items() for one in values]
    pairs.append(("csrfmiddlewaretoken", b"x"))  # every form has it: none comes empty
    return {"data": urlencode(pairs), "content_type": "application/x-www-form-urlencoded"}


def _raw(value: Value) -> Any:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back, at the end, all that is written meanwhile."""
    with ExitStack() as stack:
        for alias in connections:
            stack.enter_context(transaction.atomic(using=alias))
        yield
        for alias in connections:
            transaction.set_rollback(True, using=alias)


def undone(client: Client, form: Form, *sendings: Sent) -> list[Outcome]:
    """Send a form once or several times in a row, and take back all that was written."""
    with taken_back():
        return [send(client, form, sent) for sent in sendings]


def sendable(pages: Pages, name: str) -> tuple[Form, Sent]:
    """Return a form of this address that is accepted as a person would fill it, and so filled."""
    told: list[str] = []
    for form in islice(pages.offers(name), TRIES):
        for choice in (0, -1):
            valid = filled(form, choice)
            outcome = undone(pages.client(form.role), form, valid)[0]
            if outcome.accepted and outcome.writes:
                return form, valid
        told.append(f"{form.action} as {form.role}: {outcome.status} {outcome.errors}")
    raise AssertionError("\n".join([f"no page offers {name} to whom it is open", *told]))
