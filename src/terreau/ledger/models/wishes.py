# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs and offers, what proposes them to whom, and what answered them.

An intent is a wish: one side is open, it may be mended until something answers it. What answers it
(``Satisfaction``) is a fact; from the first one on, what the intent asks stays as it was answered.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from terreau.core.constraints import no_finer
from terreau.ledger.enums import MeasureKind, Purpose
from terreau.ledger.models.checks import whole
from terreau.ledger.models.happenings import Event
from terreau.ledger.models.plans import Plan
from terreau.ledger.models.promises import Commitment
from terreau.ledger.models.things import (
    Place,
    Process,
    ProcessSpecification,
    Resource,
    Specification,
)
from terreau.people.models import Agent, Record, Space

_ENDS_AFTER_IT_BEGINS = (
    Q(begins_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on"))
)


class Intent(Record):
    """A need (``receiver`` says who) or an offer (``provider`` says who): the other side is open.

    ``quantity`` is what is wanted or given at once, ``available`` all that there is of it when
    that is more, ``minimum`` the least that makes sense: millionths of one unit. ``reach`` is how
    far from ``place`` it makes sense, in metres. ``planned_within``: the plan that it is a part of.
    ``finished_on``: somebody said that it is over.
    """

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    action = models.CharField("verbe", max_length=20)
    provider = models.ForeignKey(
        Agent, verbose_name="qui propose", on_delete=models.PROTECT, related_name="+", null=True
    )
    receiver = models.ForeignKey(
        Agent, verbose_name="qui demande", on_delete=models.PROTECT, related_name="+", null=True
    )
    specification = models.ForeignKey(
        Specification, verbose_name="quoi", on_delete=models.PROTECT, related_name="+"
    )
    measure = models.CharField("mesure", max_length=8, choices=MeasureKind)
    quantity = models.BigIntegerField("quantité")
    available = models.BigIntegerField("disponible en tout", null=True)
    minimum = models.BigIntegerField("au moins", null=True)
    unit = models.CharField("unité", max_length=16)
    resource = models.ForeignKey(
        Resource, verbose_name="stock", on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True,
    )  # fmt: skip
    input_of = models.ForeignKey(
        Process, verbose_name="entre dans", on_delete=models.PROTECT, related_name="+",
        db_index=False, null=True,
    )  # fmt: skip
    output_of = models.ForeignKey(
        Process, verbose_name="sort de", on_delete=models.PROTECT, related_name="+",
        db_index=False, null=True,
    )  # fmt: skip
    planned_within = models.ForeignKey(
        Plan, verbose_name="plan", on_delete=models.PROTECT, related_name="intents",
        db_index=False, null=True,
    )  # fmt: skip
    stage = models.ForeignKey(
        ProcessSpecification, verbose_name="étape", on_delete=models.PROTECT, related_name="+",
        db_index=False, null=True,
    )  # fmt: skip
    state = models.CharField("état", max_length=60, blank=True, default="")
    place = models.ForeignKey(
        Place, verbose_name="lieu", on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True,
    )  # fmt: skip
    reach = models.PositiveIntegerField("à combien de mètres au plus", null=True)
    begins_on = models.DateField("à partir du", null=True)
    ends_on = models.DateField("jusqu'au", null=True)
    due = models.DateField("attendu le", null=True)
    finished_on = models.DateField("fini le", null=True)
    name = models.CharField("titre", max_length=120, blank=True, default="")
    note = models.CharField("un mot", max_length=400, blank=True, default="")

    class Meta:
        indexes = (
            models.Index(fields=["ledger", "id"], name="ledger_intent_order"),
            models.Index(
                fields=["input_of"],
                condition=Q(input_of__isnull=False),
                name="ledger_intent_input_of",
            ),
            models.Index(
                fields=["output_of"],
                condition=Q(output_of__isnull=False),
                name="ledger_intent_output_of",
            ),
            models.Index(
                fields=["planned_within"],
                condition=Q(planned_within__isnull=False),
                name="ledger_intent_plan",
            ),
        )
        constraints = (
            *whole("quantity", "available", "minimum"),
            *map(no_finer, ("quantity", "available", "minimum")),
            models.CheckConstraint(
                condition=Q(provider__isnull=True, receiver__isnull=False)
                | Q(provider__isnull=False, receiver__isnull=True),
                name="intent_has_one_side",
            ),
            models.CheckConstraint(
                condition=Q(author=Coalesce("provider", "receiver")),
                name="intent_is_of_its_author",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0)
                & (Q(available__isnull=True) | Q(available__gte=F("quantity"))),
                name="intent_is_of_something",
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True)
                | Q(minimum__gt=0, minimum__lte=Coalesce("available", "quantity")),
                name="intent_minimum_is_within",
            ),
            models.CheckConstraint(condition=~Q(unit=""), name="intent_has_a_unit"),
            models.CheckConstraint(
                condition=Q(measure__in=MeasureKind.values), name="intent_measure_is_known"
            ),
            models.CheckConstraint(
                condition=_ENDS_AFTER_IT_BEGINS, name="intent_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(reach__isnull=True) | Q(place__isnull=False),
                name="intent_reach_is_from_a_place",
            ),
        )

    def __str__(self) -> str:
        return self.name or f"{'offre' if self.provider_id else 'besoin'} {self.pk}"

    @property
    def total(self) -> int:
        """All that is wanted, or that can be given, in millionths of the unit."""
        return self.quantity if self.available is None else self.available


