"""Checks of a deployment: a row that was confirmed to somebody survives a power cut.

They run with ``manage.py check --deploy`` and whenever ``manage.py run`` starts, which refuses to
serve on an error.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError, connection

# server setting -> what keeps a confirmed row
KEEPS: Final = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "remote_apply"},
}
# two connections that write or checkpoint at once can corrupt the file before this version
SOUND_SQLITE: Final = (3, 51, 3)


def confirmed_rows_last(
    app_configs: Sequence[AppConfig] | None = None, **options: Any
) -> list[CheckMessage]:
    """Report every setting of the database under which a confirmed row can be lost.

    Returns
    -------
    list of CheckMessage
        E001 a setting of PostgreSQL loses rows, E002 PostgreSQL cannot be asked; W001 several
        processes are configured on a SQLite with the WAL-reset bug. Three queries on PostgreSQL.
    """
    if connection.vendor == "postgresql":
        return _postgresql()
    is_sound = sqlite3.sqlite_version_info >= SOUND_SQLITE
    if settings.WEB_WORKERS > 1 and not is_sound:
        return [
            CheckWarning(
                f"Several processes share a file of SQLite {sqlite3.sqlite_version}, which can "
                "corrupt it.",
                hint="Use PostgreSQL, or NUANXIN_WEB_WORKERS=1, or SQLite 3.51.3.",
                id="nuanxin.W001",
            )
        ]
    return []


def _postgresql() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    try:
        with connection.cursor() as cursor:
            for name, kept in KEEPS.items():
                cursor.execute(f"SHOW {name}")
                value = cursor.fetchone()[0]
                if value not in kept:
                    found.append(_loses(name, value))
    except DatabaseError as error:
        return [Error(f"PostgreSQL cannot be asked: {type(error).__name__}.", id="nuanxin.E002")]
    return found


def _loses(name: str, value: str) -> CheckMessage:
    return Error(
        f"PostgreSQL has {name} = {value}: a confirmed row can be lost.",
        hint=f"Set {name} = on for this server, database and role.",
        id="nuanxin.E001",
    )
