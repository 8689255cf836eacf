# SPDX-License-Identifier: AGPL-3.0-or-later
"""``terreau ledger export``: other tools read the same figures as we do."""

import csv
import io
import shutil
import subprocess
import zipfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import duckdb
import pytest
from beancount import loader
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau.agreements.actions.contributions import Right, rectify
from terreau.agreements.queries.statement import Period, statement
from terreau.cli.main import terreau
from terreau.core import clock
from terreau.core.errors import Refusal
from terreau.core.quantities import to_decimal
from terreau.exchange import books, journals
from terreau.ledger.lines import Party, lines
from terreau.ledger.queries import flows_between
from terreau.people.models import Agent
from tests.agreements.factories import give, make_place

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
    return place


@needs_hledger
@pytest.mark.django_db
def test_hledger_adds_up_what_we_add_up(place):
    journal = "\n".join(journals.hledger(lines(place.ecosystem.space)))

    assert told_by_hledger(journal) == ours(place.ecosystem.space) != {}


@needs_hledger
@pytest.mark.django_db
def test_hledger_tells_the_statement_of_every_agent_and_unit(place):
    journal = "\n".join(journals.hledger(lines(place.ecosystem.space)))
    told = told_by_hledger(journal)

    for agent in (place.halte, place.council, place.lab):
        for line in statement(place.pilot, place.ecosystem, agent.pk, Period(*EVER)):
            given = -told.get((f"Apporté:{agent.name}:{line.kind}", line.unit), Decimal())
            received = told.get((f"Reçu:{agent.name}:{line.kind}", line.unit), Decimal())
            assert (given, received) == (
                to_decimal(line.given.given),
                to_decimal(line.received.given),
            )


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)


@needs_hledger
@given(NAMES, NAMES)
@settings(max_examples=25, deadline=None)
def test_no_name_breaks_a_journal(one, other):
    parties = [Party(1, one), Party(2, other)]
    names = journals.Names(journals._words)
    journal = "\n".join(
        [
            "2026-03-12 (1) work",
            f'    Apporté:{names(parties[0])}:time  -1.5 "hour"',
            f'    Reçu:{names(parties[1])}:time  1.5 "hour"',
        ]
    )

    assert sorted(told_by_hledger(journal).values()) == [Decimal("-1.5"), Decimal("1.5")]
    assert names(parties[0]) != names(parties[1])


@pytest.mark.django_db
def test_beancount_adds_up_what_we_add_up(place):
    journal = "\n".join(journals.beancount(lines(place.ecosystem.space)))
    entries, faults, _ = loader.load_string(journal)
    sums = defaultdict(Decimal)
    for entry in entries:
        for posting in getattr(entry, "postings", ()):
            sums[posting.account, posting.units.currency] += posting.units.number

    assert faults == []
    assert {key: amount for key, amount in sums.items() if amount} == {
        (":".join(journals._component(part) for part in account.split(":")), unit.upper()): amount
        for (account, unit), amount in ours(place.ecosystem.space).items()
    }


@given(NAMES, NAMES)
@settings(max_examples=50, deadline=None)
def test_no_name_breaks_an_account_of_beancount(one, other):
    names = journals.Names(journals._component)
    accounts = [f"Apporté:{names(Party(n, name))}" for n, name in enumerate((one, other))]
    opened = "\n".join(f"2026-03-12 open {account}" for account in accounts)
    _, faults, _ = loader.load_string(f'option "name_income" "Apporté"\n{opened}\n')

    assert faults == []


@pytest.mark.django_db
def test_columns_hold_every_event_exactly(place, tmp_path):
    file = tmp_path / "l'année.parquet"
    books.write(lines(place.ecosystem.space), books.Book.PARQUET, file)
    told = duckdb.read_parquet(str(file)).order("happened_on, id").fetchall()

    ours = list(lines(place.ecosystem.space))
    assert [[_told(cell) for cell in row] for row in told] == [
        [_told(column.of(line)) for column in books.COLUMNS] for line in ours
    ]


def _told(cell):
    """Return a cell as words: a number with six decimals, a moment in one zone."""
    if isinstance(cell, datetime):
        return str(cell.astimezone(UTC))
    return str(cell.quantize(Decimal("0.000001")) if isinstance(cell, Decimal) else cell)


@pytest.mark.django_db
def test_a_sheet_holds_every_event(place, tmp_path):
    for book in (books.Book.CSV, books.Book.ODS):
        books.write(lines(place.ecosystem.space), book, tmp_path / f"registre.{book}")

    rows = (tmp_path / "registre.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) == 1 + len(list(lines(place.ecosystem.space))) > 5
    assert rows[0] == ";".join(books.HEADERS)
    with zipfile.ZipFile(tmp_path / "registre.ods") as sheet:
        assert sheet.read("content.xml").count(b"<table:table-row") == len(rows)


@pytest.mark.django_db
def test_a_private_person_stands_there_by_number(tmp_path):
    place = make_place()
    give(place, 1, giver_id=place.alice.agent_id)
    for book in books.Book:
        file = tmp_path / f"registre-{book}"
        books.write(lines(place.ecosystem.space), book, file)
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
    with pytest.raises(Refusal, match="exists already"):
        books.write(lines(place.ecosystem.space), books.Book.CSV, file)

    assert file.read_text() == "le mien"


@pytest.mark.django_db
def test_what_fails_in_the_middle_leaves_no_file(place, tmp_path, monkeypatch):
    monkeypatch.setattr(books, "SHEET_MAX", 2)
    with pytest.raises(Refusal, match="choose a period"):
        books.write(lines(place.ecosystem.space), books.Book.ODS, tmp_path / "registre.ods")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_the_command_writes_a_period(place, tmp_path):
    file = tmp_path / "registre.csv"
    asked = ["ledger", "export", place.ecosystem.slug, str(file), "--format", "csv"]
    answer = CliRunner().invoke(terreau, [*asked, "--until", str(clock.today() - timedelta(10))])

    assert (answer.exit_code, answer.output) == (0, f"{file} written.\n")
    assert len(file.read_text("utf-8-sig").splitlines()) == 2


@pytest.mark.django_db
def test_the_command_refuses_a_cooperation_that_is_not_there(tmp_path):
    asked = ["ledger", "export", "nulle-part", str(tmp_path / "x"), "--format", "csv"]
    answer = CliRunner().invoke(terreau, asked)

    assert "no cooperation at /c/nulle-part/" in str(answer.exception)
    assert list(tmp_path.iterdir()) == []
