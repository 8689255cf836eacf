# SPDX-License-Identifier: AGPL-3.0-or-later
"""How people sign in (django-allauth): e-mailed code, password or passkey; OpenID Connect if set.

Limits on attempts are allauth's own: per address and per network address, kept in the cache.
"""

from datetime import timedelta

from terreau.config.environment import environment

env = environment()

ACCOUNT_ADAPTER = "terreau.web.account.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "terreau.web.account.adapters.SocialAccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "terreau.web.account.forms.NameForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# A password is possible, never required: a code arrives by mail.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_FORMS = {
    "login": "terreau.web.account.addresses.LoginForm",
    "signup": "terreau.web.account.addresses.SignupForm",
    "add_email": "terreau.web.account.addresses.AddEmailForm",
    "request_login_code": "terreau.web.account.addresses.RequestLoginCodeForm",
}
SOCIALACCOUNT_FORMS = {"signup": "terreau.web.account.addresses.SocialSignupForm"}
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if env.mode == "production" else "http"
SESSION_COOKIE_AGE = int(timedelta(days=60).total_seconds())

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"login_webauthn": "terreau.web.account.passkey.PasskeyForm"}
MFA_TOTP_ISSUER = "Terreau"
MFA_TOTP_TOLERANCE = 1
# A passkey asks for https; on one's own machine http is enough.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env.mode != "production"

ALLAUTH_TRUSTED_PROXY_COUNT = int(env.behind_proxy)

# A provider that the host chose is believed when it says that an address was verified: who comes
# through it enters their own account, not a second one (docs/decisions/0033).
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 8
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "identite",
                "name": env.oidc_name,
                "client_id": env.oidc_client_id,
                "secret": env.oidc_client_secret,
                "settings": {"server_url": env.oidc_server_url},
            }
        ]
        if env.oidc_name
        else []
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
