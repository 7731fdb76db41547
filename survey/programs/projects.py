"""Projects and their forms: read only; rounds and forms are made at the desk."""

from typing import Any

from django.db.models import Max
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from gis_core.errors import NotAllowed
from gis_core.permissions import require
from survey.models import AssignmentSet, Device, FormVersion, Round
from survey.programs.addressed import form_of, forms_of, project_of, rounds_of
from survey.programs.problems import ProgramView

WORKER_ROLE = 2  # Central's number of the role that may submit


class Projects(ProgramView):
    def get(self, request: Request) -> Response:
        return Response([project_body(one) for one in rounds_of(request.user)])


class Project(ProgramView):
    def get(self, request: Request, project_id: int) -> Response:
        return Response(project_body(project_of(request.user, project_id)))


def project_body(subject: Round) -> dict[str, Any]:
    return {
        "id": subject.pk,
        "name": subject.name,
        "description": f"{subject.starts_on:%Y-%m-%d} – {subject.ends_on:%Y-%m-%d}",
        "archived": subject.state == Round.State.SEALED,
        "keyId": None,
        "createdAt": subject.created_at.isoformat(),
        "updatedAt": None,
        "deletedAt": None,
    }


class Forms(ProgramView):
    def get(self, request: Request, project_id: int) -> Response:
        project = project_of(request.user, project_id)
        return Response([form_body(project, one) for one in forms_of(project)])


class Form(ProgramView):
    def get(self, request: Request, project_id: int, form_id: str) -> Response:
        project = project_of(request.user, project_id)
        return Response(form_body(project, form_of(project, form_id)))


class FormXml(ProgramView):
    def get(self, request: Request, project_id: int, form_id: str) -> HttpResponse:
        version = form_of(project_of(request.user, project_id), form_id)
        return HttpResponse(version.xform.encode(), content_type="application/xml; charset=utf-8")


def form_body(project: Round, version: FormVersion) -> dict[str, Any]:
    form = version.form
    english = (get_language() or "").startswith("en")
    last = form.versions.aggregate(at=Max("created_at"))["at"]
    return {
        "projectId": project.pk,
        "xmlFormId": form.form_id,
        "name": (form.title_en or form.title_zh) if english else (form.title_zh or form.title_en),
        "version": version.version,
        "hash": version.xform_md5,
        "state": "open" if project.state == Round.State.OPEN else "closed",
        "keyId": None,
        "enketoId": None,
        "createdAt": form.created_at.isoformat(),
        "updatedAt": last.isoformat() if last else None,
        "publishedAt": version.created_at.isoformat(),
    }


class AppUsers(ProgramView):
    """Tablets and Collects of the round's workers. Tokens are shown once, at the desk, never here."""

    def get(self, request: Request, project_id: int) -> Response:
        require(request.user, "manage_devices")
        project = project_of(request.user, project_id)
        workers = AssignmentSet.objects.filter(round=project).values("worker")
        devices = Device.objects.filter(user__in=workers, revoked_at=None).exclude(kind=Device.Kind.PROGRAM)
        return Response([_app_user(project, one) for one in devices.select_related("user")])

    def post(self, request: Request, project_id: int) -> Response:
        project_of(request.user, project_id)
        raise NotAllowed(_("设备的登录属于一个人，由本人登录或在“设备”页发给，不从程序里建。"))


def _app_user(project: Round, device: Device) -> dict[str, Any]:
    return {
        "projectId": project.pk,
        "id": device.pk,
        "type": "field_key",
        "displayName": f"{device.user} {device.name}".strip(),
        "token": None,
        "createdAt": device.created_at.isoformat(),
        "updatedAt": None,
        "deletedAt": None,
    }


class Assignments(ProgramView):
    """Who works in the round; who visits which door is decided on the map."""

    def get(self, request: Request, project_id: int, **form: Any) -> Response:
        require(request.user, "plan_rounds")
        project = project_of(request.user, project_id)
        if "form_id" in form:
            form_of(project, form["form_id"])
        sets = AssignmentSet.objects.filter(round=project, assignments__ended_at=None).distinct()
        return Response([{"actorId": one.worker_id, "roleId": WORKER_ROLE} for one in sets])

    def post(self, request: Request, project_id: int, **rest: Any) -> Response:
        project_of(request.user, project_id)
        raise NotAllowed(_("户室在走访的“分配”页按网格、楼栋或单元分给网格员，不从程序里分。"))
