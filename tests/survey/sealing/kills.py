"""Killing the process that seals, and looking at what is left."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import LazySettings
from django.db import connection
from django.db.models import Sum

from grids.models import Building, PrivacyBudget, SealedRelease, SealedTally
from grids.tallies import is_untouched
from survey.keys import key_exists, laid_aside
from survey.models import Household, Round, Submission
from survey.sealing import confirm_sealing, prepare_sealing, recover_sealing
from tests.grids.two_towns import FIRST
from tests.survey.sealing.grounds import OUTLINE, Ended, ended_round
from tests.survey.worlds import Field, draw_field, fill_building

ROOT = Path(__file__).resolve().parents[3]
EPSILON = Decimal("0.02")  # fifty of them stay below the year's limit
RECOVERED_WITHIN_S = 20


@dataclass
class Victim:
    """A field whose rounds are sealed by processes that die."""

    field: Field
    settings: LazySettings
    var: Path

    @classmethod
    def draw(cls, settings: LazySettings, folder: Path, *, floors: int = 2) -> "Victim":
        var = folder / "var"
        (var / "keys").mkdir(parents=True)
        (var / "pg.socket").write_text(connection.settings_dict["HOST"])
        settings.KEYS_DIR = var / "keys"
        field = draw_field()
        field.form_version.outline = OUTLINE
        field.form_version.save()
        add_floors(field, floors)
        return cls(field, settings, var)

    def round_to_seal(self, seed: int) -> Ended:
        made = ended_round(
            self.field.town,
            self.field.director,
            area_codes=[FIRST],
            seed=seed,
            version=self.field.form_version,
        )
        prepare_sealing(made.round, by=self.field.director, epsilon=EPSILON, open_matters={})
        confirm_sealing(made.round, by=self.field.director, open_matters={})
        return made

    def child(self, made: Ended, moment: str = "") -> "subprocess.Popen[str]":
        """A process that is ready to seal."""
        environment = {
            **os.environ,
            "WANGGE_DB": connection.settings_dict["NAME"],
            "WANGGE_VAR": str(self.var),
        }
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "tests.survey.sealing.killed_child"]
        started = subprocess.Popen(
            [*command, str(made.round.pk), str(self.field.director.pk), *([moment] if moment else [])],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        return started

    def kill(self, made: Ended, *, after_s: float = 0.0, moment: str = "") -> None:
        """Let it begin, then kill it after some seconds or at a named moment."""
        process = self.child(made, moment)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        if moment:
            assert process.stdout.readline() == f"{moment}\n"
        else:
            time.sleep(after_s)  # the fault itself: a moment nobody chose
        process.send_signal(signal.SIGKILL)
        process.communicate()

    def whole_s(self, made: Ended) -> float:
        """How long sealing takes when nobody kills it."""
        process = self.child(made)
        started = time.monotonic()
        said, _err = process.communicate("go\n", timeout=120)
        assert said == "done\n"
        return time.monotonic() - started


def add_floors(field: Field, floors: int) -> None:
    for building in Building.objects.filter(stock=field.round.stock, community_code=FIRST):
        fill_building(building, (1, 2), range(3, floors + 1), range(1, 9))


def recover() -> None:
    """What the worker does. The database may still be ending the dead process's transaction: then again."""
    until = time.monotonic() + RECOVERED_WITHIN_S
    recover_sealing()
    while laid_aside() and time.monotonic() < until:
        time.sleep(0.1)
        recover_sealing()


def state_of(made: Ended, spent_before: Decimal) -> str:
    """ "open" or "sealed"; anything between the two fails."""
    uid, size = made.round.uid, len(made.told)
    release = SealedRelease.objects.filter(round_uid=uid).first()
    found: dict[str, Any] = {
        "state": Round.objects.get(pk=made.round.pk).state,
        "key": key_exists(str(uid)),
        "households": Household.objects.filter(round=made.round).count(),
        "records": Submission.objects.filter(round=made.round).exclude(raw=None, xml=None).count(),
        "ids": Submission.objects.filter(round=made.round).count(),
        "table": release is not None and SealedTally.objects.filter(release=release).exists(),
        "spent": spent() - spent_before,
    }
    assert laid_aside() == []
    if found["state"] == Round.State.CLOSED:
        expected = {"key": True, "households": size, "records": size, "table": False, "spent": 0}
    else:
        assert release is not None
        assert is_untouched(release)
        buildings = Building.objects.filter(stock=made.round.stock, community_code=FIRST).count()
        expected = {"key": False, "households": 0, "records": 0, "table": True, "spent": EPSILON * buildings}
    assert found == {**expected, "state": found["state"], "ids": size}
    return "open" if found["state"] == Round.State.CLOSED else "sealed"


def spent() -> Decimal:
    return PrivacyBudget.objects.aggregate(spent=Sum("spent"))["spent"] or Decimal(0)
