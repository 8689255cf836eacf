# SPDX-License-Identifier: AGPL-3.0-or-later
"""The closed lists of the public side."""

from django.db.models import TextChoices


class Origin(TextChoices):
    """Who answers for a sheet. The value is what open data says in the column « origine »."""

    KEPT = "tenue", "tenue par la coopération"
    READ = "lue", "lue dans un document public"
    INVENTED = "inventée", "inventée pour la démonstration"


class LegalFamily(TextChoices):
    """Legal forms, grouped so that one may choose among a few."""

    UNKNOWN = "", "non précisée"
    ASSOCIATION = "association", "association"
    COOPERATIVE = "cooperative", "coopérative (Scic, Scop…)"
    COMPANY = "entreprise", "entreprise"
    COMMUNE = "commune", "commune"
    INTERCOMMUNAL = "intercommunalite", "intercommunalité"
    PUBLIC_BODY = "organisme-public", "syndicat mixte ou établissement public"
    INDEPENDENT = "independant", "travail indépendant"
    OTHER = "autre", "autre forme"


class Licence(TextChoices):
    OPEN = "LO-2.0", "Licence Ouverte 2.0"
    CC_BY = "CC-BY-4.0", "CC BY 4.0"
    CC_BY_SA = "CC-BY-SA-4.0", "CC BY-SA 4.0"


LICENCE_ADDRESSES = {
    Licence.OPEN: "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/deed.fr",
    Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/deed.fr",
}


class MessageKind(TextChoices):
    """Why somebody writes about a sheet."""

    WRITE = "write", "écrire à la coopération"
    TAKE_OVER = "take_over", "c'est nous : reprendre la fiche"
    REMOVE = "remove", "c'est nous : faire retirer la fiche"
    CORRECT = "correct", "signaler une erreur"


class Outcome(TextChoices):
    """What became of a request about a sheet that nobody keeps."""

    GRANTED = "granted", "Laisser l'organisation reprendre la fiche"
    REMOVED = "removed", "Retirer la fiche"
    CORRECTED = "corrected", "C'est corrigé"
    DECLINED = "declined", "Ne pas donner suite"
