# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is here: four lines each, and whether they agreed to appear."""

from django.db import models
from django.db.models import F, Q

from terreau.ecosystems.enums import Standing
from terreau.ecosystems.models.ecosystem import ActorKind, Ecosystem
from terreau.people.models import Agent, Record


class Presence(Record):
    """An actor of the ecosystem, in four lines of its own."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="presences")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="presences")
    kind = models.ForeignKey(
        ActorKind, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.EXPECTED)
    agreed_on = models.DateField("d'accord depuis le", null=True, blank=True)
    agreement_said_by = models.CharField("qui l'a dit", max_length=160, blank=True, default="")
    cares = models.CharField("ce qui nous tient à cœur", max_length=400, blank=True, default="")
    can_do = models.CharField("ce qu'on sait faire", max_length=400, blank=True, default="")
    limits = models.CharField("nos contraintes", max_length=400, blank=True, default="")
    not_ask = models.CharField("ne pas nous demander", max_length=400, blank=True, default="")
    away_until = models.DateField("en retrait jusqu'au", null=True, blank=True)
    shared_statement = models.BooleanField("les autres voient mon relevé", default=False)

    class Meta:
        ordering = ("agent__name", "pk")
        constraints = (
            models.UniqueConstraint(fields=["ecosystem", "agent"], name="one_presence_each"),
            models.CheckConstraint(
                condition=~Q(standing=Standing.AGREED) | Q(agreed_on__isnull=False),
                name="agreement_to_appear_has_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agent} dans {self.ecosystem}"


class NamingNotice(models.Model):
    """Somebody is about to be named in public: they have seven days to answer."""

    presence = models.ForeignKey(Presence, on_delete=models.CASCADE, related_name="notices")
    sent_on = models.DateField()
    effective_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    agreed = models.BooleanField(null=True, blank=True)
    given_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(effective_on__gt=F("sent_on")), name="notice_leaves_time"
            ),
            models.CheckConstraint(
                condition=Q(agreed__isnull=True) | Q(answered_on__isnull=False),
                name="answer_has_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"préavis à {self.presence.agent}"
