# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sign-in with a passkey: an answer of the wrong shape is refused, it does not break the page."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django.core.exceptions import ValidationError


class PasskeyForm(LoginWebAuthnForm):
    """The library's form, which trusts the shape of what anybody may send."""

    def clean_credential(self) -> Any:
        """Return the authenticator. Raises ValidationError for what no browser sends."""
        try:
            return super().clean_credential()
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise ValidationError(
                "Cette clé n'a pas été reconnue. Réessayez, ou demandez un code par courriel."
            ) from fault
