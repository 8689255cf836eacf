# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads of what was published: nothing else ever leaves through here."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from terreau.core import clock
from terreau.core.french import terms
from terreau.core.texts import fold
from terreau.ecosystems.enums import ObstacleCode, Phase
from terreau.ecosystems.models import Ecosystem
from terreau.ecosystems.rules.presence import sounds_like
from terreau.people.visibility import Reader, reach_of
from terreau.publishing.content import AGENT
from terreau.publishing.enums import LegalFamily, MessageKind, Origin
from terreau.publishing.models import (
    Correction,
    Sheet,
    SheetMessage,
    SheetObstacle,
    SheetTerm,
    SheetVersion,
)
from terreau.territories.models import Territory

MOST_TERMS = 8  # words of a search that count; the rest is ignored
MOST_READ = 50  # sheets in which a name is looked for: a name that more hold says nothing


def published() -> QuerySet[Sheet]:
    """Return the sheets that everybody may read, by name. Every public read starts here."""
    return (
        Sheet.objects.filter(published_at__isnull=False, withdrawn_at__isnull=True)
        .select_related("region", "department")
        .order_by("title", "pk")
    )


def sheet_of(ecosystem: Ecosystem) -> Sheet | None:
    """Return the sheet of an ecosystem, published or withdrawn, or None."""
    return Sheet.objects.filter(ecosystem=ecosystem).first()


def with_a_sheet(ecosystems: Collection[Ecosystem]) -> list[Ecosystem]:
    """Return those of these ecosystems that have a sheet already, published or not."""
    having = set(
        Sheet.objects.filter(ecosystem__in=ecosystems).values_list("ecosystem_id", flat=True)
    )
    return [ecosystem for ecosystem in ecosystems if ecosystem.pk in having]


def withdrawn(slug: str) -> bool:
    """Tell whether a sheet stood at this address and was withdrawn."""
    return Sheet.objects.filter(slug=slug, withdrawn_at__isnull=False).exists()


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody chose in the directory; empty values choose nothing. Codes are in addresses."""

    text: str = ""
    function: str = ""
    region: str = ""
    department: str = ""
    form: str = ""
    phase: str = ""
    obstacle: str = ""
    year: str = ""
    origin: str = ""

    @property
    def chosen(self) -> bool:
        """Tell whether anything at all was chosen."""
        return self != Filters()

    @property
    def narrow(self) -> bool:
        """Tell whether one of the finer facets was chosen."""
        return any((self.department, self.form, self.phase, self.year, self.origin))


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: what the address says, what people read, how many sheets."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What can be chosen next, with counts; each facet ignores its own choice."""

    functions: list[Choice] = field(default_factory=list)
    regions: list[Choice] = field(default_factory=list)
    departments: list[Choice] = field(default_factory=list)
    forms: list[Choice] = field(default_factory=list)
    phases: list[Choice] = field(default_factory=list)
    obstacles: list[Choice] = field(default_factory=list)
    years: list[Choice] = field(default_factory=list)
    origins: list[Choice] = field(default_factory=list)


def search(filters: Filters) -> QuerySet[Sheet]:
    """Return the published sheets that were asked for: best matches first, else by name."""
    found = published().defer("content").filter(_conditions(filters))
    relevance = sum((_weight(term) for term in _wanted(filters.text)), start=Value(0))
    if not filters.text.strip():
        return found
    return found.annotate(relevance=relevance).order_by("-relevance", "title", "pk")


def agents_named(name: str) -> set[int]:
    """Return the organisations that a published sheet names like this, the last word begun only."""
    named = _naming(name).values_list("content__partners", flat=True)[:MOST_READ]
    return {
        int(key.removeprefix(AGENT))
        for partners in named
        for key, partner in partners or ()
        if key.startswith(AGENT) and sounds_like(name, partner)
    }


def _naming(name: str) -> QuerySet[Sheet]:
    """Return the published sheets that hold each word of a name; the last may be only begun."""
    *words, last = _wanted(name) or [""]
    if not last:
        return Sheet.objects.none()
    begun = fold(name).split()[-1]
    held = SheetTerm.objects.filter(Q(term=last) | Q(term__gte=begun, term__lte=f"{begun}zzzz"))
    chosen = Q(pk__in=held.values("sheet"))
    for term in words:
        chosen &= Q(pk__in=SheetTerm.objects.filter(term=term).values("sheet"))
    return published().filter(chosen)


