# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which thing of the demonstration the number in an address is."""

from __future__ import annotations

from typing import Any

from terreau.agreements.models import (
    Agreement,
    Commitment,
    Contribution,
    Discussion,
    Landmark,
    Party,
    Sharing,
    SharingRule,
    Valuation,
)
from terreau.ecosystems.models import (
    Aim,
    AimDisagreement,
    Attachment,
    Bearer,
    Beneficiary,
    CircleDecision,
    EcosystemLink,
    Effect,
    EffectLink,
    Interim,
    LogEntry,
    Maillon,
    NamingNotice,
    Obstacle,
    Performance,
    Presence,
    Stake,
    Word,
)
from terreau.ledger.models import (
    Event,
    Resource,
)
from terreau.people.models import (
    GuestLink,
    Invitation,
    Role,
)
from terreau.publishing.models import (
    SheetMessage,
)

PILOT = "La Halte"  # the organisation for which the steward speaks
MEMBERS = "Menuiserie Courtalin"  # that of the member

# By the beginning of a name of address (the longest wins): the thing whose number it holds.
SAMPLES: dict[str, Any] = {
    "cap_": Aim,
    "cap_settle": AimDisagreement,
    "cap_stakes": Stake,
    "cap_obstacles": Obstacle,
    "cap_words": Word,
    "cap_decision": CircleDecision,
    "qui_": Presence,
    "qui_role": Role,
    "qui_invite": Invitation,
    "qui_guest_close": GuestLink,
    "qui_guest_answer": LogEntry,
    "start_unlink": EcosystemLink,
    "solution_": Maillon,
    "solution_charge_end": Bearer,
    "solution_performance": Performance,
    "agreements_": Agreement,
    **dict.fromkeys(
        (f"agreements_{name}" for name in ("agree", "validate", "decline", "representative")), Party
    ),
    **dict.fromkeys(
        (
            f"agreements_{name}"
            for name in ("commitment", "edit", "remove", "not_this_year", "take_up", "review")
        ),
        Commitment,
    ),
    "contributions_": Contribution,
    "contributions_discussion": Discussion,
    "contributions_propose_end": Discussion,
    "contributions_agree_end": Discussion,
    "contributions_landmark": Landmark,
    "contributions_valuation": Valuation,
    "resources_": Resource,
    "resources_event": Event,
    "sharing_": Sharing,
    "sharing_rule": SharingRule,
    "sharing_adopt": SharingRule,
    "effects_": Effect,
    "effects_beneficiary": Beneficiary,
    "effects_unlink": EffectLink,
    "effects_answer": EffectLink,
    "logbook_": LogEntry,
    "logbook_file": Attachment,
    "handover_pass": Role,
    "handover_": Interim,
    "visibility_notice": Presence,
    "visibility_answer": NamingNotice,
    "public_handled": SheetMessage,
}
# Which of them, by the name of an address that the first would leave shut for everybody.
STEWARDS = {"author__user__email": "samir@demonstration.invalid", "erased_at__isnull": True}
WHICH: dict[str, dict[str, Any]] = {
    "logbook_edit": STEWARDS,
    "logbook_erase": STEWARDS,
    "qui_identity": {"agent__name": PILOT},
    "qui_away": {"agent__name": PILOT},
    "qui_guest_answer": {"guest_link__isnull": False},
    "agreements_not_this_year": {"provider__name": PILOT, "version__state": "proposed"},
    **dict.fromkeys(("agreements_text", "agreements_add"), {"versions__state": "draft"}),
    "agreements_edit": {"version__state": "draft"},
    **dict.fromkeys(
        ("agreements_validate", "agreements_decline"),
        {"agent__name": PILOT, "version__state": "proposed"},
    ),
    "agreements_representative": {"agent__name": PILOT},
    **dict.fromkeys(
        ("contributions_talk", "contributions_talk_readers"),
        {"receiver__name": PILOT, "state": "awaiting"},
    ),
    "visibility_answer": {"presence__agent__name": PILOT},
    "resources_event": {"resource__isnull": False},
    "sharing_adopt": {"adopted_on__isnull": True},
    "resources_count": {"accountable__name": MEMBERS},
    "resources_hand_over": {"custodian__name": MEMBERS},
}
PATHS = {
    **dict.fromkeys(
        ("ecosystem", "maillon__ecosystem", "effect__ecosystem", "aim__ecosystem",
         "entry__ecosystem", "presence__ecosystem", "contribution__ecosystem", "sheet__ecosystem",
         "version__agreement__ecosystem", "source"), "here"),
    **dict.fromkeys(("space__root", "space", "ledger"), "space"),
}  # fmt: skip


# A page that looks otherwise by the state of its thing: the column that says the state.
STATES: dict[str, str] = {
    "agreements_page": "versions__state",
    "agreements_print": "versions__state",
    "agreements_commitment": "kept",
    "contributions_one": "state",
    "effects_effect": "nature",
    "qui_actor": "standing",
    "solution_maillon": "state",
}
