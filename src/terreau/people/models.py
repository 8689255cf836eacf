# SPDX-License-Identifier: AGPL-3.0-or-later
"""Agents, accounts, spaces and roles: who there is, and who may read what."""

from __future__ import annotations

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q

from terreau.core import clock
from terreau.people import visibility
from terreau.people.enums import AgentKind, EndReason, Level, RoleKind, Scope, SpaceKind


class LegalForm(models.Model):
    """A legal form, by INSEE's category code (three levels, four digits)."""

    code = models.CharField(max_length=4, primary_key=True)
    label = models.CharField(max_length=160)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.label


class Agent(models.Model):
    """Somebody who can promise, give and receive: a person, an organisation, a collective.

    An ecosystem has an agent too, so that time and knowledge may be given « to all of us ».
    Identifiers are kept as typed (digits only) and never required.
    """

    kind = models.CharField(max_length=12, choices=AgentKind)
    name = models.CharField("nom", max_length=160)
    legal_form = models.ForeignKey(LegalForm, null=True, blank=True, on_delete=models.PROTECT)
    siren = models.CharField("SIREN", max_length=9, blank=True, default="")
    siret = models.CharField("SIRET", max_length=14, blank=True, default="")
    rna = models.CharField("RNA", max_length=10, blank=True, default="")
    site = models.URLField("site", blank=True, default="")
    territory = models.ForeignKey(
        "territories.Territory", null=True, blank=True, on_delete=models.SET_NULL
    )
    place = models.CharField("lieu", max_length=120, blank=True, default="")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    invented = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="agent_has_a_name"),
            models.CheckConstraint(
                condition=Q(kind__in=AgentKind.values), name="agent_kind_is_known"
            ),
        )
        indexes = (models.Index(fields=["siren"]), models.Index(fields=["kind", "name"]))

    def __str__(self) -> str:
        return self.name

    @property
    def is_person(self) -> bool:
        return self.kind == AgentKind.PERSON


class UserManager(BaseUserManager["User"]):
    """Creates accounts, each with the agent that it speaks for."""

    def create_user(
        self, email: str, password: str | None = None, *, name: str = "", **fields: Any
    ) -> User:
        agent = fields.pop("agent", None) or Agent.objects.create(
            kind=AgentKind.PERSON, name=name or email.split("@")[0]
        )
        user = self.model(email=self.normalize_email(email).lower(), agent=agent, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, *, name: str = "", **fields: Any
    ) -> User:
        return self.create_user(
            email, password, name=name, **{**fields, "is_staff": True, "is_superuser": True}
        )


class User(AbstractBaseUser, PermissionsMixin):
    """An account: how one person signs in. What they are stands in their roles."""

    email = models.EmailField("adresse électronique", unique=True)
    agent = models.OneToOneField(Agent, on_delete=models.PROTECT, related_name="user")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.agent.name

    def get_full_name(self) -> str:
        return self.agent.name

    def get_short_name(self) -> str:
        return self.agent.name


class AccessToken(models.Model):
    """A key that a person gave to a program: it acts as that person, within a scope, for a time.

    Only a digest of the secret is kept. How often it was used stands in ``TokenUse``.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="access_tokens")
    key = models.UUIDField(unique=True, editable=False)
    name = models.CharField("nom du programme", max_length=80)
    scopes = models.CharField("ce qu'il peut faire", max_length=16, choices=Scope)
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_on = models.DateField("jusqu'au")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="access_token_has_a_name"),
            models.CheckConstraint(
                condition=Q(scopes__in=Scope.values), name="access_token_scopes_are_known"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def allows(self, scope: str) -> bool:
        return scope in self.scopes.split()


class TokenUse(models.Model):
    """When a key of a program was last used, to the minute, and how often in that minute.

    One row a key, beside the main database: to count a request never waits for the ledger.
    """

    token_id = models.BigIntegerField(primary_key=True)
    minute = models.BigIntegerField()
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"clé {self.token_id}"


class Mandate(models.Model):
    """A person speaks for an organisation, from one day to another."""

    person = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="mandates")
    organisation = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="mandated")
    title = models.CharField("fonction", max_length=120, blank=True, default="")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="mandate_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=~Q(person=F("organisation")), name="mandate_is_for_another"
            ),
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(until__isnull=True),
                name="one_open_mandate_each",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} pour {self.organisation}"


class Space(models.Model):
    """Anything with an audience: an ecosystem, a circle in it, a programme, two parties.

    ``root`` is the outermost space (itself for an ecosystem or a programme).
    """

    kind = models.CharField(max_length=12, choices=SpaceKind)
    name = models.CharField(max_length=160)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    root = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="inside"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=SpaceKind.values), name="space_kind_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class SpaceLink(models.Model):
    """A space publishes to another: what is raised to « programme » is read there."""

    source = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="publishes_to")
    target = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="reads_from")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["source", "target"],
                condition=Q(until__isnull=True),
                name="one_open_link_each",
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class Role(models.Model):
    """What an agent is in a space, from one day to another, and why it ended."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="roles")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=20, choices=RoleKind)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True, default="")
    given_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("since", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="role_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["agent", "space", "kind"],
                condition=Q(until__isnull=True),
                name="one_open_role_of_a_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agent}, {self.get_kind_display()}"


class Invitation(models.Model):
    """A seat kept for somebody: they take it by following the link, once."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role_kind = models.CharField(max_length=20, choices=RoleKind)
    organisation = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    invited_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class GuestLink(models.Model):
    """A link (or QR code) that lets somebody without an account read and say a word."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="guest_links")
    label = models.CharField("nom du lien", max_length=120)
    question = models.CharField("la question posée", max_length=200, blank=True, default="")
    token_hash = models.CharField(max_length=64, unique=True)
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    created_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label


class OutsideRead(models.Model):
    """A read or an export by somebody outside the ecosystem: by organisation and day, no more."""

    space_id = models.BigIntegerField()
    organisation = models.CharField(max_length=160)
    what = models.CharField(max_length=40)
    day = models.DateField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["space_id", "organisation", "what", "day"], name="one_row_a_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation}, {self.what}, {self.day}"


class RecordQuerySet(models.QuerySet[Any]):
    """Reads of private records start here."""

    def visible_to(self, reader: visibility.Reader) -> Self:
        """Keep the records that this reader may read (see :mod:`terreau.people.visibility`)."""
        return self.filter(visibility.predicate(visibility.reach_of(reader)))


class Record(models.Model):
    """A private record: who wrote it, where, and how far it may be read.

    ``author`` is the agent in whose name it stands, ``recorded_by`` the person who typed.
    ``version`` rises with every edit: an edit that started from an older one is a conflict.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    level = models.CharField("qui peut lire", max_length=10, choices=Level, default=Level.CIRCLE)
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
