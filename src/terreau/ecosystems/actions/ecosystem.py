# SPDX-License-Identifier: AGPL-3.0-or-later
"""Start an ecosystem, describe it, say its phase, tie it to others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.text import slugify

from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed, NotFound
from terreau.core.once import kept, once
from terreau.core.versions import in_words, must_stand
from terreau.ecosystems.actions.logbook import log_milestone
from terreau.ecosystems.actions.records import hold
from terreau.ecosystems.enums import Milestone, Phase
from terreau.ecosystems.models import Ecosystem, EcosystemLink, LifeFunction, PhaseChange
from terreau.ecosystems.rules.days import happened
from terreau.ecosystems.rules.records import can_steer, can_take_part
from terreau.people.actions import add_agent, check_texts, give_role, open_space, revise
from terreau.people.enums import AgentKind, RoleKind, SpaceKind
from terreau.people.models import User
from terreau.territories.models import Territory

FIRST_CIRCLE = "Premier cercle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What starts an ecosystem. Only the name and the sentence are needed.

    ``new_function``: a function of life to add to the open list. ``since``: the day of the
    founder's roles (today when None). ``slug``: its address, made from the name when empty.
    """

    name: str
    sentence: str
    functions: Sequence[LifeFunction] = ()
    new_function: str = ""
    territories: Sequence[Territory] = ()
    place: str = ""
    parent: Ecosystem | None = None
    slug: str = ""
    since: date | None = None
    invented: bool = False


@transaction.atomic
def start(*, by: User, key: UUID, beginning: Beginning) -> Ecosystem:
    """Create an ecosystem, its space and its first circle; its founder pilots and keeps the keys.

    Repeating a call with the same key returns the same one; with other content, KeyReused.
    """
    return once(lambda: _started(key, beginning), lambda: _start(by, key, beginning))[0]


def _started(key: UUID, beginning: Beginning) -> Ecosystem | None:
    wanted = {**_content(beginning), "parent": beginning.parent}
    stored = kept(Ecosystem, key=key, wanted=wanted)
    if stored is None:
        return None
    functions = {function.slug for function in beginning.functions}
    if beginning.new_function.strip():
        functions.add(_slug_of(beginning.new_function))
    same = functions == set(stored.functions.values_list("slug", flat=True))
    if not same or set(beginning.territories) != set(stored.territories.all()):
        raise KeyReused
    return stored


def _content(beginning: Beginning) -> dict[str, Any]:
    words = {name: getattr(beginning, name).strip() for name in ("name", "sentence", "place")}
    return {**words, "invented": beginning.invented}


def _start(by: User, key: UUID, beginning: Beginning) -> Ecosystem:
    content = _content(beginning)
    if not content["name"]:
        raise Invalid("Donnez-lui un nom, même provisoire.", field="name")
    if not content["sentence"]:
        raise Invalid("Dites en une phrase ce que vous voulez rendre possible.", field="sentence")
    ecosystem = _found(key, content, beginning)
    for kind in (RoleKind.PILOT, RoleKind.KEY_HOLDER):
        give_role(
            agent=by.agent, space=ecosystem.circle, kind=kind, given_by=by.agent,
            since=beginning.since,
        )  # fmt: skip
    _tie_functions(ecosystem, beginning.functions, beginning.new_function)
    ecosystem.territories.set(beginning.territories)
    if beginning.parent is not None:
        _place_inside(by, ecosystem, beginning.parent)
    PhaseChange.objects.create(
        ecosystem=ecosystem,
        phase=ecosystem.phase,
        since=beginning.since or clock.today(),
        said_by=by.agent,
    )
    return ecosystem


def _found(key: UUID, content: Mapping[str, Any], beginning: Beginning) -> Ecosystem:
    check_texts(Ecosystem, content)
    name = content["name"]
    agent = add_agent(kind=AgentKind.ECOSYSTEM, name=name, invented=beginning.invented)
    space = open_space(kind=SpaceKind.ECOSYSTEM, name=name)
    circle = open_space(kind=SpaceKind.CIRCLE, name=FIRST_CIRCLE, parent=space)
    return Ecosystem.objects.create(
        **content,
        key=key,
        slug=beginning.slug or free_slug(name),
        agent=agent,
        space=space,
        circle=circle,
    )


