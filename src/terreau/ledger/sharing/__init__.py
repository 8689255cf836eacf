# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who contributed to what came out, and what a rule that the group wrote makes of it. No Django."""
