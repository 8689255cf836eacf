# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each step of a way says: its name, how much, and a sentence that explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from terreau.agreements.kinds import KINDS
from terreau.core.units import say
from terreau.ecosystems.models import Ecosystem
from terreau.ledger import queries as ledger
from terreau.ledger.engine.table import action_row
from terreau.ledger.tracing.sets import Thing
from terreau.overview.steps import Amount, Order, Step, Way

HUNDREDTH = 10_000
HIDDEN = "Une étape que vous ne pouvez pas lire"
Address = Callable[[Thing], str]


@dataclass(frozen=True, slots=True)
class Told:
    """A step in words. ``amount`` is empty where no quantity may, or can, be said."""

    step: Step
    name: str
    sentence: str
    amount: str = ""
    day: date | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the steps are about."""

    events: Mapping[int, Any]
    stocks: Mapping[int, Any]
    processes: Mapping[int, Any]


def tell(ecosystem: Ecosystem, way: Way, address: Address) -> list[Told]:
    """Return the steps of a way in words, in its order (three queries)."""
    seen = [step.thing for step in way.steps if not step.hidden]
    known = _Known(
        {one.pk: one for one in ledger.events(_ids(seen, "event"))},
        {
            one.pk: one
            for one in ledger.stocks(ecosystem.space).filter(pk__in=_ids(seen, "resource"))
        },
        ledger.processes(_ids(seen, "process")),
    )
    return [_told(step, way, known, address) for step in way.steps]


def _ids(things: list[Thing], what: str) -> list[int]:
    return [thing.id for thing in things if thing.what == what]


def _told(step: Step, way: Way, known: _Known, address: Address) -> Told:
    if step.hidden:
        return Told(step, HIDDEN, "Elle n'est lue que par d'autres que vous.")
    thing = step.thing
    if thing.what == "event":
        return _event(step, way, known, address(thing))
    if thing.what == "resource":
        return _stock(step, way, known, address(thing))
    return _process(step, way, known)


def _event(step: Step, way: Way, known: _Known, href: str) -> Told:
    event = known.events[step.thing.id]
    to = f", pour {event.receiver.name}" if event.receiver_id != event.provider_id else ""
    much = event.quantity if event.quantity is not None else event.effort
    unit = event.unit if event.quantity is not None else event.effort_unit
    did = f"{event.provider.name} {action_row(event.action).says} {say(much or 0, unit)}"
    said = f"{did} ({kind_words(event.specification.code)}){to}. {_why(step, way, known)}"
    return Told(step, did + to, said.strip(), told(step.amount), event.happened_on, href)


def _why(step: Step, way: Way, known: _Known) -> str:
    """Say why so much of a flow is on the way."""
    if step.amount is None or not step.led:
        return ""
    led = step.led[0]
    much = told(step.amount)
    lead = f"Ce que vous suivez y compte pour {much}"
    if way.backwards:
        lead = f"Cela compte ici pour {much}"
    if led.what == "process" and led.id in known.processes:
        of = f"« {known.processes[led.id].name} »"
        if way.backwards:
            return f"{lead} : c'est sa part dans ce que {of} a donné."
        return f"{lead} : c'est sa part de ce qui est sorti de {of}."
    if led.what == "resource" and led.id in known.stocks:
        of = f"« {known.stocks[led.id].name} »"
        if way.order == Order.FIRST:
            return f"{lead} : de {of}, ce qui est entré d'abord sort d'abord."
        return f"{lead} : à proportion de tout ce que contenait {of}."
    return f"{lead}."


def _stock(step: Step, way: Way, known: _Known, href: str) -> Told:
    stock = known.stocks[step.thing.id]
    held = stock.custodian.name if stock.custodian else ""
    said = f"Le stock « {stock.name} »" + (f", chez {held}" if held else "")
    amount = told(step.amount)
    if step.thing == way.start:
        verb = "contient" if way.backwards else "a reçu en tout"
        said += f" {verb} {amount}." if amount else "."
    elif amount:
        here = "il compte ici pour" if way.backwards else "ce que vous suivez y a compté pour"
        said += f" : {here} {amount}."
    else:
        said += "."
    if step.left:
        said += f" Il y en reste {told(step.left)}."
    if step.unknown:
        said += (
            f" Pour {told(step.unknown)}, rien ne dit l'origine : le stock a donné plus que ce "
            "qui y était entré."
        )
    return Told(step, stock.name, said, amount, None, href)


def _process(step: Step, way: Way, known: _Known) -> Told:
    process = known.processes[step.thing.id]
    said = f"L'activité « {process.name} »"
    if step.share is not None:
        share = percent(step.share)
        said += f" : {share} de tout ce qui y est entré a servi à ce que vous suivez."
        return Told(step, process.name, said, share)
    amount = told(step.amount)
    said += f" : ce que vous suivez y a compté pour {amount}." if amount else "."
    return Told(step, process.name, said, amount)


def told(amount: Amount | None) -> str:
    """Say an amount: as it is with two decimals or very small, else « environ » so much."""
    if amount is None or not amount.unit:
        return ""
    micro = round(amount.much)
    if micro % HUNDREDTH == 0 or micro < HUNDREDTH:
        return say(micro, amount.unit)
    return f"environ {say(round(micro / HUNDREDTH) * HUNDREDTH, amount.unit)}"


def percent(share: Fraction) -> str:
    """Say a share: « 30 % », « 12,5 % », to a tenth."""
    tenths = round(share * 1000)
    whole, tenth = divmod(tenths, 10)
    return f"{whole},{tenth}\N{NO-BREAK SPACE}%" if tenth else f"{whole}\N{NO-BREAK SPACE}%"


def kind_words(code: str) -> str:
    """Return the word for a kind of thing: a contribution's, or the one that was typed."""
    return KINDS[code].kind.label if code in KINDS else code
