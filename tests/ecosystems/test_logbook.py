# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from terreau.core import clock
from terreau.core.errors import EditConflict, Invalid, KeyReused, NotAllowed, NotFound
from terreau.ecosystems.actions.logbook import (
    Incoming,
    Lines,
    attach,
    edit_entry,
    erase_entry,
    remove_attachment,
    write_entry,
)
from terreau.ecosystems.models import Attachment, LogEntry
from terreau.ecosystems.queries import logbook
from terreau.ecosystems.rules.logbook import ERASED
from terreau.people.enums import Level
from tests.ecosystems.factories import make_entry, make_photo, photo_bytes
from tests.factories import join, make_ecosystem, make_organisation, make_user, represent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files_in(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


def circle():
    ecosystem = make_ecosystem()
    return ecosystem, join(make_user("Alice"), ecosystem)


def lines(text="Première rencontre.", **changes) -> Lines:
    return Lines(**{"day": clock.today(), "text": text, **changes})


def test_an_entry_stands_in_the_name_of_the_organisation_and_says_who_typed():
    ecosystem, alice = circle()
    halte = represent(alice, make_organisation(), ecosystem)

    entry = make_entry(alice, ecosystem, author=halte)

    assert (entry.author, entry.recorded_by, entry.level) == (halte, alice.agent, Level.CIRCLE)


def test_nobody_writes_in_the_name_of_another():
    ecosystem, alice = circle()

    with pytest.raises(NotAllowed):
        make_entry(alice, ecosystem, author=make_organisation("Autre"))

    assert LogEntry.objects.count() == 0


def test_a_stranger_does_not_write():
    ecosystem, _ = circle()

    with pytest.raises(NotAllowed):
        make_entry(make_user("Bob"), ecosystem)

    assert LogEntry.objects.count() == 0


def test_sending_twice_keeps_once(store):
    ecosystem, alice = circle()
    order = {
        "by": alice,
        "ecosystem": ecosystem,
        "lines": lines(),
        "key": uuid4(),
        "file": make_photo(),
    }

    first, second = write_entry(**order), write_entry(**order)

    assert (first, LogEntry.objects.count(), Attachment.objects.count()) == (second, 1, 1)
    assert len(files_in(store)) == 1


def test_the_same_key_with_other_words_is_refused():
    ecosystem, alice = circle()
    key = uuid4()
    write_entry(by=alice, ecosystem=ecosystem, lines=lines("Une chose."), key=key)

    with pytest.raises(KeyReused):
        write_entry(by=alice, ecosystem=ecosystem, lines=lines("Une autre."), key=key)

    assert [entry.text for entry in LogEntry.objects.all()] == ["Une chose."]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "  \n "}, "text"),
        ({"text": "\x00\x01"}, "text"),
        ({"text": "a" * 5000}, "text"),
        ({"day": clock.today() + timedelta(days=1)}, "day"),
        ({"day": clock.today().replace(year=1204)}, "day"),
        ({"theme": "gossip"}, "theme"),
        ({"milestone": "victory"}, "milestone"),
        ({"level": "everyone"}, "level"),
    ],
)
def test_what_makes_no_sense_is_refused_on_its_field(changes, field):
    ecosystem, alice = circle()

    with pytest.raises(Invalid) as refused:
        write_entry(by=alice, ecosystem=ecosystem, lines=lines(**changes), key=uuid4())

    assert (refused.value.field, LogEntry.objects.count()) == (field, 0)


def test_a_refused_file_leaves_nothing_behind(store):
    ecosystem, alice = circle()

    with pytest.raises(Invalid):
        make_entry(alice, ecosystem, file=Incoming(b"MZ a program", "photo.jpg"))

    assert (LogEntry.objects.count(), files_in(store)) == (0, [])


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("..\\..\\boot.ini", "boot.jpg"),
        ("fête <b>.PDF", "fête <b>.jpg"),
        ("\x00...", "document.jpg"),
        ("a" * 300 + ".jpg", "a" * 100 + ".jpg"),
    ],
)
def test_a_hostile_name_is_only_ever_shown(store, sent, shown):
    ecosystem, alice = circle()

    entry = make_entry(alice, ecosystem, file=Incoming(photo_bytes(), sent))

    attachment = entry.attachments.get()
    (path,) = files_in(store)
    assert attachment.name == shown
    assert (path.suffix, len(path.stem)) == (".jpg", 32)
    assert path.is_relative_to(store / "journal")


def test_two_people_editing_one_text_lose_neither():
    ecosystem, alice = circle()
    entry = make_entry(alice, ecosystem, "Au départ.")
    edit_entry(by=alice, entry=entry, version=1, lines=lines("La première."))

    with pytest.raises(EditConflict) as conflict:
        edit_entry(by=alice, entry=entry, version=1, lines=lines("La seconde."))

    assert conflict.value.stored["text"] == "La première."
    assert conflict.value.yours["text"] == "La seconde."


def test_an_erased_entry_leaves_its_place_and_nothing_of_its_words(
    store, django_capture_on_commit_callbacks
):
    ecosystem, alice = circle()
    entry = make_entry(alice, ecosystem, "Des mots de trop.", theme="difficulty", file=make_photo())

    with django_capture_on_commit_callbacks(execute=True):
        erase_entry(by=alice, entry=entry)

    entry.refresh_from_db()
    assert (entry.text, entry.theme, entry.erased_at is None) == (ERASED, "", False)
    assert (entry.attachments.count(), files_in(store)) == (0, [])
    assert erase_entry(by=alice, entry=entry).version == 2


def test_an_erased_entry_is_not_written_again():
    ecosystem, alice = circle()
    entry = erase_entry(by=alice, entry=make_entry(alice, ecosystem))

    with pytest.raises(NotAllowed):
        edit_entry(by=alice, entry=entry, version=2, lines=lines())


@pytest.mark.parametrize("change", ["edit", "erase", "attach", "remove"])
def test_the_words_of_another_are_not_touched(change):
    ecosystem, alice = circle()
    bob = join(make_user("Bob"), ecosystem)
    entry = make_entry(alice, ecosystem, "À moi.", file=make_photo())
    doing = {
        "edit": lambda: edit_entry(by=bob, entry=entry, version=1, lines=lines("À lui.")),
        "erase": lambda: erase_entry(by=bob, entry=entry),
        "attach": lambda: attach(by=bob, entry=entry, file=make_photo(color="red")),
        "remove": lambda: remove_attachment(by=bob, attachment=entry.attachments.get()),
    }

    with pytest.raises(NotAllowed):
        doing[change]()

    entry.refresh_from_db()
    assert (entry.text, entry.attachments.count()) == ("À moi.", 1)


def test_a_file_is_read_by_whoever_reads_its_entry_and_by_no_other():
    ecosystem, alice = circle()
    bob = join(make_user("Bob"), ecosystem)
    stranger = join(make_user("Chloé"), make_ecosystem("Autre"))
    open_file = make_entry(alice, ecosystem, file=make_photo()).attachments.get()
    secret = make_entry(alice, ecosystem, level=Level.AUTHOR, file=make_photo()).attachments.get()

    def reads(reader, attachment):
        try:
            return logbook.attachment(ecosystem, reader, attachment.pk) == attachment
        except NotFound:
            return False

    table = [[reads(who, what) for what in (open_file, secret)] for who in (alice, bob, stranger)]
    assert table == [[True, True], [True, False], [False, False]]
    assert [list(logbook.attachments(ecosystem, who)) for who in (alice, bob, stranger)] == [
        [open_file, secret],
        [open_file],
        [],
    ]
