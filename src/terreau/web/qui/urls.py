# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, include, path

from terreau.web.qui import invitations, roles, views

inside: list[URLPattern | URLResolver] = [
    path("", views.qui_page, name="qui_page"),
    path("ajouter/", views.qui_add, name="qui_add"),
    path("se-presenter/<int:agent>/", views.qui_present, name="qui_present"),
    path("proches/", views.qui_similar, name="qui_similar"),
    path("<int:pk>/", views.qui_actor, name="qui_actor"),
    path("<int:pk>/quatre-lignes/", views.qui_edit, name="qui_edit"),
    path("<int:pk>/identite/", views.qui_identity, name="qui_identity"),
    path("<int:pk>/contactee/", views.qui_contacted, name="qui_contacted"),
    path("<int:pk>/accord/", views.qui_agree, name="qui_agree"),
    path("<int:pk>/accord/retirer/", views.qui_withdraw, name="qui_withdraw"),
    path("<int:pk>/en-retrait/", views.qui_away, name="qui_away"),
    path("roles/", roles.qui_roles, name="qui_roles"),
    path("roles/donner/", roles.qui_role_give, name="qui_role_give"),
    path("roles/<int:pk>/fin/", roles.qui_role_end, name="qui_role_end"),
    path("cercles/ouvrir/", roles.qui_circle, name="qui_circle"),
    path("inviter/", invitations.qui_invite, name="qui_invite"),
    path(
        "inviter/<int:pk>/reprendre/",
        invitations.qui_invite_cancel,
        name="qui_invite_cancel",
    ),
    path("liens/", invitations.qui_guest_links, name="qui_guest_links"),
    path("liens/<int:pk>/fermer/", invitations.qui_guest_close, name="qui_guest_close"),
    path("mots/", invitations.qui_guest_words, name="qui_guest_words"),
    path("mots/<int:pk>/", invitations.qui_guest_answer, name="qui_guest_answer"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/qui/", include(inside)),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("parole/<str:token>/", invitations.guest_page, name="guest_page"),
]
