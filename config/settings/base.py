"""Settings of every deployment; a site changes them through environment variables only.

``docs/settings.md`` lists the variables. SQLite serves one machine; ``DATABASE_URL`` names a
PostgreSQL server.
"""

import sys
from pathlib import Path

import dj_database_url
import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.env import Env
from config.hosts import refuse_public_hosts
from config.settings.office import UNFOLD as UNFOLD

django_stubs_ext.monkeypatch()

ROOT = Path(__file__).resolve().parents[2]
env = Env()
VAR = Path(env.text("NUANXIN_VAR", str(ROOT / "var")))
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("NUANXIN_DEBUG")
DEMO = env.flag("NUANXIN_DEMO")
SECRET_KEY = env.secret("NUANXIN_SECRET_KEY", fallback=VAR / "keys" / "secret_key")
ALLOWED_HOSTS = env.words("NUANXIN_HOSTS", "127.0.0.1,localhost,[::1]")
if DEMO:
    refuse_public_hosts(ALLOWED_HOSTS)
USE_TLS = env.flag("NUANXIN_TLS")
TRUSTED_PROXIES = env.number("NUANXIN_TRUSTED_PROXIES", 0, least=0)

# --- keys of the crypto provider: kid:hex or kid:sm4:hex, the first one seals, all of them open ---
ENCRYPTION_KEYS = env.words("NUANXIN_ENCRYPTION_KEYS") or [
    "local:" + env.secret("NUANXIN_ENCRYPTION_KEY", fallback=VAR / "keys" / "encryption")
]
# chosen before the first row: the fingerprints of one digest find nothing of the other's
KEYED_DIGEST = env.choice("NUANXIN_KEYED_DIGEST", ("sha256", "sm3"), default="sha256")
BLIND_INDEX_KEY = env.secret("NUANXIN_BLIND_INDEX_KEY", fallback=VAR / "keys" / "blind_index")
# makes the ids of workers: one for the life of the deployment, and kept as long as its backups
IDENTITY_KEY = env.secret("NUANXIN_IDENTITY_KEY", fallback=VAR / "keys" / "identity")
# kid:hex, by which phones and the ends of numbers are found; the first one writes, all of them find
SEARCH_KEYS = env.words("NUANXIN_SEARCH_KEYS") or [
    "local:" + env.secret("NUANXIN_SEARCH_KEY", fallback=VAR / "keys" / "search")
]

# a file outside, to which the head of the audit chain is appended: on another machine, append-only
AUDIT_ANCHOR = env.text("NUANXIN_AUDIT_ANCHOR")

INSTALLED_APPS = [
    "nuanxin.core",
    "nuanxin.sheets",
    "nuanxin.regions",
    "nuanxin.unions",
    "nuanxin.accounts",
    "nuanxin.workers",
    "nuanxin.stations",
    *(["nuanxin.demo"] if DEMO else []),
    "template_partials",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_vite",
]

MIDDLEWARE = [
    "nuanxin.core.requests_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "nuanxin.core.middleware.PolicyHeadersMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "nuanxin.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "nuanxin.accounts.middleware.KeeperSessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "nuanxin.core.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
API_MODULE = "config.api"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "nuanxin" / "core" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nuanxin.core.context.appearance",
            ],
        },
    },
]

