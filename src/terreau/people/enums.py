# SPDX-License-Identifier: AGPL-3.0-or-later
"""The closed lists of people: kinds of agents, spaces, roles, and levels of visibility."""

from django.db.models import TextChoices


class AgentKind(TextChoices):
    PERSON = "person", "personne"
    ORGANISATION = "organisation", "organisation"
    COLLECTIVE = "collective", "collectif sans statut"
    ECOSYSTEM = "ecosystem", "coopération"


class SpaceKind(TextChoices):
    ECOSYSTEM = "ecosystem", "coopération"
    CIRCLE = "circle", "cercle"
    PROGRAMME = "programme", "programme"
    PAIR = "pair", "binôme"
    PARTIES = "parties", "entre parties"


class Level(TextChoices):
    """Who may read a record, from one person to everybody. Order matters: each is wider."""

    AUTHOR = "author", "moi seulement"
    PAIR = "pair", "nous deux"
    CIRCLE = "circle", "le cercle"
    ECOSYSTEM = "ecosystem", "toute la coopération"
    PROGRAMME = "programme", "la coopération et le programme"
    COMMUNITY = "community", "toutes les coopérations"
    NOTICE = "notice", "titre public, texte réservé à la coopération"
    PUBLIC = "public", "tout le monde"


class RoleKind(TextChoices):
    """What somebody is in a space (catalogue H1–H22)."""

    PILOT = "pilot", "pilote"
    KEY_HOLDER = "key_holder", "garde les clés"
    ANIMATOR = "animator", "anime"
    CORE_MEMBER = "core_member", "membre du premier cercle"
    PARTNER = "partner", "partenaire du cercle élargi"
    INITIATOR = "initiator", "à l'initiative"
    OFFICER = "officer", "mène la mission"
    ELECTED = "elected", "suit au nom des élus"
    INTERMEDIARY = "intermediary", "organisme d'intermédiation"
    RESEARCHER = "researcher", "recherche et évaluation"
    COACH = "coach", "accompagne"
    INHABITANT = "inhabitant", "habite ici"
    VOLUNTEER = "volunteer", "bénévole"
    LANDLORD = "landlord", "bailleur"
    EMPLOYER = "employer", "employeur"
    HOST = "host", "exploite un lieu"
    FUNDER = "funder", "finance"
    MIRROR = "mirror", "groupe miroir"
    PROGRAMME_OFFICER = "programme_officer", "suit le programme"
    MEMBER = "member", "membre"
    INTERIM = "interim", "assure l'intérim"


MEANINGS = {
    RoleKind.KEY_HOLDER: "inviter, régler, et passer le relais si quelqu'un s'absente",
    RoleKind.ANIMATOR: "inviter, réunir, faire avancer ce qui a été dit",
}
"""What somebody who never came here may do, for the roles whose name does not say it."""


STEWARD_ROLES = frozenset(
    {RoleKind.PILOT, RoleKind.KEY_HOLDER, RoleKind.ANIMATOR, RoleKind.INTERIM}
)
"""Roles that open the pilot's pages: inviting, handing over, publishing."""


PERSONAL_ROLES = STEWARD_ROLES | {
    RoleKind.OFFICER,
    RoleKind.ELECTED,
    RoleKind.INITIATOR,
    RoleKind.INHABITANT,
    RoleKind.VOLUNTEER,
    RoleKind.MEMBER,
}
"""Roles of a person that say nothing of what their organisation is."""


class EndReason(TextChoices):
    """Why a role ended. Neutral on purpose: nobody owes an explanation."""

    MISSION_ENDED = "mission_ended", "fin de mission"
    POST_CHANGED = "post_changed", "changement de poste"
    HANDED_OVER = "handed_over", "relais passé"
    PAUSE = "pause", "pause"
    OTHER_COMMITMENTS = "other_commitments", "autres engagements"
    STRUCTURE_CHANGED = "structure_changed", "la structure a changé"
    NOT_SAID = "not_said", "sans précision"


class Scope(TextChoices):
    """What a program may do in the name of the person who gave it a key."""

    READ = "read", "lire ce que je lis"
    CONTRIBUTE = "contribute", "noter des contributions, des besoins et des offres, sans rien lire"
    BOTH = (
        "read contribute",
        "lire ce que je lis, et noter des contributions, des besoins et des offres",
    )
