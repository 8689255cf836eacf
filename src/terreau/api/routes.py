# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one router of the API, filled by ``reading`` and ``giving``: each operation names its scope.

It is one, since two operations of one address must stand in the same.
"""

from ninja import Router

from terreau.api.keys import Bearer
from terreau.people.enums import Scope

router = Router(by_alias=True)
READ = Bearer(Scope.READ)
CONTRIBUTE = Bearer(Scope.CONTRIBUTE)
