# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where django-allauth meets our accounts: each user speaks for an agent made with it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from terreau.people.actions import add_agent
from terreau.people.enums import AgentKind
from terreau.people.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Make the agent before the account that needs it."""

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save a new account under the name typed, or what precedes the @ of its address."""
        name = form.cleaned_data.get("name") or form.cleaned_data["email"].split("@")[0]
        user.agent = add_agent(kind=AgentKind.PERSON, name=name)
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def pre_login(self, request: HttpRequest, user: User, **told: Any) -> HttpResponse | None:
        """Take as proof of the address of an account made elsewhere what has just proved it.

        That is a code copied back, or the word of the identity provider. Accounts of the command
        line have no address row of allauth yet; without this they would have to copy a second code
        at once.
        """
        if user.email in _proved(request, told.get("signal_kwargs") or {}):
            EmailAddress.objects.get_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )
        answer: HttpResponse | None = super().pre_login(request, user, **told)
        return answer


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """The same for who comes through an identity provider."""

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        """Save a new account under the name that the provider gives."""
        user: User = sociallogin.user
        if form is None:
            told = sociallogin.provider.extract_common_fields(sociallogin.account.extra_data)
            parts = (told["first_name"], told["last_name"])
            name = told["name"] or " ".join(filter(None, parts)) or user.email.split("@")[0]
            user.agent = add_agent(kind=AgentKind.PERSON, name=str(name)[:160])
        saved: User = super().save_user(request, sociallogin, form)
        return saved


def _proved(request: HttpRequest, signal: dict[str, Any]) -> set[str]:
    """Return the addresses proved in this sign-in: by a code, or by the identity provider."""
    proofs = request.session.get("account_authentication_methods", [])
    by_code = {proof.get("email", "") for proof in proofs if proof["method"] == "code"}
    told = getattr(signal.get("sociallogin"), "email_addresses", [])
    return by_code | {address.email for address in told if address.verified}
