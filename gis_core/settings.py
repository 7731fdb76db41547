"""The one settings file.

Environment variables, all optional:

| variable               | default                    | meaning                                              |
|------------------------|----------------------------|------------------------------------------------------|
| DATABASE_URL           | the cluster in var/pg      | postgis://user:password@host:port/name               |
| WANGGE_DB              | wangge                     | database name in the project's own cluster           |
| WANGGE_TEST_DB         | test_wangge                | name of the database that the tests make             |
| WANGGE_SECRET_KEY      | made once in var/keys      | signing of sessions and links                        |
| WANGGE_HOSTS           | localhost,127.0.0.1,[::1]  | host names the server answers to, comma separated    |
| WANGGE_HTTPS           | 0                          | 1: secure cookies, HSTS, redirect to https           |
| WANGGE_DEBUG           | 0                          | 1: Django's debug pages (never on a shared machine)  |
| WANGGE_VAR             | var/ beside this project   | where everything generated lives                     |
| WANGGE_CACHE           | var/                       | where arrays and tiles lie: made again when missing  |
| WANGGE_MAP_REVIEW_NUMBER | none                     | 审图号 shown on maps that leave the office           |
| WANGGE_DESK_TOTP       | 1                          | 0: desk roles may sign in without a one-time code    |
"""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("WANGGE_VAR", BASE_DIR / "var"))


def _secret_key() -> str:
    """The signing key: from the environment, or made once and kept readable by its owner only."""
    if key := os.environ.get("WANGGE_SECRET_KEY"):
        return key
    kept = VAR_DIR / "keys" / "secret_key"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(kept, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return kept.read_text()


def _database() -> dict[str, object]:
    """Connection of DATABASE_URL, else of the project's own cluster on its Unix socket."""
    engine = "django.contrib.gis.db.backends.postgis"
    if url := os.environ.get("DATABASE_URL"):
        part = urlsplit(url)
        return {
            "ENGINE": engine,
            "NAME": unquote(part.path.lstrip("/")),
            "USER": unquote(part.username or ""),
            "PASSWORD": unquote(part.password or ""),
            "HOST": unquote(part.hostname or ""),
            "PORT": str(part.port or ""),
        }
    socket_note = VAR_DIR / "pg.socket"
    socket_dir = socket_note.read_text().strip() if socket_note.exists() else str(VAR_DIR / "pg" / "run")
    name = os.environ.get("WANGGE_DB", "wangge")
    test = {"NAME": os.environ.get("WANGGE_TEST_DB", "test_wangge")}
    return {"ENGINE": engine, "NAME": name, "USER": "wangge", "HOST": socket_dir, "TEST": test}


SECRET_KEY = _secret_key()
DEBUG = os.environ.get("WANGGE_DEBUG") == "1"
HTTPS = os.environ.get("WANGGE_HTTPS") == "1"
ALLOWED_HOSTS = os.environ.get("WANGGE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
DESK_TOTP = os.environ.get("WANGGE_DESK_TOTP", "1") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "rest_framework_gis",
    "django_filters",
    "drf_spectacular",
    "leaflet",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_tasks",
    "django_tasks_db",
    "gis_core",
    "grids",
    "survey",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "gis_core.sessions.DeskSessionMiddleware",
    "gis_core.plain_requests.PlainRequestsMiddleware",
    "gis_core.api.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "gis_core.urls"
WSGI_APPLICATION = "gis_core.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "gis_core" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "gis_core.shell.shell",
            ],
        },
    },
]

DATABASES = {"default": _database()}
# A thread of the server keeps its connection: opening one costs more than most answers.
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People: accounts, lockout, one-time codes, sessions.
AUTH_USER_MODEL = "gis_core.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign_in"
CSRF_FAILURE_VIEW = "gis_core.views.errors.csrf_failure"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "sign_in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "gis_core.lockout.locked_out"
AXES_RESET_ON_SUCCESS = True
OTP_TOTP_ISSUER = "Wangge"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_S = 3600

# Transport and headers. frontend notes: no inline script or style without the page's nonce.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 250  # ODK Collect sends up to 100 files and the record in one post
FILE_UPLOAD_TEMP_DIR = str(VAR_DIR / "uploads")
UPLOAD_MAX_BYTES = 512 * 2**20
LIST_MAX_BYTES = 20 * 2**20  # flats or applicants of a placement: 50,000 lines are 3 to 7 MB

# Language and time: Chinese first, English second; towns carry their own zone.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "wangge_language"
LOCALE_PATHS = [BASE_DIR / room / "locale" for room in ("gis_core", "grids", "survey")]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Files. static/public holds sources; var/dist holds what Vite builds from them.
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "public", *([d] if (d := VAR_DIR / "dist").exists() else [])]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "uploads"
CACHE_DIR = Path(os.environ.get("WANGGE_CACHE", VAR_DIR))
ARRAYS_DIR = CACHE_DIR / "arrays"
TILES_DIR = CACHE_DIR / "tiles"
BACKUPS_DIR = VAR_DIR / "backups"
KEYS_DIR = VAR_DIR / "keys"
FIXTURES_DIR = BASE_DIR / "fixtures"

# The interface for programs: sessions only, JSON only (the browsable pages need inline script).
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["gis_core.api.DeskSession"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "gis_core.api.Paging",
    "PAGE_SIZE": 100,
    "EXCEPTION_HANDLER": "gis_core.api.refusal_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Wangge 网格",
    "DESCRIPTION": _("网格、房屋、设施与十五分钟生活圈的接口。"),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
JOB_HEARTBEAT_S = 10
JOB_LOST_AFTER_S = 60

LEAFLET_CONFIG = {
    "TILES": [],
    "RESET_VIEW": False,
    "ATTRIBUTION_PREFIX": "",
    "SCALE": "metric",
    "MINIMAP": False,
}
SILENCED_SYSTEM_CHECKS = ["gis.W001"]  # Debian 12's GDAL 3.6; user files are never opened by path or URL

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": "gis_core.log_words.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["without_secrets"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# Privacy: the most ε that all releases of one year may spend on the households of one building.
PRIVACY_EPSILON_A_YEAR = 2

# Maps that leave the office: shown only once an operator has the review number (审图号).
PUBLIC_MAP = {"review_number": os.environ.get("WANGGE_MAP_REVIEW_NUMBER", "")}
