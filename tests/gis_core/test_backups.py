"""A backup put back: the same rows, the old database kept, nothing changed by a broken file."""

import json
import os
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from gis_core.backups import backups, copy_keys, expire_key_copies, make_backup, run_pg
from gis_core.errors import UnreadableFile
from gis_core.models import Job, User
from gis_core.restoring import NotEmpty, restore_backup
from tests.people import client_for, make_person

Person = Callable[..., User]


def databases() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


def drop(name: str) -> None:
    run_pg("dropdb", "--force", name, database="postgres")


@pytest.mark.django_db(transaction=True)
def test_what_was_deleted_after_the_backup_is_there_again_after_restoring(tmp_path: Path):
    kept = make_person("anna", "planner", area_code="320102", language="en")
    Job.objects.create(kind="backup", owner=kept, error_details={"词": ["句", 1.5]})
    made = make_backup(folder=tmp_path)
    assert made.manifest["rows"]["gis_core_user"] == 1
    assert oct(made.path.stat().st_mode & 0o777) == "0o600"

    User.objects.all().delete()
    make_person("bert", "auditor")
    before = databases()
    with pytest.raises(NotEmpty):
        restore_backup(made.path)
    assert databases() == before

    done = restore_backup(made.path, replace=True)
    try:
        assert list(User.objects.values_list("username", "language")) == [("anna", "en")]
        assert Job.objects.get().error_details == {"词": ["句", 1.5]}
        assert User.objects.get().duties.get().area_code == "320102"
        # The numbering goes on behind the restored rows.
        assert make_person("carl", None).pk > kept.pk
        assert databases() - before == {done.kept_as}
    finally:
        drop(done.kept_as)


@pytest.mark.django_db(transaction=True)
def test_an_empty_database_is_restored_without_asking(tmp_path: Path):
    make_person("anna", "planner")
    made = make_backup(folder=tmp_path)
    User.objects.all().delete()
    done = restore_backup(made.path)
    drop(done.kept_as)
    assert User.objects.get().username == "anna"


@pytest.mark.django_db(transaction=True)
def test_a_backup_whose_bytes_changed_is_refused_and_nothing_changes(tmp_path: Path):
    make_person("anna", "planner")
    made = make_backup(folder=tmp_path)
    content = bytearray(made.path.read_bytes())
    content[len(content) // 2] ^= 1
    made.path.write_bytes(content)
    before = databases()
    with pytest.raises(UnreadableFile):
        restore_backup(made.path, replace=True)
    assert databases() == before
    assert User.objects.get().username == "anna"


@pytest.mark.django_db(transaction=True)
def test_a_backup_with_other_rows_than_its_manifest_is_not_put_in_place(tmp_path: Path):
    make_person("anna", "planner")
    made = make_backup(folder=tmp_path)
    with tarfile.open(made.path) as tar:
        dump = tar.extractfile("database.dump").read()  # type: ignore[union-attr]
    manifest = {**made.manifest, "rows": {**made.manifest["rows"], "gis_core_user": 2}}
    with tarfile.open(made.path, "w") as tar:
        for name, content in (("manifest.json", json.dumps(manifest).encode()), ("database.dump", dump)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, BytesIO(content))
    before = databases()
    with pytest.raises(CommandError, match="gis_core_user"):
        call_command("restore", str(made.path), replace=True, stderr=StringIO())
    assert databases() == before


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"no tar at all", b"\0" * 10240])
def test_other_files_are_refused_by_name(tmp_path: Path, content: bytes):
    path = tmp_path / "wangge-x.tar"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"wangge-x\.tar"):
        restore_backup(path, replace=True)


@pytest.mark.django_db(transaction=True)
def test_keys_are_in_no_backup_and_their_copies_live_seven_days(settings: LazySettings, tmp_path: Path):
    settings.VAR_DIR = tmp_path / "var"
    (settings.VAR_DIR / "keys").mkdir(parents=True)
    (settings.VAR_DIR / "keys" / "round-1").write_text("the key of a round")
    made = make_backup(folder=tmp_path)
    with tarfile.open(made.path) as tar:
        assert tar.getnames() == ["manifest.json", "database.dump"]
    copied = copy_keys(tmp_path)
    now = datetime.now(UTC)
    assert expire_key_copies(tmp_path, now=now + timedelta(days=6, hours=23)) == 0
    assert copied.exists()
    old = (now - timedelta(days=7, minutes=1)).timestamp()
    os.utime(copied, (old, old))
    make_backup(folder=tmp_path)  # every backup clears the folder
    assert not copied.exists()


@pytest.mark.django_db(transaction=True)
def test_the_page_makes_one_lists_it_and_hands_it_out(settings: LazySettings):
    client = client_for(make_person("root", "administrator", area_code="99"))
    assert client.post("/settings/backups/").status_code == 302
    call_command("run_worker", batch=True, verbosity=0)
    (made,) = backups()
    page = client.get("/settings/backups/").content.decode()
    assert made.name in page
    answer = client.get(f"/settings/backups/{made.name}/")
    assert b"".join(answer.streaming_content) == made.path.read_bytes()  # type: ignore[attr-defined]
    assert client.get("/settings/backups/keys-1.tar/").status_code == 404
    assert client.get("/settings/backups/..%2Fkeys/").status_code == 404


@pytest.mark.django_db
def test_only_an_administrator_of_everything_may_take_a_backup(person: Person):
    everything, part = person("administrator", "32"), person("administrator", "3201")
    assert client_for(everything).get("/settings/backups/").status_code == 200
    assert client_for(part).get("/settings/backups/").status_code == 403
    assert client_for(part).post("/settings/backups/").status_code == 403
    assert client_for(person("planner", "32")).get("/settings/backups/x.tar/").status_code == 403
