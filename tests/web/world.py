# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration seen by every role, with one of each thing, and secrets planted in it.

Addresses come from the resolver; ``SAMPLES`` says which thing an address holds. What it does not
know is a failure, so that a new page cannot stay out of the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from terreau.agreements.actions.agreements import change
from terreau.agreements.models import Agreement
from terreau.core import clock
from terreau.core.versions import field_version
from terreau.demo.load import load
from terreau.demo.roles import guest_token
from terreau.ecosystems.models import (
    Attachment,
    Ecosystem,
    EcosystemLink,
    Interim,
    LogEntry,
    NamingNotice,
    Presence,
)
from terreau.people.actions import derived_token, give_role, invite
from terreau.people.enums import Level, RoleKind
from terreau.people.models import AccessToken, Agent, Role, User
from terreau.people.tokens import make_token
from terreau.publishing.actions import answer_request
from terreau.publishing.actions.requests import PURPOSE
from terreau.publishing.actions.sheets import CHOICES
from terreau.publishing.enums import Licence, Origin, Outcome
from terreau.publishing.models import Sheet, SheetMessage
from tests import kept
from tests.factories import LONG_AGO, join, make_ecosystem, make_user
from tests.web.samples import PATHS, PILOT, SAMPLES, STATES, WHICH

ANONYMOUS = "nobody signed in"
ROLES = (
    ANONYMOUS,
    "outsider",
    "steward elsewhere",
    "closed account",
    "programme officer",
    "wide member",
    "member",
    "steward",
    "administrator",
)
INSIDE = frozenset({"wide member", "member", "steward"})


@dataclass
class World:
    """Who is there, and where."""

    here: Ecosystem
    elsewhere: Ecosystem
    users: dict[str, User | AnonymousUser] = field(default_factory=dict)


def make_world() -> World:
    """Load the demonstration, add what it lacks, and give each role its account."""
    return kept.once(new_world)


def new_world() -> World:
    load()
    here = Ecosystem.objects.get(slug="aller-et-revenir")
    elsewhere = make_ecosystem("Une autre")
    world = World(here, elsewhere)
    account = User.objects.get
    world.users = {
        ANONYMOUS: AnonymousUser(),
        "outsider": make_user("Ursule"),
        "steward elsewhere": join(make_user("Estelle"), elsewhere, RoleKind.PILOT),
        "closed account": join(make_user("Firmin", is_active=False), here),
        "programme officer": account(email="solene@demonstration.invalid"),
        "wide member": _wide(here),
        "member": account(email="tristan@demonstration.invalid"),
        "steward": account(email="samir@demonstration.invalid"),
        "administrator": account(email="instance@demonstration.invalid"),
    }
    _add_what_is_missing(world)
    # An administrator has a second factor, or reaches nothing but the page that asks for one.
    Authenticator.objects.create(user=world.users["administrator"], type="totp", data={})
    return world


def _wide(here: Ecosystem) -> User:
    user = make_user("Wanda")
    give_role(agent=user.agent, space=here.space, kind=RoleKind.PARTNER, since=LONG_AGO)
    return user


def _add_what_is_missing(world: World) -> None:
    here, today = world.here, clock.today()
    steward = world.users["steward"]
    assert isinstance(steward, User)
    EcosystemLink.objects.create(source=here, target=world.elsewhere, since=today)
    invite(by=steward, space=here.circle, email="x@exemple.invalid", role_kind=RoleKind.MEMBER,
           key=INVITATION_KEY)  # fmt: skip
    entry = LogEntry.objects.filter(ecosystem=here, author=steward.agent).first()
    Attachment.objects.create(
        entry=entry,
        file=ContentFile(b"%PDF-1.7", "x.pdf"),
        name="x.pdf",
        mime="application/pdf",
        size_bytes=8,
        sha256="0",
    )
    NamingNotice.objects.create(
        presence=Presence.objects.get(ecosystem=here, agent__name=PILOT),
        sent_on=today,
        effective_on=today + timedelta(days=7),
        given_by=steward.agent,
    )
    Interim.objects.create(
        ecosystem=here, person=steward.agent, asked_by=steward.agent, asked_at=clock.now()
    )
    apps.get_model("programmes", "Coaching").objects.create(
        programme=apps.get_model("programmes", "Programme").objects.get(),
        ecosystem=here,
        coach=world.users["outsider"].agent,  # type: ignore[union-attr]
        since=today,
    )
    standing = Agreement.objects.filter(ecosystem=here, versions__parties__agent__name=PILOT)
    change(by=steward, agreement=standing.order_by("pk")[0])  # its next version is being written
    sheet = Sheet.objects.get(ecosystem=here)
    SheetMessage.objects.create(
        sheet=sheet, kind="write", sender="Quelqu'un", text="Bonjour", key=uuid4(),
        created_at=clock.now(),
    )  # fmt: skip
    make_token(by=steward, name="Tableur", scopes="read", expires_on=today, key=uuid4())
    # Of the two requests of the demonstration, one is granted and the other waits.
    administrator = world.users["administrator"]
    assert isinstance(administrator, User)
    asked = SheetMessage.objects.get(kind="take_over")
    answer_request(by=administrator, request=asked, outcome=Outcome.GRANTED)


INVITATION_KEY = UUID(int=1)


def in_each_state(page: Address) -> list[str]:
    """Return the paths of a page of ``STATES``, one for each state that the demonstration holds."""
    things = _kind_of(page).objects.order_by("pk").values_list("pk", STATES[page.name])
    first = {state: pk for pk, state in reversed(things)}
    return _paths(page, sorted(set(first.values())))


def with_each_thing(page: Address) -> list[str]:
    """Return the paths of a page that holds a thing, one for each that there is of its kind."""
    return _paths(page, _kind_of(page).objects.order_by("pk").values_list("pk", flat=True))


