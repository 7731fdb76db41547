"""From the closed round to the proof: prepared, confirmed by typing the name, and proved on the page."""

import hashlib

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone

from gis_core.jobs import run_now
from gis_core.models import AccessLog, Job
from gis_core.progress import NoProgress
from gis_core.shell import waiting_work
from grids.models import SealedTally
from survey.kept import holding_key
from survey.keys import destroy_key, seal
from survey.models import Household, Request, Round, Sealing, Submission
from tests.grids.two_towns import FIRST
from tests.people import client_for, make_person
from tests.survey.sealing.grounds import OUTLINE, ended_round, sealed
from tests.survey.worlds import draw_field

pytestmark = pytest.mark.django_db


@pytest.fixture
def field():
    made = draw_field()
    made.form_version.outline = OUTLINE
    made.form_version.save()
    return made


@pytest.fixture
def ended(field):
    return ended_round(field.town, field.director, area_codes=[FIRST], version=field.form_version)


@pytest.fixture
def officer(db):
    return make_person("officer", "data_protection_officer", area_code="330100")


def at(name, made):
    return reverse(name, args=[made.round.uid])


def sentences(user):
    return [str(item.sentence) for item in waiting_work(user, None)]


def test_the_whole_way_from_preview_to_proof(field, ended, officer):
    director, dpo = client_for(field.director), client_for(officer)
    page = director.get(at("sealing", ended)).content.decode()
    assert "32 户回答" in page
    assert "猜对的机会也最多从 50% 升到 74%" in page  # 1/(1+e⁻¹) = 0.731
    assert "已结束，还没有封存" in "".join(sentences(field.director))
    assert "封存等您确认" not in "".join(sentences(officer))

    director.post(at("sealing_prepare", ended), {"epsilon": "1.5"})
    assert Sealing.objects.get().epsilon == 1.5
    assert "封存等您确认" in "".join(sentences(officer))
    assert director.post(at("sealing_confirm", ended), {"name": ended.round.name}).status_code == 403
    wrong = dpo.post(at("sealing_confirm", ended), {"name": "别的走访"})
    assert wrong.status_code == 422
    assert not Job.objects.exists()

    answer = dpo.post(at("sealing_confirm", ended), {"name": ended.round.name})
    job = Job.objects.get()
    assert answer.headers["Location"] == reverse("job", args=[job.pk])
    assert set(job.arguments) == {"round_id", "by_id"}
    run_now("seal_round", progress=NoProgress(), **job.arguments)
    run_now("seal_round", progress=NoProgress(), **job.arguments)  # a lost worker's job runs again
    assert not Household.objects.exists()

    proof = dpo.get(at("sealing", ended)).content.decode()
    done = Sealing.objects.get()
    assert done.table_sha256 in proof
    assert "一行不剩" in proof
    text = dpo.get(at("sealing_table", ended)).content
    assert hashlib.sha256(text).hexdigest() == done.table_sha256
    acts = AccessLog.objects.values_list("action", flat=True)
    assert {"prepare_sealing", "confirm_sealing", "seal_round"} <= set(acts)


def test_open_matters_are_named_and_must_be_accepted(field, ended):
    Submission.objects.filter(dwelling_code=sorted(ended.told)[0]).update(review="received")
    director = client_for(field.director)
    assert "还没有审核" in director.get(at("sealing", ended)).content.decode()
    assert director.post(at("sealing_prepare", ended), {"epsilon": "1"}).status_code == 422
    assert not Sealing.objects.exists()
    assert director.post(at("sealing_prepare", ended), {"epsilon": "1", "knowingly": "1"}).status_code == 302
    assert Sealing.objects.get().open_matters == {"unreviewed": 1}


def test_an_epsilon_beyond_the_years_budget_is_no_choice(field, ended):
    sealed(ended.round, field.director, epsilon="1.5")
    second = ended_round(field.town, field.director, area_codes=[FIRST], version=field.form_version, seed=2)
    page = client_for(field.director).get(at("sealing", second)).content.decode()
    assert "还剩 0.5" in page
    assert page.count("额度不够") == 3
    assert "disabled" in page  # the usual ε of 1 is more than is left


def test_a_tampered_table_is_seen_on_the_page(field, ended, officer):
    sealed(ended.round, field.director)
    SealedTally.objects.filter(pk=SealedTally.objects.first().pk).update(count=9)
    assert "与封存时不一致" in client_for(officer).get(at("sealing", ended)).content.decode()


def test_an_open_round_says_that_it_must_end_first(field):
    page = client_for(field.director).get(reverse("sealing", args=[field.round.uid])).content.decode()
    assert "走访结束以后才能封存" in page


def test_a_round_with_its_key_gone_is_explained(field, ended):
    destroy_key(str(ended.round.uid))
    page = client_for(field.director).get(at("sealing", ended))
    assert page.status_code == 200
    assert "密钥已不存在" in page.content.decode()


def test_rounds_of_other_towns_are_not_found(ended):
    stranger = client_for(make_person("stranger", "community_director", area_code="330101"))
    assert stranger.get(at("sealing", ended)).status_code == 404
    planner = client_for(make_person("plan", "planner", area_code="330100"))
    assert planner.get(at("sealing", ended)).status_code == 403


def test_the_contact_of_a_case_wants_a_reason_and_is_logged(field, ended):
    case = Request.objects.create(
        town=field.town,
        dwelling_code=sorted(ended.told)[0],
        category="learning",
        opened_at=timezone.now(),
        contact_sealed=seal(holding_key(), b'{"address_as": "\\u738b"}', about="request.contact"),
    )
    director = client_for(field.director)
    address = reverse("case_contact", args=[case.uid])
    assert "为什么要看" in director.get(address).content.decode()
    assert "王" in director.get(f"{address}?reason=complaint").content.decode()
    assert AccessLog.objects.filter(action="read_case_contact").count() == 1
    assert address in director.get(reverse("request", args=[case.uid])).content.decode()


def test_the_command_asks_for_the_name_and_seals(field, ended, officer, capsys):
    with pytest.raises(CommandError):
        call_command("seal_round", str(ended.round.uid), name="x", officer="officer")
    assert Round.objects.get(pk=ended.round.pk).state == "closed"
    call_command("seal_round", str(ended.round.uid), name=ended.round.name, officer="officer", json=True)
    assert '"key_destroyed": true' in capsys.readouterr().out
    call_command("verify_release")
    assert "一致" in capsys.readouterr().out
