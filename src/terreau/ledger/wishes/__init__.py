# SPDX-License-Identifier: AGPL-3.0-or-later
"""Needs and offers (ValueFlows intents), proposals and lists of them, and what answers them."""