# --- storage ---
DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL") or f"sqlite:///{VAR / 'nuanxin.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # without IMMEDIATE a read-then-write fails at once, whatever the timeout
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: the ledger and the audit trail survive a power cut, not only a killed process
        # a cache of 64 MB and a checkpoint every 16: keys lie all over the file, and with the 2 MB and 4 MB
        # of a plain connection an import wrote half a megabyte for each of its rows
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-65536;PRAGMA wal_autocheckpoint=4000;"
        # what was erased is overwritten, not only let go
        "PRAGMA secure_delete=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        # a server that is away is known to be away in five seconds, not in thirty
        "pool": {"min_size": 1, "max_size": 8, "timeout": 5},
        "connect_timeout": 5,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "nuanxin.accounts.backends.StaffBackend",
    "nuanxin.accounts.backends.KeeperBackend",
]
# a second factor beside the password of staff; only the demo may be without, where it is off
SECOND_FACTOR = env.flag("NUANXIN_SECOND_FACTOR", default=not DEMO)
SESSION_COOKIE_AGE = 12 * 3600  # of staff, from signing in
KEEPER_SESSION_AGE_S = 30 * 24 * 3600  # from the last day the desk was used
# where a keeper's link leads: the first of these pages that exists
KEEPER_HOME_URLS = ["stations:desk_today", "stations:station_list"]
LOGIN_URL = "accounts:staff_login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "stations:station_list"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- language and time ---
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# --- files ---
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "frontend" / "dist"]
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "nuanxin.core.staticfiles.StaticStorage"},
}
DJANGO_VITE = {
    "default": {"dev_mode": False, "manifest_path": ROOT / "frontend" / "dist" / "manifest.json"}
}
# not among the static files: no page asks for them, only printed documents
FONTS_DIR = Path(env.text("NUANXIN_FONTS", str(ROOT / "frontend" / "fonts")))
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9a-zA-Z_-]{8,12}\..+$"

# --- headers ---
# Positions stand in the address of the list: no page of ours ever names itself to another.
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if USE_TLS:
    SECURE_SSL_REDIRECT = True
    # a balancer asks these inside its own network
    SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = USE_TLS
CSRF_COOKIE_SECURE = USE_TLS
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# The office alone: Unfold's bundled Alpine evaluates expressions and sets styles; staff only.
OFFICE_CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "script-src": [SELF, NONCE, "'unsafe-eval'", "'unsafe-inline'"],
        "style-src": [SELF, "'unsafe-inline'"],
    }
}

# --- logs: never an address, a position, or a number that finds a person ---
LOG_FORMAT = env.choice(
    "NUANXIN_LOG_FORMAT", ("json", "text"), default="text" if sys.stderr.isatty() else "json"
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "nuanxin.core.logs.formatter", "as_json": LOG_FORMAT == "json"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # every request has its own line; these would repeat it, with the path
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # the server's own words about an error of ours go the same, scrubbed way
        "_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # their warnings quote addresses, robots' keys among them
        "apprise": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "urllib3": {"level": "CRITICAL"},
    },
}

# --- processes ---
SERVER_APPLICATION = "config.server:application"
WEB_WORKERS = env.number("NUANXIN_WEB_WORKERS", 1)
# a process that has not written its heartbeat for so long counts as gone
STALE_S = env.number("NUANXIN_STALE_S", 30)

# --- messages ---
SMS_BACKEND = env.text(
    "NUANXIN_SMS_BACKEND",
    "nuanxin.demo.phones.TableSms" if DEMO else "nuanxin.core.channels.ConsoleSms",
)
# codes to telephones on one civil day of the whole site: whoever pumps messages stops here
SMS_DAILY_BUDGET = env.number("NUANXIN_SMS_DAILY_BUDGET", 20_000)
APPRISE_SCHEMES = env.words(
    "NUANXIN_APPRISE_SCHEMES", "wecombot,dingtalk,lark,feishu,mailtos,mailto"
)
MAIL_HOSTS = env.words("NUANXIN_MAIL_HOSTS")
# web sites that may show the list of a city in a frame of theirs; none: there is no such page
EMBED_ORIGINS = env.words("NUANXIN_EMBED_ORIGINS")

# --- the map: there is one only with a tile source and the number of its official review ---
MAP_TILES = env.words("NUANXIN_MAP_TILES")
MAP_SUBDOMAINS = env.text("NUANXIN_MAP_SUBDOMAINS", "01234567")
MAP_CREDIT = env.text("NUANXIN_MAP_CREDIT")
MAP_REVIEW_NUMBER = env.text("NUANXIN_MAP_REVIEW_NUMBER")
MAP_DATUM = env.choice("NUANXIN_MAP_DATUM", ("wgs84", "gcj02"), default="wgs84")

# --- the finder ---
CATALOGUE_PATH = ROOT / "data" / "catalogue"
CONSENTS_PATH = ROOT / "data" / "consents.json"
FINDER_PARAMS_PATH = ROOT / "data" / "openness.json"
