"""Addresses of review, conflicts, households, erasure, requests, exports; see tests/grids/access_rows.py."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from survey import review
from survey.models import Consent, Entity, ErasureReceipt, KeptUpload, Request, SendBack, Submission
from survey.requests import report
from tests.grids.access_rows import Kind, Path, Row, World, at
from tests.survey.records.kept import clash, keep_photo, keep_record, keep_upload

READ = {"action": "review_records"}
REASON = "?reason=review"


def record(world: World) -> Submission:
    """A registered record of the first door, with a photo."""
    found = Submission.objects.filter(state="applied", is_current=True).order_by("pk").first()
    if found is None:
        found = keep_record(world.survey, world.survey.dwelling(0))
        keep_photo(found, b"no picture")
    return found


def held(world: World) -> Submission:
    found = Submission.objects.filter(state="held").first()
    facts = {"state": "held", "held_reason": "not_assigned"}
    return found or keep_record(world.survey, world.survey.dwelling(0, door=2), **facts)


def rejected(world: World) -> Submission:
    found = Submission.objects.filter(review="rejected").first()
    return found or keep_record(world.survey, world.survey.dwelling(0, floor=2), review="rejected")


def returned(world: World) -> SendBack:
    found = SendBack.objects.first()
    if found is not None:
        return found
    made = keep_record(world.survey, world.survey.dwelling(1))
    return review.send_back(made, by=world.survey.director, message="请核对")


def upload(world: World) -> KeptUpload:
    return KeptUpload.objects.first() or keep_upload(world.survey, b"<not xml", round=world.survey.round)


def conflict(world: World) -> Entity:
    found = Entity.objects.exclude(conflict="").first()
    if found is not None:
        return found
    door = world.survey.dwelling(0, unit=2)
    return clash(world.survey, door, *(keep_record(world.survey, door) for _turn in range(2)))


def need(world: World) -> Request:
    found = Request.objects.first()
    if found is None:
        given = {"category": "infrastructure", "urgency": "week", "channel": "phone", "note": ""}
        found, _new = report(world.survey.dwelling(0), **given, by=world.survey.director)
    return found


def receipt(world: World) -> ErasureReceipt:
    found = ErasureReceipt.objects.first()
    return found or ErasureReceipt.objects.create(
        town=world.towns.own, dwelling_code=world.survey.dwelling(0).code, case_number="1"
    )


def consent(world: World) -> Consent:
    record(world)
    return Consent.objects.order_by("pk")[0]


def of(name: str, thing: Callable[[World], Any], query: str = "", *, by: str = "pk") -> Path:
    return lambda world, user: reverse(name, kwargs={by: getattr(thing(world), by)}) + query


def of_round(name: str, query: str = "", /) -> Path:
    return lambda world, user: reverse(name, kwargs={"uid": world.survey.round.uid}) + query


def of_door(name: str, query: str = "") -> Path:
    def path(world: World, user: Any) -> str:
        given = {"uid": world.survey.round.uid, "code": record(world).dwelling_code}
        return reverse(name, kwargs=given) + query

    return path


def photo(world: World, user: Any) -> str:
    found = record(world)
    given = {"pk": found.pk, "photo": found.attachments.get().pk}
    return reverse("record_photo", kwargs=given)


def _post(name: str, path: Path, *ok: int, action: str = "review_records", **posted: Any) -> Row:
    return Row(name, Kind.OBJECT, path, action, method="post", ok=ok or (302,), posted=lambda world: posted)


def _looked_at(name: str, path: Path, *ok: int, action: str = "review_records") -> Row:
    return Row(name, Kind.OBJECT, path, action, ok=ok or (200,))


ROWS = [
    Row("review_unplaced", Kind.LIST, at("review_unplaced"), **READ),
    Row(
        "give_reason",
        Kind.LIST,
        at("give_reason"),
        roles=frozenset({"community_director", "data_protection_officer"}),
        method="post",
        ok=(302,),
        posted=lambda world: {"reason": "居民来电", "subject": "record:1", "next": "/rounds/records/1/"},
    ),
    _looked_at("review", of_round("review")),
    _post("review_accept_many", of_round("review_accept_many")),
    _looked_at("record", of("record", record, REASON)),
    _looked_at("record_photo", photo, 200, 422),  # 422 until its record was opened with a reason
    _post("record_accept", of("record_accept", record)),
    _post("record_reject", of("record_reject", record), note="重复"),
    _post("record_reopen", of("record_reopen", rejected)),
    _post("record_comment", of("record_comment", record), text="看过"),
    _post("record_apply", of("record_apply", held), 302, 409),
    _post("record_send_back", of("record_send_back", record), message="请核对"),
    _post("send_back_withdraw", of("send_back_withdraw", returned)),
    _looked_at("kept_upload", of("kept_upload", upload, REASON, by="uid")),
    _post("kept_settle", of("kept_settle", upload, by="uid")),
    _looked_at("conflicts", of_round("conflicts")),
    _looked_at("conflict", of("conflict", conflict)),
    _looked_at("households", of_round("households")),
    _looked_at("household", of_door("household", REASON)),
    _looked_at("household_print", of_door("household_print", REASON)),
    _looked_at("household_erase", of_door("household_erase"), action="erase_household"),
    _post("consent_withdraw", of("consent_withdraw", consent)),
    _looked_at("erasure_receipt", of("erasure_receipt", receipt, by="uid"), action="erase_household"),
    _looked_at("rows_export", of_round("rows_export"), action="export_rows"),
    Row("household_case", Kind.LIST, at("household_case"), "read_household_case"),
    Row("retention", Kind.LIST, at("retention"), "open_retention"),
    Row("retention_run", Kind.LIST, at("retention_run"), "open_retention", method="post", ok=(302,)),
    Row("requests", Kind.LIST, at("requests"), "report_requests"),
    Row("request_new", Kind.LIST, at("request_new"), "report_requests"),
    Row("request_counts", Kind.LIST, at("request_counts"), "handle_requests"),
    _looked_at("request", of("request", need, by="uid"), action="report_requests"),
    _post("request_step", of("request_step", need, by="uid"), action="handle_requests", state="handling"),
]
