# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person may do in a space, and what an identifier looks like when it is right."""

from django.db.models import Q
from stdnum import exceptions
from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from terreau.core import clock
from terreau.people.models import Agent, Space
from terreau.people.visibility import Reader, reach_of

LA_POSTE_SIREN = "356000000"


def can_enter(reader: Reader, space: Space) -> bool:
    """Tell whether the reader belongs to the space or to one inside the same root."""
    return space.root_id in reach_of(reader).roots


def can_steward(reader: Reader, space: Space) -> bool:
    """Tell whether the reader steers the root of this space (pilot, keys, animation, interim)."""
    return space.root_id in reach_of(reader).stewarded


def can_speak_for(reader: Reader, agent: Agent) -> bool:
    """Tell whether the reader is this agent or holds its mandate."""
    return agent.pk in reach_of(reader).agents


def can_name_voice(reader: Reader, organisation: Agent, space: Space) -> bool:
    """Tell whether the reader may say who speaks for an organisation.

    Who speaks for it may. So may who steers this space, as long as nobody speaks for it yet and
    it has no role in any other space: a mandate opens every door that the organisation holds.
    """
    if can_speak_for(reader, organisation):
        return True
    today = clock.today()
    running = Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))
    return (
        can_steward(reader, space)
        and not organisation.mandated.filter(running).exists()
        and not organisation.roles.filter(running).exclude(space__root_id=space.root_id).exists()
    )


def siren_warning(number: str) -> str:
    """Return a warning for a SIREN that does not check, or nothing. Never a refusal."""
    return _warning(siren_number, number, "SIREN", "9 chiffres")


def siret_warning(number: str) -> str:
    """Return a warning for a SIRET that does not check, or nothing.

    La Poste's establishments follow another sum (digits adding up to a multiple of five): the
    library knows that rule for all but its head office, which follows the usual one.
    """
    digits = number.replace(" ", "")
    if digits.startswith(LA_POSTE_SIREN) and len(digits) == 14 and digits.isdecimal():
        right = sum(map(int, digits)) % 5 == 0 or not _warning(siret_number, digits, "", "")
        return "" if right else "Ce SIRET de La Poste semble comporter une faute de frappe."
    return _warning(siret_number, digits, "SIRET", "14 chiffres")


def rna_warning(number: str) -> str:
    """Return a warning for an RNA number that is not W and nine digits, or nothing."""
    value = number.replace(" ", "").upper()
    right = not value or (len(value) == 10 and value[0] == "W" and value[1:].isalnum())
    return "" if right else "Un numéro RNA commence par W et compte ensuite 9 caractères."


def _warning(checker: object, number: str, label: str, shape: str) -> str:
    digits = number.replace(" ", "")
    if not digits:
        return ""
    try:
        checker.validate(digits)  # type: ignore[attr-defined]
    except exceptions.InvalidChecksum:
        return f"Ce {label} comporte sans doute une faute de frappe : sa clé ne tombe pas juste."
    except exceptions.ValidationError:
        return f"Un {label} compte {shape}."
    return ""
