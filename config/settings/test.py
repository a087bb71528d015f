"""Settings of the test run: base, with a fast password hasher, fixed keys and its own folder."""

import os
import tempfile

os.environ.setdefault("NUANXIN_VAR", tempfile.mkdtemp(prefix="nuanxin-test-"))
os.environ.setdefault("NUANXIN_DEMO", "1")

from config.settings.base import *

SECRET_KEY = "only-for-tests"
ENCRYPTION_KEYS = ["test:" + "11" * 32]
BLIND_INDEX_KEY = "22" * 32
IDENTITY_KEY = "33" * 32
SEARCH_KEYS = ["test:" + "44" * 32]
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# the demo's table is for those who look at it
SMS_BACKEND = "nuanxin.core.channels.ConsoleSms"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# a template variable that does not exist is a mistake, not an empty string
TEMPLATES = [
    {**engine, "OPTIONS": {**engine["OPTIONS"], "string_if_invalid": "⟦undefined:%s⟧"}}  # type: ignore[dict-item]  # base holds mixed values
    for engine in TEMPLATES
]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # rows nobody ordered come the other way round: a test that relies on their order fails
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA reverse_unordered_selects=ON;"
DATABASES["default"].pop("CONN_MAX_AGE", None)
DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a missing folder, and warnings are errors
EMBED_ORIGINS = ["https://www.city.example"]
MAP_TILES = ["https://t{s}.tiles.example/{z}/{x}/{y}.png"]
MAP_SUBDOMAINS = "01"
MAP_CREDIT = "Example maps"
MAP_REVIEW_NUMBER = "GS（2024）0650号"
