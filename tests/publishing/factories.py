# SPDX-License-Identifier: AGPL-3.0-or-later
"""An ecosystem with one public record of each kind beside one secret of each kind."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from terreau.core import clock
from terreau.ecosystems.enums import AimState, EffectNature, Standing
from terreau.ecosystems.models import (
    Aim,
    Bearer,
    Beneficiary,
    Ecosystem,
    Effect,
    EffectLink,
    LifeFunction,
    Maillon,
    NamingNotice,
    Obstacle,
    Performance,
    Presence,
    Word,
)
from terreau.people.enums import Level, RoleKind
from terreau.people.models import Agent, User
from terreau.publishing.enums import LegalFamily, Licence, Origin
from terreau.publishing.models import Sheet
from terreau.territories.models import Territory
from tests.factories import join, make_ecosystem, make_organisation, make_user

SECRET = "SECRETPLANTE"
NOT_PUBLIC = [level for level in Level if level is not Level.PUBLIC]
_numbers = count(1)


@dataclass
class Scene:
    ecosystem: Ecosystem
    steward: User
    member: User
    partner: Agent
    maillon: Maillon
    effect: Effect


def record(model, ecosystem, author, level, **fields):
    return model.objects.create(
        ecosystem=ecosystem,
        space=ecosystem.circle,
        author=author,
        recorded_by=author,
        level=level,
        **fields,
    )


def presence(ecosystem, agent, author, *, agreed=True, notice_days=-30, **fields) -> Presence:
    told = record(
        Presence,
        ecosystem,
        author,
        Level.CIRCLE,
        agent=agent,
        standing=Standing.AGREED if agreed else Standing.EXPECTED,
        agreed_on=date(2025, 1, 1) if agreed else None,
        **fields,
    )
    sent = clock.today() + timedelta(days=notice_days)
    NamingNotice.objects.create(
        presence=told, sent_on=sent, effective_on=sent + timedelta(days=7), given_by=author
    )
    return told


def make_scene(name: str = "Aller et revenir") -> Scene:
    """A public piece of each kind and, at every narrower level, a secret of each kind."""
    ecosystem = make_ecosystem(name, place="Val de Clairsault")
    ecosystem.functions.set(LifeFunction.objects.filter(slug="se-deplacer"))
    ecosystem.territories.set(Territory.objects.filter(kind="department", code="63"))
    steward = join(make_user("Camille"), ecosystem, RoleKind.PILOT)
    member = join(make_user("Dominique"), ecosystem)
    me = steward.agent
    partner = make_organisation("La Halte")
    presence(ecosystem, partner, me, cares=f"{SECRET} ce qui nous tient")
    use = record(
        Performance, ecosystem, me, Level.PUBLIC, statement="Arriver à cinq heures", for_whom="tous"
    )
    maillon = record(
        Maillon, ecosystem, me, Level.PUBLIC, name="Ligne de covoiturage", nature="service"
    )
    maillon.performances.add(use)
    Bearer.objects.create(maillon=maillon, agent=partner, since=date(2025, 1, 1))
    whom = record(Beneficiary, ecosystem, me, Level.PUBLIC, label="intérimaires")
    effect = record(
        Effect,
        ecosystem,
        me,
        Level.PUBLIC,
        statement="Trois emplois gardés",
        beneficiary=whom,
        said_by="l'employeur",
        evidence=3,
        evidence_words="comptés en mars",
    )
    record(
        Obstacle,
        ecosystem,
        me,
        Level.PUBLIC,
        words="Le temps a manqué",
        year=2025,
        code="too_little_time",
    )
    record(
        Aim,
        ecosystem,
        me,
        Level.PUBLIC,
        number=1,
        text="Que personne ne renonce à un soin",
        state=AimState.ADOPTED,
        adopted_on=date(2025, 5, 1),
        why="après une rencontre",
    )
    plant_secrets(ecosystem, me, maillon, whom)
    return Scene(ecosystem, steward, member, partner, maillon, effect)


def plant_secrets(ecosystem: Ecosystem, me: Agent, maillon: Maillon, whom: Beneficiary) -> None:
    """Write at every level but the public one what must appear nowhere."""
    for number, level in enumerate(NOT_PUBLIC, start=2):
        said = f"{SECRET} {level}"
        hidden = record(Performance, ecosystem, me, level, statement=said)
        link = record(Maillon, ecosystem, me, level, name=said, nature="place", note=said)
        link.performances.add(hidden)
        maillon.performances.add(hidden)
        maillon.depends_on.add(link)
        record(Obstacle, ecosystem, me, level, words=said, year=2024, code="jargon")
        record(Word, ecosystem, me, level, word=said, meaning=said)
        record(Effect, ecosystem, me, level, statement=said, beneficiary=whom, said_by=said)
        dark = record(Beneficiary, ecosystem, me, level, label=said)
        record(Effect, ecosystem, me, Level.PUBLIC, statement=f"Effet {number}", beneficiary=dark)
        record(
            Aim,
            ecosystem,
            me,
            level,
            number=number,
            text=said,
            state=AimState.ADOPTED,
            adopted_on=date(2026, 1, number),
        )
    record(Aim, ecosystem, me, Level.PUBLIC, number=50, text=f"{SECRET} proposé seulement")
    person = make_user(f"{SECRET} Personne")
    presence(ecosystem, person.agent, me)
    Bearer.objects.create(maillon=maillon, agent=person.agent, since=date(2025, 1, 1))
    for name, fields in (
        ("pressentie", {"agreed": False}),
        ("en attente", {"notice_days": -3}),
    ):
        organisation = make_organisation(f"{SECRET} {name}")
        presence(ecosystem, organisation, me, **fields)
        Bearer.objects.create(maillon=maillon, agent=organisation, since=date(2025, 1, 1))
    harmed = make_organisation("Taxi du plateau")
    harm = record(
        Effect,
        ecosystem,
        me,
        Level.PUBLIC,
        statement=f"{SECRET} le taxi a perdu",
        beneficiary=whom,
        said_by="la pilote",
        nature=EffectNature.DESTROYED,
    )
    EffectLink.objects.create(effect=harm, agent=harmed, kind="named")


def make_sheet(title: str = "Une coopération", **fields: object) -> Sheet:
    """A published sheet without ecosystem, straight in its table."""
    number = next(_numbers)
    given = {
        "slug": f"fiche-{number}",
        "origin": Origin.READ,
        "title": title,
        "aim": "Que chacun puisse se déplacer",
        "licence": Licence.OPEN,
        "legal_family": LegalFamily.ASSOCIATION,
        "phase": "emergence",
        "content": {"story": "Une histoire."},
        "published_at": clock.now(),
        "refreshed_at": clock.now(),
    }
    return Sheet.objects.create(**(given | fields))
