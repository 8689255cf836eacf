# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each web process loads.

It leaves the group of the terminal: Ctrl+C then reaches only the process in charge, which lets the
requests under way end. (Told by both, Granian's workers wait until they are killed.)
"""

import os

from terreau.config.wsgi import application

os.setpgrp()

__all__ = ["application"]
