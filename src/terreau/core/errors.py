# SPDX-License-Identifier: AGPL-3.0-or-later
"""Refusals: what an action answers when it may not, cannot or should not.

A refusal carries a sentence in plain French for the person: what happened, what is safe, what to
do. The web shows it, the API maps it to a status; neither rewrites it.
"""

from __future__ import annotations


class Refusal(Exception):
    """An action was refused. Nothing was written."""

    field: str | None = None

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotAllowed(Refusal):
    """The person may not do this here."""


class NotFound(Refusal):
    """The thing does not exist, or this person may not know that it does."""


class Invalid(Refusal):
    """What was entered cannot be taken as it is."""


class KeyReused(Refusal):
    """The same key came again with other content. Everywhere the same sentence."""

    def __init__(self) -> None:
        super().__init__(
            "Ce formulaire avait déjà servi, avec un autre contenu. Ce qui était enregistré est "
            "intact. Rouvrez la page pour écrire autre chose."
        )


class NoRoom(Refusal):
    """The disk is full. Everywhere the same sentence."""

    def __init__(self) -> None:
        super().__init__(
            "Le disque de ce site est plein : rien de ce que vous venez d'envoyer n'a été "
            "enregistré, et ce qui l'était avant est intact. Revenez à la page d'avant, votre "
            "texte y est encore, et prévenez qui tient ce site."
        )


class NotNow(Refusal):
    """The database does not answer, for a moment. Everywhere the same sentence."""

    def __init__(self) -> None:
        super().__init__(
            "Le site n'arrive pas à enregistrer en ce moment. Ce qui l'était avant est intact. "
            "Revenez à la page d'avant, votre texte y est encore, et réessayez dans une minute : "
            "ce que vous envoyez deux fois n'est compté qu'une fois."
        )


class EditConflict(Refusal):
    """Somebody else saved the same text in between. Both texts are kept and shown.

    ``stored`` holds what is in the database now, ``yours`` what this person sent, by field name;
    ``version`` is the one to edit from now on.
    """

    def __init__(
        self, message: str, *, stored: dict[str, str], yours: dict[str, str], version: int
    ) -> None:
        super().__init__(message)
        self.version = version
        self.stored = stored
        self.yours = yours

    def joined(self, stored: dict[str, str], yours: dict[str, str]) -> EditConflict:
        """Return the conflict with more fields: what the same form says in other rows."""
        return EditConflict(
            self.message,
            stored={**self.stored, **stored},
            yours={**self.yours, **yours},
            version=self.version,
        )


STATUS: dict[type[Refusal], int] = {
    NotAllowed: 403,
    NotFound: 404,
    KeyReused: 409,
    EditConflict: 409,
    NoRoom: 507,
    NotNow: 503,
}
"""What each refusal is over HTTP, on a page and for a program; 422 for the others."""


def status_of(refusal: Refusal) -> int:
    """Return the status of an answer that says this refusal."""
    return STATUS.get(type(refusal), 422)
