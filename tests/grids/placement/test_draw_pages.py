"""The page of the draw: every step through its form, once; what was typed stays where one is refused."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gis_core.models import AccessLog
from grids.models import Applicant, Draw, Flat, PlacementProject
from grids.placement import draw_steps
from tests.grids.placement.draw_projects import (
    BEACON,
    DUE_AT,
    NONCES,
    PROOF,
    Clock,
    closed,
    committed,
    drawn,
    drawn_project,
    revealed,
)
from tests.people import client_for

pytestmark = pytest.mark.django_db
PLAN = {
    "party_1": "经办人",
    "party_2": "公证员",
    "party_3": "居民代表",
    "party_4": "",
    "beacon_source": "双色球第 2026136 期开奖号码",
    "beacon_due_at": "2026-11-24T21:15",  # Beijing: 13:15 UTC, which is DUE_AT
    "beacon_fallback": "2026 年 11 月 25 日上证指数收盘点位",
    "name": "新桥配房",
}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


Official = Callable[[PlacementProject], Client]


@pytest.fixture
def official(person: Any) -> Official:
    """The official of a project's place, signed in now: sessions end in the hours that a test lets pass."""
    by: list[Any] = []

    def sign_in(project: PlacementProject) -> Client:
        if not by:
            by.append(person("housing_official", project.area_code))
        return client_for(by[0])

    return sign_in


def at(project: PlacementProject, step: str = "") -> str:
    return f"/placement/{project.uid}/draw/{step}"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def commit_by_page(official: Official, project: PlacementProject, party: str, nonce: str, **more: str) -> Any:
    typed = {"party": party, "sha256": sha(nonce), "kept": "1", **more}
    return official(project).post(at(project, "commit/"), typed)


def test_the_whole_path_through_the_forms_ends_published_and_is_the_draw_of_its_archive(
    clock: Clock, official: Official
):
    project, rules = drawn_project()
    answer = official(project).post(at(project, "close/"), {**PLAN, "rules": rules.pk})
    assert (answer.status_code, answer.url) == (302, at(project))
    for party, nonce in NONCES.items():
        assert commit_by_page(official, project, party, nonce).status_code == 302
    for party, nonce in NONCES.items():
        answer = official(project).post(at(project, "reveal/"), {"party": party, "nonce": nonce})
        assert answer.status_code == 302
    clock.now = DUE_AT
    run = {"beacon": BEACON, "proof": PROOF, "name": project.name}
    assert official(project).post(at(project, "run/"), run).status_code == 302
    answer = official(project).post(at(project, "publish/"), {"name": project.name})
    assert (answer.status_code, answer.url) == (302, f"/placement/{project.uid}/result/")
    draw = Draw.objects.get()
    assert draw.beacon_due_at == DUE_AT
    assert draw.nonces == list(NONCES.values())
    seeded = [draw.list_hash, draw.rules_hash, draw.seed, draw.public_archive["archive_sha256"]]
    page = text_of(official(project).get(at(project)))
    assert [word for word in seeded if word not in page] == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "新桥"}, "不一致"),
        ({"party_2": ""}, "field-error"),
        ({"party_2": "经办人"}, "至少要有两方"),
        ({"beacon_due_at": "2026-11-22T10:00"}, "公布时间应在将来"),
        ({"beacon_fallback": PLAN["beacon_source"]}, "两者不能相同"),
        ({"rules": ""}, "请选一套规则"),
    ],
)
def test_a_plan_that_cannot_be_is_shown_with_its_reason_and_what_was_typed(
    wrong: dict[str, str], sentence: str, clock: Clock, official: Official
):
    project, rules = drawn_project()
    answer = official(project).post(at(project, "close/"), {**PLAN, "rules": rules.pk, **wrong})
    assert answer.status_code == 422
    page = text_of(answer)
    assert sentence in page
    assert 'value="双色球第 2026136 期开奖号码"' in page
    assert not Draw.objects.exists()
    assert PlacementProject.objects.get().state == "preparing"


def test_a_hash_is_not_taken_before_the_nonce_is_kept_elsewhere(clock: Clock, official: Official):
    project = closed(*drawn_project()).project
    answer = commit_by_page(official, project, "公证员", NONCES["公证员"], kept="")
    assert answer.status_code == 422
    assert sha(NONCES["公证员"]) in text_of(answer)  # what was typed
    assert Draw.objects.get().parties[1]["sha256"] == ""


