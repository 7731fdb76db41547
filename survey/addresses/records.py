"""Review, conflicts, households, erasure, requests and exports."""

from django.urls import URLPattern, URLResolver, path

from survey.pages import (
    records_conflicts,
    records_erasure,
    records_exports,
    records_households,
    records_kept,
    records_reading,
    records_record,
    records_requests,
    records_retention,
    records_review,
)

ONE = "rounds/records/<int:pk>/"
HOUSEHOLD = "rounds/<uuid:uid>/households/<str:code>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("rounds/unplaced/", records_review.review_page, name="review_unplaced"),
    path("rounds/<uuid:uid>/review/", records_review.review_page, name="review"),
    path("rounds/<uuid:uid>/review/accept/", records_review.review_accept_many, name="review_accept_many"),
    path("rounds/reason/", records_reading.give_reason, name="give_reason"),
    path(ONE, records_record.record_page, name="record"),
    path(f"{ONE}photos/<int:photo>/", records_record.record_photo, name="record_photo"),
    path(f"{ONE}accept/", records_record.record_accept, name="record_accept"),
    path(f"{ONE}reject/", records_record.record_reject, name="record_reject"),
    path(f"{ONE}reopen/", records_record.record_reopen, name="record_reopen"),
    path(f"{ONE}comment/", records_record.record_comment, name="record_comment"),
    path(f"{ONE}apply/", records_record.record_apply, name="record_apply"),
    path(f"{ONE}send-back/", records_record.record_send_back, name="record_send_back"),
    path(
        "rounds/send-backs/<int:pk>/withdraw/", records_record.send_back_withdraw, name="send_back_withdraw"
    ),
    path("rounds/uploads/<uuid:uid>/", records_kept.kept_upload, name="kept_upload"),
    path("rounds/uploads/<uuid:uid>/settle/", records_kept.kept_settle, name="kept_settle"),
    path("rounds/<uuid:uid>/conflicts/", records_conflicts.conflicts_page, name="conflicts"),
    path("rounds/conflicts/<int:pk>/", records_conflicts.conflict_page, name="conflict"),
    path("rounds/<uuid:uid>/households/", records_households.households_page, name="households"),
    path(HOUSEHOLD, records_households.household_page, name="household"),
    path(f"{HOUSEHOLD}print/", records_households.household_print, name="household_print"),
    path(f"{HOUSEHOLD}erase/", records_erasure.household_erase, name="household_erase"),
    path("rounds/consents/<int:pk>/withdraw/", records_households.consent_withdraw, name="consent_withdraw"),
    path("rounds/erasures/<uuid:uid>/", records_erasure.erasure_receipt, name="erasure_receipt"),
    path("rounds/<uuid:uid>/rows/", records_exports.rows_export, name="rows_export"),
    path("settings/cases/", records_households.household_case, name="household_case"),
    path("settings/retention/", records_retention.retention_page, name="retention"),
    path("settings/retention/run/", records_retention.retention_run, name="retention_run"),
    path("requests/", records_requests.requests_page, name="requests"),
    path("requests/new/", records_requests.request_new, name="request_new"),
    path("requests/counts/", records_requests.request_counts, name="request_counts"),
    path("requests/<uuid:uid>/", records_requests.request_page, name="request"),
    path("requests/<uuid:uid>/step/", records_requests.request_step, name="request_step"),
]
