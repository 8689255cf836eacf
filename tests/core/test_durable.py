# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is written aside: real processes, killed or alive, and folders that look like theirs."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from terreau.core.durable import A_DAY, whole
from terreau.core.errors import Refusal

WRITING = """
import sys, time
from pathlib import Path
from terreau.core.durable import whole
with whole(Path(sys.argv[1])) as draft:
    draft.write_text("half")
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def writing(tmp_path):
    """Start processes that are half-way through a file; all are ended."""
    started = []

    def start(name: str) -> tuple[subprocess.Popen, Path]:
        before = set(tmp_path.iterdir())
        process = subprocess.Popen(
            [sys.executable, "-c", WRITING, str(tmp_path / name)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        (aside,) = set(tmp_path.iterdir()) - before
        return process, aside

    yield start
    for process in started:
        process.kill()
        process.communicate()


def grown_old(folder: Path, seconds: float = A_DAY + 60) -> Path:
    moment = time.time() - seconds
    os.utime(folder, (moment, moment))
    return folder


def test_the_next_one_removes_what_a_killed_process_left_a_day_ago(tmp_path, writing):
    (killed, left), (living, held), (lately, fresh) = map(writing, ("one", "two", "three"))
    for process in (killed, lately):
        process.kill()
        process.wait()
    grown_old(left)
    grown_old(held)
    grown_old(fresh, A_DAY - 3600)

    with whole(tmp_path / "file") as draft:
        draft.write_text("all")

    assert set(tmp_path.iterdir()) == {held, fresh, tmp_path / "file"}
    assert living.poll() is None


def test_a_folder_of_somebody_is_never_taken_for_a_draft(tmp_path):
    kept = tmp_path / ".terreau-settings"
    other = tmp_path / "elsewhere"
    for folder in (kept, other):
        folder.mkdir()
        (folder / "draft").write_text("mine")
    (kept / "keys").write_text("mine")
    grown_old(kept)
    grown_old(other)
    (tmp_path / ".terreau-linked12").symlink_to(other)
    (tmp_path / ".terreau-afile123").write_text("mine")
    grown_old(tmp_path / ".terreau-afile123")
    before = {*tmp_path.rglob("*")}

    with whole(tmp_path / "file") as draft:
        draft.write_text("all")

    assert {*tmp_path.rglob("*")} == before | {tmp_path / "file"}


def test_a_folder_written_whole_is_swept_too(tmp_path):
    left = tmp_path / ".terreau-abcdefgh"
    (left / "draft").mkdir(parents=True)
    (left / "draft" / "flows.parquet").write_text("half")
    grown_old(left)

    with whole(tmp_path / "columns") as draft:
        draft.mkdir()

    assert [one.name for one in tmp_path.iterdir()] == ["columns"]


def test_a_name_that_was_taken_meanwhile_is_not_covered(tmp_path):
    file = tmp_path / "file"
    with pytest.raises(Refusal, match="file existe déjà"), whole(file) as draft:
        draft.write_text("mine")
        file.write_text("theirs")

    assert [(one, one.read_text()) for one in tmp_path.iterdir()] == [(file, "theirs")]


def test_a_disk_without_hard_links_has_its_file_too(tmp_path, monkeypatch):
    def refused(*around):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    with whole(tmp_path / "file") as draft:
        draft.write_text("all")

    assert [one.read_text() for one in tmp_path.iterdir()] == ["all"]


def test_nothing_is_called_a_dash(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refusal, match="sortie standard"), whole(Path("-")):
        pass

    assert list(tmp_path.iterdir()) == []
