# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, include, path

from terreau.web.sharing import count_views, views

inside: list[URLPattern | URLResolver] = [
    path("", views.sharing_page, name="sharing_page"),
    path("regle/", views.sharing_write, name="sharing_write"),
    path("regle/<int:pk>/", views.sharing_rule, name="sharing_rule"),
    path("regle/<int:pk>/adopter/", views.sharing_adopt, name="sharing_adopt"),
    path("calculer/", count_views.sharing_count, name="sharing_count"),
    path("<int:pk>/", count_views.sharing_one, name="sharing_one"),
    path("<int:pk>/ligne/", count_views.sharing_line, name="sharing_line"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/partage/", include(inside)),
]
