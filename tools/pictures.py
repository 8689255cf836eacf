# SPDX-License-Identifier: AGPL-3.0-or-later
# ruff: noqa: PLC0415 (Django is set up once its settings are in the environment)
"""Take the pictures of the guide: ``PYTHONPATH=src .venv/bin/python tools/pictures.py [NAME …]``.

The demonstration is loaded in an instance of its own, in a temporary directory, and shown in
Chromium. One line of ``PICTURES`` is one file of ``docs/guide/images/``; without a name, all.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import chromium
from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs/guide/images"
WEEK = ROOT / "docs/images/semaine.png"
HERE = "/c/aller-et-revenir/"
PHONE, SCREEN = 360, 1280
HEIGHTS = {PHONE: 740, SCREEN: 860}
COLOURS = 64


class Picture(NamedTuple):
    """A page as a person of the demonstration (« - » a visitor) sees it, from a heading down."""

    who: str
    path: str
    width: int = PHONE
    start: str = ""


PICTURES: dict[str, Picture] = {
    "demarrer": Picture("samir", "/demarrer/"),
    "inviter": Picture("samir", HERE + "qui/inviter/"),
    "qui": Picture("samir", HERE + "qui/"),
    "cap": Picture("samir", HERE + "cap/"),
    "solution": Picture("samir", HERE + "solution/", SCREEN),
    "engagements": Picture("samir", HERE + "engagements/"),
    "apporte": Picture("samir", HERE + "contributions/ajouter/"),
    "apporte-temps": Picture("samir", HERE + "contributions/ajouter/?kind=time"),
    "a-confirmer": Picture("samir", HERE + "contributions/a-confirmer/"),
    "releve": Picture("samir", HERE + "contributions/"),
    "annexe": Picture("samir", HERE + "contributions/annexe/"),
    "suivre": Picture("bastien", HERE + "stocks/suivre/"),
    "d-ou-ca-vient": Picture("bastien", HERE + "stocks/{shared}/", SCREEN, "D'où ça vient"),
    "apporte-suivi": Picture(
        "odile", HERE + "contributions/ajouter/?entre={given}", start="Nos ressources suivies"
    ),
    "partage-regle": Picture("samir", HERE + "partage/"),
    "partage-calcul": Picture("samir", HERE + "partage/{sharing}/", SCREEN),
    "conventions": Picture("samir", HERE + "contributions/conventions/"),
    "effets": Picture("samir", HERE + "effets/"),
    "journal": Picture("samir", HERE + "journal/"),
    "trois-lignes": Picture("samir", HERE + "journal/ecrire/"),
    "semaine": Picture("samir", HERE, SCREEN),
    "relais": Picture("samir", HERE + "relais/"),
    "qui-voit-quoi": Picture("samir", HERE + "qui-voit-quoi/"),
    "connexion": Picture("-", "/compte/login/"),
    "parole": Picture("-", "/parole/{guest}/"),
    "annuaire": Picture("-", "/cooperations/", SCREEN),
}


@contextmanager
def instance() -> Iterator[str]:
    """Serve the demonstration from a temporary directory; give its address."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        held.close()
        settings = {
            "PYTHONPATH": str(ROOT / "src"),
            "TERREAU_DATA_DIR": folder,
            "TERREAU_MODE": "demonstration",
            "DJANGO_SETTINGS_MODULE": "terreau.config.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
        }
        os.environ.update(settings)
        _prepare()
        server = subprocess.Popen(
            [sys.executable, "-m", "django", "runserver", "--noreload", "--insecure", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _await(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def _prepare() -> None:
    import django  # the settings must be in the environment first

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("migrate", database="side", verbosity=0)
    from terreau.demo.load import load

    load()


def _await(port: int, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("The demonstration did not start.")


def _session(who: str) -> str:
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(email__startswith=who))
    return client.cookies["session"].value


def _guest() -> str:
    from terreau.demo.roles import guest_token

    return guest_token()


def _numbers() -> dict[str, object]:
    from terreau.agreements.models import Sharing
    from terreau.ledger.models import Resource

    return {
        "guest": _guest(),
        "sharing": Sharing.objects.order_by("pk")[0].pk,
        "given": Resource.objects.get(name="Vélos donnés").pk,
        "shared": Resource.objects.get(name="Vélos en partage").pk,
    }


def shoot(browser: Browser, address: str, picture: Picture) -> Image.Image:
    """Open the page as its person and take what a screen holds of it."""
    size = ViewportSize(width=picture.width, height=HEIGHTS[picture.width])
    context = browser.new_context(viewport=size, locale="fr-FR", timezone_id="Europe/Paris")
    if picture.who != "-":
        who = _session(picture.who)
        context.add_cookies([{"name": "session", "value": who, "url": address}])
    page = context.new_page()
    answer = page.goto(address + picture.path.format(**_numbers()))
    if answer is None or not answer.ok:
        raise SystemExit(f"{picture.path} does not answer {picture.who}.")
    if picture.start:
        place = page.get_by_text(picture.start).first
        place.evaluate("it => scrollTo(0, it.getBoundingClientRect().top + scrollY - 80)")
    taken = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    return taken


def write(image: Image.Image, path: Path) -> None:
    """Write a small PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    small = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
    small.save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


def beside(phone: Image.Image, screen: Image.Image, paper: str = "#EDE8DA") -> Image.Image:
    """Set the phone beside the screen."""
    gap = 32
    size = (phone.width + screen.width + 3 * gap, max(phone.height, screen.height) + 2 * gap)
    whole = Image.new("RGB", size, paper)
    whole.paste(screen, (gap, gap))
    whole.paste(phone, (screen.width + 2 * gap, gap))
    return whole


def main(names: list[str]) -> int:
    """Take the pictures named, or all of them and the one of the README."""
    with instance() as address, sync_playwright() as playwright:
        path = chromium.find()
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--font-render-hinting=none"]
        )
        for name in names or PICTURES:
            write(shoot(browser, address, PICTURES[name]), GUIDE / f"{name}.png")
        if not names:
            phone = shoot(browser, address, Picture("samir", HERE, PHONE))
            screen = shoot(browser, address, Picture("samir", HERE, SCREEN))
            write(beside(phone, screen), WEEK)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
