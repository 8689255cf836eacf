# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sign-in forms with the label that their pages show: a refusal calls the field the same."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.socialaccount import forms as social

ADDRESS = "Adresse électronique"


class _Named:
    """Call the field of an address what the page calls it."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"login", "email"} & set(self.fields):
            self.fields[name].label = ADDRESS


class LoginForm(_Named, account.LoginForm):  # type: ignore[misc]
    """Signing in with a password."""


class SignupForm(_Named, account.SignupForm):  # type: ignore[misc]
    """Opening an account."""


class AddEmailForm(_Named, account.AddEmailForm):  # type: ignore[misc]
    """One more address."""


class RequestLoginCodeForm(_Named, account.RequestLoginCodeForm):  # type: ignore[misc]
    """Asking for a code."""


class SocialSignupForm(_Named, social.SignupForm):  # type: ignore[misc]
    """Opening an account through a provider."""
