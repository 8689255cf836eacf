# SPDX-License-Identifier: AGPL-3.0-or-later
"""The closed lists of promises and contributions, in the words that people use."""

from __future__ import annotations

from django.db.models import TextChoices

from terreau.people.enums import Level


class Kind(TextChoices):
    """The ten kinds of contribution."""

    MONEY = "money", "argent"
    TIME = "time", "temps"
    PLACE = "place", "lieu"
    EQUIPMENT = "equipment", "matériel"
    GOOD = "good", "bien"
    KNOWLEDGE = "knowledge", "savoir"
    ANIMATION = "animation", "animation"
    INTRODUCTION = "introduction", "mise en relation"
    LEGITIMACY = "legitimacy", "légitimité"
    RISK = "risk", "risque"


class Nature(TextChoices):
    """What is promised: to do one's best with means, to reach a result, or to pay attention."""

    MEANS = "means", "des moyens"
    RESULT = "result", "un résultat"
    ATTENTION = "attention", "une attention"


class Period(TextChoices):
    ONCE = "", "en tout"
    WEEK = "week", "par semaine"
    MONTH = "month", "par mois"
    QUARTER = "quarter", "par trimestre"
    YEAR = "year", "par an"


class VersionState(TextChoices):
    """Where one version of an agreement is. Replaced is a normal end."""

    DRAFT = "draft", "en cours d'écriture"
    PROPOSED = "proposed", "proposée aux parties"
    ACCEPTED = "accepted", "acceptée"
    SUPERSEDED = "superseded", "remplacée"


class Kept(TextChoices):
    """How a promise ended, said neutrally."""

    UNSAID = "", "sans précision"
    YES = "yes", "tenu"
    PARTLY = "partly", "tenu en partie"
    NO = "no", "pas tenu"


class ReviewOutcome(TextChoices):
    KEEP = "keep", "on garde"
    ADJUST = "adjust", "on ajuste"
    CLOSE = "close", "on s'arrête là"


class ContributionState(TextChoices):
    """What the receiving side said of a contribution. Only the first was never answered."""

    AWAITING = "awaiting", "en attente d'un « D'accord »"
    CONFIRMED = "confirmed", "d'accord"
    CORRECTING = "correcting", "d'accord, une rectification attend"
    DISCUSSED = "discussed", "en vérification"
    UNDONE = "undone", "annulé"


AGREED = frozenset({ContributionState.CONFIRMED, ContributionState.CORRECTING})
"""The value that stands is that of both sides: one alone does not take it out of the totals."""
TO_ANSWER = frozenset({ContributionState.AWAITING, ContributionState.CORRECTING})
"""The receiving side has something to answer."""


class ChangeKind(TextChoices):
    """What happened to the value of a contribution. ASKED and KEPT leave it as it stands."""

    UNDONE = "undone", "annulé"
    RECTIFIED = "rectified", "rectifié"
    ASKED = "asked", "rectification demandée"
    KEPT = "kept", "rectification retirée"
    ACCEPTED = "accepted", "rectification acceptée"
    AGREED = "agreed", "convenu après en avoir parlé"


class ReadBy(TextChoices):
    """Who reads the contributions that a total counts, the fewest first."""

    SIDES = "sides", "qui a donné et qui a reçu"
    CIRCLE = "circle", "le premier cercle"
    ALL = "all", "toute la coopération"

    @classmethod
    def of(cls, level: str) -> ReadBy:
        """Return who, in a cooperation, reads what stands at this level."""
        if level == Level.AUTHOR:
            return cls.SIDES
        return cls.CIRCLE if level in (Level.PAIR, Level.CIRCLE) else cls.ALL


class Side(TextChoices):
    """From where a total is read: what an agent gave, received, or what all gave together."""

    GIVEN = "given", "apporté"
    RECEIVED = "received", "reçu"
    ALL = "all", "tout"
