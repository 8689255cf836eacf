# SPDX-License-Identifier: AGPL-3.0-or-later
from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "terreau.ledger"
    label = "ledger"
