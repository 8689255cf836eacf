# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Emporter notre coopération »."""

from __future__ import annotations

import tempfile

from django.http import FileResponse
from django.views.decorators.http import require_POST

from terreau.core import clock
from terreau.ecosystems.actions.takings import note_taking
from terreau.ecosystems.models import Ecosystem
from terreau.overview.archive import write_archive
from terreau.people.visibility import reach_of
from terreau.web.access import AuthedRequest, Policy, access


@require_POST
@access(Policy.MEMBER)
def exports_all(request: AuthedRequest, ecosystem: Ecosystem) -> FileResponse:
    """Give one ZIP of all that this person may read; noted first, so that none leaves unseen."""
    note_taking(by=request.user, ecosystem=ecosystem, what="Emporter notre coopération")
    archive = tempfile.TemporaryFile(prefix="terreau-")  # noqa: SIM115  # the response closes it
    try:
        write_archive(archive, ecosystem, reach_of(request.user))
    except BaseException:
        archive.close()
        raise
    archive.seek(0)
    name = f"{ecosystem.slug}-{clock.today():%Y-%m-%d}.zip"
    response = FileResponse(archive, as_attachment=True, filename=name)
    response["Content-Type"] = "application/zip"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
