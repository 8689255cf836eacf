# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one router of the API, filled by the modules of operations: each names its scope, and every
answer that is a refusal.

It is one, since two operations of one address must stand in the same.
"""

from typing import Annotated
from uuid import UUID

from ninja import Header, Router

from terreau.api.keys import Bearer
from terreau.api.problems import Problem
from terreau.people.enums import Scope

router = Router(by_alias=True)
READ = Bearer(Scope.READ)
CONTRIBUTE = Bearer(Scope.CONTRIBUTE)
HERE = "/cooperations/{slug}"
READING = dict.fromkeys((400, 401, 403, 404, 422, 429, 503), Problem)
CLOSING = dict.fromkeys((400, 401, 403, 404, 411, 413, 415, 422, 429, 503, 507), Problem)
SAYING = CLOSING | {409: Problem}
Key = Annotated[
    UUID,
    Header(
        alias="Idempotency-Key",
        description="A new UUID for each new one; the same one to send it again",
    ),
]
