# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs and offers (ValueFlows intents): which go together and why, and who could serve whom."""
