# SPDX-License-Identifier: AGPL-3.0-or-later
"""Backup and restore in one process, on the database of the run: consistent, checked, refused."""

import json
import os
import threading
import zipfile
from pathlib import Path

import pytest
from django.core import mail as django_mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, connections, transaction

from terreau.core import archive, clock, mail, outbox, triggers, worker
from terreau.core.errors import Invalid
from terreau.core.models import OutboxRow
from terreau.people.models import User
from tests import databases
from tests.factories import join, make_ecosystem, make_organisation, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    (settings.MEDIA_ROOT / "journal").mkdir(parents=True)


@pytest.fixture
def lived_in(settings):
    """An instance with people, an ecosystem and a file."""
    join(make_user("Anne « l'élue » \u2028"), make_ecosystem())
    make_organisation("Ferme de l'Œuf")
    (settings.MEDIA_ROOT / "journal/photo d'août.jpg").write_bytes(b"\xff\xd8photo")


def become_empty(settings) -> None:
    databases.put_back(connection)
    for path in Path(settings.MEDIA_ROOT).rglob("*.*"):
        path.unlink()


def people() -> list[tuple]:
    return sorted(User.objects.values_list("pk", "email", "date_joined", "agent__name"))


def test_what_was_archived_comes_back(lived_in, settings, tmp_path):
    before = people()
    written = archive.write(tmp_path / "a.zip")
    become_empty(settings)
    assert people() == []

    restored = archive.read(tmp_path / "a.zip")

    assert (people(), restored) == (before, written)
    assert written.rows > 20 and written.files == 1
    assert (settings.MEDIA_ROOT / "journal/photo d'août.jpg").read_bytes() == b"\xff\xd8photo"
    assert triggers.missing(connection) == []


def test_new_rows_after_a_restore_take_new_numbers(lived_in, settings, tmp_path):
    archive.write(tmp_path / "a.zip")
    become_empty(settings)
    archive.read(tmp_path / "a.zip")
    last = max(pk for pk, *_ in people())

    assert make_user("Bruno").pk > last


def test_a_backup_under_writes_holds_whole_transactions(tmp_path):
    """Writers commit pairs all along; the archive holds pairs only, and some were written since."""
    stop, begun = threading.Event(), threading.Event()

    def write_pairs(writer: int) -> None:
        number = 0
        while not stop.is_set():
            with transaction.atomic():
                for half in ("left", "right"):
                    OutboxRow.objects.create(
                        key=f"{writer}-{number}-{half}", name="x", asked_at=clock.now()
                    )
            number += 1
            if number == 20:
                begun.set()
        connection.close()

    writers = [threading.Thread(target=write_pairs, args=(n,)) for n in range(2)]
    for writer in writers:
        writer.start()
    begun.wait(30)
    archive.write(tmp_path / "a.zip")
    stop.set()
    for writer in writers:
        writer.join()

    with zipfile.ZipFile(tmp_path / "a.zip") as made:
        lines = made.read("rows/core.outboxrow.jsonl").splitlines()
    keys = {json.loads(line)[1].rsplit("-", 1)[0] for line in lines}
    assert len(lines) == 2 * len(keys) >= 40
    assert OutboxRow.objects.count() > len(lines)