class Proposal(Record):
    """Intents made known together: an offer or a request, with what is expected in return.

    ``unit_based``: quantities are those of a price list, to be multiplied. ``proposed_to`` names
    who is asked (nobody: whoever reads it); they read it, and what it publishes, at any level.
    """

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField("titre", max_length=120)
    note = models.CharField("un mot", max_length=400, blank=True, default="")
    purpose = models.CharField("genre", max_length=8, choices=Purpose)
    unit_based = models.BooleanField("à l'unité", default=False)
    begins_on = models.DateField("à partir du", null=True)
    ends_on = models.DateField("jusqu'au", null=True)
    place = models.ForeignKey(
        Place, verbose_name="lieu", on_delete=models.PROTECT, related_name="+", db_index=False,
        null=True,
    )  # fmt: skip
    closed_on = models.DateField("fini le", null=True)
    proposed_to = models.ManyToManyField(Agent, verbose_name="proposé à", related_name="+")
    intents = models.ManyToManyField(
        Intent, verbose_name="ce qui est proposé", through="Publication", related_name="proposals"
    )

    class Meta:
        indexes = (models.Index(fields=["ledger", "id"], name="ledger_proposal_order"),)
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="proposal_has_a_name"),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values), name="proposal_purpose_is_known"
            ),
            models.CheckConstraint(
                condition=_ENDS_AFTER_IT_BEGINS, name="proposal_ends_after_it_begins"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Publication(models.Model):
    """An intent stands in a proposal: as what is proposed, or as what is expected in return."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="publications")
    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="publications")
    reciprocal = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["proposal", "intent"], name="one_publication_each"),
        )

    def __str__(self) -> str:
        return f"{self.proposal_id} → {self.intent_id}"


class ProposalList(Record):
    """Proposals shown together, such as a price list. More may be added to it."""

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField("titre", max_length=120)
    note = models.CharField("un mot", max_length=400, blank=True, default="")
    proposed_to = models.ManyToManyField(Agent, verbose_name="proposé à", related_name="+")
    proposals = models.ManyToManyField(Proposal, verbose_name="propositions", related_name="lists")

    class Meta:
        indexes = (models.Index(fields=["ledger", "id"], name="ledger_proposallist_order"),)
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="proposal_list_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name


class Satisfaction(models.Model):
    """A commitment or an event answers an intent, by a quantity in the intent's unit. A fact."""

    ledger = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField(unique=True)
    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="satisfactions")
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="satisfactions", db_index=False,
        null=True,
    )  # fmt: skip
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="satisfactions", db_index=False, null=True
    )
    quantity = models.BigIntegerField()
    recorded_by = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["ledger", "id"], name="ledger_satisfaction_order"),)
        constraints = (
            *whole("quantity"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="answer_is_of_something"),
            models.CheckConstraint(
                condition=Q(commitment__isnull=True, event__isnull=False)
                | Q(commitment__isnull=False, event__isnull=True),
                name="answer_is_a_promise_or_an_event",
            ),
            models.UniqueConstraint(fields=["commitment", "intent"], name="one_answer_a_promise"),
            models.UniqueConstraint(fields=["event", "intent"], name="one_answer_an_event"),
        )

    def __str__(self) -> str:
        return f"réponse à {self.intent_id}"
