"""`$filter`: what it understands, against the same question asked in Python."""

import pytest
from django.db.models import Q

from survey.models import Submission
from survey.programs.odata_filter import FilterRefused, as_query

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("__system/submitterId eq 7", Q(by_id__exact=7)),
        ("__system/reviewState eq 'approved'", Q(review__exact="approved")),
        ("__system/reviewState eq null", Q(review__exact="received")),
        ("$root/Submissions/__system/submitterId ge 3", Q(by_id__gte=3)),
        ("not __system/submitterId lt 3", ~Q(by_id__lt=3)),
        (
            "(__system/submitterId eq 1 or __system/submitterId eq 2) and __system/reviewState eq 'edited'",
            (Q(by_id__exact=1) | Q(by_id__exact=2)) & Q(review__exact="edited"),
        ),
        (
            "__system/submitterId eq 1 or __system/submitterId eq 2 and __system/reviewState eq 'edited'",
            Q(by_id__exact=1) | (Q(by_id__exact=2) & Q(review__exact="edited")),
        ),
    ],
)
def test_conditions_read_as_odata_means_them(text, query):
    asked, meant = Submission.objects.filter(as_query(text)), Submission.objects.filter(query)
    assert str(asked.query) == str(meant.query)


@pytest.mark.parametrize(
    "text",
    [
        "people/age_80 gt 0",
        "__system/submitterId eq 1 and",
        "__system/submitterId like 1",
        "__system/submissionDate gt yesterday",
        "__system/submissionDate gt 2026-13-45",
        "__system/reviewState eq 'nice'",
        "__system/reviewState gt 'approved'",
        "(" * 40 + "__system/submitterId eq 1" + ")" * 40,
        "not " * 40 + "__system/submitterId eq 1",
        "__system/submitterId eq 99999999999999999999",
        "'open string",
        "x" * 3000,
        ")",
        "",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(FilterRefused):
        as_query(text)
