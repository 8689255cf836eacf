# SPDX-License-Identifier: AGPL-3.0-or-later
"""The closed lists of an ecosystem. Labels are the field's plain words."""

from django.db.models import IntegerChoices, TextChoices


class Phase(TextChoices):
    """Where the ecosystem says it is. Pause and end are valid states, not failures."""

    PRE_EMERGENCE = "pre_emergence", "avant l'émergence"
    EMERGENCE = "emergence", "émergence"
    EXPERIMENTATION = "experimentation", "expérimentation"
    DEPLOYMENT = "deployment", "déploiement"
    PAUSE = "pause", "en pause"
    HANDED_OVER = "handed_over", "transmise"
    ENDED = "ended", "terminée"


class Standing(TextChoices):
    """How far an actor is known to be part of it. Only the last may be named in public."""

    EXPECTED = "expected", "pressentie"
    CONTACTED = "contacted", "contactée"
    AGREED = "agreed", "d'accord pour apparaître"


class AimState(TextChoices):
    PROPOSED = "proposed", "proposé"
    ADOPTED = "adopted", "adopté"


class MaillonNature(TextChoices):
    GOOD = "good", "bien"
    SERVICE = "service", "service"
    PLACE = "place", "lieu"
    INFORMATION = "information", "information"
    RULE = "rule", "règle"
    ANIMATION = "animation", "animation"


class MaillonState(TextChoices):
    EXISTS = "exists", "existe"
    TO_ADAPT = "to_adapt", "à adapter"
    MISSING = "missing", "manque"


class BeneficiaryKind(TextChoices):
    USER = "user", "personnes concernées"
    THIRD_PARTY = "third_party", "autres personnes"
    ORGANISATION = "organisation", "organisation"
    LIVING = "living", "milieu vivant"
    TERRITORY = "territory", "territoire"


class EffectNature(TextChoices):
    USEFUL = "useful", "ce que ça change de bien"
    EXTERNALITY = "externality", "ce que ça fait aux autres sans qu'on l'ait voulu"
    REDUCED_HARM = "reduced_harm", "un tort qui diminue"
    DESTROYED = "destroyed", "ce que ça abîme"


class EffectTiming(TextChoices):
    UNKNOWN = "", "on ne sait pas encore"
    IMMEDIATE = "immediate", "tout de suite"
    LATER = "later", "plus tard, et cela peut resservir"


class Evidence(IntegerChoices):
    """How well an effect is backed, always shown in words (domain.md 5.2)."""

    INTUITION = 0, "une intuition"
    TESTIMONY = 1, "un témoignage"
    TESTIMONIES = 2, "plusieurs témoignages qui concordent"
    COUNT = 3, "une observation ou un comptage documenté"
    CHECKED = 4, "vérifié par un tiers"


class ShareDue(TextChoices):
    """How much of the change is due to the ecosystem."""

    UNKNOWN = "", "on ne sait pas"
    STRONG = "strong", "beaucoup"
    PARTIAL = "partial", "en partie"
    WEAK = "weak", "un peu"


class EffectLinkKind(TextChoices):
    CONTRIBUTES = "contributes", "y contribue"
    BENEFITS_UNASKED = "benefits_unasked", "en bénéficie, rien ne lui a été demandé"
    NAMED = "named", "est nommé et peut répondre"


class LogTheme(TextChoices):
    NONE = "", "sans thème"
    MEETING = "meeting", "rencontre"
    FIELD = "field", "sur le terrain"
    DIFFICULTY = "difficulty", "difficulté"
    LEARNT = "learnt", "ce qu'on a appris"
    VISIT = "visit", "visite"
    MONEY = "money", "argent et moyens"


class Milestone(TextChoices):
    """What an entry marks, when it changed the cap, the answer, a role, a phase."""

    NONE = "", "—"
    AIM = "aim", "le cap a changé"
    SOLUTION = "solution", "la réponse a changé"
    ROLE = "role", "un rôle a changé"
    PHASE = "phase", "la phase a changé"
    AGREEMENT = "agreement", "un engagement a été pris"


class ObstacleCode(TextChoices):
    """Obstacles told in the Carnet 2024 (catalogue 1.E), plus « other »."""

    KNOWING_EACH_OTHER = "knowing_each_other", "le temps de se connaître"
    TOO_LITTLE_TIME = "too_little_time", "pas assez de temps, ou pas le même"
    TURNOVER = "turnover", "départs et changements de personnes"
    JARGON = "jargon", "des mots qui divisent"
    NO_PLAN_NO_INDICATORS = "no_plan_no_indicators", "avancer sans plan ni indicateurs"
    SILOS_PROCUREMENT = "silos_procurement", "cloisons et règles d'achat"
    NO_COMMON_VISION = "no_common_vision", "pas encore de vision ou de méthode commune"
    ECONOMIC_MODEL = "economic_model", "un modèle économique à trouver"
    NEW_POSTURE = "new_posture", "une posture inhabituelle"
    CONVENTIONS_HARD = "conventions_hard", "des conventions difficiles à saisir"
    WORN_OUT_VOLUNTEERS = "worn_out_volunteers", "des bénévoles fatigués"
    PHASES_SLIP = "phases_slip", "des étapes qui glissent"
    COST_FOR_HOUSEHOLDS = "cost_for_households", "un coût trop lourd pour les ménages"
    SEASONALITY_MOBILITY = "seasonality_mobility", "saisons et déplacements"
    OTHER = "other", "autre"
