"""What still waits in a round that is about to be sealed. None of it can be done afterwards.

Nothing here forbids sealing: a community may have good reasons to end a round with records that nobody looked
at. But whoever prepares and whoever confirms sees each number, and confirming accepts exactly those.
"""

from typing import Any

from django.utils.translation import gettext_lazy

from survey.conflicts import open_conflicts
from survey.models import Entity, KeptUpload, Round, Submission
from survey.review import open_returns, to_review

WORDS: dict[str, Any] = {
    "waiting": gettext_lazy("份记录还有照片没有传到"),
    "held": gettext_lazy("份记录待处理，没有登记"),
    "unreviewed": gettext_lazy("份记录还没有审核，会照样计入"),
    "returned": gettext_lazy("份退回的记录还没有更正"),
    "conflicts": gettext_lazy("处冲突还没有合并"),
    "uploads": gettext_lazy("份上传没有成为记录"),
}


def open_matters(subject: Round) -> dict[str, int]:
    """{code: count} of what waits; codes with nothing are left out."""
    records = Submission.objects.filter(round=subject)
    clashes = open_conflicts(Entity.objects.filter(versions__submission__round=subject)).distinct()
    returned = open_returns().filter(submission__round=subject)
    counts = {
        "waiting": records.filter(state=Submission.State.WAITING).count(),
        "held": records.filter(state=Submission.State.HELD, is_current=True)
        .exclude(review=Submission.Review.REJECTED)
        .count(),
        "unreviewed": to_review(records).count(),
        "returned": returned.count(),
        "conflicts": clashes.count(),
        "uploads": KeptUpload.objects.filter(round=subject, settled_at=None, raw__isnull=False).count(),
    }
    return {code: count for code, count in counts.items() if count}


def matter_lines(counts: dict[str, int]) -> list[tuple[int, Any]]:
    return [(counts[code], words) for code, words in WORDS.items() if counts.get(code)]
