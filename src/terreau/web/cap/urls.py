# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, include, path

from terreau.web.cap import texts, views

LEAVES = {"stakes": "enjeux", "obstacles": "difficultes", "words": "mots", "decisions": "decisions"}

inside: list[URLPattern | URLResolver] = [
    path("", views.cap_page, name="cap_page"),
    path("histoire/", views.cap_history, name="cap_history"),
    path("proposer/", views.cap_propose, name="cap_propose"),
    path("<int:pk>/reformuler/", views.cap_reword, name="cap_reword"),
    path("<int:pk>/adopter/", views.cap_adopt, name="cap_adopt"),
    path("<int:pk>/montrer/", views.cap_show, name="cap_show"),
    path("<int:pk>/autrement/", views.cap_disagree, name="cap_disagree"),
    path("desaccords/", views.cap_disagreements, name="cap_disagreements"),
    path("desaccords/<int:pk>/", views.cap_settle, name="cap_settle"),
    path("decisions/<int:pk>/fin/", texts.cap_decision_end, name="cap_decision_end"),
]

for kind, leaf in LEAVES.items():
    told, at = {"kind": kind}, f"{leaf}/"
    inside += [
        path(at, texts.cap_texts, told, name=f"cap_{kind}"),
        path(f"{at}ajouter/", texts.cap_text_add, told, name=f"cap_{kind}_add"),
    ]
    if kind != "decisions":  # a decision is ended, neither rewritten nor erased
        inside += [
            path(f"{at}<int:pk>/", texts.cap_text_edit, told, name=f"cap_{kind}_edit"),
            path(f"{at}<int:pk>/effacer/", texts.cap_text_erase, told, name=f"cap_{kind}_erase"),
        ]

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/cap/", include(inside)),
]
