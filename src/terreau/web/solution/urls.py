# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import URLPattern, URLResolver, path

from terreau.web.solution import maillons, performances, views

HERE = "c/<slug:slug>/solution/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(HERE, views.solution_page, name="solution_page"),
    path(f"{HERE}image.svg", views.solution_picture, name="solution_picture"),
    path(f"{HERE}image.pdf", views.solution_pdf, name="solution_pdf"),
    path(f"{HERE}texte.docx", views.solution_text, name="solution_text"),
    path(f"{HERE}maillon/", maillons.solution_add, name="solution_add"),
    path(f"{HERE}maillon/<int:pk>/", maillons.solution_maillon, name="solution_maillon"),
    path(
        f"{HERE}maillon/<int:pk>/modifier/",
        maillons.solution_maillon_edit,
        name="solution_maillon_edit",
    ),
    path(f"{HERE}maillon/<int:pk>/charge/", maillons.solution_charge, name="solution_charge"),
    path(f"{HERE}charge/<int:pk>/fin/", maillons.solution_charge_end, name="solution_charge_end"),
    path(
        f"{HERE}permettre/",
        performances.solution_performance_add,
        name="solution_performance_add",
    ),
    path(
        f"{HERE}permettre/<int:pk>/",
        performances.solution_performance,
        name="solution_performance",
    ),
    path(f"{HERE}<str:kind>/<int:pk>/place/", views.solution_move, name="solution_move"),
    path(f"{HERE}<str:kind>/<int:pk>/retirer/", views.solution_remove, name="solution_remove"),
]
