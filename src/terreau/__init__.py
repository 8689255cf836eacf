# SPDX-License-Identifier: AGPL-3.0-or-later
"""Terreau runs territorial cooperative ecosystems."""
