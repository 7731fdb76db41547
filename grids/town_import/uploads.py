"""Files that people send: kept under random names, read by a job (upload_reading.py), deleted when it ends.

Nothing about a file is believed: its size is capped, its name is a label only, what is in it is read
by `gis_core/readers`.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Refusal, TooLarge
from gis_core.models import Job, User
from grids.models import Town, Upload

SUFFIXES: dict[Any, tuple[str, ...]] = {
    Upload.What.OSM: (".osm.pbf", ".osm", ".osm.gz", ".osm.bz2", ".pbf", ".xml"),
    Upload.What.AREAS: (".geojson", ".json", ".gpkg", ".fgb", ".zip"),
    Upload.What.GRIDS: (".geojson", ".json", ".gpkg", ".fgb", ".zip"),
    Upload.What.FACILITIES: (".csv", ".xlsx", ".geojson", ".json", ".gpkg", ".fgb", ".zip"),
    Upload.What.BUILDINGS: (".geojson", ".json", ".gpkg", ".fgb", ".zip"),
    Upload.What.REGISTER: (".csv", ".xlsx"),
    Upload.What.PUBLISHED: (".csv", ".xlsx"),
}
TABLE_SUFFIXES = (".csv", ".xlsx")
KEPT_AT_MOST = timedelta(days=2)


class WrongSuffix(Refusal):
    code = "unknown_format"
    status = 415


def suffix_of(name: str) -> str:
    """The part of a name that tells the format: .osm.pbf, .csv …"""
    lower = name.lower()
    every = sorted({s for known in SUFFIXES.values() for s in known}, key=len, reverse=True)
    return next((suffix for suffix in every if lower.endswith(suffix)), "")


def keep_upload(
    file: UploadedFile,
    *,
    what: str,
    town: Town | None,
    owner: User,
    boundary: UploadedFile | None = None,
    options: dict[str, Any] | None = None,
) -> Upload:
    """Write the file to var/uploads under a random name, open to this service only."""
    _sweep()
    suffix = suffix_of(file.name or "")
    if suffix not in SUFFIXES[what]:
        raise WrongSuffix(
            _("“%(name)s”的格式不能用于这一类。可以用：%(known)s。")
            % {"name": (file.name or "")[:80], "known": " ".join(SUFFIXES[what])},
            met=(file.name or "")[:80],
        )
    upload = Upload(owner=owner, town=town, what=what, name=Path(file.name or "").name[:200])
    upload.options = options or {}
    upload.file = _written(file, suffix)
    upload.size_bytes = path_of(upload).stat().st_size
    if boundary is not None:
        upload.boundary_file = _written(boundary, suffix_of(boundary.name or "") or ".geojson")
    upload.save()
    return upload


def _written(file: UploadedFile, suffix: str) -> str:
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = secrets.token_hex(16) + suffix
    written = 0
    with (folder / name).open("xb") as target:
        for block in file.chunks():
            written += len(block)
            if written > settings.UPLOAD_MAX_BYTES:
                target.close()
                (folder / name).unlink()
                raise TooLarge(
                    _("文件超过 %(most)d MB，未保存。请用命令行导入，或先裁小范围。")
                    % {"most": settings.UPLOAD_MAX_BYTES // 2**20},
                    limit_bytes=settings.UPLOAD_MAX_BYTES,
                )
            target.write(block)
    (folder / name).chmod(0o600)
    return name


def path_of(upload: Upload) -> Path:
    return Path(settings.MEDIA_ROOT) / upload.file


def delete_file(upload: Upload) -> None:
    for name in (upload.file, upload.boundary_file):
        if name:
            (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)
    if upload.deleted_at is None:
        upload.deleted_at = timezone.now()
        upload.save(update_fields=["deleted_at"])


def _sweep() -> None:
    """Files that nobody went on with."""
    before = timezone.now() - KEPT_AT_MOST
    for upload in Upload.objects.filter(deleted_at=None, created_at__lt=before):
        open_states = (Job.State.QUEUED, Job.State.RUNNING)
        if upload.job is None or upload.job.state not in open_states:
            delete_file(upload)
