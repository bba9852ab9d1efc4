"""Settings, read from the environment alone (docs/settings.md lists every name).

With nothing set this is the embedded system: one process, SQLite, in-process jobs, memory cache.
Services are added by URL. ``ERP_ENV=production`` refuses to start half-configured.
"""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from erp.core.limits import parse_limits
from erp.core.networks import networks
from erp.core.secrets import embedded_secret_key

django_stubs_ext.monkeypatch()

if find_spec("MySQLdb") is None and find_spec("pymysql") is not None:
    # Tests may run on MariaDB without a compiler; production installs mysqlclient.
    import pymysql

    pymysql.install_as_MySQLdb()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

ERP_ENV: str = env.str("ERP_ENV", default="embedded")
PRODUCTION = ERP_ENV == "production"
if ERP_ENV not in {"embedded", "production"}:
    raise ImproperlyConfigured(f"ERP_ENV is {ERP_ENV!r}: use 'embedded' or 'production'.")
if PRODUCTION:
    missing = [n for n in ("SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS") if not env.str(n, "")]
    if missing:
        raise ImproperlyConfigured(f"ERP_ENV=production needs {', '.join(missing)}.")

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
SECRET_KEY: str = env.str("SECRET_KEY", default="") or embedded_secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG: bool = env.bool("DEBUG", default=False)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG must be off with ERP_ENV=production.")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "daphne",  # before staticfiles: its runserver speaks ASGI
    "unfold",  # before admin: it replaces the admin's templates
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "unfold.contrib.guardian",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "django_linear_migrations",
    "guardian",
    "import_export",
    "ninja",  # serves the API docs from local assets
    "erp.core",
    "audit",
    "imports",
    "accounts",
    "messaging",
    "customers",
    "products",
    "inventory",
    "quotations",
    "orders",
    "finance",
    "erp",  # demo and walkthrough: they use every app
]
FIRST_PARTY_APPS = [
    "erp.core",
    "audit",
    "imports",
    "accounts",
    "messaging",
    "customers",
    "products",
    "inventory",
    "quotations",
    "orders",
    "finance",
]

MIDDLEWARE = [
    "audit.middleware.RequestIdMiddleware",  # first: every log line and answer carries the id
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.UserPreferencesMiddleware",  # after authentication: language and zone
    "erp.core.middleware.RateLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "erp.core.middleware.HtmlLanguageMiddleware",
]
ROOT_URLCONF = "erp.urls"
ASGI_APPLICATION = "erp.asgi.application"
WSGI_APPLICATION = "erp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "erp" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ]
        },
    }
]


def _database() -> dict[str, Any]:
    """Return Django's DATABASES["default"] for DATABASE_URL, with the options proven for it."""
    config: dict[str, Any] = env.db_url(
        "DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'erp.sqlite3'}"
    )
    if config["ENGINE"] == "django.db.backends.sqlite3":
        synchronous = "FULL" if PRODUCTION else "NORMAL"
        config["OPTIONS"] = {
            # IMMEDIATE: a writer waits for its turn instead of failing with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};"
                " PRAGMA foreign_keys=ON;"
            ),
        }
        # A file, so that the threads of race tests share one test database.
        config["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    elif config["ENGINE"] == "django.db.backends.mysql":
        config["OPTIONS"] = {
            "charset": "utf8mb4",
            # Equal to the database's own: mixed collations make joins fail.
            "collation": "utf8mb4_unicode_520_ci",
            "isolation_level": "read committed",
            "init_command": (
                "SET sql_mode='STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
                "ERROR_FOR_DIVISION_BY_ZERO,ONLY_FULL_GROUP_BY', innodb_strict_mode=1"
            ),
        }
        config["TEST"] = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_520_ci"}
        config["CONN_MAX_AGE"] = 60
    else:
        raise ImproperlyConfigured("DATABASE_URL must name sqlite or mysql (MariaDB).")
    return config


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.str("REDIS_URL", default="")
MONGODB_URL: str = env.str("MONGODB_URL", default="")
if REDIS_URL:
    CACHES: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {
                # A cache that is down slows pages, it never stops them.
                "IGNORE_EXCEPTIONS": True,
                "SOCKET_CONNECT_TIMEOUT": 1,
                "SOCKET_TIMEOUT": 1,
            },
        }
    }
    CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
        "default": {
            # The pub/sub layer: the other one runs out of connections at 100 sockets.
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Jobs: with a broker Celery runs them; without one they run in this process after the commit.
CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
GUARDIAN_RAISE_403 = True
ANONYMOUS_USER_NAME = None  # nobody who is not signed in owns rows
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # The admin theme's Alpine needs eval; views of our own pages take it away again.
        "script-src": [SELF, NONCE, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE: str = env.str("TIME_ZONE", default="Asia/Shanghai")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
# Proxies in front of us; each is believed to have added the address it was asked from.
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)
RATE_LIMITS = parse_limits(env.list("RATE_LIMITS", default=[]))
# Who may read the hot word lists: by key, or directly from these networks.
DICTIONARY_KEY: str = env.str("DICTIONARY_KEY", default="")
DICTIONARY_NETWORKS = networks(
    env.list("DICTIONARY_NETWORKS", default=[] if PRODUCTION else ["127.0.0.0/8", "::1/128"])
)
# Where Nginx serves MEDIA_ROOT from, internally; empty: files are sent from here.
X_ACCEL_PREFIX: str = env.str("X_ACCEL_PREFIX", default="")
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o640, "directory_permissions_mode": 0o750},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
# Three measures of a request: the whole body with its files, the body without, and the fields.
MAX_BODY_BYTES: int = env.int("MAX_BODY_MB", default=32) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a quotation of 300 lines; other pages take 1,000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_HANDLERS = [
    "erp.core.bodies.BoundedUploadHandler",  # first: it counts before anything is kept
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# The back office in the accent of our own pages, not in the purple of the package.
BLUE = {
    "50": "oklch(97% .014 254.604)",
    "100": "oklch(93.2% .032 255.585)",
    "200": "oklch(88.2% .059 254.128)",
    "300": "oklch(80.9% .105 251.813)",
    "400": "oklch(70.7% .165 254.624)",
    "500": "oklch(62.3% .214 259.815)",
    "600": "oklch(54.6% .245 262.881)",
    "700": "oklch(48.8% .243 264.376)",
    "800": "oklch(42.4% .199 265.638)",
    "900": "oklch(37.9% .146 265.522)",
    "950": "oklch(28.2% .091 267.935)",
}
UNFOLD = {
    "SITE_TITLE": _("Parts trading"),
    "SITE_HEADER": _("Parts trading"),
    "SITE_SYMBOL": "settings_input_component",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("erp/icon.svg"),  # noqa: ARG005
        }
    ],
    "COLORS": {"primary": BLUE},
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {"show_search": True, "navigation": "erp.navigation.navigation"},
    "SITE_DROPDOWN": [
        {
            "icon": "content_paste_search",
            "title": _("New enquiry"),
            "link": reverse_lazy("quotations:new-enquiry"),
        },
        {
            "icon": "download",
            "title": _("My exports"),
            "link": reverse_lazy("exports"),
        },
        {
            "icon": "api",
            "title": _("API documentation"),
            "link": reverse_lazy("api-1:openapi-view"),
        },
    ],
}

LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "audit.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Their INFO is one line per glyph table of every PDF.
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}

TESTING = "pytest" in sys.modules
if TESTING:
    RATE_LIMITS = dict.fromkeys(RATE_LIMITS, 0)
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
