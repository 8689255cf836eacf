# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.account import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("mon-compte/", views.account_page, name="account_page"),
    path("mon-compte/programmes/", views.account_tokens, name="account_tokens"),
    path(
        "mon-compte/programmes/<int:pk>/retirer/",
        views.account_token_revoke,
        name="account_token_revoke",
    ),
    path("mon-compte/donnees/", views.account_data, name="account_data"),
    path("mon-compte/fermer/", views.account_closure, name="account_closure"),
    path("mon-compte/fermer/oui/", views.account_close, name="account_close"),
    path("mon-compte/ferme/", views.account_closed, name="account_closed"),
]
