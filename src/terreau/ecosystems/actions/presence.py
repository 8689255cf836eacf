# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is here: an actor, its four lines, whether it agreed to appear, when it steps back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from terreau.core import clock
from terreau.core.errors import Invalid, NotAllowed, NotFound
from terreau.core.once import kept, must_be_same, once
from terreau.ecosystems.actions import naming
from terreau.ecosystems.enums import Standing
from terreau.ecosystems.models import ActorKind, Ecosystem, Presence
from terreau.ecosystems.rules.days import happened, plausible
from terreau.ecosystems.rules.presence import (
    can_edit_agent,
    can_know_agent,
    whose,
    whose_identity,
)
from terreau.ecosystems.rules.records import can_change, can_steer, can_take_part
from terreau.people.actions import add_agent, check_texts, revise, rewrite
from terreau.people.enums import AgentKind, Level
from terreau.people.models import Agent, LegalForm, User
from terreau.people.rules import can_speak_for
from terreau.territories.models import Territory

LINES = ("cares", "can_do", "limits", "not_ask")
IDENTITY = ("name", "legal_form", "siren", "siret", "rna", "site", "territory", "place")
AS_ASKED = {"agreed_on": "on", "agreement_said_by": "said_by"}
AGREEMENT = tuple(AS_ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActor:
    """An actor that is not known yet. Only its name is needed; numbers are kept as digits."""

    name: str
    agent_kind: AgentKind = AgentKind.ORGANISATION
    legal_form: LegalForm | None = None
    siren: str = ""
    siret: str = ""
    rna: str = ""
    site: str = ""
    territory: Territory | None = None
    place: str = ""
    invented: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The four lines of an actor, its kind here, and how far the whole is read."""

    cares: str = ""
    can_do: str = ""
    limits: str = ""
    not_ask: str = ""
    kind: ActorKind | None = None
    level: str = Level.CIRCLE

    def content(self) -> dict[str, object]:
        """Return them by field name."""
        lines = {name: getattr(self, name).strip() for name in LINES}
        return {**lines, "kind": self.kind, "level": self.level}


NO_LINES = Lines()


@transaction.atomic
def add_actor(
    *,
    by: User,
    ecosystem: Ecosystem,
    key: UUID,
    actor: NewActor | Agent,
    lines: Lines = NO_LINES,
) -> Presence:
    """Note an actor as foreseen (« pressentie ») in an ecosystem: known already, or new.

    It opens no door: being noted is not being a member. An actor already here is returned as it is.
    """
    if not can_take_part(by, ecosystem):
        raise NotAllowed("Vous ne faites pas partie de cette coopération.")
    content = {"ecosystem": ecosystem, "recorded_by": by.agent, **lines.content()}
    check_texts(Presence, content)
    if isinstance(actor, Agent) and not can_know_agent(by, actor):
        raise NotFound("Cette organisation n'existe pas ici. Ajoutez-la par son nom.")

    def make() -> Presence:
        agent = actor if isinstance(actor, Agent) else add_agent(**_described(actor))
        stamp = {"agent": agent, "space": ecosystem.circle, "author": agent}
        return Presence.objects.create(key=key, **content, **stamp)

    return once(lambda: _noted(ecosystem, key, actor, content), make)[0]


def _noted(
    ecosystem: Ecosystem, key: UUID, actor: NewActor | Agent, content: Mapping[str, object]
) -> Presence | None:
    """Return what is noted under this key, or the presence of an actor that is here already."""
    stored = kept(Presence, key=key, wanted=content)
    if isinstance(actor, Agent):
        if stored is not None:
            must_be_same(stored, {"agent": actor})
        return stored or Presence.objects.filter(ecosystem=ecosystem, agent=actor).first()
    if stored is not None:
        must_be_same(stored.agent, _described(actor))
    return stored


def _described(actor: NewActor) -> dict[str, Any]:
    content = _clean(actor)
    check_texts(Agent, content)
    linked = {"legal_form": actor.legal_form, "territory": actor.territory}
    return {"kind": actor.agent_kind, "invented": actor.invented, **linked, **content}


def _clean(actor: NewActor) -> dict[str, str]:
    numbers = {name: getattr(actor, name).replace(" ", "") for name in ("siren", "siret", "rna")}
    words = {name: getattr(actor, name).strip() for name in ("name", "site", "place")}
    return {**numbers, **words}


def edit_agent(*, by: User, agent: Agent, actor: NewActor, version: int | None = None) -> Agent:
    """Correct what an organisation is, if it is ours to do, over the ``IDENTITY`` that was read."""
    if not can_edit_agent(by, agent):
        raise NotAllowed(whose_identity(agent))
    content = _clean(actor)
    if not content["name"]:
        raise Invalid("Gardez un nom.", field="name")
    linked = {"legal_form": actor.legal_form, "territory": actor.territory}
    rewrite(agent, version=version, changes={**content, **linked})
    return agent


def edit_lines(*, by: User, presence: Presence, version: int, lines: Lines) -> Presence:
    """Rewrite the four lines over the version that was edited (EditConflict otherwise)."""
    if not can_change(by, presence):
        raise NotAllowed(whose(presence.agent))
    revise(presence, version=version, changes=lines.content())
    return presence


def note_contact(*, by: User, presence: Presence) -> Presence:
    """Note that the actor was contacted. One that agreed already stays so."""
    if not can_take_part(by, presence.ecosystem):
        raise NotAllowed("Vous ne faites pas partie de cette coopération.")
    if presence.standing == Standing.EXPECTED:
        presence.standing = Standing.CONTACTED
        presence.save(update_fields=["standing", "updated_at"])
    return presence


@transaction.atomic
def note_agreement(
    *,
    by: User,
    presence: Presence,
    on: date | None = None,
    said_by: str = "",
    address: str = "",
    version: int | None = None,
) -> Presence:
    """Note that the actor agrees to appear: said by itself, or told to us by somebody named.

    ``said_by``: who said it; needed unless the person speaks for the actor. Never in the future.
    ``version``: that of the ``AGREEMENT`` as it was read (EditConflict otherwise).
    Its own word opens public pages at once; what others report gives it seven days to answer, at
    ``address`` (mailed to those who speak for it).
    """
    said_by = said_by.strip()
    day = happened(on, field="on", what="Un accord se note quand il est donné")
    own_voice = can_speak_for(by, presence.agent)
    if not own_voice and not can_steer(by, presence.ecosystem):
        raise NotAllowed(whose(presence.agent))
    if not own_voice and not said_by:
        raise Invalid("Notez qui vous a donné cet accord, et comment.", field="said_by")
    said = {"agreed_on": day, "agreement_said_by": said_by or by.agent.name}
    rewrite(presence, version=version, changes=said, named=AS_ASKED)
    notice = naming.give_notice(by=by, presence=presence, own_voice=own_voice, address=address)
    if own_voice:
        naming.answer_notice(by=by, notice=notice, agreed=True)
    _set_standing(presence, Standing.AGREED, day, said_by or by.agent.name)
    return presence


@transaction.atomic
def withdraw_agreement(*, by: User, presence: Presence) -> Presence:
    """The actor no longer wishes to appear. It goes from public pages at once, without a reason."""
    if not can_change(by, presence):
        raise NotAllowed(whose(presence.agent))
    notice = presence.notices.order_by("-sent_on", "-pk").first()
    if notice is not None and can_speak_for(by, presence.agent):
        naming.answer_notice(by=by, notice=notice, agreed=False)
    else:
        # Told to whoever steers: its yes no longer stands, and the question is open again.
        presence.notices.filter(agreed=True).update(agreed=None, answered_on=None)
    _set_standing(presence, Standing.CONTACTED, None, "")
    return presence


def _set_standing(presence: Presence, standing: Standing, on: date | None, said_by: str) -> None:
    presence.standing, presence.agreed_on, presence.agreement_said_by = standing, on, said_by
    presence.save(update_fields=["standing", "agreed_on", "agreement_said_by", "updated_at"])


def step_back(
    *, by: User, presence: Presence, until: date | None, version: int | None = None
) -> Presence:
    """Say « en retrait jusqu'au … », or that one is back (None). Only the actor itself says it.

    ``version``: that of ``away_until`` as it was read (EditConflict otherwise).
    """
    if not can_speak_for(by, presence.agent):
        raise NotAllowed("Chacun dit soi-même qu'il se met en retrait.")
    if until is not None and until < clock.today():
        raise Invalid("Choisissez un jour à venir, ou laissez vide.", field="until")
    if until is not None:
        plausible(until, field="until")
    changes = {"away_until": until}
    rewrite(presence, version=version, changes=changes, named={"away_until": "until"})
    return presence


def add_kind(*, by: User, ecosystem: Ecosystem, label: str) -> ActorKind:
    """Return the kind of actor with this label, added to the ecosystem's own when it is new."""
    if not can_take_part(by, ecosystem):
        raise NotAllowed("Vous ne faites pas partie de cette coopération.")
    label = " ".join(label.split())
    if not label:
        raise Invalid("Donnez un nom à cette sorte d'acteur.", field="new_kind")
    check_texts(ActorKind, {"label": label})
    shared = ActorKind.objects.filter(ecosystem=None, label__iexact=label).first()
    if shared is not None:
        return shared
    return ActorKind.objects.get_or_create(ecosystem=ecosystem, label=label)[0]
