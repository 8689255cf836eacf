# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau ledger export``: other tools read the same figures as we do."""

import csv
import errno
import io
import re
import shutil
import subprocess
import zipfile
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from uuid import uuid4

import duckdb
import pytest
from beancount import loader
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from odf.opendocument import load
from odf.table import Table, TableCell, TableRow
from odf.teletype import extractText

from terreau.agreements.actions.contributions import Right, rectify, undo
from terreau.agreements.actions.stocks import Opening, open_stock
from terreau.agreements.queries.statement import Period, statement
from terreau.cli.main import terreau
from terreau.core import clock
from terreau.core.errors import Refusal
from terreau.core.quantities import LARGEST, to_decimal
from terreau.core.quantities import MICRO as ONE
from terreau.core.units import UNITS
from terreau.exchange import books, journals
from terreau.exchange.entries import entries
from terreau.ledger.actions import back_out, post
from terreau.ledger.flows import Flow
from terreau.ledger.queries import flows_between, stocks
from terreau.people.models import Agent
from tests.agreements.factories import give, make_place
from tests.factories import make_organisation

HLEDGER = shutil.which("hledger")
needs_hledger = pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed")
EVER = (date(1900, 1, 1), date(2100, 1, 1))


def hledger(journal: str, *asked: str) -> list[list[str]]:
    """Ask the real hledger; raises when the journal does not hold."""
    answer = subprocess.run(
        [str(HLEDGER), "-f", "-", *asked],
        input=journal, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return list(csv.reader(io.StringIO(answer.stdout)))


def told_by_hledger(journal: str) -> dict[tuple[str, str], Decimal]:
    """Return each account's amount a unit, as hledger adds them."""
    hledger(journal, "check")
    rows = hledger(journal, "balance", "--flat", "-O", "csv", "--layout=bare", "--no-total")
    return {(account, unit): Decimal(amount) for account, unit, amount in rows[1:]}


def ours(ledger) -> dict[tuple[str, str], Decimal]:
    """Return the same sums from our kept balances."""
    name = {agent.pk: agent.name for agent in Agent.objects.all()}
    sums = defaultdict(Decimal)
    for flow, micro in flows_between(ledger, *EVER).items():
        amount = to_decimal(micro)
        sums[f"Apporté:{name[flow.provider_id]}:{flow.specification}", flow.unit] -= amount
        sums[f"Reçu:{name[flow.receiver_id]}:{flow.specification}", flow.unit] += amount
    return {key: amount for key, amount in sums.items() if amount}


@pytest.fixture
def place():
    """Gifts of three organisations in several kinds and units, one of them corrected."""
    place = make_place()
    today = clock.today()
    wrong = give(place, 3)
    rectify(by=place.alice, contribution=wrong, key=uuid4(), right=Right(2_500_000, "hour", today))
    give(place, 1.5, happened_on=today - timedelta(days=40))
    give(place, 250, kind="money", unit="eur")
    give(place, 2, by=place.basile, giver_id=place.council.pk, receiver_id=place.lab.pk)
    give(place, 0.000001, kind="place", unit="m2_day")
    twice = give(place, 80, kind="money", unit="eur", refund=True)
    for euros in (70, 75):
        right = Right(euros * ONE, "eur", today)
        rectify(by=place.alice, contribution=twice, key=uuid4(), right=right)
    undo(by=place.alice, contribution=give(place, 5, refund=False), key=uuid4())
    opening = Opening("Vélos", "vélo", "item", place.halte.pk, 7 * ONE, today)
    open_stock(by=place.alice, ecosystem=place.ecosystem, key=uuid4(), opening=opening)
    return place


@needs_hledger
@pytest.mark.django_db
def test_hledger_adds_up_what_we_add_up(place):
    told = told_by_hledger("\n".join(journals.hledger(entries(place.ecosystem))))
    whole = defaultdict(Decimal)
    for (account, unit), amount in told.items():
        whole[":".join(account.split(":")[:3]), unit] += amount

    assert whole == ours(place.ecosystem.space) != {}


@needs_hledger
@pytest.mark.django_db
def test_hledger_tells_the_statement_of_every_agent_and_unit(place):
    """No account is left over: what no statement counts as given stands below, by its name.

    What comes out of a followed stock stands as on the statement: a good, whatever the stock holds.
    """
    (stock,) = stocks(place.ecosystem.space)
    give(place, 2, kind="good", unit="item", resource_id=stock.pk)
    told = told_by_hledger("\n".join(journals.hledger(entries(place.ecosystem))))

    stated = {}
    for agent in (place.halte, place.council, place.lab):
        for line in statement(place.pilot, place.ecosystem, agent.pk, Period(*EVER)):
            for side, weights in (("Apporté", line.given), ("Reçu", line.received)):
                account, sign = f"{side}:{agent.name}:{line.kind}", -1 if side == "Apporté" else 1
                paid_back = f"{account}:Frais remboursés", line.unit
                stated[account, line.unit] = sign * to_decimal(weights.given)
                stated[paid_back] = sign * to_decimal(weights.refunded)
    beside = {key: much for key, much in told.items() if key[0].endswith(":Hors relevé")}
    assert told == {key: much for key, much in stated.items() if much} | beside
    assert beside == {
        ("Apporté:La Halte:vélo:Hors relevé", "item"): -7,
        ("Reçu:La Halte:vélo:Hors relevé", "item"): 7,
    }


HARD = (
    "Café « L'Écho » ; \"le\" vrai: 1|2", "café « l'écho » ; \"le\" vrai: 1|2",
    "=cmd|' /C calc'!A0", "@SUM(1+1)*2", "-2+3", "(La Halte)", "[x]", "  2026-01-01  * y",
    "🚲🌱 עברית 中文", "a\nb\r\nc\td", "; comment", "::", "%", "\\", "é" * 160, "Personne n° 3",
)  # fmt: skip


@pytest.fixture
def hard():
    """Names that break files, every unit, both measures at once, the largest, corrections."""
    place = make_place()
    by = {"by": place.alice, "ledger": place.ecosystem.space}
    others = [make_organisation(f"O {number}") for number in range(len(HARD))]
    for agent, name in zip(others, HARD, strict=True):
        Agent.objects.filter(pk=agent.pk).update(name=name)
    for number, (agent, name, unit) in enumerate(zip(cycle(others), cycle(HARD), UNITS), 1):
        around = {"provider_id": place.halte.pk, "receiver_id": agent.pk}
        measured = {"quantity": number * ONE, "unit": unit, "effort": LARGEST // 4 - number}
        flow = Flow(
            uuid4(), "use", specification=name[:60], happened_on=clock.today(),
            **around, **measured, effort_unit="hour",
        )  # fmt: skip
        (event,) = post(**by, flows=[flow])
        if number % 3:
            back_out(by=place.alice, event_id=event, key=uuid4())
            post(**by, flows=[replace(flow, key=uuid4(), effort=number)])
    return place


@needs_hledger
@pytest.mark.django_db
def test_a_hard_ledger_balances_and_keeps_all_apart_in_both_journals(hard):
    told, wanted = list(entries(hard.ecosystem)), defaultdict(Decimal)
    for line, _ in told:
        for micro, unit in line.measured():
            of = line.specification, unit
            wanted["Apporté", line.provider.id, of] -= to_decimal(micro)
            wanted["Reçu", line.receiver.id, of] += to_decimal(micro)
    amounts = sorted(much for much in wanted.values() if much)

    by_hledger = told_by_hledger("\n".join(journals.hledger(told)))
    by_beancount, faults = told_by_beancount("\n".join(journals.beancount(told)))

    assert faults == []
    assert sorted(by_hledger.values()) == sorted(by_beancount.values()) == amounts
    assert len(amounts) > 60


@pytest.mark.django_db
def test_a_hard_ledger_stands_whole_in_every_table(hard, tmp_path):
    """By other programs' readers: no cell moved, no line lost, nothing that computes."""
    for book in (books.Book.CSV, books.Book.ODS, books.Book.PARQUET):
        books.write(entries(hard.ecosystem), book, tmp_path / f"registre.{book}")
    wanted = [[line.receiver.name, line.specification] for line, _ in entries(hard.ecosystem)]
    columns = books.HEADERS.index("receiver"), books.HEADERS.index("specification")

    columnar = duckdb.read_parquet(str(tmp_path / "registre.parquet")).order("happened_on, id")
    assert [[row[column] for column in columns] for row in columnar.fetchall()] == wanted
    with (tmp_path / "registre.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))[1:]
    assert [[row[column].removeprefix("'") for column in columns] for row in rows] == wanted
    assert [cell for row in rows for cell in row if cell.startswith(("=", "@", "+"))] == []
    assert all(float(cell.replace(",", ".")) for row in rows for cell in row if cell[:1] == "-")
    sheet = load(tmp_path / "registre.ods").getElementsByType(Table)[0]
    cells = sheet.getElementsByType(TableCell)
    assert [cell for cell in cells if cell.getAttribute("formula")] == []
    assert len(sheet.getElementsByType(TableRow)) == 1 + len(wanted)
    assert {"=cmd|' /C calc'!A0", "🚲🌱 עברית 中文"} <= {extractText(cell) for cell in cells}


def told_by_beancount(journal: str) -> tuple[dict[tuple[str, str], Decimal], list]:
    """Return each account's amount a unit, and what the real beancount finds wrong."""
    found, faults, _ = loader.load_string(journal)
    sums = defaultdict(Decimal)
    for entry in found:
        for posting in getattr(entry, "postings", ()):
            sums[posting.account, posting.units.currency] += posting.units.number
    return {key: much for key, much in sums.items() if much}, faults


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)


@needs_hledger
@given(NAMES, NAMES)
@settings(max_examples=25, deadline=None)
def test_no_name_breaks_a_journal(one, other):
    names = journals.Names(journals._words)
    journal = "\n".join(
        [
            f"2026-03-12 (1) work {journals._words(one)}, {journals._words(other)}",
            f'    Apporté:{names(1, one)}:{names("kind", one)}  -1.5 "hour"',
            f'    Reçu:{names(2, other)}:{names("kind", one)}  1.5 "hour"',
        ]
    )

    assert sorted(told_by_hledger(journal).values()) == [Decimal("-1.5"), Decimal("1.5")]
    assert len({names(1, one), names(2, other), names("kind", one)}) == 3


@pytest.mark.django_db
def test_beancount_adds_up_what_we_add_up(place):
    posted, faults = told_by_beancount("\n".join(journals.beancount(entries(place.ecosystem))))
    told = told_by_hledger("\n".join(journals.hledger(entries(place.ecosystem))))

    assert faults == []
    assert posted == {
        (":".join(journals._component(part) for part in account.split(":")), unit.upper()): much
        for (account, unit), much in told.items()
    }


@given(NAMES, NAMES)
@settings(max_examples=50, deadline=None)
def test_no_name_breaks_an_account_of_beancount(one, other):
    names = journals.Names(journals._component)
    accounts = [f"Apporté:{names(number, name)}" for number, name in enumerate((one, other))]
    opened = "\n".join(f"2026-03-12 open {account}" for account in accounts)
    _, faults, _ = loader.load_string(f'option "name_income" "Apporté"\n{opened}\n')

    assert faults == []


@pytest.mark.django_db
def test_columns_hold_every_event_exactly(place, tmp_path):
    file = tmp_path / "l'année.parquet"
    books.write(entries(place.ecosystem), books.Book.PARQUET, file)
    told = duckdb.read_parquet(str(file)).order("happened_on, id").fetchall()

    assert [[_told(cell) for cell in row] for row in told] == [
        [_told(column.of(entry)) for column in books.COLUMNS] for entry in entries(place.ecosystem)
    ]


@pytest.mark.django_db
def test_the_question_of_the_page_adds_no_unit_to_another(place, tmp_path, monkeypatch):
    page = (Path(__file__).parents[2] / "docs/how-to/books.md").read_text(encoding="utf-8")
    (question,) = re.findall(r'duckdb -c "(.*)"', page)
    give(place, 2, unit="day")
    books.write(entries(place.ecosystem), books.Book.PARQUET, tmp_path / "year.parquet")
    monkeypatch.chdir(tmp_path)

    wanted = defaultdict(Decimal)
    for line, _ in entries(place.ecosystem):
        if line.effort is not None:
            wanted[line.provider.name, line.effort_unit] += to_decimal(line.effort)
    assert {(who, unit): much for who, unit, much in duckdb.sql(question).fetchall()} == wanted
    assert {unit for _, unit in wanted} >= {"hour", "day"}


def _told(cell):
    """Return a cell as words: a number with six decimals, a moment in one zone."""
    if isinstance(cell, datetime):
        return str(cell.astimezone(UTC))
    return str(cell.quantize(Decimal("0.000001")) if isinstance(cell, Decimal) else cell)


@pytest.mark.django_db
def test_a_sheet_holds_every_event(place, tmp_path):
    for book in (books.Book.CSV, books.Book.ODS):
        books.write(entries(place.ecosystem), book, tmp_path / f"registre.{book}")

    rows = (tmp_path / "registre.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) == 1 + len(list(entries(place.ecosystem))) > 5
    assert rows[0] == ";".join(books.HEADERS)
    with zipfile.ZipFile(tmp_path / "registre.ods") as sheet:
        assert sheet.read("content.xml").count(b"<table:table-row") == len(rows)


@pytest.mark.django_db
def test_a_private_person_stands_there_by_number(tmp_path):
    place = make_place()
    give(place, 1, giver_id=place.alice.agent_id)
    for book in books.Book:
        file = tmp_path / f"registre-{book}"
        books.write(entries(place.ecosystem), book, file)
        read = file.read_bytes()
        if book is books.Book.ODS:
            with zipfile.ZipFile(file) as sheet:
                read = sheet.read("content.xml")
        assert b"Alice" not in read, book
    assert f"Personne n° {place.alice.agent_id}" in (tmp_path / "registre-hledger").read_text()


@pytest.mark.django_db
def test_a_file_that_is_there_is_left_as_it_is(place, tmp_path):
    file = tmp_path / "registre.csv"
    file.write_text("le mien")
    with pytest.raises(Refusal, match="registre.csv existe déjà : choisissez un autre nom"):
        books.write(entries(place.ecosystem), books.Book.CSV, file)

    assert file.read_text() == "le mien"


@pytest.mark.django_db
def test_what_fails_in_the_middle_leaves_no_file(place, tmp_path, monkeypatch):
    monkeypatch.setattr(books, "SHEET_MAX", 2)
    with pytest.raises(Refusal, match="choose a period"):
        books.write(entries(place.ecosystem), books.Book.ODS, tmp_path / "registre.ods")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_full_disk_is_said_and_leaves_no_file(place, tmp_path):
    def until_it_is_full():
        yield from entries(place.ecosystem)
        raise OSError(errno.ENOSPC, "No space left on device", "draft")

    for book in books.Book:
        with pytest.raises(Refusal, match="registre ne peut pas être écrit : le disque est plein"):
            books.write(until_it_is_full(), book, tmp_path / "registre")
    for name in ("nowhere/registre", "long" * 70):
        with pytest.raises(Refusal, match=f"{name} ne peut pas être écrit : ce (dossier|nom)"):
            books.write(entries(place.ecosystem), books.Book.CSV, tmp_path / name)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_only_its_owner_reads_what_was_written(place, tmp_path):
    for book in books.Book:
        books.write(entries(place.ecosystem), book, tmp_path / book)

    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


@pytest.mark.django_db(transaction=True)
def test_the_command_writes_a_period(place, tmp_path):
    file = tmp_path / "registre.csv"
    asked = ["ledger", "export", place.ecosystem.slug, str(file), "--format", "csv"]
    answer = CliRunner().invoke(terreau, [*asked, "--until", str(clock.today() - timedelta(10))])

    assert (answer.exit_code, answer.output) == (0, f"{file} written.\n")
    assert len(file.read_text("utf-8-sig").splitlines()) == 2


@pytest.mark.django_db(transaction=True)
def test_a_dash_is_standard_output_for_what_is_one_stream_of_text(place, tmp_path, monkeypatch):
    """The same bytes as in a file, and nothing else; never a file called « - »."""
    monkeypatch.chdir(tmp_path)
    for book in books.Book:
        asked = ["ledger", "export", place.ecosystem.slug, "--format", book.value]
        answer = CliRunner().invoke(terreau, [*asked, "-"])
        if book in (books.Book.ODS, books.Book.PARQUET):
            assert (answer.exit_code, answer.stdout) == (1, "")
            assert "sortie standard (-)" in answer.exception.message
        else:
            CliRunner().invoke(terreau, [*asked, book.value])
            assert answer.stdout_bytes == Path(book.value).read_bytes() != b""
            assert (answer.exit_code, answer.stderr) == (0, "")

    assert {file.name for file in tmp_path.iterdir()} == {"hledger", "beancount", "csv"}


@pytest.mark.django_db
def test_the_command_refuses_a_cooperation_that_is_not_there(tmp_path):
    asked = ["ledger", "export", "nulle-part", str(tmp_path / "x"), "--format", "csv"]
    answer = CliRunner().invoke(terreau, asked)

    assert "no cooperation at /c/nulle-part/" in str(answer.exception)
    backwards = [*asked, "--since", "2026-02-01", "--until", "2026-01-31"]
    assert CliRunner().invoke(terreau, backwards).exit_code
    assert list(tmp_path.iterdir()) == []
