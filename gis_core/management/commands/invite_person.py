from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from gis_core.errors import Refusal
from gis_core.models import Role, User
from gis_core.people import create_person, grant_duty
from gis_core.sign_in_links import make_link


class Command(BaseCommand):
    """The same as the people page does, by the same rules, in the name of an administrator."""

    help = "建立账号、授予职责并打印邀请链接 · make an account with a duty and print its invitation link"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--by", required=True, help="以哪位管理员的名义 · user name of the administrator")
        parser.add_argument("--role", required=True, choices=list(Role.values))
        place = parser.add_mutually_exclusive_group(required=True)
        place.add_argument("--area", default="")
        place.add_argument("--grid", default="")
        place.add_argument("--building", default="")
        parser.add_argument("--name", default="")
        parser.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])
        parser.add_argument(
            "--address", default="http://localhost:8000", help="网站地址 · address of the site"
        )

    @transaction.atomic
    def handle(self, *args: Any, username: str, by: str, **options: Any) -> None:
        administrator = User.objects.filter(username=by, is_active=True).first()
        if administrator is None:
            raise CommandError(f"没有账号“{by}” · no such account")
        place = {f"{kind}_code": options[kind] for kind in ("area", "grid", "building")}
        try:
            person = create_person(
                username=username,
                display_name=options["name"] or username,
                language=options["language"],
                home_code=next(code for code in place.values() if code)[:12],
                by=administrator,
            )
            grant_duty(person, options["role"], by=administrator, **place)
            secret, link = make_link(person, by=administrator)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"{options['address'].rstrip('/')}{reverse('welcome', args=[secret])}")
        self.stdout.write(
            f"{link.expires_at:%Y-%m-%d %H:%M} UTC 以前有效，只能用一次 · good once, until then"
        )
