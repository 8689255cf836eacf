# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.effects import ties, views

HERE = "c/<slug:slug>/effets/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(HERE, views.effects_page, name="effects_page"),
    path(f"{HERE}texte.docx", views.effects_text, name="effects_text"),
    path(f"{HERE}texte.pdf", views.effects_pdf, name="effects_pdf"),
    path(f"{HERE}nouveau/", views.effects_add, name="effects_add"),
    path(f"{HERE}pour/", views.effects_beneficiary_add, name="effects_beneficiary_add"),
    path(f"{HERE}pour/<int:pk>/", views.effects_beneficiary, name="effects_beneficiary"),
    path(f"{HERE}<int:pk>/", views.effects_effect, name="effects_effect"),
    path(f"{HERE}<int:pk>/modifier/", views.effects_edit, name="effects_edit"),
    path(f"{HERE}<int:pk>/retirer/", views.effects_remove, name="effects_remove"),
    path(f"{HERE}<int:pk>/lien/", ties.effects_link, name="effects_link"),
    path(f"{HERE}lien/<int:pk>/retirer/", ties.effects_unlink, name="effects_unlink"),
    path(f"{HERE}lien/<int:pk>/reponse/", ties.effects_answer, name="effects_answer"),
]