def _kind_of(page: Address) -> Any:
    return SAMPLES[_prefixes(page.name)[0]]


def _paths(page: Address, numbers: Iterable[int]) -> list[str]:
    return [re.sub(r"/\d+/", f"/{number}/", page.path, count=1) for number in numbers]


def _prefixes(name: str) -> list[str]:
    """Return the beginnings of a name that ``SAMPLES`` knows, the longest first."""
    return sorted((prefix for prefix in SAMPLES if name.startswith(prefix)), key=len)[::-1]


def thing_of(name: str, ecosystem: Ecosystem) -> models.Model | None:
    """Return the thing that an address with this name holds, inside an ecosystem."""
    known = _prefixes(name)
    if name.startswith("programmes_"):
        return apps.get_model("programmes", "Programme").objects.first()
    if not known:
        return None
    model = SAMPLES[known[0]]
    for path, what in PATHS.items():
        if _has(model, path):
            inside = ecosystem if what == "here" else ecosystem.space
            found = model.objects.filter(**{path: inside}, **WHICH.get(name, {}))
            return found.order_by("pk").first()
    raise AssertionError(f"{model} has no path to its ecosystem")


def _has(model: type[models.Model] | None, path: str) -> bool:
    for name in path.split("__"):
        names = {found.name: found for found in model._meta.get_fields()} if model else {}
        if name not in names:
            return False
        model = names[name].related_model
    return True


@dataclass(frozen=True)
class Address:
    """A page: its name, its path with the things of an ecosystem in it, its declared policy.

    ``holds_a_thing``: its path names, inside an ecosystem, a thing of that ecosystem.
    """

    name: str
    path: str
    policy: str
    holds_a_thing: bool


def addresses(world: World, ecosystem: Ecosystem | None = None) -> list[Address]:
    """Return every page of ours. ``ecosystem`` stands in the address; things are from here."""
    here = ecosystem or world.here
    return [_address(world, here, pattern, route) for pattern, route in patterns()]


def patterns() -> list[tuple[URLPattern, str]]:
    """Return every pattern of ours with its route: those whose view declares a policy."""
    return [
        (pattern, route)
        for pattern, route in walk(get_resolver())
        if hasattr(pattern.callback, "policy")
    ]


def walk(resolver: URLResolver, prefix: str = "") -> list[tuple[URLPattern, str]]:
    """Return every pattern below a resolver, with its whole route."""
    found = []
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += walk(pattern, route)
        else:
            found.append((pattern, route))
    return found


def _address(world: World, ecosystem: Ecosystem, pattern: URLPattern, route: str) -> Address:
    name, words = pattern.name or "", re.findall(r"<(\w+):(\w+)>", route)
    path = "/" + route
    for kind, word in words:
        value = _value(world, ecosystem, name, word)
        assert value is not None, f"SAMPLES in tests/web/samples.py does not know {name}"
        path = path.replace(f"<{kind}:{word}>", str(value))
    holds = any(word == "pk" for _, word in words) and "/c/" in path
    return Address(name, path, str(pattern.callback.policy), holds)


def _value(world: World, ecosystem: Ecosystem, name: str, word: str) -> Any:
    if word == "slug":
        return ecosystem.slug
    if word == "sheet_slug":
        return _sheet(world, name).slug
    if name == "public_request":
        return SheetMessage.objects.get(kind="remove").pk
    if name == "public_take_over":
        return derived_token(PURPOSE, SheetMessage.objects.get(kind="take_over").key)
    if word == "token":
        return guest_token() if name.startswith("guest") else _invitation_token()
    if name == "account_token_revoke":
        return AccessToken.objects.get().pk
    if word == "code":
        return "membre"
    if word == "agent":  # somebody with a role, who has not presented themselves yet
        return world.users["wide member"].agent_id  # type: ignore[union-attr]
    if word in ("role", "coaching"):
        return _of_a_programme(word).pk
    if word == "file":  # of an entry that is shown outside
        return Attachment.objects.filter(entry__level=Level.PROGRAMME).order_by("pk")[0].pk
    if word == "level":
        return Level.CIRCLE.value
    if word == "kind":
        return "maillon" if name.startswith("solution") else "journal"
    thing = thing_of(name, world.here)
    return thing.pk if thing is not None else None


def _of_a_programme(word: str) -> models.Model:
    """Return the role of an officer, or a coaching."""
    programme = apps.get_model("programmes", "Programme").objects.order_by("pk")[0]
    if word == "role":
        return Role.objects.filter(space=programme.space).order_by("pk")[0]
    return apps.get_model("programmes", "Coaching").objects.filter(programme=programme)[0]


def sent_to(world: World, name: str) -> dict[str, Any]:
    """Return what a button sends, where a sending without a word in it is not heard."""
    pilot = Agent.objects.get(name=PILOT).pk
    member = world.users["member"].agent_id  # type: ignore[union-attr]
    return {
        "public_publish": {
            "contact_open": "on",
            "licence": Licence.CC_BY_SA.value,
            "version": field_version(world.here.sheet, CHOICES),
        },
        "handover_ask": {"organisation": pilot, "person": member},
        "handover_second": {"voice": pilot},
        "handover_oppose": {"voice": pilot},
    }.get(name, {})


def _sheet(world: World, name: str) -> Sheet:
    """Return the sheet that is kept here, or one that was only read where nobody keeps it yet."""
    if name == "public_ours":
        read = Sheet.objects.filter(origin=Origin.READ, withdrawn_at__isnull=True)
        return read.order_by("pk")[0]
    return Sheet.objects.get(ecosystem=world.here)


def _invitation_token() -> str:
    return derived_token("invitation", INVITATION_KEY)
