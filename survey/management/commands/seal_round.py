"""`seal_round UID --name NAME --as USER`: what the pages do, with the same checks; it cannot be undone."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from gis_core.models import User
from gis_core.progress import TerminalProgress
from survey.models import Round, Sealing
from survey.rounds import require_whole_round, round_for
from survey.sealing import confirm_sealing, prepare_sealing, seal_round
from survey.sealing_matters import open_matters
from survey.sealing_plan import USUAL_EPSILON

SEAL = "seal_round"


class Command(BaseCommand):
    help = "封存一轮已结束的走访，不能撤销 · seal a closed round; its answers are erased for good"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uid", help="of the round")
        parser.add_argument("--name", required=True, help="the round's name, typed to confirm")
        parser.add_argument("--as", dest="officer", required=True, help="user name of the protection officer")
        parser.add_argument("--epsilon", default=str(USUAL_EPSILON))
        parser.add_argument(
            "--knowingly", action="store_true", help="go on although records or conflicts still wait"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        officer = User.objects.filter(username=options["officer"]).first()
        if officer is None:
            raise CommandError(f"没有用户 {options['officer']} · no such user")
        progress = TerminalProgress(self.stderr)  # type: ignore[arg-type]
        try:
            subject = round_for(officer, options["uid"], SEAL)
            require_whole_round(officer, subject, SEAL)
            if subject.state != Round.State.SEALED:
                self._confirm(subject, officer, options)
            done = seal_round(subject, by=officer, progress=progress)
        except ValidationError as err:
            raise CommandError(f"不是编号 {options['uid']} · not a UID") from err
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        finally:
            progress.finish()
        self._tell(done, as_json=options["json"])

    def _confirm(self, subject: Round, officer: User, options: dict[str, Any]) -> None:
        if options["name"] != subject.name:
            raise CommandError("名称不一致，没有封存 · the name differs, nothing was sealed")
        matters = open_matters(subject)
        if matters and not options["knowingly"]:
            raise CommandError(f"还有待处理事项 · still waiting: {matters}（--knowingly）")
        try:
            epsilon = Decimal(options["epsilon"])
        except InvalidOperation as err:
            raise CommandError(f"ε {options['epsilon']} 不是数字 · not a number") from err
        if not (epsilon.is_finite() and epsilon > 0):
            raise CommandError("ε 要大于 0 · must be above 0")
        prepare_sealing(subject, by=officer, epsilon=epsilon, open_matters=matters)
        confirm_sealing(subject, by=officer, open_matters=matters)

    def _tell(self, done: Sealing, *, as_json: bool) -> None:
        facts = {
            "release": str(done.release_uid),
            "sha256": done.table_sha256,
            "answered": done.answered,
            "erased": done.erased,
            "left": done.left,
            "key_destroyed": done.key_destroyed_at is not None,
        }
        if as_json:
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        for name, value in facts.items():
            self.stdout.write(f"  {name:<14} {value}")
