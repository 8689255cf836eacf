# SPDX-License-Identifier: AGPL-3.0-or-later
"""A checkpoint kept elsewhere shows a ledger that was rewritten whole, or cut short."""

import json
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from terreau.cli.seal import seal
from terreau.core import triggers
from terreau.core.errors import Invalid
from terreau.ledger import chain, checkpoints
from terreau.ledger.actions import back_out, post
from terreau.ledger.models import Event, Seal
from tests.ledger.factories import a_flow, make_ground
from tests.ledger.test_seals import digest_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    ground = make_ground()
    by = {"by": ground.alice, "ledger": ground.ledger}
    events = [post(**by, flows=[a_flow(ground)])[0] for _ in range(4)]
    back_out(by=ground.alice, event_id=events[0], key=uuid4())
    return ground


@pytest.fixture
def kept(ground, tmp_path):
    """A checkpoint of the ledger, in the hands of somebody else."""
    path = tmp_path / "kept.json"
    checkpoints.write(path)
    return path


def found(path):
    return [str(one) for one in checkpoints.differences(checkpoints.read(path))]


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def seal_anew(ledger):
    """Work out every seal again, as who owns the database may."""
    before = bytes(32)
    for one in Seal.objects.filter(ledger=ledger).order_by("number"):
        before = digest_of(before, one)
        run("UPDATE ledger_seal SET digest = %s WHERE id = %s", before, one.pk)


def test_what_grew_since_is_no_difference(ground, kept):
    post(by=ground.alice, ledger=ground.ledger, flows=[a_flow(ground)])

    assert found(kept) == []


def test_a_whole_rewrite_is_seen_though_the_chain_holds(ground, kept):
    event = Event.objects.order_by("pk")[1]
    with transaction.atomic():
        triggers.remove(connection)
        run("UPDATE ledger_event SET effort = 1 WHERE id = %s", event.pk)
        seal_anew(ground.ledger)
        chain_holds = list(chain.breaks(ground.ledger.pk)) == []
        told = found(kept)
        transaction.set_rollback(True)

    count = Seal.objects.count()
    assert chain_holds
    assert told == [
        f"ledger {ground.ledger.pk}: seal {count} is another one: the ledger was written anew"
    ]


def test_a_rewrite_that_leaves_the_noted_digest_is_seen_too(ground, kept):
    event, last = Event.objects.order_by("pk")[1], Seal.objects.order_by("-number")[0]
    with transaction.atomic():
        triggers.remove(connection)
        run("UPDATE ledger_event SET effort = 1 WHERE id = %s", event.pk)
        seal_anew(ground.ledger)
        run("UPDATE ledger_seal SET digest = %s WHERE id = %s", bytes(last.digest), last.pk)
        told = found(kept)
        transaction.set_rollback(True)

    assert [line.split(" (")[0] for line in told] == [f"event {last.fact}: is not what was sealed"]


def test_a_tail_that_was_cut_off_is_seen_though_the_chain_holds(ground, kept):
    last = Seal.objects.order_by("-number")[0]
    with transaction.atomic():
        triggers.remove(connection)
        run("DELETE FROM ledger_seal WHERE id = %s", last.pk)
        run("DELETE FROM ledger_event WHERE id = %s", last.fact)
        chain_holds = list(chain.breaks(ground.ledger.pk)) == []
        told = found(kept)
        transaction.set_rollback(True)

    assert chain_holds
    assert told == [
        f"ledger {ground.ledger.pk}: had {last.number} seals then, and has {last.number - 1}: "
        "its end was cut off"
    ]


def test_a_broken_chain_is_not_signed(ground, tmp_path):
    with transaction.atomic():
        triggers.remove(connection)
        run("UPDATE ledger_event SET effort = 1 WHERE corrects_id IS NULL")
        with pytest.raises(Invalid, match="is not what was sealed .* Nothing was signed"):
            checkpoints.write(tmp_path / "kept.json")
        transaction.set_rollback(True)

    assert not (tmp_path / "kept.json").exists()


@pytest.mark.parametrize("name", ["made_at", "ledgers", "public_key", "signature"])
def test_a_checkpoint_that_was_changed_is_refused(ground, kept, name):
    content = json.loads(kept.read_text())
    content[name] = {
        "made_at": "2020-01-01T00:00:00+00:00",
        "ledgers": [[one, count - 1, digest] for one, count, digest in content["ledgers"]],
        "public_key": "11" * 32,
        "signature": "22" * 64,
    }[name]
    kept.write_text(json.dumps(content))

    with pytest.raises(Invalid, match="is not what was signed"):
        checkpoints.read(kept)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "other"}', '{"format": "terreau-checkpoint-1"}']
)
def test_what_is_no_checkpoint_is_refused(kept, text):
    kept.write_text(text)

    with pytest.raises(Invalid, match="is not a checkpoint that this version reads"):
        checkpoints.read(kept)


def test_a_file_that_exists_is_not_written_over(ground, kept):
    with pytest.raises(Invalid, match="exists already"):
        checkpoints.write(kept)


def test_one_key_signs_all_and_only_its_owner_reads_it(ground, kept, tmp_path, settings):
    key = settings.TERREAU.data_dir / "seal.key"
    before = checkpoints.read(kept).public_key

    checkpoints.write(tmp_path / "again.json")

    assert checkpoints.read(tmp_path / "again.json").public_key == before
    assert (key.stat().st_mode & 0o777, before in key.read_text()) == (0o600, False)


@pytest.mark.django_db(transaction=True)  # the command reads by a connection of its own
def test_the_command_signs_checks_and_says_what_differs(ground, tmp_path):
    path = str(tmp_path / "one.json")
    signed = CliRunner().invoke(seal, ["checkpoint", path])
    key = signed.output.split()[-1]
    good = CliRunner().invoke(seal, ["check", path, "--key", key])
    other = CliRunner().invoke(seal, ["check", path, "--key", "00" * 32])
    with connection.cursor() as cursor:
        triggers.remove(connection)
        cursor.execute("UPDATE ledger_event SET effort = 1 WHERE corrects_id IS NULL")
    bad = CliRunner().invoke(seal, ["check", path])

    assert (signed.exit_code, signed.output.split(" seals of ")[1][:9]) == (0, "1 ledgers")
    assert (good.exit_code, good.output.endswith("nothing before it was changed\n")) == (0, True)
    assert isinstance(other.exception, Invalid)
    assert (bad.exit_code, bad.output.startswith("DIFFERENT event ")) == (1, True)
