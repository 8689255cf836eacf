# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Ce que ça change, en bien et en moins bien »: who says it, for whom, on what evidence."""

from django.db import models
from django.db.models import Q

from terreau.ecosystems.enums import (
    BeneficiaryKind,
    EffectLinkKind,
    EffectNature,
    EffectTiming,
    Evidence,
    ShareDue,
)
from terreau.ecosystems.models.ecosystem import Ecosystem
from terreau.ecosystems.models.solution import Maillon
from terreau.people.models import Agent, Record


class Beneficiary(Record):
    """For whom something changes. One nobody spoke for is named as such.

    Two rows may bear one name: one that is not read by all must not be told by a refusal.
    """

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="beneficiaries")
    label = models.CharField("pour qui", max_length=120)
    kind = models.CharField(max_length=12, choices=BeneficiaryKind, default=BeneficiaryKind.USER)

    class Meta:
        ordering = ("kind", "label", "pk")

    def __str__(self) -> str:
        return self.label


class Effect(Record):
    """A change, in one sentence. Without ``said_by`` it is « à vérifier auprès des personnes »."""

    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.CASCADE, related_name="effects")
    statement = models.CharField("ce qui change", max_length=300)
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="effects")
    said_by = models.CharField("qui le dit", max_length=160, blank=True, default="")
    nature = models.CharField(max_length=12, choices=EffectNature, default=EffectNature.USEFUL)
    timing = models.CharField(max_length=10, choices=EffectTiming, blank=True, default="")
    evidence = models.PositiveSmallIntegerField(choices=Evidence, default=Evidence.INTUITION)
    evidence_words = models.CharField(
        "sur quoi on s'appuie", max_length=800, blank=True, default=""
    )
    share_due = models.CharField(max_length=10, choices=ShareDue, blank=True, default="")
    other_causes = models.CharField(
        "qu'est-ce qui d'autre a joué", max_length=400, blank=True, default=""
    )
    seen_where = models.CharField("où on le voit", max_length=160, blank=True, default="")
    since = models.DateField("depuis quand", null=True, blank=True)
    maillons = models.ManyToManyField(Maillon, blank=True, related_name="effects")

    class Meta:
        ordering = ("beneficiary", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(evidence__gte=0) & Q(evidence__lte=4), name="evidence_is_in_words"
            ),
        )

    def __str__(self) -> str:
        return self.statement[:60]


class EffectLink(models.Model):
    """An agent behind, under or named by an effect; who is named may answer.

    ``answer_by`` is the person who typed the answer: the agent's own voice, or who heard it.
    ``voided_on``: the words were edited after an answer, which then stands for them no longer.
    """

    effect = models.ForeignKey(Effect, on_delete=models.CASCADE, related_name="links")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=EffectLinkKind)
    answer = models.CharField("sa réponse", max_length=800, blank=True, default="")
    answered_on = models.DateField(null=True, blank=True)
    voided_on = models.DateField(null=True, blank=True)
    answer_by = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["effect", "agent", "kind"], name="effect_link_once"),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_on__isnull=False),
                name="effect_answer_has_a_date",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agent} {self.get_kind_display()}"
