"""Entity lists of a round: names, properties, rows of the lists in clear. Only visits change them."""

from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from gis_core.access_log import log_access
from gis_core.errors import NotAllowed, NotFound
from gis_core.permissions import require
from survey.access import visible_entities
from survey.exports import ROWS_MOST
from survey.models import Entity, EntityVersion, Round
from survey.programs.addressed import forms_of, project_of, reason_of, require_rows
from survey.programs.problems import ProgramView
from survey.programs.tables import odata_response

READ = "read_occupancy"
TABLE = "Entities"


class Datasets(ProgramView):
    def get(self, request: Request, project_id: int) -> Response:
        project = project_of(request.user, project_id)
        return Response([_summary(project, name) for name in sorted(lists_of(project))])

    def post(self, request: Request, project_id: int) -> Response:
        project_of(request.user, project_id)
        raise _made_by_forms()


class Dataset(ProgramView):
    def get(self, request: Request, project_id: int, name: str) -> Response:
        project = project_of(request.user, project_id)
        return Response({**_summary(project, name), "properties": _properties(project, name)})


class Properties(ProgramView):
    def get(self, request: Request, project_id: int, name: str) -> Response:
        return Response(_properties(project_of(request.user, project_id), name))

    def post(self, request: Request, project_id: int, name: str) -> Response:
        project_of(request.user, project_id)
        raise _made_by_forms()


class Entities(ProgramView):
    def get(self, request: Request, project_id: int, name: str) -> Response:
        project, found = _rows(request, project_id, name)
        rows = list(found.order_by("dwelling_code", "pk")[:ROWS_MOST])
        _written_down(request, project, name, len(rows))
        last = _last_versions(rows)
        return Response([entity_body(row, last.get(row.pk)) for row in rows])

    def post(self, request: Request, project_id: int, name: str) -> Response:
        project_of(request.user, project_id)
        raise _changed_by_visits()


class OneEntity(ProgramView):
    def get(self, request: Request, project_id: int, name: str, entity_id: Any) -> Response:
        project, found = _rows(request, project_id, name)
        row = found.filter(uuid=entity_id).first()
        if row is None:
            raise NotFound(_("没有找到，或者不在您的职责范围内。"))
        _written_down(request, project, name, 1)
        last = _last_versions([row]).get(row.pk)
        body = entity_body(row, last)
        body["currentVersion"]["data"] = row.data
        return Response(body)

    def _refused(self, request: Request, project_id: int, name: str, entity_id: Any) -> Response:
        project_of(request.user, project_id)
        raise _changed_by_visits()

    patch = delete = _refused


class EntityRows(ProgramView):
    def get(self, request: Request, project_id: int, name: str, table: str) -> Response:
        project, found = _rows(request, project_id, name)
        if table != TABLE:
            raise NotFound(_("没有找到，或者不在您的职责范围内。"))

        def told(rows: list[Entity]) -> list[dict[str, Any]]:
            _written_down(request, project, name, len(rows))
            properties = lists_of(project)[name]
            return [_odata_row(row, properties) for row in rows]

        return odata_response(request, found, told, context=TABLE)


def lists_of(project: Round) -> dict[str, dict[str, set[str]]]:
    """List → property → ids of the forms that write it."""
    found: dict[str, dict[str, set[str]]] = {}
    for version in forms_of(project):
        for name in version.outline.get("entity_lists", []):
            found.setdefault(name, defaultdict(set))
        for question in version.outline.get("questions", []):
            for pair in question["save_to"]:
                found[pair["list"]][pair["property"]].add(version.form.form_id)
    return found


def _list(project: Round, name: str) -> dict[str, set[str]]:
    found = lists_of(project).get(name)
    if found is None:
        raise NotFound(_("这一轮走访没有这个名录。"), name=name[:80])
    return found


def _summary(project: Round, name: str) -> dict[str, Any]:
    _list(project, name)
    return {
        "name": name,
        "projectId": project.pk,
        "createdAt": project.created_at.isoformat(),
        "approvalRequired": False,
    }


def _properties(project: Round, name: str) -> list[dict[str, Any]]:
    return [
        {
            "name": one,
            "odataName": one,
            "publishedAt": project.form_version.created_at.isoformat(),
            "forms": sorted(forms),
        }
        for one, forms in sorted(_list(project, name).items())
    ]


def _rows(request: Request, project_id: int, name: str) -> tuple[Round, QuerySet[Entity]]:
    project = project_of(request.user, project_id)
    _list(project, name)
    require(request.user, READ)
    require_rows(request.user, project)
    inside = Q(pk__in=[])
    for code in project.area_codes:
        inside |= Q(dwelling_code__startswith=code)
    found = visible_entities(request.user, READ).filter(inside, town=project.town, list_name=name)
    return project, found.filter(deleted_at=None)


def _written_down(request: Request, project: Round, name: str, count: int) -> None:
    log_access(
        request.user,
        "export_rows",
        f"program {request.auth.pk} round {project.pk} list {name} rows {count}"[:80],
        area_code=project.area_codes[0],
        reason=reason_of(request, f"entities {name}"),
        request=request._request,
    )


def _last_versions(rows: list[Entity]) -> dict[int, EntityVersion]:
    found = EntityVersion.objects.filter(entity__in=rows).select_related("submission").order_by("version")
    return {one.entity_id: one for one in found}


def entity_body(row: Entity, last: EntityVersion | None) -> dict[str, Any]:
    by = last.submission.by_id if last is not None and last.submission is not None else 0
    changed = row.updated_at.isoformat() if row.version > 1 else None
    return {
        "uuid": str(row.uuid),
        "creatorId": by,
        "createdAt": row.created_at.isoformat(),
        "updatedAt": changed,
        "deletedAt": None,
        "conflict": row.conflict or None,
        "currentVersion": {
            "label": row.label,
            "current": True,
            "createdAt": (last.at if last is not None else row.created_at).isoformat(),
            "creatorId": by,
            "userAgent": "",
            "version": row.version,
            "baseVersion": last.base_version if last is not None else None,
            "conflictingProperties": last.conflicting_properties if last is not None else None,
        },
    }


def _odata_row(row: Entity, properties: dict[str, set[str]]) -> dict[str, Any]:
    return {
        "__id": str(row.uuid),
        "label": row.label,
        **{name: row.data.get(name) for name in sorted(properties)},
        "__system": {
            "createdAt": row.created_at.isoformat(),
            "updatedAt": row.updated_at.isoformat() if row.version > 1 else None,
            "creatorId": None,
            "creatorName": None,
            "updates": row.version - 1,
            "version": row.version,
            "conflict": row.conflict or None,
        },
    }


def _made_by_forms() -> NotAllowed:
    return NotAllowed(_("名录和它的属性由表单的 entities 工作表登记，不从程序里建。"))


def _changed_by_visits() -> NotAllowed:
    return NotAllowed(_("名录的内容由走访更新，不从程序里改。"))
