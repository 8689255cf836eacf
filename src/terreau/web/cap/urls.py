# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.cap import texts, views

HERE = "c/<slug:slug>/cap/"
LEAVES = {"stakes": "enjeux", "obstacles": "difficultes", "words": "mots", "decisions": "decisions"}

urlpatterns: list[URLPattern | URLResolver] = [
    path(HERE, views.cap_page, name="cap_page"),
    path(f"{HERE}histoire/", views.cap_history, name="cap_history"),
    path(f"{HERE}proposer/", views.cap_propose, name="cap_propose"),
    path(f"{HERE}<int:pk>/reformuler/", views.cap_reword, name="cap_reword"),
    path(f"{HERE}<int:pk>/adopter/", views.cap_adopt, name="cap_adopt"),
    path(f"{HERE}<int:pk>/montrer/", views.cap_show, name="cap_show"),
    path(f"{HERE}<int:pk>/autrement/", views.cap_disagree, name="cap_disagree"),
    path(f"{HERE}desaccords/", views.cap_disagreements, name="cap_disagreements"),
    path(f"{HERE}desaccords/<int:pk>/", views.cap_settle, name="cap_settle"),
    path(f"{HERE}decisions/<int:pk>/fin/", texts.cap_decision_end, name="cap_decision_end"),
]

for kind, leaf in LEAVES.items():
    told, at = {"kind": kind}, f"{HERE}{leaf}/"
    urlpatterns += [
        path(at, texts.cap_texts, told, name=f"cap_{kind}"),
        path(f"{at}ajouter/", texts.cap_text_add, told, name=f"cap_{kind}_add"),
    ]
    if kind != "decisions":  # a decision is ended, neither rewritten nor erased
        urlpatterns += [
            path(f"{at}<int:pk>/", texts.cap_text_edit, told, name=f"cap_{kind}_edit"),
            path(f"{at}<int:pk>/effacer/", texts.cap_text_erase, told, name=f"cap_{kind}_erase"),
        ]
