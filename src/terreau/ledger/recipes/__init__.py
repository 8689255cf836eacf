# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recipes: how something is made, and the plan that makes it so many times."""
