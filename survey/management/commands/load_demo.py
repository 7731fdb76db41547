"""`load_demo`: Monaco (real) and 新桥社区 (fictional) with coverage, maps, a round, a placement, accounts."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from gis_core.models import User
from gis_core.progress import Progress, TerminalProgress
from grids.demo.people import PASSWORD, DemoAccount, demo_accounts, demo_towns, make_account
from grids.models import Town
from survey.demo.people import worker_accounts

HEAD = """
演示城镇 · demo towns:  摩纳哥 Monaco（真实数据，© OpenStreetMap contributors, ODbL 1.0）
                       新桥社区 Xinqiao（虚构，由程序绘制 · fictional, drawn by program）
登录 · sign in:  所有账号的密码 · password of every account:  {password}
（演示账号不要一次性代码，仅限本机演示 · demo accounts need no one-time code; for a machine of your own only）
"""


class Command(BaseCommand):
    help = "Load the two demo towns, a survey round and one account per role; a second call changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anywhere", action="store_true", help="also on a server that speaks HTTPS")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.HTTPS and not options["anywhere"]:
            raise CommandError("demo accounts have known passwords: refused on a server with WANGGE_HTTPS=1")
        progress = TerminalProgress(self.stderr)  # type: ignore[arg-type]
        try:
            xinqiao, monaco = demo_towns() or self._load_towns(progress)
            accounts = _accounts(xinqiao, monaco)
            people = {account.username: make_account(account) for account in accounts}
            self._load_survey(xinqiao, people, progress)
            self._load_placement(xinqiao, people)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        finally:
            progress.finish()
        self.stdout.write(HEAD.format(password=PASSWORD))
        for account in accounts:
            self.stdout.write(_line(account, people[account.username]))

    def _load_towns(self, progress: Progress) -> tuple[Town, Town]:
        from grids.demo.loading import load_towns  # heavy: kept off a start that finds everything there

        load_towns(progress)
        towns = demo_towns()
        assert towns is not None
        return towns

    def _load_survey(self, town: Town, people: dict[str, User], progress: Progress) -> None:
        from survey.demo.loading import load_survey  # the same

        load_survey(town, people, progress)

    def _load_placement(self, town: Town, people: dict[str, User]) -> None:
        from grids.demo import placement  # the same

        drawn = placement.reveal_drawn_placement(town, people["housing"])
        placement.load_placement(town, people["housing"])
        if drawn is not None:
            placement.publish_drawn_placement(drawn, people["housing"])


def _accounts(xinqiao: Town, monaco: Town) -> list[DemoAccount]:
    """The workers with all of their grids, then one account for every other role."""
    workers = worker_accounts(xinqiao)
    names = {worker.username for worker in workers}
    return [*workers, *(one for one in demo_accounts(xinqiao, monaco) if one.username not in names)]


def _line(account: DemoAccount, person: User) -> str:
    places = " ".join(account.places)
    expired = "（职责已到期 · duty expired）" if account.is_expired else ""
    return f"  {person.username:<10}{account.role.label}  {person.display_name}  {places}{expired}"
