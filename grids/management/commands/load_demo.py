"""`load_demo`: Monaco (real) and 新桥社区 (fictional) with grids, coverage, maps and one account per role."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from gis_core.models import User
from gis_core.progress import TerminalProgress
from grids.demo.people import PASSWORD, DemoAccount, demo_accounts, demo_towns, make_account
from grids.models import Town

HEAD = """
演示城镇 · demo towns:  摩纳哥 Monaco（真实数据，© OpenStreetMap contributors, ODbL 1.0）
                       新桥社区 Xinqiao（虚构，由程序绘制 · fictional, drawn by program）
登录 · sign in:  所有账号的密码 · password of every account:  {password}
（演示账号不要一次性代码，仅限本机演示 · demo accounts need no one-time code; for a machine of your own only）
"""


class Command(BaseCommand):
    help = "Load the two demo towns and one account per role; a second call changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anywhere", action="store_true", help="also on a server that speaks HTTPS")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.HTTPS and not options["anywhere"]:
            raise CommandError("demo accounts have known passwords: refused on a server with WANGGE_HTTPS=1")
        towns = demo_towns() or self._load()
        self.stdout.write(HEAD.format(password=PASSWORD))
        for account in demo_accounts(*towns):
            self.stdout.write(_line(account, make_account(account)))

    def _load(self) -> tuple[Town, Town]:
        from grids.demo.loading import load_towns  # heavy: kept off a start that finds everything there

        progress = TerminalProgress(self.stderr)  # type: ignore[arg-type]
        try:
            load_towns(progress)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        finally:
            progress.finish()
        towns = demo_towns()
        assert towns is not None
        return towns


def _line(account: DemoAccount, person: User) -> str:
    places = " ".join(account.places)
    expired = "（职责已到期 · duty expired）" if account.is_expired else ""
    return f"  {person.username:<10}{account.role.label}  {person.display_name}  {places}{expired}"
