# SPDX-License-Identifier: AGPL-3.0-or-later
"""The kinds of territory."""

from django.db.models import TextChoices


class TerritoryKind(TextChoices):
    COMMUNE = "commune", "commune"
    EPCI = "epci", "intercommunalité"
    DISTRICT = "district", "arrondissement"
    DEPARTMENT = "department", "département"
    REGION = "region", "région"
    LIVING_AREA = "living_area", "bassin de vie"
    AD_HOC = "ad_hoc", "périmètre choisi"


OFFICIAL = (
    TerritoryKind.COMMUNE,
    TerritoryKind.EPCI,
    TerritoryKind.DISTRICT,
    TerritoryKind.DEPARTMENT,
    TerritoryKind.REGION,
)
"""Those that the official files describe; the two others are drawn by people."""
