# SPDX-License-Identifier: AGPL-3.0-or-later
"""The columns of the three files of a wide read, and how a moment stands in them.

- ``flows``: a row for each thing that an event measures.
- ``moves``: a row for each change of a stock (``accounting`` or ``on_hand``), in the stock's unit,
  as the engine applies it; ``side`` says whether it came in or went out.
- ``kept``: a row for each promise that an event keeps, in the promise's unit, with its agreement.

``units`` and ``rest`` make an amount: whole units, and the millionths beyond. Neither column's sum
leaves 64 bits where the whole amount's might, so that every engine adds exactly. ``happened_on`` is
ISO text and ``recorded_us`` microseconds since 1970 in UTC: every engine compares them.
"""

from datetime import UTC, datetime, timedelta

_WHEN = ("id:int64", "ecosystem:string", "happened_on:string", "recorded_us:int64")
_WHAT = ("action:string", "specification:string", "measure:string", "unit:string")
_MUCH = ("units:int64", "rest:int64")
_PARTIES = ("provider:int64", "receiver:int64", "input_of:int64", "output_of:int64")
COLUMNS = {
    "flows": (*_WHEN, *_WHAT, *_PARTIES, *_MUCH),
    "moves": (*_WHEN, *_WHAT, "resource:int64", "side:string", *_MUCH),
    "kept": (*_WHEN, *_WHAT, "commitment:int64", "agreement:string", *_MUCH),
}
"""Of each file, the columns with their types in Arrow's words."""


def microseconds(moment: datetime) -> int:
    """Return a moment as ``recorded_us`` has it."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
