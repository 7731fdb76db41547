"""The confidential tables, one file per family."""

from survey.models.forms import Form, FormVersion, NoticeText, WorkListItem
from survey.models.households import (
    Consent,
    Entity,
    EntityVersion,
    ErasureReceipt,
    Household,
    Occupancy,
    Visit,
    WaitingUpdate,
)
from survey.models.requests import Request, RequestStep
from survey.models.rounds import Assignment, AssignmentSet, Device, Round
from survey.models.sealing import Sealing
from survey.models.submissions import (
    Attachment,
    KeptFile,
    KeptUpload,
    ReviewComment,
    SendBack,
    Submission,
)

__all__ = [
    "Assignment",
    "AssignmentSet",
    "Attachment",
    "Consent",
    "Device",
    "Entity",
    "EntityVersion",
    "ErasureReceipt",
    "Form",
    "FormVersion",
    "Household",
    "KeptFile",
    "KeptUpload",
    "NoticeText",
    "Occupancy",
    "Request",
    "RequestStep",
    "ReviewComment",
    "Round",
    "Sealing",
    "SendBack",
    "Submission",
    "Visit",
    "WaitingUpdate",
    "WorkListItem",
]
