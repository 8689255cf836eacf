# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wide reads of whole ledgers: columns in Parquet, asked through Ibis, so by any engine."""
