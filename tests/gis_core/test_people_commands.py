"""The same rules from the command line: the first administrator, an invitation, the locale."""

import re
from io import StringIO
from pathlib import Path

import polib
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client

from gis_core.models import Duty, User
from tests.people import make_person

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said, stderr=StringIO())
    return said.getvalue()


def test_the_first_administrator_comes_from_the_command_line():
    run("create_administrator", "root", "--area", "3201", "--password", "a-good-long-one")
    made = User.objects.get(username="root")
    assert made.check_password("a-good-long-one")
    assert [(d.role, d.area_code) for d in made.duties.all()] == [("administrator", "3201")]


@pytest.mark.parametrize(
    ("area", "password", "said"),
    [("32010", "a-good-long-one", "5"), ("3201", "short", "10"), ("3201", "12345678901234", "数字")],
)
def test_a_wrong_area_or_a_weak_password_makes_nobody(area: str, password: str, said: str):
    with pytest.raises(CommandError, match=said):
        run("create_administrator", "root", "--area", area, "--password", password)
    assert not User.objects.exists()


def test_an_invitation_from_the_command_line_follows_the_same_rules():
    make_person("root", "administrator", area_code="3201")
    said = run("invite_person", "anna", "--by", "root", "--role", "planner", "--area", "320102")
    link = re.search(r"http://localhost:8000(/welcome/\S+)", said)
    assert link is not None
    assert Client().get(link.group(1)).status_code == 200
    with pytest.raises(CommandError, match="不在您的职责范围内"):
        run("invite_person", "bert", "--by", "root", "--role", "planner", "--area", "33")
    assert not User.objects.filter(username="bert").exists()
    assert Duty.objects.get(user__username="anna").granted_by == User.objects.get(username="root")


def test_a_sentence_without_english_fails_the_check(settings: LazySettings, tmp_path: Path):
    folder = tmp_path / "room" / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (tmp_path / "room" / "things.py").write_text('a = _("一")\nb = _("有 %(count)d 个")\n', encoding="utf-8")
    settings.LOCALE_PATHS = [tmp_path / "room" / "locale"]
    with pytest.raises(CommandError, match="2 sentences"):
        run("compile_locale", "--check")
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.extend(
        [polib.POEntry(msgid="一", msgstr="one"), polib.POEntry(msgid="有 %(count)d 个", msgstr="some")]
    )
    catalogue.save(str(folder / "django.po"))
    with pytest.raises(CommandError, match="other placeholders"):
        run("compile_locale", "--check")
    catalogue[1].msgstr = "%(count)d there"
    catalogue.save(str(folder / "django.po"))
    run("compile_locale")
    assert (folder / "django.mo").stat().st_size > 0
