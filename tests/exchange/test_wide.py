# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wide reads: two engines by Ibis, the kept tables and the past itself give the same figures."""

import csv
import io
import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terreau.cli.main import terreau
from terreau.core import clock
from terreau.core.errors import Refusal
from terreau.core.quantities import LARGEST
from terreau.core.spans import Span
from terreau.ecosystems.models import Ecosystem
from terreau.exchange.wide import answers, asking
from terreau.exchange.wide.columns import COLUMNS
from terreau.exchange.wide.questions import Balance, By, Flow
from terreau.ledger.models import Event, EventLink
from tests.agreements.factories import accept, add, give, make_draft, make_place, open_version
from tests.exchange.stories import ONE, attempt, begin, flows, one_of_each
from tests.ledger.factories import DAY, a_flow

pytestmark = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")  # Ibis's own
THEN = datetime(2026, 4, 1, 12, tzinfo=UTC)
LATER = THEN + timedelta(days=30)
SPANS = (
    Span(),
    Span(known_at=THEN),
    Span(DAY, DAY + timedelta(days=3)),
    Span(until=DAY - timedelta(days=1)),
    Span(since=date(2026, 3, 1), known_at=LATER),
)


def both_engines(ecosystems: list[Ecosystem]):
    """Return the same columns as tables of DuckDB and of SQLite."""
    with TemporaryDirectory() as name:
        answers.write_columns(Path(name), ecosystems)
        other = ibis.sqlite.connect()
        for file, columns in COLUMNS.items():
            told = [
                column.replace(":int64", " INTEGER").replace(":string", " TEXT")
                for column in columns
            ]
            rows = pq.read_table(Path(name, f"{file}.parquet")).to_pylist()
            other.con.execute(f"CREATE TABLE {file} ({', '.join(told)})")
            marks = ", ".join("?" * len(columns))
            cells = (tuple(row.values()) for row in rows)
            other.con.executemany(f"INSERT INTO {file} VALUES ({marks})", cells)
        yield asking.in_duckdb(Path(name)), {file: other.table(file) for file in COLUMNS}


def agree(ecosystem: Ecosystem) -> None:
    """Ask everything of both engines, and of the kept tables what they can tell."""
    for duckdb, sqlite in both_engines([ecosystem]):
        for by in By:
            for span in SPANS:
                for ask, ours in (
                    (asking.flows, answers.flows), (asking.balances, answers.balances),
                ):  # fmt: skip
                    found = ask(duckdb, by, span)
                    assert found == ask(sqlite, by, span), (by, span)
                    if by in (By.AGENT, By.RESOURCE) and span == Span():
                        assert found or by is By.RESOURCE
                    if kept(ask is asking.flows, by, span):
                        assert found == ours([ecosystem], by, span), (by, span)


def kept(flows: bool, by: By, span: Span) -> bool:
    if span.known_at is not None:
        return False
    if flows:
        return by in (By.AGENT, By.SPECIFICATION, By.ECOSYSTEM)
    stocks = by in (By.RESOURCE, By.SPECIFICATION, By.ECOSYSTEM)
    return by is By.AGENT or (stocks and span == Span())


@pytest.mark.django_db
def test_two_engines_and_the_kept_tables_agree_on_any_history():
    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        told=st.lists(flows(), min_size=10, max_size=25),
        days=st.lists(st.integers(-40, 10), min_size=25, max_size=25),
    )
    def agrees(told, days):
        with transaction.atomic():
            story = one_of_each()
            ecosystem = Ecosystem.objects.get(space=story.ground.ledger)
            for one, day in zip(told, days, strict=False):
                moment = THEN - timedelta(1) if day % 2 else LATER + timedelta(1)
                with suppress(Refusal), transaction.atomic(), clock.at(moment):
                    attempt(story, one)
            agree(ecosystem)
            transaction.set_rollback(True)

    agrees()


