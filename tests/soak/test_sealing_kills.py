"""`./dev soak sealing --seed N`: fifty kills at random moments leave everything open or everything sealed."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from django.conf import LazySettings

from tests.survey.sealing.kills import Victim, recover, spent, state_of

KILLS = 50
NAMED = ("laid_aside", "committed")  # hit for sure, twice each; the others whenever it happens


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_sealing_killed_at_fifty_random_moments_is_whole_or_sealed(
    settings: LazySettings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = Random(request.config.getoption("--seed"))
    victim = Victim.draw(settings, tmp_path, floors=40)
    whole_s = victim.whole_s(victim.round_to_seal(0))
    moments = [*NAMED, *NAMED, *[""] * (KILLS - 2 * len(NAMED))]
    chance.shuffle(moments)
    met: Counter[str] = Counter()
    made, before = victim.round_to_seal(1), spent()
    for number, moment in enumerate(moments, start=2):
        victim.kill(made, after_s=chance.uniform(0, 1.1 * whole_s), moment=moment)
        recover()
        found = state_of(made, before)
        met[f"{moment or 'any moment'}: {found}"] += 1
        if found == "sealed":
            made, before = victim.round_to_seal(number), spent()
    print(f"\nsealing takes {whole_s:.2f} s undisturbed; {sum(met.values())} kills:")
    for what, count in sorted(met.items()):
        print(f"  {count:3d}  {what}")
    assert met["laid_aside: open"] == met["committed: sealed"] == 2
    assert sum(met.values()) == KILLS
