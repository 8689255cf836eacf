# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, include, path

from terreau.web.contributions import (
    discussion_views,
    figure_views,
    landmark_views,
    valuation_views,
    views,
)

inside: list[URLPattern | URLResolver] = [
    path("", views.contributions_statement, name="contributions_statement"),
    path("ajouter/", views.contributions_add, name="contributions_add"),
    path("liste/", views.contributions_list, name="contributions_list"),
    path("chiffre/", figure_views.contributions_figure, name="contributions_figure"),
    path("annexe/", figure_views.contributions_annex, name="contributions_annex"),
    path(
        "conventions/",
        valuation_views.contributions_valuations,
        name="contributions_valuations",
    ),
    path(
        "conventions/noter/",
        valuation_views.contributions_valuation_note,
        name="contributions_valuation_note",
    ),
    path(
        "conventions/<int:pk>/retirer/",
        valuation_views.contributions_valuation_withdraw,
        name="contributions_valuation_withdraw",
    ),
    path("a-confirmer/", views.contributions_awaiting, name="contributions_awaiting"),
    path("<int:pk>/", views.contributions_one, name="contributions_one"),
    path("<int:pk>/annuler/", views.contributions_undo, name="contributions_undo"),
    path("<int:pk>/rectifier/", views.contributions_rectify, name="contributions_rectify"),
    path("<int:pk>/mot/", views.contributions_word, name="contributions_word"),
    path("<int:pk>/en-parler/", discussion_views.contributions_talk, name="contributions_talk"),
    path(
        "<int:pk>/en-parler/lecteurs/",
        discussion_views.contributions_talk_readers,
        name="contributions_talk_readers",
    ),
    path(
        "en-parler/<int:pk>/",
        discussion_views.contributions_discussion,
        name="contributions_discussion",
    ),
    path(
        "en-parler/<int:pk>/proposer/",
        discussion_views.contributions_propose_end,
        name="contributions_propose_end",
    ),
    path(
        "en-parler/<int:pk>/accord/",
        discussion_views.contributions_agree_end,
        name="contributions_agree_end",
    ),
    path("reperes/", landmark_views.contributions_landmarks, name="contributions_landmarks"),
    path("reperes/<int:pk>/", landmark_views.contributions_landmark, name="contributions_landmark"),
    path(
        "reperes/<int:pk>/retirer/",
        landmark_views.contributions_landmark_remove,
        name="contributions_landmark_remove",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/contributions/", include(inside)),
]