@pytest.mark.django_db
def test_what_was_known_then_is_what_was_told_then():
    with clock.at(THEN - timedelta(days=1)):
        story = one_of_each()
    ecosystem = [Ecosystem.objects.get(space=story.ground.ledger)]
    asked = [(by, ask) for by in By for ask in (answers.flows, answers.balances)]
    then = {(by, ask): ask(ecosystem, by, Span()) for by, ask in asked}
    with clock.at(LATER):
        story.say("lower", "giver", "giver", 2, "bin", happened_on=DAY)
        story.post(a_flow(story.ground, happened_on=DAY, fulfils=((story.promises[0], ONE),)))

    for by, ask in asked:
        now = ask(ecosystem, by, Span())
        assert ask(ecosystem, by, Span(known_at=THEN)) == then[by, ask], by
        assert now != then[by, ask] or by in (By.PROCESS, By.AGREEMENT)


@pytest.mark.django_db
def test_what_keeps_an_agreement_is_told_by_it():
    place = make_place()
    version = open_version(place)
    promised = add(place, version, make_draft(place))
    accept(place, version)
    give(place, 3, commitment_id=promised.pk)
    give(place, 4)

    found = answers.flows([place.ecosystem], By.AGREEMENT, Span())

    key = str(version.agreement.key)
    assert found == {Flow(key, "", "work", "time", "effort", "hour"): 3 * ONE}
    headers, rows = answers.told([place.ecosystem], By.AGREEMENT, found, Flow)
    assert headers[:2] == ["agreement", "name"]
    assert rows[0][:2] == [key, version.agreement.name]
    assert EventLink.objects.count() == 1


@pytest.mark.django_db
def test_a_sum_beyond_64_bits_is_exact_in_every_engine():
    story = begin()
    days = [DAY, DAY - timedelta(days=20), DAY - timedelta(days=50)]
    story.post(*(a_flow(story.ground, effort=LARGEST, happened_on=day) for day in days))
    ecosystem = Ecosystem.objects.get(space=story.ground.ledger)
    key = Balance(story.ground.taker.pk, "time", "effort", "hour")

    for tables in both_engines([ecosystem]):
        assert [asking.balances(one, By.AGENT, Span())[key] for one in tables] == [3 * LARGEST] * 2
    assert answers.balances([ecosystem], By.AGENT, Span())[key] == 3 * LARGEST


@pytest.mark.django_db
def test_cooperations_are_told_side_by_side_and_others_left_out():
    here, there, elsewhere = one_of_each(), begin(), begin()
    there.post(a_flow(there.ground))
    elsewhere.post(a_flow(elsewhere.ground))
    ecosystems = [Ecosystem.objects.get(space=one.ground.ledger) for one in (here, there)]

    kept = answers.flows(ecosystems, By.ECOSYSTEM, Span())
    known = answers.flows(ecosystems, By.ECOSYSTEM, Span(known_at=clock.now()))

    assert kept == known
    assert {key.of for key in kept} == {one.slug for one in ecosystems}
    mine = {key: much for key, much in kept.items() if key.of == ecosystems[1].slug}
    assert mine == {Flow(ecosystems[1].slug, "", "work", "time", "effort", "hour"): 3 * ONE}


def run(*words: str):
    found = CliRunner().invoke(terreau, ["ledger", *words])
    assert found.exit_code == 0, found.output
    return found.output


