# SPDX-License-Identifier: AGPL-3.0-or-later
"""Claims: what is due in return for what took place. The rules are in ``engine.claim_rules``."""
