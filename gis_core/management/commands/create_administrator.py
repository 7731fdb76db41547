import getpass
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from gis_core.access_log import log_access
from gis_core.errors import Refusal
from gis_core.models import Duty, Role, User
from gis_core.people import check_place


class Command(BaseCommand):
    """The first administrator, and the way back in when the last one has gone."""

    help = "建立一位管理员 · make an administrator of an area (the first one, or the way back in)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--area", required=True, help="区划代码，2、4、6、9 或 12 位 · area code")
        parser.add_argument("--name", default="", help="姓名 · name shown")
        parser.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])
        parser.add_argument("--password", help="不写则询问 · asked for when left out")

    def handle(self, *args: Any, username: str, area: str, **options: Any) -> None:
        try:
            check_place(area, "", "")
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        if User.objects.filter(username__iexact=username).exists():
            raise CommandError(f"用户名“{username}”已存在 · this user name exists")
        made = User(
            username=username,
            display_name=options["name"] or username,
            language=options["language"],
            home_code=area,
        )
        made.set_password(self._password(options["password"], made))
        with transaction.atomic():
            made.save()
            duty = Duty.objects.create(user=made, role=Role.ADMINISTRATOR, area_code=area)
            log_access(
                None, "create_person", f"user {made.pk}", area_code=area, reason="create_administrator"
            )
            log_access(None, "grant_duty", f"duty {duty.pk} user {made.pk} {duty.role}", area_code=area)
        self.stdout.write(f"{username} · {duty.get_role_display()} · {area}")

    def _password(self, given: str | None, person: User) -> str:
        password = given or getpass.getpass("密码 · password: ")
        if not given and getpass.getpass("再输入一次 · again: ") != password:
            raise CommandError("两次输入不一样 · the two differ")
        try:
            validate_password(password, person)
        except ValidationError as err:
            raise CommandError(" ".join(err.messages)) from err
        return password
