"""The job that reads an uploaded file: who may load it, and which reader takes it.

Loads end checked, not active (`generations.kept_aside`): a person reads the report and puts them to use.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.access_log import log_access
from gis_core.errors import NotAllowed, Refusal
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
from grids.town_import.uploads import delete_file, path_of
from grids.towns import find_town

FOUNDING_DAYS = 365


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
