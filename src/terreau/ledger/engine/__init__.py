# SPDX-License-Identifier: AGPL-3.0-or-later
"""The engine of the ledger: pure Python, driven by the action table. It knows no database."""
