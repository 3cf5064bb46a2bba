"""Every setting, read from the environment in this one place; `.env.example` documents each."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
import pghistory
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from django_guid.integrations import CeleryIntegration

from config import embedded

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(env.str("MANDATE_TRACKER_ENV_FILE", default=str(BASE_DIR / ".env")))


def number(name: str, default: int) -> int:
    """A setting that must be a whole number."""
    try:
        return int(env.str(name, default="") or default)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from None


PRODUCTION = env.bool("MANDATE_TRACKER_PRODUCTION", default=False)
DEBUG = env.bool("MANDATE_TRACKER_DEBUG", default=False)

if PRODUCTION:
    for required in (
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
        "CELERY_BROKER_URL",
        "CACHE_URL",
        "EMAIL_URL",
        "MANDATE_TRACKER_BASE_URL",
        "MANDATE_TRACKER_FILES",
    ):
        instead = "MANDATE_TRACKER_BUCKET" if required == "MANDATE_TRACKER_FILES" else required
        if not env.str(required, default="") and not env.str(instead, default=""):
            raise ImproperlyConfigured(
                f"{required} must be set in production; .env.example says what it is."
            )
    if DEBUG:
        raise ImproperlyConfigured("MANDATE_TRACKER_DEBUG must not be set in production.")

STATE = embedded.state_folder()
EMBEDDED_DATABASE = not env.str("DATABASE_URL", default="")
EMBEDDED_BROKER = not env.str("CELERY_BROKER_URL", default="")

SECRET_KEY = env.str("SECRET_KEY", default="") or embedded.secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# What this installation may do.
DEMONSTRATION = env.bool("MANDATE_TRACKER_DEMONSTRATION", default=not PRODUCTION)
if PRODUCTION and DEMONSTRATION:
    raise ImproperlyConfigured(
        "MANDATE_TRACKER_DEMONSTRATION must not be set in production: it holds invented data."
    )
# Log-ins of the demonstration world, with passwords made for this installation.
DEMONSTRATION_LOGINS_FILE = STATE / "demonstration-logins.json"
PUBLIC_SITE = env.bool("MANDATE_TRACKER_PUBLIC_SITE", default=False)
OFFICE_OF_ONE = env.bool("MANDATE_TRACKER_OFFICE_OF_ONE", default=False)

INSTALLED_APPS = [
    "config",
    "directory",
    "notifications",
    "mandates",
    "assistance",
    "assistance.coverage",
    "dashboards",
    "dashboards.report",
    "api",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_guid",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "pgtrigger",
    "pghistory",
    "rest_framework",
]

MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "directory.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def database(url: str) -> dict[str, Any]:
    """The connection that a URL names, the path of a unix socket decoded."""
    connection = env.db_url_config(url)
    if connection["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL: postgresql://...")
    host = unquote(connection["HOST"])
    return {"OPTIONS": {}, **connection, "ENGINE": "config.postgresql", "HOST": host}


# The web, the worker and tests connect as a role that owns no table; migrations as the owner.
DATABASE_WEB = database(env.str("DATABASE_URL", default="") or embedded.database_url("web"))
DATABASE_OWNER = {
    **database(
        env.str("DATABASE_OWNER_URL", default="")
        or env.str("DATABASE_URL", default="")
        or embedded.database_url("owner")
    ),
    "OWNS_TABLES": True,
}
# Only for `setup_database_roles`.
DATABASE_SUPERUSER_URL = env.str("DATABASE_SUPERUSER_URL", default="")
DATABASE_ROLE = env.str("MANDATE_TRACKER_DATABASE_ROLE", default="web")
if DATABASE_ROLE not in {"web", "owner"}:
    raise ImproperlyConfigured("MANDATE_TRACKER_DATABASE_ROLE must be web or owner.")
DATABASES = {"default": DATABASE_OWNER if DATABASE_ROLE == "owner" else DATABASE_WEB}
DATABASE_POOL_SIZE = number("DATABASE_POOL_SIZE", default=0)
if DATABASE_POOL_SIZE and DATABASE_ROLE == "web":
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DATABASE_POOL_SIZE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "directory.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "directory.accounts.ClosedAccountAdapter"
ACCOUNT_FORMS = {"login": "directory.sign_in.SignInForm"}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
# Collected for production only; else served from where they stand.
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = Path(env.str("MANDATE_TRACKER_FILES", default="") or STATE / "files")
# Files in a bucket of an S3-compatible store in place of the folder. Without keys those of the
# machine's role or of the usual AWS_ variables are used.
if bucket := env.str("MANDATE_TRACKER_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "directory.object_store.ObjectStore",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.str("MANDATE_TRACKER_BUCKET_ENDPOINT", default="") or None,
            "region_name": env.str("MANDATE_TRACKER_BUCKET_REGION", default="") or None,
            "access_key": env.str("MANDATE_TRACKER_BUCKET_ACCESS_KEY", default="") or None,
            "secret_key": env.str("MANDATE_TRACKER_BUCKET_SECRET_KEY", default="") or None,
        },
    }

# ClamAV's daemon: unix:///run/clamav/clamd.ctl or tcp://host:3310. Not set: nothing is scanned.
SCANNER = env.str("MANDATE_TRACKER_SCANNER", default="")

# The largest file of a resolution that is read, in megabytes.
IMPORT_LIMIT_MB = number("MANDATE_TRACKER_IMPORT_LIMIT_MB", default=20)

CACHES = {
    "default": env.cache_url_config(env.str("CACHE_URL", default=""))
    if env.str("CACHE_URL", default="")
    else {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": embedded.cache_url(),
    }
}

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="mandate-tracker@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where people reach the site: links in e-mails begin with it.
BASE_URL = env.str("MANDATE_TRACKER_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = STATE / "mail"

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="") or embedded.broker_url()
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task is done once its work is: one that a killed worker held comes back to another.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Longer than any task may take, else Redis gives a task out twice.
CELERY_VISIBILITY_TIMEOUT = number("CELERY_VISIBILITY_TIMEOUT", default=900)
CELERY_TASK_TIME_LIMIT = CELERY_VISIBILITY_TIMEOUT * 2 // 3
if not CELERY_BROKER_URL.startswith(("amqp", "memory")):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "send what waits in the outbox": {
        "task": "notifications.tasks.send_outbox",
        "schedule": timedelta(minutes=1),
    },
    "send the mails of the day": {
        "task": "notifications.tasks.send_digests",
        "schedule": crontab(minute=5),
    },
    "send imports again that no worker finished": {
        "task": "mandates.tasks.resume_lost_imports",
        "schedule": timedelta(minutes=10),
    },
    "send sheets again that no worker finished": {
        "task": "assistance.tasks.resume_lost_sheets",
        "schedule": timedelta(minutes=5),
    },
    "send reports again that no worker finished": {
        "task": "dashboards.report.tasks.resume_lost_reports",
        "schedule": timedelta(minutes=5),
    },
    "keep the coverage that changed at hand": {
        "task": "assistance.coverage.tasks.keep_rows",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30},
    },
    "record the coverage that changed": {
        "task": "assistance.coverage.tasks.record_changes",
        "schedule": crontab(hour=0, minute=10),
    },
    "scan files for malware": {
        "task": "assistance.tasks.scan_files",
        "schedule": timedelta(minutes=1),
    },
    "remind of what is due": {
        "task": "assistance.tasks.remind_of_due_dates",
        "schedule": crontab(hour=5, minute=0),
    },
    "remind States of deliveries, and close what stayed without a reply": {
        "task": "assistance.tasks.close_silent_items",
        "schedule": crontab(hour=5, minute=15),
    },
    "remove what expired": {
        "task": "config.tasks.remove_what_expired",
        "schedule": crontab(hour=3, minute=0),
    },
    "look whether all is in order": {
        "task": "config.tasks.check_installation",
        "schedule": crontab(hour=5, minute=30),
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(
    Path(env.str("CELERY_BEAT_SCHEDULE_FILE", default="") or STATE / "beat-schedule")
)

# Behind a reverse proxy that says whether the visitor came by https.
if env.bool("MANDATE_TRACKER_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^ready/$"]  # asked for by the machine itself
SECURE_HSTS_SECONDS = number("SECURE_HSTS_SECONDS", default=31_536_000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = bool(SECURE_HSTS_SECONDS)
X_FRAME_OPTIONS = "DENY"
# Nothing inline, nothing from elsewhere; `data:` for the code that a telephone scans at sign-in.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Every line of a request, and of the tasks it causes, carries its id; error pages show it.
DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [CeleryIntegration()],
}
LOG_FORMAT = env.str("LOG_FORMAT", default="") or ("json" if PRODUCTION else "text")
if LOG_FORMAT not in {"json", "text"}:
    raise ImproperlyConfigured("LOG_FORMAT must be json or text.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {
            "()": "django_guid.log_filters.CorrelationId",
            "correlation_id_field": "request_id",
        }
    },
    "formatters": {
        "text": {"format": "%(levelname)s %(name)s [%(request_id)s] %(message)s"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django_guid": {"level": "WARNING"},
    },
}

API_REQUESTS_PER_MINUTE = number("MANDATE_TRACKER_API_REQUESTS_PER_MINUTE", default=600)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["api.filtering.PageFilters"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.Operation",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.RequestsPerMinute"],
    "EXCEPTION_HANDLER": "api.problems.handle",
    "UPLOADED_FILES_USE_URL": False,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Mandate Tracker",
    "VERSION": "1.0",
    "DESCRIPTION": "What the General Assembly told UNODC to do: who asked for it, what was "
    "delivered, what is still missing. Lists are pages (`count`, `results`, `next`, `previous`); "
    "errors are problem details (RFC 9457).",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["api.schema.finish"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"docExpansion": "none", "filter": True},
}

KNOX_TOKEN_MODEL = "api.ApiToken"
MIGRATION_MODULES = {"knox": None}  # its own table stays unused, and unknown to Django
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": None}

PGHISTORY_DEFAULT_TRACKERS = (
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="history", related_query_name="history")
