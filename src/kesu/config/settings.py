"""Django's settings. What an installation may choose comes from the environment; see also `installation` and `now`.

KESU_HOSTS     host names that are answered, separated by commas (default: any)
KESU_TLS       1 behind a TLS proxy that sets X-Forwarded-Proto: cookies are then sent over TLS only
KESU_BASE_URL  the address under which customers reach this installation; stands in mails and QR codes
KESU_ALIYUN_SMS_URL, KESU_TENCENT_SMS_URL, KESU_WECOM_URL, KESU_DINGTALK_URL, KESU_FEISHU_URL  another address of these providers
KESU_SMTP_URL  smtp://user:password@host:port, smtps://… (TLS from the start) or smtp+tls://… (STARTTLS)
KESU_MAIL_FROM sender of mails
KESU_WECHAT_API  where WeChat is asked (default https://api.weixin.qq.com; a proxy of one's own, or one of its other addresses)
KESU_DEBUG     1 shows errors with their source: never where customers come
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url

from kesu import __version__
from kesu.config import installation


def _exists(module: str) -> bool:
    path = installation.SOURCE.joinpath(*module.split(".")[1:])
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


VERSION = __version__
DATA = installation.data_dir()
PACKS = installation.PACKS
DEBUG = os.environ.get("KESU_DEBUG") == "1"
SECRET_KEY = installation.secret_key()

# Any host: on a first start nobody has said yet under which name or address the office reaches this machine, and Kesu
# builds no absolute address from the Host header where one could be planted (mails and QR codes use KESU_BASE_URL).
# A public installation names its hosts.
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("KESU_HOSTS", "*").split(",")]
BASE_URL = os.environ.get("KESU_BASE_URL", "").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    *filter(_exists, ["kesu.company", "kesu.customers", "kesu.complaints", "kesu.improvement"]),
    *filter(
        _exists,
        [
            "kesu.channels",
            "kesu.exchange",
            "kesu.insights",
            "kesu.warnings",
            "kesu.performance",
            "kesu.papers",
            "kesu.reporting",
            "kesu.web",
        ],
    ),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kesu.config.headers.StrictHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kesu.config.uploads.RequestLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kesu.config.sessions.EndsWhenIdle",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kesu.web.middleware.FirstRunMiddleware",
    "kesu.web.middleware.SentFormsMiddleware",
    "kesu.web.middleware.RefusedMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kesu.config.urls"
WSGI_APPLICATION = "kesu.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kesu.web.context.shell",
            ]
        },
    }
]

# --- Database -----------------------------------------------------------------------------------------------------------------
# SQLite: with Django's defaults most of many writers at once fail "database is locked"; WAL and IMMEDIATE make them queue instead.
# synchronous=FULL: what was acknowledged to a caller survives a power cut.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON;"
    " PRAGMA cache_size=-8000;",
}
# A lost server is told after 4 s: a process that waits for it can still end within 5.
POSTGRES_OPTIONS = {"pool": {"min_size": 1, "max_size": 20, "timeout": 4}}


def _database() -> dict[str, object]:
    database: dict[str, object] = dict(dj_database_url.parse(installation.database_url()))
    sqlite = "sqlite" in str(database["ENGINE"])
    options = database.setdefault("OPTIONS", {})
    assert isinstance(options, dict)
    options.update(SQLITE_OPTIONS if sqlite else POSTGRES_OPTIONS)
    # A pool keeps connections itself; SQLite's are kept by the thread.
    return database | {"CONN_MAX_AGE": None if sqlite else 0, "CONN_HEALTH_CHECKS": not sqlite}


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People, sessions, lock-out -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "company.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "kesu.web.shell.backend.PeopleBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("login", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL

SESSION_ENGINE = "kesu.config.sessionstore"
SESSION_COOKIE_AGE = 12 * 3600  # idle: `EndsWhenIdle` moves the end while somebody works
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "kesu_session"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "kesu_csrf"
CSRF_FAILURE_VIEW = "kesu.web.shell.errors.forged"
if os.environ.get("KESU_TLS") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

AXES_USERNAME_FORM_FIELD = "username"  # of AuthenticationForm; the model's own field name (axes' default) would match nobody
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "kesu.web.shell.signing.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# --- What goes out --------------------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

OUT_ENDPOINTS = {  # where providers of text messages and work chats are; a network without internet may have a relay for them
    "aliyun": os.environ.get("KESU_ALIYUN_SMS_URL", "https://dysmsapi.aliyuncs.com"),
    "tencent": os.environ.get("KESU_TENCENT_SMS_URL", "https://sms.tencentcloudapi.com"),
    "wecom": os.environ.get("KESU_WECOM_URL", "https://qyapi.weixin.qq.com"),
    "dingtalk": os.environ.get("KESU_DINGTALK_URL", "https://oapi.dingtalk.com"),
    "feishu": os.environ.get("KESU_FEISHU_URL", "https://open.feishu.cn"),
}
_smtp = urlsplit(os.environ.get("KESU_SMTP_URL", ""))
EMAIL_HOST = _smtp.hostname or ""  # empty: no mail server is known, notices stay in Kesu
EMAIL_PORT = _smtp.port or (465 if _smtp.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_USE_TLS = _smtp.scheme == "smtp+tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("KESU_MAIL_FROM", "kesu@localhost")

WECHAT_API = os.environ.get("KESU_WECHAT_API", "https://api.weixin.qq.com").rstrip("/")
WECHAT_OPEN = "https://open.weixin.qq.com"  # where customers' own WeChat is sent to say who they are

# --- Uploads --------------------------------------------------------------------------------------------------------------------
MAX_FILE_BYTES = 20 * 2**20  # one file; the form that takes it says so
MAX_REQUEST_BYTES = 110 * 2**20  # several photographs and the text; `RequestLimit` says so
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20  # form fields without files
UPLOAD_LIMIT = 20_000_000  # bytes of one file; a larger one is refused in plain words
DATA_UPLOAD_MAX_NUMBER_FILES = 30
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_PERMISSIONS = 0o600
MEDIA_ROOT = DATA / "files"

# --- Static files ---------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False

# --- Language and time ----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "kesu_language"
LOCALE_PATHS = [Path(installation.SOURCE) / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["err"], "level": "WARNING"},
    "loggers": {
        "kesu": {"level": "INFO"},
        "django": {"handlers": ["err"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["err"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
