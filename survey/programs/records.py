"""Records as Central's metadata describes them; what they say is in `tables.py`."""

from typing import Any

from survey.models import ReviewComment, Submission

Review = Submission.Review
REVIEW_NAMES = {
    Review.RECEIVED: None,
    Review.EDITED: "edited",
    Review.SENT_BACK: "hasIssues",
    Review.APPROVED: "approved",
    Review.REJECTED: "rejected",
}


def record_body(record: Submission) -> dict[str, Any]:
    is_edit = record.deprecated_id != ""
    return {
        "instanceId": record.root_instance_id,
        "submitterId": record.by_id,
        "deviceId": str(record.device_id) if record.device_id else None,
        "userAgent": None,
        "instanceName": None,
        "reviewState": REVIEW_NAMES.get(Review(record.review)),
        "createdAt": record.received_at.isoformat(),
        "updatedAt": record.received_at.isoformat() if is_edit else None,
    }


def comment_body(row: ReviewComment) -> dict[str, Any]:
    return {"body": row.text, "actorId": row.by_id, "createdAt": row.at.isoformat()}