def public_among(ecosystems: Collection[int]) -> dict[int, str]:
    """Return the addresses of the published sheets of these cooperations, by cooperation."""
    sheets = published().filter(ecosystem_id__in=ecosystems)
    return {pk: slug for pk, slug in sheets.values_list("ecosystem_id", "slug") if pk is not None}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A cooperation that may be named: one's own, or one with a published sheet."""

    ecosystem_id: int
    name: str
    place: str
    slug: str

    @property
    def label(self) -> str:
        """Its name and its place, as they are proposed."""
        return ", ".join(filter(None, (self.name, self.place)))


def neighbours(text: str, ecosystem: Ecosystem, reader: Reader) -> list[Neighbour]:
    """Return the other cooperations that are called like this. Two queries.

    Only those that this reader is in, and those whose sheet is published, by the name it shows.
    """
    mine = Ecosystem.objects.filter(space_id__in=reach_of(reader).roots).order_by("name", "pk")
    sheets = _naming(text).filter(ecosystem__isnull=False).defer("content")
    rows = [
        *(Neighbour(one.pk, one.name, one.place, one.slug) for one in mine),
        *(
            Neighbour(sheet.ecosystem_id, sheet.title, sheet.place, sheet.slug)
            for sheet in sheets[:MOST_READ]
            if sheet.ecosystem_id is not None
        ),
    ]
    found = {row.ecosystem_id: row for row in reversed(rows) if sounds_like(text, row.name)}
    found.pop(ecosystem.pk, None)
    return sorted(found.values(), key=lambda row: (fold(row.name), row.ecosystem_id))


def each_word(filters: Filters) -> list[Choice]:
    """Return the words that find something each on its own, for a search that found nothing."""
    words = list(dict.fromkeys(word for word in filters.text.split() if terms(word)))[:MOST_TERMS]
    if len(words) < 2:  # noqa: PLR2004
        return []
    counts = ((word, search(Filters(text=word)).count()) for word in words)
    return [Choice(word, word, count) for word, count in counts if count]


def _weight(term: str) -> Subquery:
    # One look-up by its index for each sheet found: a join would count every word of each.
    rows = SheetTerm.objects.filter(term=term, sheet=OuterRef("pk"))
    return Subquery(rows.values("weight")[:1], output_field=IntegerField())


def _wanted(text: str) -> list[str]:
    return list(dict.fromkeys(terms(text)))[:MOST_TERMS]


def _conditions(filters: Filters) -> Q:
    chosen = Q()
    for term in _wanted(filters.text):
        chosen &= Q(pk__in=SheetTerm.objects.filter(term=term).values("sheet"))
    if filters.text.strip() and not _wanted(filters.text):
        chosen &= Q(pk__in=())  # only words too common to be looked for
    columns = {
        "functions__slug": filters.function,
        "region__code": filters.region,
        "department__code": filters.department,
        "legal_family": filters.form,
        "phase": filters.phase,
        "origin": filters.origin,
    }
    chosen &= Q(**{name: value for name, value in columns.items() if value})
    told = {"code": filters.obstacle, "year": filters.year}
    told = {name: value for name, value in told.items() if value}
    if told:
        chosen &= Q(pk__in=SheetObstacle.objects.filter(**told).values("sheet"))
    return chosen


def facets(filters: Filters) -> Facets:
    """Return every facet with its counts, in a constant number of queries.

    Counts are kept in memory until something public changes, a minute at most.
    """
    minute = clock.now().replace(second=0, microsecond=0)
    return _facets(filters, f"{stamp()}|{minute}")


def stamp() -> str:
    """Return a mark that changes whenever something public does (three look-ups in an index)."""
    return f"{last_change()}|{published().count()}"


@lru_cache(maxsize=512)
def _facets(filters: Filters, _stamp: str) -> Facets:
    def without(*names: str) -> QuerySet[Sheet]:
        blank = replace(filters, **dict.fromkeys(names, ""))
        found = Sheet.objects.filter(_conditions(blank))
        return found.filter(published_at__isnull=False, withdrawn_at__isnull=True).order_by()

    told = SheetObstacle.objects.order_by()
    codes = told.filter(sheet__in=without("obstacle"), **_only(year=filters.year))
    years = told.filter(sheet__in=without("year"), **_only(code=filters.obstacle))
    return Facets(
        functions=_functions(without("function")),
        regions=_territories(without("region", "department"), "region"),
        departments=_territories(without("department"), "department"),
        forms=_closed(without("form"), "legal_family", _label(LegalFamily)),
        phases=_closed(without("phase"), "phase", _label(Phase)),
        obstacles=_told(codes, "code", _label(ObstacleCode)),
        years=_told(years, "year", str),
        origins=_closed(without("origin"), "origin", _label(Origin)),
    )


def _only(**wanted: Any) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if value}


def _label(choices: Any) -> Callable[[Any], str]:
    return lambda value: str(choices(value).label)


