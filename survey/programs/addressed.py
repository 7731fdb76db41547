"""What an address names: a round of one's duties, a form used in it, a record of that form."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from gis_core.errors import NotAllowed, NotFound
from gis_core.permissions import may, require
from survey.access import visible_records
from survey.models import FormVersion, Round, Submission
from survey.questionnaires.built_in import visit_form
from survey.rounds import visible_rounds

OPEN, ROWS, REVIEW = "open_rounds", "export_rows", "review_records"


def rounds_of(user: Any) -> QuerySet[Round]:
    """Rounds that a director plans, or that a worker has doors in."""
    if may(user, OPEN):
        return visible_rounds(user, OPEN)
    own = Round.objects.filter(assignment_sets__worker=user, state=Round.State.OPEN)
    return own.select_related("town", "form_version__form").distinct()


def project_of(user: Any, project_id: int) -> Round:
    found = rounds_of(user).filter(pk=project_id).first()
    if found is None:
        raise NotFound(_("没有这一轮走访，或者不在您的职责范围内。"))
    return found


def forms_of(project: Round) -> list[FormVersion]:
    """The round's questionnaire, and the visit form beside it."""
    return [project.form_version, visit_form()]


def form_of(project: Round, form_id: str) -> FormVersion:
    found = next((one for one in forms_of(project) if one.form.form_id == form_id), None)
    if found is None:
        raise NotFound(_("这一轮走访不用这份表单。"), form_id=form_id)
    return found


def require_rows(user: Any, project: Round) -> None:
    """Rows leave for directors only, where the round allows it and until it is sealed."""
    require(user, ROWS)
    if not project.allows_row_export:
        raise NotAllowed(_("这一轮走访没有开放逐户导出。汇总数据可以随时导出。"), project_id=project.pk)
    if project.state == Round.State.SEALED:
        raise NotAllowed(_("这一轮走访已封存，逐户记录不可再读；只有汇总数据保留。"), project_id=project.pk)


def records_of(user: Any, project: Round, version: FormVersion, action: str) -> QuerySet[Submission]:
    """The newest state of every record of this form in this round, within the duties."""
    found = visible_records(user, action).filter(round=project, form=version.form_id, is_current=True)
    return found.exclude(state=Submission.State.ERASED).select_related("form_version", "by")


def record_of(user: Any, project: Round, version: FormVersion, instance_id: str, action: str) -> Submission:
    """A record is named by the instance id that it came with first, whatever was corrected since."""
    found = records_of(user, project, version, action).filter(root_instance_id=instance_id).first()
    if found is None:
        raise NotFound(_("没有这份记录，或者不在您的职责范围内。"), instance_id=instance_id)
    return found


def reason_of(request: Request, what: str) -> str:
    """Why, for the access log: what the program says, else what it asked for and with which client."""
    told = request.headers.get("X-Wangge-Reason", "").strip()
    return told or f"{what}, {(request.headers.get('User-Agent') or 'program')[:60]}"
