# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Notre cap »: versions, adoption, disagreements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.db.models import Max

from terreau.core.errors import EditConflict, Invalid, NotAllowed
from terreau.core.versions import conflict, differs, must_stand
from terreau.ecosystems.actions.logbook import log_milestone
from terreau.ecosystems.actions.records import Filing, hold, keep
from terreau.ecosystems.enums import AimState, Milestone
from terreau.ecosystems.models import Aim, AimDisagreement, Ecosystem
from terreau.ecosystems.rules.days import happened
from terreau.ecosystems.rules.records import THEIRS, can_change, can_steer
from terreau.people.actions import check_texts, revise
from terreau.people.enums import Level
from terreau.people.models import Agent, User
from terreau.people.rules import can_speak_for


@transaction.atomic
def propose_aim(*, by: User, ecosystem: Ecosystem, filing: Filing, text: str, why: str = "") -> Aim:
    """Propose the next version of the aim. Any member may; nothing changes until it is adopted."""
    text = text.strip()
    if not text:
        raise Invalid("Écrivez le cap, même imparfait : il se discute.", field="text")
    hold(ecosystem)
    stored = Aim.objects.filter(key=filing.key).first()
    last = Aim.objects.filter(ecosystem=ecosystem).aggregate(last=Max("number"))["last"] or 0
    content = {
        "number": stored.number if stored else last + 1,
        "text": text,
        "why": why.strip(),
    }
    return keep(Aim, by=by, ecosystem=ecosystem, filing=filing, fields=content)[0]


def reword_aim(
    *, by: User, aim: Aim, version: int, text: str, why: str, level: str | None = None
) -> Aim:
    """Reword a proposal over the version that was edited. What was adopted stands for ever.

    ``level``: how far it is read from now on, when that is said too.
    """
    if not can_change(by, aim):
        raise NotAllowed("Seuls son auteur et les personnes qui gardent les clés la reformulent.")
    if aim.state == AimState.ADOPTED:
        raise Invalid("Ce cap a été adopté : proposez plutôt une nouvelle version.")
    if not text.strip():
        raise Invalid("Écrivez le cap, même imparfait : il se discute.", field="text")
    changes = {"text": text.strip(), "why": why.strip(), "level": _known(level or aim.level)}
    revise(aim, version=version, changes=changes)
    return aim


@transaction.atomic
def adopt_aim(
    *,
    by: User,
    aim: Aim,
    on: date,
    how: str,
    adopted_by: Sequence[Agent] = (),
    version: int | None = None,
) -> Aim:
    """Note that a version was adopted: on a day, by whom, and how. Once; it is noted, not voted.

    ``version``: that of the words as they were read; EditConflict when they were reworded since.
    """
    if not can_steer(by, aim.ecosystem):
        raise NotAllowed("L'adoption est notée par les personnes qui gardent les clés.")
    aim.refresh_from_db(from_queryset=Aim.objects.select_for_update(of=("self",)))
    if aim.state == AimState.ADOPTED:
        _must_be_adopted_so(aim, on, how.strip(), adopted_by)
        return aim
    if version not in (None, aim.version):
        raise EditConflict(
            "Ce cap a été reformulé pendant que vous notiez son adoption. Relisez-le : s'il est "
            "bien celui que vous avez adopté, envoyez de nouveau.",
            stored={},
            yours={},
            version=aim.version,
        )
    on = happened(on, field="on", what="Notez l'adoption quand elle a eu lieu")
    check_texts(Aim, {"adopted_how": how})
    aim.state, aim.adopted_on, aim.adopted_how = AimState.ADOPTED, on, how.strip()
    aim.version += 1  # who was rewording it meanwhile is told
    aim.save(update_fields=["state", "adopted_on", "adopted_how", "version", "updated_at"])
    aim.adopted_by.set(adopted_by)
    log_milestone(
        by=by.agent,
        ecosystem=aim.ecosystem,
        milestone=Milestone.AIM,
        text=f"Nouveau cap : « {aim.text} »",
        key=uuid5(NAMESPACE_URL, f"terreau:aim:{aim.pk}"),
        day=on,
    )
    return aim


def _must_be_adopted_so(aim: Aim, on: date, how: str, adopted_by: Sequence[Agent]) -> None:
    """Raise EditConflict when the adoption was noted already, in another way."""
    said, stored = {"adopted_on": on, "adopted_how": how}, aim.adopted_by.all()
    if differs(aim, said) or set(adopted_by) != set(stored):
        named = {"adopted_on": "on", "adopted_how": "how"}
        message = (
            "Cette adoption est déjà notée, autrement : voici les deux. Ce qui est noté reste."
        )
        raise conflict(aim, said, named=named, message=message).joined(
            {"adopted_by": _names(stored)}, {"adopted_by": _names(adopted_by)}
        )


def _names(agents: Iterable[Agent]) -> str:
    return ", ".join(sorted(agent.name for agent in agents))


def show_aim(*, by: User, aim: Aim, level: str, version: int | None = None) -> Aim:
    """Say how far a version is read; an adopted one too, since its words do not change.

    ``version``: that of the aim as it was read (EditConflict otherwise).
    """
    if not can_change(by, aim):
        raise NotAllowed(THEIRS)
    revise(aim, version=version or aim.version, changes={"level": _known(level)})
    return aim


def _known(level: str) -> str:
    if level not in Level.values:
        raise Invalid("Ce choix de lecture n'existe pas.", field="level")
    return level


def disagree(*, by: User, aim: Aim, filing: Filing, text: str) -> AimDisagreement:
    """Say what ``filing.author`` sees otherwise (the person when None). It stays open, unranked."""
    if not text.strip():
        raise Invalid("Dites en une phrase ce que vous voyez autrement.", field="text")
    content = {"aim": aim, "agent": filing.author or by.agent, "text": text.strip()}
    return keep(AimDisagreement, by=by, ecosystem=aim.ecosystem, filing=filing, fields=content)[0]


def settle(
    *, by: User, disagreement: AimDisagreement, on: date | None = None, how: str = ""
) -> AimDisagreement:
    """Say that a disagreement is settled. Only the voice that raised it says so. Once."""
    if not can_speak_for(by, disagreement.agent):
        raise NotAllowed(f"C'est à « {disagreement.agent} » de dire que ce désaccord est dépassé.")
    if disagreement.settled_on is not None:
        said, named = {"settled_how": how.strip()}, {"settled_how": "how"}
        must_stand(disagreement, said, named=named, what="Ce désaccord est déjà dit dépassé")
        return disagreement
    day = happened(on, field="on")
    check_texts(AimDisagreement, {"settled_how": how})
    disagreement.settled_on, disagreement.settled_how = day, how.strip()
    disagreement.save(update_fields=["settled_on", "settled_how", "updated_at"])
    return disagreement