def test_an_archive_is_on_the_disk_before_it_has_its_name(lived_in, tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, Path.replace

    def settled(number):
        done.append(("settle", os.readlink(f"/proc/self/fd/{number}")))
        fsync(number)

    def renamed(path, target):
        done.append(("rename", str(path)))
        return replace(path, target)

    monkeypatch.setattr("os.fsync", settled)
    monkeypatch.setattr(Path, "replace", renamed)

    archive.write(tmp_path / "a.zip")

    partial = str(tmp_path / "a.zip.partial")
    assert done == [("settle", partial), ("rename", partial), ("settle", str(tmp_path))]


@pytest.fixture
def settled_in_order(monkeypatch):
    """The files and folders that were settled on the disk, in order."""
    settled = []
    monkeypatch.setattr(
        "os.fsync", lambda number: settled.append(os.readlink(f"/proc/self/fd/{number}"))
    )
    return settled


def test_files_are_on_the_disk_before_their_rows_are(
    lived_in, settings, tmp_path, settled_in_order
):
    archive.write(tmp_path / "a.zip")
    become_empty(settings)
    settled_in_order.clear()

    archive.read(tmp_path / "a.zip")

    journal = settings.MEDIA_ROOT / "journal"
    assert settled_in_order == [str(journal / "photo d'août.jpg"), str(journal)]


def test_a_file_is_on_the_disk_before_its_row_is(settings, settled_in_order):
    default_storage.save("journal/2026/photo.jpg", ContentFile(b"\xff\xd8"))

    folder = settings.MEDIA_ROOT / "journal/2026"
    assert settled_in_order == [str(folder / "photo.jpg"), str(folder)]


@pytest.mark.parametrize("resumed", [False, True])
def test_mails_that_waited_leave_from_a_restored_instance_only_when_told(
    settings, tmp_path, resumed
):
    for place in ("moved", "waiting"):
        mail.send(to="anne@exemple.invalid", subject=place, text="Bonjour.", key=place)
        if place == "moved":
            outbox.move()
    archive.write(tmp_path / "a.zip")
    for each in connections.all():
        databases.put_back(each)
    django_mail.outbox.clear()

    report = archive.read(tmp_path / "a.zip", resume_mail=resumed)
    worker.run_pending()

    sent = sorted(one.subject for one in django_mail.outbox)
    assert (report.mails_held, sent) == ((0, ["moved", "waiting"]) if resumed else (2, []))
    assert mail.asked_at("waiting") is not None  # the same key does not write again to anybody


def test_an_instance_in_use_is_not_overwritten(lived_in, tmp_path):
    archive.write(tmp_path / "a.zip")

    with pytest.raises(Invalid, match="in use"):
        archive.read(tmp_path / "a.zip")


def test_an_existing_backup_is_not_overwritten(lived_in, tmp_path):
    archive.write(tmp_path / "a.zip")

    with pytest.raises(Invalid, match="exists already"):
        archive.write(tmp_path / "a.zip")


def test_only_its_owner_may_read_an_archive(lived_in, tmp_path):
    archive.write(tmp_path / "a.zip")

    assert (tmp_path / "a.zip").stat().st_mode & 0o777 == 0o600


def rewritten(path: Path, change) -> Path:
    """A copy of an archive whose members went through ``change(name, content)``."""
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return other


@pytest.mark.parametrize("member", ["rows/people.user.jsonl", "files/journal/photo d'août.jpg"])
def test_a_changed_member_is_refused_and_nothing_is_written(lived_in, settings, tmp_path, member):
    archive.write(tmp_path / "a.zip")
    become_empty(settings)
    bad = rewritten(tmp_path / "a.zip", lambda n, c: c.replace(b"o", b"0") if n == member else c)

    with pytest.raises(Invalid, match="damaged"):
        archive.read(bad)

    assert people() == []


def test_a_truncated_archive_is_refused(lived_in, settings, tmp_path):
    archive.write(tmp_path / "a.zip")
    become_empty(settings)
    whole = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(Invalid, match="damaged or is no archive"):
        archive.read(tmp_path / "half.zip")


def test_an_archive_spoilt_anywhere_is_refused_or_harmless(lived_in, settings, tmp_path):
    archive.write(tmp_path / "a.zip")
    become_empty(settings)
    whole = (tmp_path / "a.zip").read_bytes()
    refused = 0
    for place in range(0, len(whole), max(1, len(whole) // 200)):
        spoilt = bytearray(whole)
        spoilt[place] ^= 0x55
        (tmp_path / "spoilt.zip").write_bytes(spoilt)
        try:
            archive._manifest_checked(tmp_path / "spoilt.zip")
        except Invalid:
            refused += 1

    assert refused > 100


@pytest.mark.parametrize("manifest", [b"[]", b"{}", b'{"format": "terreau-archive-1"}', b"\xff"])
def test_another_zip_is_refused(tmp_path, manifest):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr(archive.MANIFEST, manifest)

    with pytest.raises(Invalid):
        archive.read(tmp_path / "other.zip")


def test_another_version_is_refused_by_name(lived_in, settings, tmp_path):
    archive.write(tmp_path / "a.zip")
    become_empty(settings)
    other = rewritten(
        tmp_path / "a.zip",
        lambda n, c: c.replace(b"0001_initial", b"0009_later", 1) if n == archive.MANIFEST else c,
    )

    with pytest.raises(Invalid, match="same version .*0001_initial.*0009_later"):
        archive.read(other)


def test_a_file_outside_its_folder_is_refused(lived_in, settings, tmp_path):
    archive.write(tmp_path / "a.zip")
    become_empty(settings)
    other = tmp_path / "out.zip"
    with zipfile.ZipFile(tmp_path / "a.zip") as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == archive.MANIFEST:
                content = content.replace(b"journal/", b"../../out-")
            target.writestr(name.replace("files/journal/", "files/../../out-"), content)

    with pytest.raises(Invalid, match="outside its folder"):
        archive.read(other)

    assert people() == []


def test_a_refused_restore_leaves_no_file_and_may_be_tried_again(lived_in, settings, tmp_path):
    (settings.MEDIA_ROOT / "zzz.txt").write_bytes(b"the second file")
    archive.write(tmp_path / "a.zip")
    become_empty(settings)
    other = rewritten(
        tmp_path / "a.zip",
        lambda n, c: (
            c.replace(b'"zzz.txt"', b'"journal/photo d\'ao\xc3\xbbt.jpg/x"')
            if n == archive.MANIFEST
            else c
        ),
    )
    with zipfile.ZipFile(other, "a") as target:  # a file where the first one stands: no folder
        target.writestr("files/journal/photo d'août.jpg/x", b"the second file")

    with pytest.raises(OSError, match="photo"):
        archive.read(other)

    assert (people(), list(archive._files())) == ([], [])
    archive.read(tmp_path / "a.zip")


def test_a_backup_that_fails_leaves_nothing_behind(lived_in, settings, tmp_path):
    (settings.MEDIA_ROOT / "\udcff.jpg").write_bytes(b"a name that no archive can hold")

    with pytest.raises(ValueError, match="surrogates"):
        archive.write(tmp_path / "a.zip")

    assert list(tmp_path.glob("a.zip*")) == []
