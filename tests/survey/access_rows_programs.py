"""Addresses below /v1/. Programs bring a token; what each role gets: tests/survey/programs/test_access.py."""

import uuid
from typing import Any

from django.urls import reverse

from tests.grids.access_rows import Kind, Row, at

FORM = {"form_id": "wangge_household"}
RECORD = {**FORM, "instance_id": "uuid:0"}
LIST = {"name": "dwellings"}
IN_A_PROJECT: dict[str, dict[str, Any]] = {
    "v1_project": {},
    "v1_app_users": {},
    "v1_assignments": {},
    "v1_forms": {},
    "v1_form": FORM,
    "v1_form_xml": FORM,
    "v1_service": FORM,
    "v1_rows": {**FORM, "table": "Submissions"},
    "v1_form_assignments": FORM,
    "v1_form_assignment": {**FORM, "role_id": "2", "user_id": "1"},
    "v1_submissions": FORM,
    "v1_submission": RECORD,
    "v1_submission_xml": RECORD,
    "v1_comments": RECORD,
    "v1_attachments": RECORD,
    "v1_attachment": {**RECORD, "name": "door.jpg"},
    "v1_datasets": {},
    "v1_dataset": LIST,
    "v1_properties": LIST,
    "v1_entities": LIST,
    "v1_entity": {**LIST, "entity_id": uuid.UUID(int=0)},
    "v1_entity_rows": {**LIST, "table": "Entities"},
}


def address(name: str, project_id: int, instance_id: str = "") -> str:
    given = {"project_id": project_id, **IN_A_PROJECT[name]}
    if instance_id and "instance_id" in given:
        given["instance_id"] = instance_id
    return reverse(name, kwargs=given)


ROWS = [
    Row("v1_sessions", Kind.OPEN, at("v1_sessions")),
    Row("v1_nowhere", Kind.OPEN, at("v1_nowhere", rest="nowhere")),
    Row("v1_session", Kind.DEVICE, at("v1_session")),
    Row("v1_user", Kind.DEVICE, at("v1_user")),
    Row("v1_projects", Kind.DEVICE, at("v1_projects")),
    *(
        Row(name, Kind.DEVICE, lambda world, user, name=name: address(name, world.survey.round.pk))
        for name in IN_A_PROJECT
    ),
]
