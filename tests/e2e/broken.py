# SPDX-License-Identifier: AGPL-3.0-or-later
"""The addresses of ours, and some that only tests have: views that refuse, or that fail."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import path

from terreau.config.urls import urlpatterns as ours
from terreau.core.errors import Invalid
from terreau.web.access import Policy, access


@access(Policy.PUBLIC)
def closed(request):
    raise PermissionDenied


@access(Policy.PUBLIC)
def refused(request):
    raise Invalid("Une promesse à soi-même n'en est pas une. Rien n'a changé : choisissez l'autre.")


@access(Policy.PUBLIC)
def failing(request):
    raise RuntimeError("planted")


@access(Policy.PUBLIC)
def patience(request):
    return render(request, "429.html", status=429)


urlpatterns = [
    path("essai/fermee/", closed),
    path("essai/refusee/", refused),
    path("essai/panne/", failing),
    path("essai/patience/", patience),
    *ours,
]
