# SPDX-License-Identifier: AGPL-3.0-or-later
"""The kinds of territory."""

from django.db.models import TextChoices


class TerritoryKind(TextChoices):
    COMMUNE = "commune", "commune"
    EPCI = "epci", "intercommunalité"
    DEPARTMENT = "department", "département"
    REGION = "region", "région"
    LIVING_AREA = "living_area", "bassin de vie"
    AD_HOC = "ad_hoc", "périmètre choisi"
