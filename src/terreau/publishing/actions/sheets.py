# SPDX-License-Identifier: AGPL-3.0-or-later
"""Publishes, refreshes and withdraws the sheet of an ecosystem."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.text import slugify

from terreau.core import clock
from terreau.core.errors import NotAllowed, NotFound
from terreau.core.versions import must_be_as_read
from terreau.ecosystems.actions.records import hold
from terreau.ecosystems.models import Ecosystem
from terreau.people.models import User
from terreau.publishing import building, rules
from terreau.publishing.content import Content, current_aim, keep_only, read
from terreau.publishing.enums import Licence, Origin
from terreau.publishing.models import Sheet, SheetObstacle, SheetTerm, SheetVersion

CHOICES = ("contact_open", "licence")


@transaction.atomic
def publish_sheet(
    *,
    by: User,
    ecosystem: Ecosystem,
    contact_open: bool = True,
    licence: Licence = Licence.CC_BY_SA,
    version: int | None = None,
) -> Sheet:
    """Show everybody what the ecosystem made public. Publishing again only brings it up to date.

    ``version``: that of the ``CHOICES`` as they were read (EditConflict otherwise).
    Raises NotAllowed for whoever does not steer the ecosystem.
    """
    _check_steward(by, ecosystem)
    hold(ecosystem)
    sheet = Sheet.objects.filter(ecosystem=ecosystem).first() or Sheet(
        ecosystem=ecosystem, slug=_free_slug(ecosystem.slug)
    )
    sheet.origin = Origin.INVENTED if ecosystem.invented else Origin.KEPT
    said = {"contact_open": contact_open, "licence": licence.value}
    must_be_as_read(sheet, version, said)
    sheet.contact_open, sheet.licence = contact_open, licence
    sheet.published_at = sheet.published_at or clock.now()
    sheet.withdrawn_at, sheet.withdrawn_why = None, ""
    today = building.portrait(ecosystem)
    sheet.title, sheet.place, sheet.phase = today.title, today.place, today.phase
    sheet.region, sheet.department = today.region, today.department
    sheet.legal_family = rules.family_of(today.legal_code)
    sheet.legal_form = today.legal_form
    write_content(sheet, today.content, today.aim)
    sheet.functions.set(ecosystem.functions.all())
    index_sheet(sheet)
    return sheet


def refresh_sheet(*, by: User, ecosystem: Ecosystem) -> Sheet:
    """Bring a published sheet up to date with what is public now.

    Raises NotAllowed for whoever does not steer, NotFound when nothing is published.
    """
    _check_steward(by, ecosystem)
    sheet = Sheet.objects.filter(ecosystem=ecosystem, withdrawn_at__isnull=True).first()
    if sheet is None:
        raise NotFound("Votre coopération n'a pas de fiche publique. Publiez-la d'abord.")
    return publish_sheet(
        by=by,
        ecosystem=ecosystem,
        contact_open=sheet.contact_open,
        licence=Licence(sheet.licence),
    )


@transaction.atomic
def withdraw_sheet(*, by: User, sheet: Sheet, why: str = "") -> Sheet:
    """Take a sheet away from the public and empty it. Withdrawing twice changes nothing.

    Its steward may, and for a sheet that nobody keeps, whoever runs the instance. The address stays
    and says that the sheet was withdrawn.
    """
    if sheet.ecosystem is not None:
        _check_steward(by, sheet.ecosystem)
    elif not by.is_superuser:
        raise NotAllowed("Seule la personne qui administre l'instance peut retirer cette fiche.")
    if sheet.withdrawn_at is not None:
        return sheet
    sheet.withdrawn_at = clock.now()
    sheet.withdrawn_why = why.strip()[:300]
    _empty(sheet)
    return sheet


def _empty(sheet: Sheet) -> None:
    sheet.content, sheet.fingerprint = {}, ""
    sheet.aim, sheet.site, sheet.place, sheet.legal_form = "", "", "", ""
    sheet.region, sheet.department = None, None
    sheet.contact_open = False
    sheet.save()
    sheet.functions.clear()
    for rows in (SheetVersion, SheetObstacle, SheetTerm):
        rows.objects.filter(sheet=sheet).delete()


def drop_hidden(*, ecosystem: Ecosystem) -> bool:
    """Drop from a published sheet what is no longer public, adding nothing. True if it changed.

    Called after any change in an ecosystem, so that making a record private again is enough for it
    to leave the public pages, without waiting for somebody to refresh the sheet.
    """
    sheet = _published(ecosystem)
    if sheet is None or _still_public(sheet) == read(sheet.content):
        return False  # nothing to write: no need to take the place of a writer
    return _drop_hidden(ecosystem)


@transaction.atomic
def _drop_hidden(ecosystem: Ecosystem) -> bool:
    sheet = _published(ecosystem)
    if sheet is None or sheet.ecosystem is None:
        return False
    kept = _still_public(sheet)
    if kept == read(sheet.content):
        return False
    write_content(sheet, kept, current_aim(kept) or sheet.ecosystem.sentence)
    index_sheet(sheet)
    return True


def _published(ecosystem: Ecosystem) -> Sheet | None:
    return (
        Sheet.objects.filter(ecosystem=ecosystem, withdrawn_at__isnull=True)
        .select_related("ecosystem")
        .first()
    )


def _still_public(sheet: Sheet) -> Content:
    """Return what the sheet holds, without what is no longer public today."""
    assert sheet.ecosystem is not None
    today = building.portrait(sheet.ecosystem)
    kept = keep_only(read(sheet.content), building.keys_of(today.content))
    return _only_named(kept, today.content)


def _only_named(content: Content, today: Content) -> Content:
    """Return the content without the names, inside its pieces, that may not be read today."""
    named = {name for _, name in today.partners}
    spoken = tuple(f"{name} : " for name in named)
    whom = {change.key: change.for_whom for change in today.changes}
    links = tuple(
        replace(link, bearers=tuple(name for name in link.bearers if name in named))
        for link in content.links
    )
    changes = tuple(
        replace(
            change,
            for_whom=whom[change.key],
            answers=tuple(answer for answer in change.answers if answer.startswith(spoken)),
        )
        for change in content.changes
    )
    return replace(content, links=links, changes=changes)


def _check_steward(by: User, ecosystem: Ecosystem) -> None:
    if not rules.can_publish(by, ecosystem):
        raise NotAllowed(
            "Seules les personnes qui gardent les clés peuvent publier la fiche ou la retirer."
        )


def _free_slug(wanted: str) -> str:
    base = slugify(wanted)[:70] or "cooperation"
    slug, number = base, 2
    while Sheet.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


def write_content(sheet: Sheet, content: Content, aim: str) -> None:
    """Store a content with the rows that the directory finds it by. Inside a transaction."""
    sheet.content = content.as_json()
    sheet.aim = aim
    sheet.refreshed_at = clock.now()
    sheet.save()
    for rows in (SheetVersion, SheetObstacle):
        rows.objects.filter(sheet=sheet).delete()
    SheetVersion.objects.bulk_create(
        SheetVersion(
            sheet=sheet,
            year=stage.year,
            day=date.fromisoformat(stage.day) if stage.day else None,
            aim=stage.aim,
            story=stage.story,
            change=stage.change,
            source=stage.source,
        )
        for stage in content.stages
    )
    SheetObstacle.objects.bulk_create(
        SheetObstacle(
            sheet=sheet, code=told.code, year=told.year, words=told.words, learnt=told.learnt
        )
        for told in content.difficulties
    )


def index_sheet(sheet: Sheet) -> None:
    """Write the words that a sheet is found by."""
    content = read(sheet.content)
    functions = [function.label for function in sheet.functions.all()]
    places = [t.name for t in (sheet.region, sheet.department) if t is not None]
    weights = rules.weigh(
        title=sheet.title,
        aim=sheet.aim,
        places=[*places, sheet.place, *functions],
        body=_words(content),
    )
    SheetTerm.objects.filter(sheet=sheet).delete()
    SheetTerm.objects.bulk_create(
        SheetTerm(sheet=sheet, term=term, weight=weight) for term, weight in weights.items()
    )


def _words(content: Content) -> list[str]:
    return [
        content.story,
        *(text for use in content.uses for text in (use.statement, use.for_whom)),
        *(text for link in content.links for text in (link.name, *link.bearers)),
        *(text for change in content.changes for text in (change.statement, change.for_whom)),
        *(text for told in content.difficulties for text in (told.words, told.learnt)),
        *(text for stage in content.stages for text in (stage.aim, stage.story, stage.change)),
        *(name for _, name in content.partners),
        *content.figures,
    ]