def _functions(found: QuerySet[Sheet]) -> list[Choice]:
    links: QuerySet[Any, Any] = Sheet.functions.through.objects.filter(sheet__in=found)
    rows = (
        links.values_list("lifefunction__slug", "lifefunction__label")
        .annotate(number=Count("sheet"))
        .order_by("lifefunction__position", "lifefunction__label")
    )
    return [Choice(*row) for row in rows]


def _territories(found: QuerySet[Sheet], name: str) -> list[Choice]:
    rows = (
        found.filter(**{f"{name}__isnull": False})
        .values_list(f"{name}__code", f"{name}__name")
        .annotate(number=Count("pk", distinct=True))
        .order_by(f"{name}__search_key")
    )
    return [Choice(*row) for row in rows]


def _closed(found: QuerySet[Sheet], name: str, label: Callable[[Any], str]) -> list[Choice]:
    rows = found.values_list(name).annotate(number=Count("pk", distinct=True)).order_by(name)
    return [Choice(value, label(value), number) for value, number in rows if value]


def _told(told: QuerySet[SheetObstacle], name: str, label: Callable[[Any], str]) -> list[Choice]:
    rows = told.values_list(name).annotate(number=Count("sheet", distinct=True)).order_by(name)
    choices = [Choice(str(value), label(value), number) for value, number in rows]
    if name == "year":
        return choices[::-1]
    return sorted(choices, key=lambda c: (c.value == ObstacleCode.OTHER, fold(c.label)))


def by_department(found: Facets, filters: Filters) -> list[Choice]:
    """Return how many of the sheets asked for there are in each department (for the map)."""
    return [c for c in found.departments if filters.department in ("", c.value)]


def recent(number: int = 3) -> list[Sheet]:
    """Return the sheets told last, those that learnt something on the way first."""
    learnt = SheetVersion.objects.filter(sheet=OuterRef("pk")).exclude(change="")
    newest = published().order_by("-refreshed_at", "pk")
    found = list(newest.filter(Exists(learnt))[:number])
    known = [sheet.pk for sheet in found]
    return [*found, *newest.exclude(pk__in=known)[: number - len(found)]]


def similar(sheet: Sheet, number: int = 3) -> list[Sheet]:
    """Return other sheets that told the same difficulties, else that serve the same function."""
    codes = SheetObstacle.objects.filter(sheet=sheet).values("code")
    links = Sheet.functions.through.objects
    functions = links.filter(sheet=sheet).values("lifefunction")
    same = (
        SheetObstacle.objects.filter(code__in=codes)
        .values_list("sheet")
        .annotate(shared=Count("code", distinct=True))
    )
    alike = (
        links.filter(lifefunction__in=functions)
        .values_list("sheet")
        .annotate(shared=Count("lifefunction"))
    )
    ranked: tuple[QuerySet[Any, Any], ...] = (same, alike)
    for rows in ranked:
        ids = [pk for pk, _ in rows.order_by("-shared", "sheet")[: number * 4] if pk != sheet.pk]
        near = published().defer("content").filter(pk__in=ids)
        found = sorted(near, key=lambda other: ids.index(other.pk))[:number]
        if found:
            return found
    return []


def last_change() -> datetime | None:
    """Return when anything public last changed (for caches): two look-ups in an index."""
    moments = (
        Sheet.objects.filter(**{f"{name}__isnull": False})
        .order_by(f"-{name}")
        .values_list(name, flat=True)
        .first()
        for name in ("refreshed_at", "withdrawn_at")
    )
    return max((moment for moment in moments if moment is not None), default=None)


def corrections() -> QuerySet[Correction]:
    """Return the log of what public documents say wrongly and we wrote otherwise."""
    return Correction.objects.select_related("sheet")


def messages_for(sheet: Sheet) -> QuerySet[SheetMessage]:
    """Return what was written to a sheet, newest first, for those who answer."""
    written = SheetMessage.objects.filter(sheet=sheet, kind=MessageKind.WRITE)
    return written.select_related("handled_by")


def requests() -> QuerySet[SheetMessage]:
    """Return what was asked about sheets only read, for who runs the instance: open ones first."""
    asked = SheetMessage.objects.exclude(kind=MessageKind.WRITE)
    return asked.select_related("sheet", "handled_by").order_by(
        F("handled_at").desc(nulls_first=True), "-created_at", "-pk"
    )


def regions_by_code() -> dict[str, Territory]:
    """Return today's regions and departments, by kind and code joined (« region:11 »)."""
    found = Territory.objects.filter(kind__in=("region", "department"), ended_on__isnull=True)
    return {f"{territory.kind}:{territory.code}": territory for territory in found}
