# SPDX-License-Identifier: AGPL-3.0-or-later
"""Django settings, derived from :mod:`terreau.config.environment`."""

from terreau.config import databases
from terreau.config.environment import environment
from terreau.config.signin import *  # noqa: F403  (settings are names of this module)

env = environment()

TERREAU = env  # what an instance says about itself: legal notice, addresses
TERREAU_MODE = env.mode
PRODUCTION = env.mode == "production"
DEBUG = env.mode == "development"
SECRET_KEY = env.secret_key
ALLOWED_HOSTS = env.hosts
ROOT_URLCONF = "terreau.config.urls"
WSGI_APPLICATION = "terreau.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "terreau.web",
    "terreau.publishing",
    "terreau.programmes",
    "terreau.agreements",
    "terreau.ecosystems",
    "terreau.ledger",
    "terreau.people",
    "terreau.territories",
    "terreau.documents",
    "terreau.ui",
    "terreau.core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "template_partials",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "terreau.web.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "terreau.web.middleware.PartSignInMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "terreau.web.kept.KeepingLoginMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "terreau.web.account.middleware.SecondFactorMiddleware",
    "terreau.web.account.middleware.SilentProviderMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "terreau.web.middleware.SpacesMiddleware",
    "terreau.web.middleware.RefusalMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "terreau.ui.templatetags.ui",
                "terreau.ui.templatetags.ui_forms",
                "terreau.web.templatetags.shell",
                "template_partials.templatetags.partials",
            ],
        },
    }
]

DATABASES = databases.databases(env.database_url, env.side_database_url, env.data_dir)
DATABASE_ROUTERS = ["terreau.core.routers.SideRouter"] if "side" in DATABASES else []
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "OPTIONS": {"id_function": "terreau.core.task_ids.new"},
    }
}
# What the worker does every hour, besides its tasks: the promises of the privacy page. Each may be
# repeated, and by several workers.
CHORES = [
    "terreau.publishing.actions.forget_messages",
    "terreau.people.forgetting.forget_reads",
    "terreau.people.forgetting.forget_invited",
    "terreau.people.forgetting.forget_sessions",
    "terreau.people.forgetting.forget_tokens",
    "terreau.ecosystems.actions.idle.close_idle_accounts",
]
CACHES = {
    "default": {
        # Shared by the workers of a machine, so that limits on sign-in count all of them.
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(env.data_dir / "cache"),
        # When full it forgets entries by chance, limits on sign-in too: full must stay rare.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
mail = databases.mail(env.mail_url)
EMAIL_BACKEND, EMAIL_FILE_PATH = mail.backend, str(env.data_dir / "mail")
EMAIL_HOST, EMAIL_PORT = mail.host, mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = mail.user, mail.password
EMAIL_USE_SSL, EMAIL_USE_TLS = mail.ssl, mail.starttls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.mail_from

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["terreau.web.account.backends.AccountBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/moi/"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]  # what is written in no other language yet is not offered in it
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/statique/"
STATIC_ROOT = env.data_dir / "static"
MEDIA_ROOT = env.data_dir / "files"
FILE_UPLOAD_HANDLERS = [
    "terreau.web.uploads.CeilingHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# In production files are served from STATIC_ROOT under hashed names (``collectstatic``); elsewhere
# straight from the apps.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = env.mode != "production"
STORAGES = {
    "default": {"BACKEND": "terreau.core.durable.SettledFiles"},
    "staticfiles": {
        "BACKEND": "terreau.ui.storage.HashedStaticFiles"
        if env.mode == "production"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Headers. The policy allows what this site serves, nothing inline, nobody else's.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'", *([env.oidc_server_url] if env.oidc_server_url else [])],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [env.base_url]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SESSION_ENGINE = "terreau.core.sessions"
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
SECURE_HSTS_SECONDS = env.hsts_seconds if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.behind_proxy else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"without_tokens": {"()": "terreau.web.logs.WithoutTokens"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without_tokens"],
        }
    },
    "root": {"handlers": ["console"], "level": env.log_level},
}
