# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ecosystem: a name, a sentence, functions of life, a territory. Nothing else is owed."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from terreau.core import clock
from terreau.ecosystems.enums import Phase
from terreau.people.models import Agent, Space
from terreau.territories.models import Territory


class LifeFunction(models.Model):
    """A function of life (to eat, to house…). The list is open: anybody may add one."""

    slug = models.SlugField(unique=True, max_length=60)
    label = models.CharField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ("position", "label")

    def __str__(self) -> str:
        return self.label


class Ecosystem(models.Model):
    """A territorial cooperative ecosystem.

    ``agent`` may give and receive time and knowledge « for all of us »; ``space`` is the audience
    of everybody in it, ``circle`` that of the first circle (the safe default of every record).
    """

    slug = models.SlugField(unique=True, max_length=80)
    name = models.CharField("nom", max_length=120)
    sentence = models.CharField("en une phrase", max_length=280)
    agent = models.OneToOneField(Agent, on_delete=models.PROTECT, related_name="ecosystem")
    space = models.OneToOneField(Space, on_delete=models.PROTECT, related_name="ecosystem")
    circle = models.OneToOneField(Space, on_delete=models.PROTECT, related_name="+")
    functions = models.ManyToManyField(LifeFunction, blank=True, related_name="ecosystems")
    territories = models.ManyToManyField(Territory, blank=True, related_name="ecosystems")
    place = models.CharField("territoire, en mots", max_length=160, blank=True, default="")
    phase = models.CharField(max_length=16, choices=Phase, default=Phase.PRE_EMERGENCE)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    invented = models.BooleanField(default=False)
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="ecosystem_has_a_name"),
            models.CheckConstraint(condition=~Q(pk=F("parent")), name="ecosystem_not_in_itself"),
        )

    def __str__(self) -> str:
        return self.name


class EcosystemLink(models.Model):
    """Two ecosystems know each other (partners, same territory, swarmed)."""

    source = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="links")
    target = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="linked_from")
    words = models.CharField("en quelques mots", max_length=160, blank=True, default="")
    since = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "target"], name="one_link_each_way"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="link_is_to_another"),
        )

    def __str__(self) -> str:
        return f"{self.source} – {self.target}"


class PhaseChange(models.Model):
    """The ecosystem says that it entered a phase, on a day, with a word. Never computed."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="phases")
    phase = models.CharField(max_length=16, choices=Phase)
    since = models.DateField()
    words = models.CharField("en quelques mots", max_length=500, blank=True, default="")
    said_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-since", "-pk")

    def __str__(self) -> str:
        return f"{self.ecosystem} : {self.get_phase_display()}"


class ActorKind(models.Model):
    """A kind of actor; those without ecosystem are offered everywhere, others are its own.

    ``code`` names those of the shared list, whose labels may be reworded; it is empty for others.
    """

    ecosystem = models.ForeignKey(Ecosystem, null=True, blank=True, on_delete=models.CASCADE)
    code = models.SlugField(max_length=20, blank=True, default="")
    label = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ("position", "label")
        constraints = (
            models.UniqueConstraint(fields=["ecosystem", "label"], name="actor_kind_once_each"),
            models.UniqueConstraint(
                fields=["label"],
                condition=Q(ecosystem__isnull=True),
                name="shared_actor_kind_once",
            ),
        )

    def __str__(self) -> str:
        return self.label


class Visit(models.Model):
    """When a person last said « j'ai lu » of « Cette semaine » (moved by a POST only)."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="visits")
    person = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ecosystem", "person"], name="one_visit_each"),
        )

    def __str__(self) -> str:
        return f"{self.person}, {self.at:%Y-%m-%d}"