def free_slug(name: str) -> str:
    """Return an address made from a name that no ecosystem has yet."""
    base = slugify(name)[:70].strip("-") or "cooperation"
    taken = set(Ecosystem.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 2, base
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def add_life_function(*, label: str) -> LifeFunction:
    """Return the function of life with this label, added to the open list when it is new."""
    label = " ".join(label.split())
    slug = _slug_of(label)
    if not slug:
        raise Invalid("Écrivez cette fonction de vie avec des lettres.", field="new_function")
    check_texts(LifeFunction, {"label": label})
    function, _ = LifeFunction.objects.get_or_create(slug=slug, defaults={"label": label})
    return function


def _slug_of(label: str) -> str:
    return slugify(" ".join(label.split()))[:60]


def _tie_functions(ecosystem: Ecosystem, functions: Sequence[LifeFunction], new: str) -> None:
    chosen = [*functions]
    if new.strip():
        chosen.append(add_life_function(label=new))
    ecosystem.functions.set(chosen)


@transaction.atomic
def describe(
    *,
    by: User,
    ecosystem: Ecosystem,
    version: int,
    now: Beginning,
    public: Collection[int] = (),
) -> Ecosystem:
    """Rewrite all that its beginning says, over the version that was edited.

    ``public``: the cooperations that a published sheet shows; they may be named as the wider one.
    Its agent and its spaces take the name too. Raises EditConflict as ``people.actions.revise``.
    """
    _must_steer(by, ecosystem)
    changes = {
        "name": now.name.strip(),
        "sentence": now.sentence.strip(),
        "place": now.place.strip(),
    }
    if not changes["name"]:
        raise Invalid("Gardez un nom.", field="name")
    try:
        revise(ecosystem, version=version, changes=changes)
    except EditConflict as conflict:
        yours = _listed(now.functions, now.territories, now.parent)
        current = Ecosystem.objects.select_related("parent").get(pk=ecosystem.pk)
        stored = _listed(current.functions.all(), current.territories.all(), current.parent)
        raise conflict.joined(stored, yours) from None
    for named in (ecosystem.agent, ecosystem.space):
        named.name = ecosystem.name
        named.save(update_fields=["name"])
    _tie_functions(ecosystem, now.functions, now.new_function)
    ecosystem.territories.set(now.territories)
    if now.parent != ecosystem.parent:
        _place_inside(by, ecosystem, now.parent, public)
    return ecosystem


def _listed(
    functions: Iterable[LifeFunction], territories: Iterable[Territory], parent: Ecosystem | None
) -> dict[str, str]:
    return {
        "parent": in_words(parent),
        "functions": ", ".join(sorted(map(str, functions))),
        "territory": ", ".join(sorted(map(str, territories))),
    }


@transaction.atomic
def declare_phase(
    *, by: User, ecosystem: Ecosystem, phase: Phase, since: date, words: str = ""
) -> PhaseChange:
    """Say that the ecosystem entered a phase on a day. The latest day is where it is now.

    Pause and end are said like the others. The same phase on the same day is said once:
    EditConflict in other words.
    """
    _must_steer(by, ecosystem)
    since = happened(since, field="since", what="Dites-le quand ce jour sera venu")
    check_texts(PhaseChange, {"words": words})
    hold(ecosystem)
    change, new = PhaseChange.objects.get_or_create(
        ecosystem=ecosystem,
        phase=phase,
        since=since,
        defaults={"words": words.strip(), "said_by": by.agent},
    )
    if not new:
        must_stand(change, {"words": words.strip()}, what="Cette étape est déjà notée ce jour-là")
    latest = ecosystem.phases.order_by("-since", "-pk").first()
    ecosystem.phase = latest.phase if latest else phase
    ecosystem.save(update_fields=["phase"])
    if new:
        log_milestone(
            by=by.agent,
            ecosystem=ecosystem,
            milestone=Milestone.PHASE,
            text=f"Depuis le {since:%d/%m/%Y} : {change.get_phase_display()}. {change.words}",
            key=uuid5(NAMESPACE_URL, f"terreau:phase:{change.pk}"),
            day=since,
        )
    return change


def _place_inside(
    by: User, ecosystem: Ecosystem, parent: Ecosystem | None, public: Collection[int] = ()
) -> None:
    """Say that an ecosystem belongs to a wider one, or to none any more."""
    if parent is not None:
        if parent.pk not in public:
            _must_know(by, parent)
        above: Ecosystem | None = parent
        while above is not None:
            if above.pk == ecosystem.pk:
                raise Invalid(
                    "Une coopération ne peut pas faire partie d'elle-même.", field="parent"
                )
            above = above.parent
    ecosystem.parent = parent
    ecosystem.save(update_fields=["parent"])


def link(
    *,
    by: User,
    source: Ecosystem,
    target: Ecosystem,
    words: str = "",
    public: Collection[int] = (),
) -> EcosystemLink:
    """Say, from today, that two ecosystems know each other. Once: EditConflict in other words.

    ``public``: the cooperations that a published sheet shows; one need not be in them.
    """
    _must_steer(by, source)
    if target.pk not in public:
        _must_know(by, target)
    if source.pk == target.pk:
        raise Invalid("Choisissez une autre coopération que celle-ci.", field="target")
    check_texts(EcosystemLink, {"words": words})
    tie, new = EcosystemLink.objects.get_or_create(
        source=source,
        target=target,
        defaults={"words": words.strip(), "since": clock.today()},
    )
    if not new:
        what = f"Le lien avec « {target} » est déjà noté (retirez-le pour le dire autrement)"
        must_stand(tie, {"words": words.strip()}, what=what)
    return tie


def unlink(*, by: User, tie: EcosystemLink) -> None:
    """Take a link back. The other ecosystem's own link, if any, stands."""
    _must_steer(by, tie.source)
    EcosystemLink.objects.filter(pk=tie.pk).delete()


def _must_steer(by: User, ecosystem: Ecosystem) -> None:
    if not can_steer(by, ecosystem):
        raise NotAllowed("Seules les personnes qui gardent les clés peuvent changer cela.")


def _must_know(by: User, other: Ecosystem) -> None:
    if not can_take_part(by, other):
        raise NotFound("Cette coopération n'existe pas, ou vous n'en faites pas partie.")
