# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, include, path

from terreau.web.agreements import commitment_views as promises
from terreau.web.agreements import party_views as parties
from terreau.web.agreements import print_views as prints
from terreau.web.agreements import views

one: list[URLPattern | URLResolver] = [
    path("", views.agreements_page, name="agreements_page"),
    path("texte/", views.agreements_text, name="agreements_text"),
    path("ajouter/", promises.agreements_add, name="agreements_add"),
    path("proposer/", views.agreements_propose, name="agreements_propose"),
    path("nouvelle-version/", views.agreements_change, name="agreements_change"),
    path("renoncer/", views.agreements_drop, name="agreements_drop"),
    path("fin/", views.agreements_end, name="agreements_end"),
    path("imprimer/", prints.agreements_print, name="agreements_print"),
    path("convention.pdf", prints.agreements_pdf, name="agreements_pdf"),
    path("convention.docx", prints.agreements_docx, name="agreements_docx"),
]
party: list[URLPattern | URLResolver] = [
    path("accord/", parties.agreements_agree, name="agreements_agree"),
    path("valider/", parties.agreements_validate, name="agreements_validate"),
    path("pas-cette-annee/", parties.agreements_decline, name="agreements_decline"),
    path("representant/", parties.agreements_representative, name="agreements_representative"),
]
promise: list[URLPattern | URLResolver] = [
    path("", promises.agreements_commitment, name="agreements_commitment"),
    path("modifier/", promises.agreements_edit, name="agreements_edit"),
    path("retirer/", promises.agreements_remove, name="agreements_remove"),
    path("pas-cette-annee/", promises.agreements_not_this_year, name="agreements_not_this_year"),
    path("reprendre/", promises.agreements_take_up, name="agreements_take_up"),
    path("revoir/", promises.agreements_review, name="agreements_review"),
]
inside: list[URLPattern | URLResolver] = [
    path("", views.agreements_list, name="agreements_list"),
    path("s-engager/", promises.agreements_new, name="agreements_new"),
    path("ouvrir/", views.agreements_open, name="agreements_open"),
    path("<int:pk>/", include(one)),
    path("partie/<int:pk>/", include(party)),
    path("promesse/<int:pk>/", include(promise)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/engagements/", include(inside)),
]
