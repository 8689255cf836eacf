# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody careless, unlucky or hostile puts in a field, by kind of field."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.documents.test_incoming import bomb
from tests.web.sending import Field, Form, Sent, Value

SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"
TURNED = "\u202etxet siht snrut"  # from right to left until the end of the line
HALF_PAIR = "\ud800"
HUGE = "9" * 30
MANY = 2000


@dataclass(frozen=True)
class Attack:
    """A form with one field replaced. ``refused``: it must be; else it may be taken or not.

    ``tampered``: no page offers it, so that a plain answer that writes nothing is enough.
    """

    words: str
    field: Field
    values: tuple[Value, ...]
    refused: bool = False
    tampered: bool = False

    def on(self, sent: Sent) -> dict[str, list[Value]]:
        """Return what is sent: the rest stays as it was."""
        kept = {name: list(values) for name, values in sent.items() if name != self.field.name}
        return kept | ({self.field.name: list(self.values)} if self.values else {})


# What a database would refuse in its own words: the rest is refused before one is asked.
ITS_OWN = re.compile(r"[\x00\ud800-\udfff]|\d{20}|1e400|^-1$|9999|0001|.{4000}", re.DOTALL)


def at_a_database(attack: Attack) -> bool:
    """Tell whether each kind of database has to be tried with it."""
    return any(isinstance(one, str) and ITS_OWN.search(one) for one in attack.values)


TEXTS = (
    ("100,000 characters", "x" * 100_000, True),
    ("a null character and controls", "a\x00b\x08\x1b[31m", True),
    ("HTML, a formula, a turned line and half a pair",
     f"{FORMULA} {SCRIPT} {TURNED} {HALF_PAIR}", False),
)  # fmt: skip
NUMBERS = ("-1", "0,0000001", "1" + "0" * 30, "NaN", "1e400", "douze", "١٢")
DAYS = ("0001-01-01", "1200-06-01", "9999-12-31", "2026-02-31", "avant-hier")


def attacks(form: Form, foreign: tuple[str, ...]) -> Iterator[Attack]:
    """Give every attack on a form. ``foreign``: numbers of things of somebody else."""
    for field in _of_each_family(form.fields):
        yield from BY_KIND[field.kind](field, foreign)
        if field.kind not in UNSEEN:
            asked = field.required and field.kind != "several"
            yield Attack("nothing at all", field, (), refused=asked)


def _of_each_family(fields: tuple[Field, ...]) -> list[Field]:
    """Return two at most of the fields that differ by the number in their name only."""
    families = defaultdict(list)
    for field in fields:
        family = re.sub(r"\d+", "", field.name)
        families[family, field.kind, field.required, field.longest].append(field)
    return [field for family in families.values() for field in {family[0]: 0, family[-1]: 0}]


UNSEEN = frozenset({"button", "hidden", "key", "version", "trap"})


def _text(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    for words, value, refused in TEXTS:
        yield Attack(words, field, (value,), refused=refused)
    too_long = 5000 > (field.longest or 0)
    yield Attack("5,000 characters", field, ("y" * 5000,), refused=too_long)


def _number(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    for value in NUMBERS:
        yield Attack(value, field, (value,), refused=True)
    yield Attack("0", field, ("0",))


def _day(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    for value in DAYS:
        yield Attack(value, field, (value,), refused=True)


def _mail(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    for value in (
        "pas une adresse",
        "a@" + "b" * 400 + ".invalid",
        "a\x00@exemple.invalid",
        "a@exemple.invalid\nBcc: b@exemple.invalid",
    ):
        yield Attack(value[:40], field, (value,), refused=True)


def _link(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    for value in ("javascript:alert(1)", "data:text/html,x", "https://" + "a" * 5000, "\x00"):
        yield Attack(value[:40], field, (value,), refused=True)


def _place(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    for value in ("x" * 5000, "a\x00"):
        yield Attack(f"{value[:40]!r}", field, (value,), refused=True)
    # Some forms keep a place that nobody knows, in the person's own words.
    yield Attack("markup and half a pair", field, (SCRIPT + HALF_PAIR,))


def _choice(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    numbered = any(option.isdigit() for option in field.options)
    elsewhere = [one for one in foreign if numbered and one not in field.options][:2]
    for value in ("nulle-part", HUGE, "a\x00", *elsewhere):
        yield Attack(f"unknown choice {value[:20]!r}", field, (value,), refused=True)
    yield Attack("no choice", field, ("",), refused=field.required)
    yield Attack("two choices", field, (*field.options[:1], *field.options[-1:]))


def _several(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    numbered = any(option.isdigit() for option in field.options)
    elsewhere = [one for one in foreign if numbered and one not in field.options][:2]
    for value in ("nulle-part", HUGE, "a\x00", *elsewhere):
        yield Attack(f"unknown choice {value[:20]!r}", field, (*field.shown, value), tampered=True)
    yield Attack("the same 900 times", field, field.options[:1] * 900)


def _mark(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    yield Attack("a mark of another kind", field, ("peut-être", HALF_PAIR))


def _file(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    page = b"<html><script>alert(1)</script></html>"
    for words, name, content, mime in (
        ("an empty file", "photo.jpg", b"", "image/jpeg"),
        ("a page disguised as a picture", "photo.png", page, "image/png"),
        ("a picture, then a page", "photo.png", b"\x89PNG\r\n\x1a\n" + page, "image/png"),
        ("a picture that swells", "photo.png", bomb(), "image/png"),
        ("a drawing with a script", "x.svg", b"<svg onload='alert(1)'/>", "image/svg+xml"),
        ("a name that climbs", "../../" + "n" * 300 + ".exe", b"MZ", "application/pdf"),
        ("11 MB", "photo.jpg", b"\xff\xd8\xff" + bytes(11 * 2**20), "image/jpeg"),
    ):
        yield Attack(words, field, (SimpleUploadedFile(name, content, mime),), refused=True)
    yield Attack("a text where a file is asked", field, ("pas un fichier",))


def _key(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    for value in ("", "pas-une-clé", "a\x00"):
        yield Attack(f"key {value!r}", field, (value,))


def _version(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    for value in ("0", "un", HUGE, ""):
        other = bool(field.shown) and (value or "0") not in field.shown
        yield Attack(f"version {value!r}", field, (value,), refused=other)


def _hidden(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    for value in ("", "nulle-part", HUGE, "a\x00", HALF_PAIR):
        yield Attack(f"hidden {value[:20]!r}", field, (value,), tampered=True)


def _trap(field: Field, foreign: tuple[str, ...]) -> Iterator[Attack]:
    for value in ("https://robot.invalid", "x" * 100_000, "a\x00"):
        yield Attack(f"trapped {value[:20]!r}", field, (value,), tampered=True)


BY_KIND = {
    "text": _text,
    "number": _number,
    "day": _day,
    "mail": _mail,
    "link": _link,
    "place": _place,
    "choice": _choice,
    "several": _several,
    "mark": _mark,
    "file": _file,
    "key": _key,
    "version": _version,
    "hidden": _hidden,
    "button": _hidden,
    "trap": _trap,
}
