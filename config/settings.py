"""All settings, in sections. What differs between machines comes from the environment or `.env`.

A local installation (any manage.py command, no PUBLIC_URL) makes its own secret below var/; a
server needs SECRET_KEY. PUBLIC_URL=https://… turns on everything that belongs to TLS.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.csp import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY
from config.database.choice import database_settings
from config.env import env_bool, env_int, env_list, env_options, env_secret, env_str, read_env_file
from config.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "PYTEST_VERSION" in os.environ
ENV_FILE = Path(env_str("ENV_FILE") or BASE_DIR / ".env")
read_env_file(ENV_FILE, only=("DATABASE_URL", "DB_") if TESTING else ("",))

# ---- where and how this runs ----
VAR = Path(env_str("VAR_FOLDER") or BASE_DIR / "var")
DEBUG = env_bool("DEBUG") and not TESTING
PUBLIC_URL = env_str("PUBLIC_URL").rstrip("/")
PUBLIC_ADDRESS = urlsplit(PUBLIC_URL)
if PUBLIC_URL and (PUBLIC_ADDRESS.scheme not in {"http", "https"} or not PUBLIC_ADDRESS.hostname):
    raise ImproperlyConfigured("PUBLIC_URL must look like https://books.example.org.")
OVER_TLS = PUBLIC_ADDRESS.scheme == "https"
STARTED_BY_MANAGE = bool(env_str("RECONCILE_COMMAND"))
IS_LOCAL = not PUBLIC_URL and (DEBUG or TESTING or STARTED_BY_MANAGE)

# ---- secrets and hosts ----
SECRET_KEY = env_secret("SECRET_KEY", made_in=VAR / "secret_key" if IS_LOCAL else None)
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = [
    *env_list("ALLOWED_HOSTS"),
    *([PUBLIC_ADDRESS.hostname] if PUBLIC_ADDRESS.hostname else []),
    *(["localhost", "127.0.0.1", "[::1]"] if IS_LOCAL else []),
]

# ---- apps and middleware ----
INSTALLED_APPS = [
    "accounts",
    "projects",
    "reconciliation",
    "config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tasks",
    "django_tasks_db",
    "csp",
]
MIDDLEWARE = [
    "config.middleware.request_log",
    "config.middleware.security_headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.sessions.end_old_sessions",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.upload_limit",
    "projects.once.TakesEffectOnce",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates", BASE_DIR / "templates" / "accounts"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.background_work",
            ],
        },
    },
]

# ---- database, cache, background jobs ----
DATABASES = {"default": database_settings(VAR, testing=TESTING)}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
TASKS = {
    "default": {
        "BACKEND": env_str("TASKS_BACKEND", "django_tasks_db.DatabaseBackend"),
        "QUEUES": ["short", "long"],
    }
}
JOB_LEASE_SECONDS = env_int("JOB_LEASE_SECONDS", 20, least=1)

# ---- accounts ----
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/projects/"
LOGOUT_REDIRECT_URL = "/"
EMAIL_HOST = env_str("EMAIL_HOST")
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
EMAILS_ARE_VERIFIED = env_bool("EMAIL_VERIFICATION", default=bool(EMAIL_HOST))
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAILS_ARE_VERIFIED else "none"
ACCOUNT_USERNAME_BLACKLIST = ["command-line", "soak-colleague", "demo"]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if OVER_TLS else "http"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 1 if OVER_TLS else 0)
MFA_ADAPTER = "accounts.mfa_secrets.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = not EMAILS_ARE_VERIFIED
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not OVER_TLS
MFA_TOTP_ISSUER = "Reconciliation Hub"

# ---- mail ----
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_PORT = env_int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "reconciliation-hub@localhost")

# ---- language and time ----
LANGUAGE_CODE = "en"
TIME_ZONE = env_str("TIME_ZONE", "UTC")
USE_I18N = False
USE_TZ = True

# ---- files: static ones, uploaded ones ----
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": env_str("FILE_STORAGE", "reconciliation.blobs.DatabaseStorage"),
        "OPTIONS": env_options("FILE_STORAGE_OPTIONS"),
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "config.storage.HashedStaticStorage"
    },
}
MAX_UPLOAD_MB = env_int("MAX_UPLOAD_MB", 250, least=1)
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50_000

# ---- what browsers are told, TLS ----
SESSION_IDLE_MINUTES = env_int("SESSION_IDLE_MINUTES", 120, least=1)
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-session" if OVER_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if OVER_TLS else "csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OVER_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if OVER_TLS else []
SECURE_SSL_REDIRECT = OVER_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OVER_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = OVER_TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# ---- logs: no amount, no description, no text of an exception ----
LOGGING = logging_settings(
    level=env_str("LOG_LEVEL", "WARNING" if IS_LOCAL else "INFO").upper(),
    as_json=env_str("LOG_FORMAT", "text" if IS_LOCAL else "json") == "json",
)
