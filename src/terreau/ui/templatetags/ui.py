# SPDX-License-Identifier: AGPL-3.0-or-later
"""Components: strict tags with declared arguments."""

from django import template

register = template.Library()
