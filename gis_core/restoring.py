"""Putting a backup back: into a fresh database first, then the names are swapped.

Until the swap the running database is untouched, so a broken backup costs nothing. Afterwards the old
database is kept under another name, to be dropped by whoever is sure.
"""

import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from gis_core.backups import DUMP, BackupFailed, count_rows, read_manifest, run_pg, sha256_of
from gis_core.errors import Conflict, UnreadableFile
from gis_core.progress import NoProgress, Progress


class NotEmpty(Conflict):
    code = "database_not_empty"


@dataclass(frozen=True)
class Restored:
    database: str
    kept_as: str  # the database that was there before, under its new name; empty when there was none
    row_count: int


def restore_backup(path: Path, *, replace: bool = False, progress: Progress | None = None) -> Restored:
    """Load a backup and put it in place of the configured database.

    Raises:
        NotEmpty: the database holds people and `replace` was not said.
        UnreadableFile: the file is not whole, or its bytes are not those that were written.
    """
    progress = progress or NoProgress()
    manifest = read_manifest(path)
    name = connection.settings_dict["NAME"]
    if not replace and _holds_people():
        raise NotEmpty(
            _("数据库 %(name)s 已有数据。加上 --replace 才会换成备份；现在的数据库会改名保留。")
            % {"name": name}
        )
    stamp = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    fresh, kept_as = f"{name}_restoring_{stamp}", f"{name}_before_{stamp}"
    with tempfile.TemporaryDirectory(dir=_scratch_place(), prefix=".restoring-") as scratch:
        progress.step(_("核对校验值"))
        dump = _extract_dump(path, Path(scratch), manifest)
        progress.step(_("载入新的数据库"))
        with _maintenance() as cursor:
            cursor.execute(f"CREATE DATABASE {_quoted(fresh)}")
        try:
            arguments = ("--no-owner", "--no-privileges", "--no-comments", "--exit-on-error", "--jobs=2")
            run_pg("pg_restore", *arguments, f"--dbname={fresh}", str(dump), database=fresh)
            progress.step(_("核对每个表的行数"))
            _compare_rows(fresh, manifest["rows"])
        except Exception:
            with _maintenance() as cursor:
                # WITH (FORCE) needs rights over an autovacuum worker; a plain drop sends it away.
                cursor.execute(f"DROP DATABASE IF EXISTS {_quoted(fresh)}")
            raise
    progress.step(_("换上新的数据库"))
    had_one = _swap(name, fresh, kept_as)
    return Restored(name, kept_as if had_one else "", sum(manifest["rows"].values()))


def _scratch_place() -> Path:
    """Beside our own backups: the file given may lie on a medium that cannot be written."""
    folder = Path(settings.BACKUPS_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _holds_people() -> bool:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if "gis_core_user" not in tables:
            return False
        cursor.execute("SELECT EXISTS (SELECT 1 FROM gis_core_user)")
        return bool(cursor.fetchone()[0])


def _extract_dump(path: Path, scratch: Path, manifest: dict[str, Any]) -> Path:
    target = scratch / DUMP
    try:
        with tarfile.open(path) as tar:
            member = tar.extractfile(DUMP)
            if member is None:
                raise KeyError(DUMP)
            with target.open("wb") as file:
                while chunk := member.read(2**20):
                    file.write(chunk)
    except (tarfile.TarError, KeyError, EOFError) as err:
        raise UnreadableFile(_("%(name)s 不是完整的备份文件。") % {"name": path.name}) from err
    if sha256_of(target) != manifest["sha256"]:
        raise UnreadableFile(
            _("%(name)s 的内容与备份时的校验值不同，没有恢复。请换一个备份文件。") % {"name": path.name}
        )
    return target


@contextmanager
def _maintenance(database: str = "postgres") -> Iterator[Any]:
    """A cursor outside our database, where databases are made and renamed."""
    own = connection.copy()
    own.settings_dict = {**own.settings_dict, "NAME": database}
    try:
        own.ensure_connection()
        own.set_autocommit(True)
        with own.cursor() as cursor:
            yield cursor
    finally:
        own.close()


def _compare_rows(database: str, expected: dict[str, int]) -> None:
    with _maintenance(database) as cursor:
        counted = count_rows(cursor)
    differing = {
        table: [expected.get(table, 0), counted.get(table, 0)]
        for table in expected.keys() | counted.keys()
        if expected.get(table) != counted.get(table)
    }
    if differing:
        raise BackupFailed(
            _("恢复后的行数与备份时不同：%(tables)s。没有换上。") % {"tables": ", ".join(sorted(differing))},
            rows_expected_and_met=differing,
        )


def _swap(name: str, fresh: str, kept_as: str) -> bool:
    """Rename the two databases with nobody connected in between; gives whether there was an old one."""
    connection.close()
    with _maintenance() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        had_one = cursor.fetchone() is not None
        if had_one:
            # Nobody may come back between the farewell and the new name.
            cursor.execute(f"ALTER DATABASE {_quoted(name)} ALLOW_CONNECTIONS false")
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND usename = current_user",
                [name],
            )
            cursor.execute(f"ALTER DATABASE {_quoted(name)} RENAME TO {_quoted(kept_as)}")
            cursor.execute(f"ALTER DATABASE {_quoted(kept_as)} ALLOW_CONNECTIONS true")
        cursor.execute(f"ALTER DATABASE {_quoted(fresh)} RENAME TO {_quoted(name)}")
    return had_one
