# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plans, and the batches of what is made: opened here, named by activities, promises and stocks."""
