# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.qui import invitations, roles, views

HERE = "c/<slug:slug>/qui/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(HERE, views.qui_page, name="qui_page"),
    path(f"{HERE}ajouter/", views.qui_add, name="qui_add"),
    path(f"{HERE}se-presenter/<int:agent>/", views.qui_present, name="qui_present"),
    path(f"{HERE}proches/", views.qui_similar, name="qui_similar"),
    path(f"{HERE}<int:pk>/", views.qui_actor, name="qui_actor"),
    path(f"{HERE}<int:pk>/quatre-lignes/", views.qui_edit, name="qui_edit"),
    path(f"{HERE}<int:pk>/identite/", views.qui_identity, name="qui_identity"),
    path(f"{HERE}<int:pk>/contactee/", views.qui_contacted, name="qui_contacted"),
    path(f"{HERE}<int:pk>/accord/", views.qui_agree, name="qui_agree"),
    path(f"{HERE}<int:pk>/accord/retirer/", views.qui_withdraw, name="qui_withdraw"),
    path(f"{HERE}<int:pk>/en-retrait/", views.qui_away, name="qui_away"),
    path(f"{HERE}roles/", roles.qui_roles, name="qui_roles"),
    path(f"{HERE}roles/donner/", roles.qui_role_give, name="qui_role_give"),
    path(f"{HERE}roles/<int:pk>/fin/", roles.qui_role_end, name="qui_role_end"),
    path(f"{HERE}pilotage/", roles.qui_hand_over, name="qui_hand_over"),
    path(f"{HERE}cercles/ouvrir/", roles.qui_circle, name="qui_circle"),
    path(f"{HERE}inviter/", invitations.qui_invite, name="qui_invite"),
    path(
        f"{HERE}inviter/<int:pk>/reprendre/",
        invitations.qui_invite_cancel,
        name="qui_invite_cancel",
    ),
    path(f"{HERE}liens/", invitations.qui_guest_links, name="qui_guest_links"),
    path(f"{HERE}liens/<int:pk>/fermer/", invitations.qui_guest_close, name="qui_guest_close"),
    path(f"{HERE}mots/", invitations.qui_guest_words, name="qui_guest_words"),
    path(f"{HERE}mots/<int:pk>/", invitations.qui_guest_answer, name="qui_guest_answer"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("parole/<str:token>/", invitations.guest_page, name="guest_page"),
]