@pytest.mark.django_db(transaction=True)
def test_the_command_tells_the_same_as_csv_and_json(tmp_path):
    story = begin()
    story.post(a_flow(story.ground))
    slug = Ecosystem.objects.get(space=story.ground.ledger).slug

    told = json.loads(run("balances", slug, "--format", "json", "--known-at", "2199-01-01"))
    rows = list(csv.DictReader(io.StringIO(run("balances", slug)), delimiter=";"))

    assert [(row["name"], row["amount"]) for row in told] == [
        ("La Halte", "-3"),
        ("Le Garage", "3"),
    ]
    assert [(row["name"], row["amount"]) for row in rows] == [
        ("La Halte", "-3"),
        ("Le Garage", "3"),
    ]
    assert json.loads(run("flows", slug, "--format", "json", "--until", "2000-01-01")) == []
    nothing = run("flows", slug, "--until", "2000-01-01")
    assert nothing == "agent;name;side;action;specification;measure;unit;amount\n"
    by_kind = run("flows", slug, "--by", "specification")
    assert by_kind.splitlines() == [
        "specification;name;side;action;measure;unit;amount",
        "time;time;;work;effort;hour;3",
    ]
    backwards = ["ledger", "flows", slug, "--since", "2026-02-02", "--until", "2026-02-01"]
    assert CliRunner().invoke(terreau, backwards).exit_code == 2
    folder = tmp_path / "columns"
    run("columns", str(folder), slug)
    assert CliRunner().invoke(terreau, ["ledger", "columns", str(folder), slug]).exit_code == 1
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(asking.flows(asking.in_duckdb(folder), By.AGENT, Span())) == 2


@pytest.mark.django_db(transaction=True)
def test_a_day_is_known_whole_and_a_moment_exactly():
    """What was recorded at ten is known that day, and at ten; not at midnight, when it began."""
    story = begin()
    with clock.at(datetime(2026, 7, 15, 10, tzinfo=UTC)):
        story.post(a_flow(story.ground))
    slug = Ecosystem.objects.get(space=story.ground.ledger).slug

    def known(moment):
        return len(run("balances", slug, "--known-at", moment).splitlines()) - 1

    assert [known(day) for day in ("2026-07-14", "2026-07-15")] == [0, 2]
    assert [known(f"2026-07-15T{at}") for at in ("00:00:00", "10:00:00Z", "09:59:59Z")] == [0, 2, 0]


@pytest.mark.django_db(transaction=True)
def test_the_command_tells_where_something_came_from(tmp_path, settings):
    settings.TERREAU = settings.TERREAU.model_copy(update={"data_dir": tmp_path})
    story = begin()
    slug = Ecosystem.objects.get(space=story.ground.ledger).slug
    six = story.say("raise", "giver", "giver", 6, "bin")
    story.say("raise", "giver", "giver", 2, "bin")
    moved = story.say("transfer", "giver", "taker", 4, "bin", "shop")
    lent = story.say("lower", "taker", "taker", 3, "shop")
    over = story.say("lower", "taker", "taker", 2, "shop")

    told = json.loads(run("origins", slug, "--event", str(lent), "--format", "json"))
    rest = json.loads(run("origins", slug, "--event", str(over), "--format", "json"))

    amounts = {row["event"]: row["amount"] for row in told}
    assert amounts == {six: "2.25", six + 1: "0.75", moved: "3", lent: "3"}
    assert [row["amount"] for row in rest if row["unknown before"] == "shop"] == ["1"]
    assert (tmp_path / "kept" / f"flows-{story.ground.ledger.pk}.npy").exists()
    shop = json.loads(run("origins", slug, "--stock", "bin", "--format", "json"))
    assert {row["event"]: row["amount"] for row in shop} == {six: "3", six + 1: "1"}
    for wrong in (("--event", str(over + 9)), ("--stock", "none"), ()):
        assert CliRunner().invoke(terreau, ["ledger", "origins", slug, *wrong]).exit_code


@pytest.mark.django_db
def test_without_the_engine_a_wide_question_is_refused_and_a_kept_one_answered(monkeypatch):
    story = begin()
    story.post(a_flow(story.ground))
    ecosystem = [Ecosystem.objects.get(space=story.ground.ledger)]

    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(answers, "import_module", absent)
    assert answers.balances(ecosystem, By.AGENT, Span())
    with pytest.raises(Refusal, match="analysis"):
        answers.balances(ecosystem, By.PROCESS, Span())
    assert Event.objects.count() == 1
