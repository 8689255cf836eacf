# SPDX-License-Identifier: AGPL-3.0-or-later
"""« D'où ça vient » and « où c'est allé »: what flowed into what, and how much. No Django here."""
