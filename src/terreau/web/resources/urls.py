# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, include, path

from terreau.web.resources import keeping_views, views

inside: list[URLPattern | URLResolver] = [
    path("", views.resources_list, name="resources_list"),
    path("suivre/", keeping_views.resources_open, name="resources_open"),
    path("<int:pk>/compter/", keeping_views.resources_count, name="resources_count"),
    path("<int:pk>/confier/", keeping_views.resources_hand_over, name="resources_hand_over"),
    path("<int:pk>/", views.resources_one, name="resources_one"),
    path("etape/<int:pk>/", views.resources_event, name="resources_event"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/stocks/", include(inside)),
]
