# SPDX-License-Identifier: AGPL-3.0-or-later
"""Our SQLite database engine: ``ENGINE = "terreau.core.sqlite"``.

Django's own, with what a ledger needs: a SQLite without the WAL-reset bug, durable commits, checked
foreign keys, and a fair queue of writers. Nothing outside this package may assume SQLite.
"""
