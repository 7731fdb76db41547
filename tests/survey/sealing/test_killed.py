"""A sealing killed at its worst moments leaves a round that is whole or sealed; the long run is a soak."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from survey.keys import laid_aside
from survey.sealing import seal_round
from tests.survey.sealing.kills import Victim, recover, spent, state_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_killed_between_the_keys_two_steps(settings: LazySettings, tmp_path: Path):
    victim = Victim.draw(settings, tmp_path)
    made, before = victim.round_to_seal(1), spent()
    victim.kill(made, moment="laid_aside")
    assert laid_aside() == [str(made.round.uid)]
    recover()
    assert state_of(made, before) == "open"

    victim.kill(made, moment="committed")
    assert laid_aside() == [str(made.round.uid)]  # sealed in the database, the key not yet destroyed
    recover()
    assert state_of(made, before) == "sealed"
    assert seal_round(made.round, by=victim.field.director).key_destroyed_at is not None


def test_killed_while_it_works(settings: LazySettings, tmp_path: Path):
    victim = Victim.draw(settings, tmp_path, floors=6)
    made, before = victim.round_to_seal(2), spent()
    victim.kill(made, after_s=0.15)
    recover()
    assert state_of(made, before) in ("open", "sealed")
