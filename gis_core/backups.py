"""Whole backups of the database, and putting one back.

A backup is one file: a tar of PostgreSQL's own dump and a manifest with its SHA-256 and the rows of
every table, counted in the snapshot that was dumped. The keys in var/keys are never part of it: what
is encrypted with a destroyed key must stay unreadable in old backups too. Keys are copied apart
(`backup --keys`), and such copies are deleted after seven days.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import NotAllowed, NotFound, Refusal, UnreadableFile
from gis_core.jobs import job
from gis_core.models import Duty, Role, User
from gis_core.permissions import duties_for, require
from gis_core.progress import NoProgress, Progress
from gis_core.shell import root_codes

DUMP, MANIFEST = "database.dump", "manifest.json"
FORMAT = 1
KEY_COPIES_LIVE = timedelta(days=7)
CHUNK = 2**20


class BackupFailed(Refusal):
    code = "backup_failed"
    status = 500


@dataclass(frozen=True)
class Backup:
    path: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def size_bytes(self) -> int:
        return self.path.stat().st_size

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest["made_at"])

    @property
    def row_count(self) -> int:
        return sum(self.manifest["rows"].values())


def pg_tool(name: str) -> str:
    """PostgreSQL's program: the newest version installed the Debian way, else the one on the path."""

    def version(folder: Path) -> float:
        return float(folder.parent.name) if folder.parent.name.replace(".", "").isdigit() else 0.0

    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True):
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if not found:
        raise BackupFailed(
            _("找不到 PostgreSQL 的程序 %(name)s，请安装 postgresql-client。") % {"name": name}
        )
    return found


def run_pg(name: str, *arguments: str, database: str | None = None) -> None:
    """Run a program of PostgreSQL against our server; the password travels in the environment only."""
    at = connection.settings_dict
    place = {
        "PGHOST": at["HOST"],
        "PGPORT": str(at["PORT"] or ""),
        "PGUSER": at["USER"],
        "PGPASSWORD": at["PASSWORD"],
        "PGDATABASE": database or at["NAME"],
    }
    environment = {**os.environ, **{key: value for key, value in place.items() if value}}
    done = subprocess.run(
        [pg_tool(name), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [""]
        said = next((line for line in lines if "error:" in line.lower()), lines[-1])
        raise BackupFailed(
            _("%(name)s 没有完成：%(said)s") % {"name": name, "said": said}, returncode=done.returncode
        )


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def make_backup(*, folder: Path | None = None, progress: Progress | None = None) -> Backup:
    """Dump the database into one file; nothing half-written keeps the final name."""
    progress = progress or NoProgress()
    folder = folder or Path(settings.BACKUPS_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made_at = datetime.now(UTC)
    final = folder / f"wangge-{made_at:%Y%m%d-%H%M%S-%f}.tar"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as scratch:
        dump = Path(scratch) / DUMP
        progress.step(_("导出数据库"))
        rows = _dump_and_count(dump)
        progress.step(_("计算校验值"))
        manifest = {
            "format": FORMAT,
            "made_at": made_at.isoformat(timespec="seconds"),
            "sha256": sha256_of(dump),
            "dump_bytes": dump.stat().st_size,
            "server_version": connection.pg_version,  # type: ignore[attr-defined]
            "rows": rows,
        }
        manifest_file = Path(scratch) / MANIFEST
        manifest_file.write_text(json.dumps(manifest, indent=1, sort_keys=True))
        whole = Path(scratch) / "whole.tar"
        with tarfile.open(whole, "w") as tar:
            tar.add(manifest_file, MANIFEST)
            tar.add(dump, DUMP)
        whole.chmod(0o600)
        whole.rename(final)
    expire_key_copies(folder)
    return Backup(final, manifest)


def _dump_and_count(dump: Path) -> dict[str, int]:
    """Dump one snapshot and count every table's rows in the same snapshot.

    A connection of its own: the caller's may be inside a transaction, whose snapshot is older.
    """
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            arguments = ("--format=custom", "--compress=6", "--no-owner", "--no-privileges", "--no-comments")
            # PostGIS's own table comes with the extension; only a superuser may load it.
            run_pg(
                "pg_dump",
                *arguments,
                "--exclude-table-data=spatial_ref_sys",
                f"--snapshot={snapshot}",
                f"--file={dump}",
            )
            return count_rows(cursor)
    finally:
        own.close()


def count_rows(cursor: Any) -> dict[str, int]:
    """Rows of every table of ours; PostGIS's own tables come with the extension, not with the dump."""
    cursor.execute(
        """
        SELECT c.relname
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind = 'r'
          AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
        ORDER BY c.relname
        """
    )
    counted = {}
    for (table,) in cursor.fetchall():
        cursor.execute("SELECT count(*) FROM " + connection.ops.quote_name(table))  # noqa: S608 — our own tables
        counted[table] = cursor.fetchone()[0]
    return counted


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a backup file, or a refusal that says what is wrong with the file."""
    if not path.is_file():
        raise NotFound(_("没有备份文件 %(path)s。") % {"path": path})
    try:
        with tarfile.open(path) as tar:
            member = tar.extractfile(MANIFEST)
            manifest = json.load(member) if member else {}
    except (tarfile.TarError, KeyError, ValueError) as err:
        raise UnreadableFile(_("%(name)s 不是完整的备份文件。") % {"name": path.name}) from err
    if manifest.get("format") != FORMAT:
        raise UnreadableFile(
            _("%(name)s 的备份格式是 %(met)s，这个版本只能读取 %(expected)s。")
            % {"name": path.name, "met": manifest.get("format"), "expected": FORMAT}
        )
    return manifest


def backups() -> Iterator[Backup]:
    """Backups in the folder, newest first; files that are not whole are left out."""
    folder = Path(settings.BACKUPS_DIR)
    for path in sorted(folder.glob("wangge-*.tar"), reverse=True):
        try:
            yield Backup(path, read_manifest(path))
        except UnreadableFile:
            continue


def require_whole_system(user: User) -> None:
    """A backup holds every town, so only an administrator of all of them may make or take one."""
    require(user, "make_backup")
    scope = duties_for(user, "make_backup")
    administrators = Duty.objects.in_force().filter(role=Role.ADMINISTRATOR)
    places = root_codes() | set(administrators.values_list("area_code", flat=True))
    if not all(scope.holds(code) for code in places):
        raise NotAllowed(
            _("备份包含整个系统的数据，您的职责只覆盖其中一部分。请由覆盖全部区划的管理员备份。")
        )


@job("backup", label=gettext_lazy("备份"))
def backup_job(progress: Progress) -> None:
    make_backup(progress=progress)
    progress.result("/settings/backups/")


def copy_keys(folder: Path | None = None) -> Path:
    """A copy of var/keys, apart from the database; it is deleted after seven days."""
    folder = folder or Path(settings.BACKUPS_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"keys-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.tar"
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        tar.add(settings.VAR_DIR / "keys", "keys")
    expire_key_copies(folder)
    return path


def expire_key_copies(folder: Path, *, now: datetime | None = None) -> int:
    """Delete copies of keys older than seven days: a destroyed key must not outlive its data here."""
    limit = ((now or datetime.now(UTC)) - KEY_COPIES_LIVE).timestamp()
    old = [path for path in folder.glob("keys-*.tar") if path.stat().st_mtime < limit]
    for path in old:
        path.unlink()
    return len(old)