def test_a_wrong_nonce_is_refused_at_its_party_and_stays_in_the_field(clock: Clock, official: Official):
    project = committed(closed(*drawn_project())).project
    answer = official(project).post(at(project, "reveal/"), {"party": "公证员", "nonce": "notary-nonce-0003"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert "的随机数和承诺不符" in page
    assert 'value="notary-nonce-0003"' in page
    opened = re.search(r"<details open><summary[^>]*>(.*?)<", page)
    assert opened is not None
    assert opened.group(1) == "公证员"


def test_no_nonce_is_asked_for_by_the_form_that_takes_its_hash(clock: Clock, official: Official):
    project = closed(*drawn_project()).project
    form = re.search(r"<form[^>]*draw/commit/.*?</form>", text_of(official(project).get(at(project))), re.S)
    assert form is not None
    named = set(re.findall(r'\bname="(\w+)"', form.group()))
    assert named == {"csrfmiddlewaretoken", "party", "sha256", "kept"}


def test_before_its_time_there_is_no_form_to_draw_and_a_request_is_refused(clock: Clock, official: Official):
    project = revealed(committed(closed(*drawn_project()))).project
    assert "draw/run/" not in text_of(official(project).get(at(project)))
    run = {"beacon": BEACON, "proof": PROOF, "name": project.name}
    assert official(project).post(at(project, "run/"), run).status_code == 409
    assert Draw.objects.get().drawn_at is None
    clock.now = DUE_AT
    assert "draw/run/" in text_of(official(project).get(at(project)))


@pytest.mark.parametrize("step", ["run", "publish", "stop"])
def test_what_cannot_be_taken_back_asks_for_the_name_of_the_project(
    step: str, clock: Clock, official: Official
):
    draw = closed(*drawn_project())
    if step != "stop":
        draw, clock.now = revealed(committed(draw)), DUE_AT
    if step == "publish":
        draw = drawn(draw, clock)
    before = PlacementProject.objects.get().state
    typed = {"beacon": BEACON, "proof": PROOF, "reason": "名单有误", "name": "别的项目"}
    answer = official(draw.project).post(at(draw.project, f"{step}/"), typed)
    assert answer.status_code == 422
    assert "什么都没有做" in text_of(answer)
    assert PlacementProject.objects.get().state == before
    assert (
        official(draw.project).post(at(draw.project, f"{step}/"), {**typed, "name": "新桥配房"}).status_code
        == 302
    )


def test_drawing_a_second_time_from_an_old_page_is_a_conflict_and_changes_nothing(
    clock: Clock, official: Official
):
    draw = drawn(revealed(committed(closed(*drawn_project()))), clock)
    typed = {"beacon": "another", "proof": PROOF, "name": draw.project.name}
    answer = official(draw.project).post(at(draw.project, "run/"), typed)
    assert answer.status_code == 409
    assert Draw.objects.get().seed == draw.seed


def test_opening_the_page_stops_a_draw_that_missed_its_time(clock: Clock, official: Official):
    draw = committed(closed(*drawn_project()))
    clock.now = DUE_AT
    page = text_of(official(draw.project).get(at(draw.project)))
    assert "到公布时间仍未提交：经办人、公证员、居民代表" in page
    assert Draw.objects.get().stopped_at == DUE_AT


def test_publishing_without_printed_receipts_is_warned_of(clock: Clock, official: Official):
    draw = drawn(revealed(committed(closed(*drawn_project()))), clock)
    assert "回执还没有打印过" in text_of(official(draw.project).get(at(draw.project)))
    official(draw.project).get(f"/placement/draws/{draw.uid}/slips/")
    assert "回执还没有打印过" not in text_of(official(draw.project).get(at(draw.project)))


def test_a_stopped_draw_begins_again_with_copies_and_none_of_its_secrets(clock: Clock, official: Official):
    draw = closed(*drawn_project())
    old = draw.project
    draw_steps.stop(draw, "房源少了一栋", by=None)
    secrets = set(Applicant.objects.values_list("secret", flat=True))
    answer = official(old).post(at(old, "again/"), {"name": "新桥配房（重新摇号）"})
    made = PlacementProject.objects.exclude(pk=old.pk).get()
    assert answer.url == at(made)
    assert (made.state, made.stock_id, made.area_code) == ("preparing", old.stock_id, old.area_code)
    for model, named in ((Flat, "code"), (Applicant, "receipt")):
        ours, theirs = (
            set(model.objects.filter(project=one).values_list(named, flat=True)) for one in (made, old)
        )
        assert ours == theirs
    assert set(made.applicants.values_list("secret", flat=True)) == {""}
    assert set(old.applicants.values_list("secret", flat=True)) == secrets  # the old one stands as it was
    again = closed(made, made.rules.get())
    assert again.list_hash == draw.list_hash
    assert again.rules_hash != draw.rules_hash


@pytest.mark.parametrize("name", ["", "  ", "新桥配房"])
def test_a_new_attempt_needs_a_name_of_its_own(name: str, clock: Clock, official: Official):
    draw = closed(*drawn_project())
    draw_steps.stop(draw, "房源少了一栋", by=None)
    answer = official(draw.project).post(at(draw.project, "again/"), {"name": name})
    assert answer.status_code == 422
    assert PlacementProject.objects.count() == 1


def test_a_draw_that_goes_on_cannot_be_begun_again(clock: Clock, official: Official):
    draw = closed(*drawn_project())
    assert official(draw.project).post(at(draw.project, "again/"), {"name": "再来"}).status_code == 409
    assert PlacementProject.objects.count() == 1


def test_each_step_is_written_down_with_who_took_it(clock: Clock, person: Any):
    draw = drawn(revealed(committed(closed(*drawn_project()))), clock)
    by = person("housing_official", draw.project.area_code)
    client_for(by).post(at(draw.project, "publish/"), {"name": draw.project.name})
    assert AccessLog.objects.get(action="draw_publish").user == by
