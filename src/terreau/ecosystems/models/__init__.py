# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an ecosystem holds, a file a subject."""

from terreau.ecosystems.models.aim import Aim, AimDisagreement, Obstacle, Stake, Word
from terreau.ecosystems.models.earlier import Rewording, VoidedAnswer
from terreau.ecosystems.models.ecosystem import (
    ActorKind,
    Ecosystem,
    EcosystemLink,
    LifeFunction,
    PhaseChange,
    Visit,
)
from terreau.ecosystems.models.effects import Beneficiary, Effect, EffectLink
from terreau.ecosystems.models.logbook import (
    Attachment,
    CircleDecision,
    Interim,
    LogEntry,
    TakingAway,
)
from terreau.ecosystems.models.presence import NamingNotice, Presence
from terreau.ecosystems.models.solution import Bearer, Maillon, Performance

__all__ = [
    "ActorKind",
    "Aim",
    "AimDisagreement",
    "Attachment",
    "Bearer",
    "Beneficiary",
    "CircleDecision",
    "Ecosystem",
    "EcosystemLink",
    "Effect",
    "EffectLink",
    "Interim",
    "LifeFunction",
    "LogEntry",
    "Maillon",
    "NamingNotice",
    "Obstacle",
    "Performance",
    "PhaseChange",
    "Presence",
    "Rewording",
    "Stake",
    "TakingAway",
    "Visit",
    "VoidedAnswer",
    "Word",
]
