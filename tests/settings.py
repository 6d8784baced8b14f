"""The settings of the tests: as in production, but for what only costs time."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "KESU_DATA" not in os.environ:
    os.environ["KESU_DATA"] = tempfile.mkdtemp(prefix="kesu-tests-")
    atexit.register(shutil.rmtree, os.environ["KESU_DATA"], ignore_errors=True)

from kesu.config.settings import *  # noqa: E402, F403
from kesu.config.settings import DATA, DATABASES, STATIC_ROOT  # noqa: E402

SECRET_KEY = "the key of the tests"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_HOST = ""
STATIC_ROOT.mkdir(exist_ok=True)

_database: dict = DATABASES["default"]  # type: ignore[assignment]
_database["TEST"] = {"MIGRATE": False}  # tests/start/test_new_tables.py: every migration, once, gives the same tables
if "sqlite" in _database["ENGINE"]:
    # A file, not memory: threads that race must meet the same locks as in production. No power cut is tried here, so no fsync.
    _database["TEST"] |= {"NAME": str(DATA / "test.sqlite3")}
    _database["OPTIONS"]["init_command"] = _database["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=OFF")
