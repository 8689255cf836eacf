# SPDX-License-Identifier: AGPL-3.0-or-later
"""A graph of ValueFlows taken into the ledger of an ecosystem.

Three passes: ``reading`` (what does the file say? refused when it is not 1.0, or not whole),
``rehearsing`` (would each event be accepted, do later snapshots agree?), ``writing`` (write it).
Nothing is written before the second pass has accepted everything.
"""
