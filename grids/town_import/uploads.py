"""Files that people send: kept under random names, read by a job, deleted when it ends.

Nothing about a file is believed: its size is capped, its name is a label only, what is in it is read
by `gis_core/readers`. Loads end checked, not active (`generations.kept_aside`): a person reads the
report and puts them to use.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.access_log import log_access
from gis_core.errors import NotAllowed, Refusal, TooLarge
from gis_core.jobs import job, start_job
from gis_core.models import Duty, Job, Role, User
from gis_core.permissions import duties_for
from gis_core.progress import Cancelled, Progress
from gis_core.readers.vector import read_vector
from grids.facilities.facility_tables import import_facilities
from grids.generations import kept_aside
from grids.housing.footprints import import_footprints
from grids.housing.registers import import_register
from grids.models import StreetNetwork, Town, Upload
from grids.partition.plans import GridColumns, import_plan
from grids.scoping import holds_town
from grids.territory.area_tables import import_areas
from grids.town_import.importing import import_osm_town
from grids.towns import find_town

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
FOUNDING_DAYS = 365


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


@transaction.atomic
def start_reading(upload: Upload, *, request: HttpRequest | None = None) -> Job:
    """Queue the job that reads the file; what it may touch is checked here, before anything runs."""
    require_may_load(upload)
    area_code = upload.town.root_code if upload.town else ""
    made = start_job("read_upload", owner=upload.owner, area_code=area_code, upload_id=str(upload.pk))
    upload.job = made
    upload.save(update_fields=["job", "options"])
    log_access(
        upload.owner, "import", f"upload {upload.what} {upload.pk}", area_code=area_code, request=request
    )
    return made


def require_may_load(upload: Upload) -> None:
    """A planner loads into towns of the own area, or founds a town under a synthetic code."""
    scope = duties_for(upload.owner, "import_town")
    code = upload.town.root_code if upload.town else upload.options.get("root_code", "")
    if scope.is_empty or (code and not scope.holds(code)):
        raise NotAllowed(_("这个区划代码不在您的职责范围内，不能导入。"), code=code)


@job("read_upload", label=gettext_lazy("读取上传的文件"))
def read_upload_job(progress: Progress, *, upload_id: str) -> None:
    upload = Upload.objects.select_related("town", "owner").get(pk=upload_id)
    if upload.deleted_at is not None:
        return  # a second run after the first one ended
    try:
        require_may_load(upload)  # the duty may have ended while the job waited
        with kept_aside():
            address = READERS[upload.what](upload, progress)
    except (Refusal, Cancelled):
        delete_file(upload)
        raise
    progress.result(address)
    delete_file(upload)


def _data_address(town: Town) -> str:
    return f"{reverse('data')}?town={town.slug}"


def _read_osm(upload: Upload, progress: Progress) -> str:
    options = upload.options
    boundary = Path(settings.MEDIA_ROOT) / upload.boundary_file if upload.boundary_file else None
    name = upload.town.name_zh if upload.town else options["name"]
    if upload.town is None:
        _require_own_name(name, upload.owner)
    result = import_osm_town(
        path_of(upload),
        name=name,
        name_en=options.get("name_en", ""),
        boundary=boundary,
        root_code=options.get("root_code") or None,
        time_zone=options.get("time_zone") or None,
        by=upload.owner,
        source_name=upload.name,
        progress=progress,
    )
    if upload.town is None:
        grant_founding_duty(upload.owner, result.town)
    return _data_address(result.town)


def _require_own_name(name: str, person: User) -> None:
    """Somebody may have founded a town of this name since: it is theirs, and so are its duties.

    A job that runs a second time meets the town that its first run founded.
    """
    town = find_town(name)
    if town is None or holds_town(duties_for(person, "import_town"), town):
        return
    loads = StreetNetwork.objects.filter(town=town)
    if not loads.filter(created_by=person).exists() or loads.exclude(created_by=person).exists():
        raise NotAllowed(_("已有同名城镇。请换一个名称，或在列表中选它。"), name=name[:60])


def grant_founding_duty(person: User, town: Town) -> None:
    """Who founds a town under a synthetic code plans it for a year; under a real code the duty existed."""
    if duties_for(person, "import_town").holds(town.root_code):
        return
    today = timezone.localdate()
    duty = Duty.objects.create(
        user=person,
        role=Role.PLANNER,
        area_code=town.root_code,
        valid_from=today,
        valid_until=today + timedelta(days=FOUNDING_DAYS),
    )
    log_access(person, "grant_duty", f"duty {duty.pk} user {person.pk} {duty.role}",
               area_code=town.root_code, reason=_("导入新城镇"))  # fmt: skip


def _town(upload: Upload) -> Town:
    assert upload.town is not None
    return upload.town


def _read_areas(upload: Upload, progress: Progress) -> str:
    columns = upload.options.get("columns", {})
    import_areas(
        _town(upload),
        path_of(upload),
        code_column=columns.get("code") or None,
        name_column=columns.get("name") or None,
        system=upload.options.get("system") or None,
        layer=upload.options.get("layer") or None,
        by=upload.owner,
        progress=progress,
    )
    return _data_address(_town(upload))


def _read_grids(upload: Upload, progress: Progress) -> str:
    columns = upload.options.get("columns", {})
    rows = read_vector(
        path_of(upload),
        layer=upload.options.get("layer") or None,
        system=upload.options.get("system") or None,
        geometry_kinds=("polygon",),
    ).rows
    named = GridColumns(*(columns.get(key, "") for key in ("name", "code", "kind", "reason")))
    plan = import_plan(
        _town(upload), rows, named, source={"source_name": upload.name}, by=upload.owner, progress=progress
    )
    return f"{reverse('grids')}?town={_town(upload).slug}&plan={plan.number}"


def _read_facilities(upload: Upload, progress: Progress) -> str:
    columns = dict(upload.options.get("columns", {}))
    x_column, y_column = columns.pop("x", None), columns.pop("y", None)
    import_facilities(
        _town(upload),
        path_of(upload),
        system=upload.options.get("system") or None,
        columns=columns,
        x_column=x_column,
        y_column=y_column,
        source_name=upload.name,
        by=upload.owner,
        progress=progress,
    )
    return _data_address(_town(upload))


def _read_buildings(upload: Upload, progress: Progress) -> str:
    import_footprints(
        _town(upload),
        path_of(upload),
        system=upload.options.get("system") or None,
        columns=upload.options.get("columns", {}),
        layer=upload.options.get("layer") or None,
        source_name=upload.name,
        by=upload.owner,
        progress=progress,
    )
    return _data_address(_town(upload))


def _read_register(upload: Upload, progress: Progress) -> str:
    import_register(
        _town(upload),
        path_of(upload),
        columns=upload.options.get("columns", {}),
        source_name=upload.name,
        by=upload.owner,
        progress=progress,
    )
    return _data_address(_town(upload))


READERS: dict[Any, Callable[[Upload, Progress], str]] = {
    Upload.What.OSM: _read_osm,
    Upload.What.AREAS: _read_areas,
    Upload.What.GRIDS: _read_grids,
    Upload.What.FACILITIES: _read_facilities,
    Upload.What.BUILDINGS: _read_buildings,
    Upload.What.REGISTER: _read_register,
}
