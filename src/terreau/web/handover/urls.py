# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, include, path

from terreau.web.handover import views

inside: list[URLPattern | URLResolver] = [
    path("", views.handover_page, name="handover_page"),
    path("imprimer.pdf", views.handover_pdf, name="handover_pdf"),
    path("imprimer.docx", views.handover_word, name="handover_word"),
    path("passer/<int:pk>/", views.handover_pass, name="handover_pass"),
    path("interim/", views.handover_ask, name="handover_ask"),
    path("interim/<int:pk>/appuyer/", views.handover_second, name="handover_second"),
    path("interim/<int:pk>/s-opposer/", views.handover_oppose, name="handover_oppose"),
    path("interim/<int:pk>/commencer/", views.handover_start, name="handover_start"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/relais/", include(inside)),
]
