# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.handover import views

IN = "c/<slug:slug>/relais/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(IN, views.handover_page, name="handover_page"),
    path(f"{IN}imprimer.pdf", views.handover_pdf, name="handover_pdf"),
    path(f"{IN}imprimer.docx", views.handover_word, name="handover_word"),
    path(f"{IN}passer/<int:pk>/", views.handover_pass, name="handover_pass"),
    path(f"{IN}interim/", views.handover_ask, name="handover_ask"),
    path(f"{IN}interim/<int:pk>/appuyer/", views.handover_second, name="handover_second"),
    path(f"{IN}interim/<int:pk>/s-opposer/", views.handover_oppose, name="handover_oppose"),
    path(f"{IN}interim/<int:pk>/commencer/", views.handover_start, name="handover_start"),
]
