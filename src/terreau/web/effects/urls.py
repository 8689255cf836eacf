# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, include, path

from terreau.web.effects import ties, views

inside: list[URLPattern | URLResolver] = [
    path("", views.effects_page, name="effects_page"),
    path("texte.docx", views.effects_text, name="effects_text"),
    path("texte.pdf", views.effects_pdf, name="effects_pdf"),
    path("nouveau/", views.effects_add, name="effects_add"),
    path("pour/", views.effects_beneficiary_add, name="effects_beneficiary_add"),
    path("pour/<int:pk>/", views.effects_beneficiary, name="effects_beneficiary"),
    path("<int:pk>/", views.effects_effect, name="effects_effect"),
    path("<int:pk>/modifier/", views.effects_edit, name="effects_edit"),
    path("<int:pk>/retirer/", views.effects_remove, name="effects_remove"),
    path("<int:pk>/lien/", ties.effects_link, name="effects_link"),
    path("lien/<int:pk>/retirer/", ties.effects_unlink, name="effects_unlink"),
    path("lien/<int:pk>/reponse/", ties.effects_answer, name="effects_answer"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/effets/", include(inside)),
]
