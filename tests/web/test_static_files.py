# SPDX-License-Identifier: AGPL-3.0-or-later
"""An instance in production whose static files were not gathered: it says so, it never crashes."""

import pytest
from django.contrib.staticfiles import storage
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from terreau.core import startup, static_files
from terreau.core.health import problems

pytestmark = pytest.mark.django_db
SAID = "Les fichiers des pages (images, mise en page) ne sont pas en place."


@pytest.fixture
def production(settings, tmp_path):
    """Static files as production serves them, from a folder where nothing was gathered yet."""
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    backend = {"BACKEND": "terreau.ui.storage.HashedStaticFiles"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}
    return tmp_path


def gather(names):
    """Write the manifest as if these files were gathered."""
    made = storage.staticfiles_storage
    made.hashed_files = {name: name for name in names}
    made.save_manifest()


def test_without_them_serving_is_refused_in_one_sentence(production):
    with pytest.raises(ImproperlyConfigured) as refusal:
        startup.refuse_bare()

    said = str(refusal.value)
    assert said.endswith("run `terreau migrate` with the same settings, then serve again.")
    assert (str(production) in said, said.count("\n")) == (True, 0)


def test_with_them_serving_is_not_refused(production):
    gather(static_files.lost())

    startup.refuse_bare()
    assert (static_files.lost(), SAID in problems()) == ([], False)


def test_those_of_an_older_version_lack_what_is_new(production):
    every = static_files.lost()
    gather(every[1:])

    assert static_files.lost() == every[:1]


def test_development_gathers_none():
    startup.refuse_bare()

    assert static_files.lost() == []


def test_the_monitor_tells_it_and_a_page_fails_in_words(production):
    visitor = Client(raise_request_exception=False)

    health, page = visitor.get(reverse("public_health")), visitor.get("/")

    assert (health.status_code, health.json()["problemes"]) == (503, [SAID])
    assert (page.status_code, "Une panne de notre côté" in page.content.decode()) == (500, True)


def test_a_failure_of_one_page_keeps_the_look_of_the_others(rf):
    from terreau.web.answers import failed

    page = failed(rf.get("/")).content.decode()

    assert ("Une panne de notre côté" in page, "base.css" in page) == (True, True)
