# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes in from other software and goes out to it, in the words of ValueFlows 1.0."""
