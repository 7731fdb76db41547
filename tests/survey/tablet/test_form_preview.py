"""The preview of a form at the desk."""

import pytest
from django.urls import reverse

from survey.models import FormVersion
from survey.questionnaires.built_in import seed_forms
from tests.people import client_for, make_person


def address(name: str, version: FormVersion) -> str:
    return reverse(name, kwargs={"uid": version.form.uid, "pk": version.pk})


@pytest.mark.django_db
def test_the_frame_fetches_the_very_xform_of_the_version_that_is_shown() -> None:
    version, _visit = seed_forms()
    director = client_for(make_person("director", "community_director", area_code="330100001001"))
    page = director.get(address("form_preview", version))
    assert address("form_preview_frame", version) in page.content.decode()
    said = director.get(address("form_preview_form", version)).json()
    assert (said["form_id"], said["version"]) == ("wangge_household", version.version)
    assert said["xml"] == version.xform


@pytest.mark.django_db
def test_only_the_desk_may_frame_the_preview_and_only_it_may_run_wasm() -> None:
    version, _visit = seed_forms()
    director = client_for(make_person("director", "community_director", area_code="330100001001"))
    frame = director.get(address("form_preview_frame", version))
    if frame.status_code == 503:
        pytest.skip("the tablet app is not built")
    policy = frame.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "'wasm-unsafe-eval'" in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    page = director.get(address("form_preview", version))
    assert "wasm-unsafe-eval" not in page.headers["Content-Security-Policy"]
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
