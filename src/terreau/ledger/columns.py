# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the flows of a whole ledger into columns, for a trace of a million of them. Needs NumPy.

The same as ``flowing.flows_of`` reads, without an object a flow. What was read may be kept in a
file: events never change, so that only those sealed since are read again. The file is good as long
as the seal of the last fact that it knows stands in the ledger; any other file is read anew. It
holds numbers alone, no name and no word.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from zlib import crc32

import numpy as np

from terreau.ledger.flowing import AMOUNT, PASSES, STANDS
from terreau.ledger.sql import Execute, Rows
from terreau.ledger.tracing.columns import ACTIONS, UNIT_CODES, Columns, Whole

CHUNK = 100_000
HALF = 2**31
WIDTH = 6
ID, CODE, MICRO, RESOURCES, PROCESSES, DAY = range(WIDTH)


def _place(column: str, words: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN '{word}' THEN {number}" for number, word in enumerate(words))
    return f"CASE {column} {cases} END"


_UNIT = "CASE WHEN e.quantity IS NULL THEN e.effort_unit ELSE e.unit END"
_CROSSED = "CASE WHEN e.provider_id <> e.receiver_id THEN 1 ELSE 0 END"
# Each cell costs as much as the row of the database: several small numbers go into one.
_CELLS = (
    f"e.id, ((e.specification_id * 32 + {_place('e.action', ACTIONS)}) * 64 "
    f"+ {_place(_UNIT, UNIT_CODES)}) * 2 + {_CROSSED}, COALESCE(e.quantity, e.effort), "
    f"COALESCE(e.resource_id, 0) * {HALF} + COALESCE(e.to_resource_id, 0), "
    f"COALESCE(e.input_of_id, 0) * {HALF} + COALESCE(e.output_of_id, 0), "
    "CAST(REPLACE(CAST(e.happened_on AS text), '-', '') AS bigint)"
)
_PAGE = (
    f"SELECT {_CELLS} FROM ledger_event e WHERE e.ledger_id = %s "  # noqa: S608
    f"AND {PASSES} AND e.corrects_id IS NULL AND (e.happened_on, e.id) > (%s, %s) "
    "ORDER BY e.happened_on, e.id LIMIT %s"
)
_SINCE = (
    f"SELECT {_CELLS} FROM ledger_seal s JOIN ledger_event e ON e.id = s.fact "  # noqa: S608
    f"WHERE s.ledger_id = %s AND s.number > %s AND s.kind = 'event' AND {PASSES} "
    "AND e.corrects_id IS NULL ORDER BY s.number"
)
_CORRECTED = (
    f"SELECT e.id, {AMOUNT}, CASE WHEN {STANDS} THEN 1 ELSE 0 END FROM ledger_correction c "  # noqa: S608
    "JOIN ledger_event e ON e.id = c.event_id WHERE e.ledger_id = %s ORDER BY e.id"
)
_LAST = (
    "SELECT (SELECT COALESCE(MAX(id), 0) FROM ledger_resource), "
    "(SELECT COALESCE(MAX(id), 0) FROM ledger_process)"
)
_LAST_SEAL = (
    "SELECT number, digest FROM ledger_seal WHERE ledger_id = %s ORDER BY number DESC LIMIT 1"
)
_SEAL = "SELECT digest FROM ledger_seal WHERE ledger_id = %s AND number = %s"


def columns_of(execute: Execute, ledger: int, kept: Path | None = None) -> Columns:
    """Return what ``flows_of`` does, as columns; ``kept`` is a file to read from and to keep up.

    Raises OverflowError for ids beyond 31 bits.
    """
    ((resource, process),) = execute(_LAST, [])
    if max(int(str(resource)), int(str(process))) >= HALF:
        raise OverflowError("more than two milliards of stocks or activities")
    rows = _all(execute, ledger) if kept is None else _kept_up(execute, ledger, kept)
    corrected = _whole(execute(_CORRECTED, [ledger]), 3)
    return _columns(_net(rows, corrected) if corrected.size else rows)


_SMALL = ((7, 31), (1, 63), (0, 1))


def _columns(rows: Whole) -> Columns:
    code, resources, processes = rows[CODE], rows[RESOURCES], rows[PROCESSES]
    around = (resources >> 31, resources & HALF - 1, processes >> 31, processes & HALF - 1)
    action, unit, crossed = ((code >> at & mask).astype(np.int16) for at, mask in _SMALL)
    return Columns(rows[ID], action, code >> 12, rows[MICRO], unit, *around, crossed)


def _net(rows: Whole, corrected: Whole) -> Whole:
    """Take corrections off, and leave out what nothing stands of."""
    place = np.searchsorted(corrected[0], rows[ID])
    place[place == corrected.shape[1]] = 0
    touched = corrected[0][place] == rows[ID]
    rows = rows.copy()
    rows[MICRO][touched] = corrected[1][place[touched]]
    gone = touched & (corrected[2][place] == 0)
    return rows[:, ~gone] if gone.any() else rows


def _all(execute: Execute, ledger: int) -> Whole:
    parts = [_whole(page, WIDTH) for page in _pages(execute, ledger)]
    return np.concatenate(parts, 1) if parts else np.empty((WIDTH, 0), np.int64)


def _pages(execute: Execute, ledger: int) -> Iterator[Rows]:
    day, last = "0001-01-01", 0
    while rows := execute(_PAGE, [ledger, day, last, CHUNK]):
        yield rows
        if len(rows) < CHUNK:
            return
        last, packed = int(str(rows[-1][ID])), str(rows[-1][DAY]).zfill(8)
        day = f"{packed[:4]}-{packed[4:6]}-{packed[6:]}"


def _whole(rows: Rows, width: int) -> Whole:
    cells = chain.from_iterable(rows)
    found = np.fromiter(cells, np.int64, len(rows) * width)
    return np.ascontiguousarray(found.reshape(-1, width).T)


@dataclass(frozen=True, slots=True)
class _Seal:
    """The last fact of a ledger that a file knows."""

    number: int
    digest: bytes


def _kept_up(execute: Execute, ledger: int, file: Path) -> Whole:
    """Return the rows that a file keeps, and those sealed since."""
    told = execute(_LAST_SEAL, [ledger])
    if not told:
        return _all(execute, ledger)
    last = _Seal(int(str(told[0][0])), _bytes(told[0][1]))
    found = _read(file, ledger)
    if found is None or not _stands(execute, ledger, found[0]):
        rows = _all(execute, ledger)
        _write(file, ledger, last, rows)
        return rows
    seal, rows = found
    if seal.number == last.number:
        return rows
    more = _whole(execute(_SINCE, [ledger, seal.number]), WIDTH)
    joined = _joined(rows, more)
    if more.shape[1] * 50 > rows.shape[1]:  # a short tail is read again rather than written
        _write(file, ledger, last, joined)
    return joined


def _stands(execute: Execute, ledger: int, seal: _Seal) -> bool:
    """Tell whether a ledger still has this seal: then all before it is what it was."""
    told = execute(_SEAL, [ledger, seal.number])
    return [_bytes(digest) for (digest,) in told] == [seal.digest]


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def _joined(rows: Whole, more: Whole) -> Whole:
    """Add rows that may be there already, and put all in the order of time."""
    more = more[:, ~np.isin(more[ID], rows[ID])]
    both = np.concatenate([rows, more], 1)
    return np.ascontiguousarray(both[:, np.lexsort((both[ID], both[DAY]))])


MADE_AS = crc32(repr((1, WIDTH, ACTIONS, UNIT_CODES)).encode())
"""Changes with what the numbers in a file mean."""
_HEAD = 8


def _read(file: Path, ledger: int) -> tuple[_Seal, Whole] | None:
    """Return what a file keeps of a ledger; None when it is not there, or not whole."""
    try:
        cells = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    head, rows = cells[:_HEAD], cells[_HEAD:]
    if len(head) < _HEAD or head[:2].tolist() != [MADE_AS, ledger] or head[7] != crc32(rows.data):
        return None
    return _Seal(int(head[2]), head[3:7].tobytes()), rows.reshape(WIDTH, -1)


def _write(file: Path, ledger: int, seal: _Seal, rows: Whole) -> None:
    """Keep the rows. A folder that cannot be written costs time, and nothing else."""
    flat = rows.ravel()
    head = [MADE_AS, ledger, seal.number, *np.frombuffer(seal.digest, np.int64), crc32(flat.data)]
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as draft:
            np.save(draft, np.concatenate([np.array(head, np.int64), flat]))
        os.replace(draft.name, file)
    except OSError:
        return
