"""Seals one round in a process of its own, so that it can be killed.

    python -m tests.survey.sealing.killed_child ROUND USER [laid_aside|committed]

Says "ready" and waits for a line; with a moment named it stops there and says so: after the key's first step,
or after the transaction was committed and before the key is destroyed.
"""

import os
import sys

import django


def say(word: str) -> None:
    print(word, flush=True)


def stop_at(moment: str) -> None:
    """Go to sleep at that moment; whoever waits for the word kills this process there."""
    import signal

    from survey import sealing

    name = {"laid_aside": "lay_aside", "committed": "_finish"}[moment]
    step = getattr(sealing, name)

    def stopping(*args: object) -> object:
        done = step(*args) if moment == "laid_aside" else None
        say(moment)
        signal.pause()
        return done

    setattr(sealing, name, stopping)


def main(round_id: str, user_id: str, moment: str = "") -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
    django.setup()
    import opendp.prelude  # noqa: F401 — loading it is no part of sealing

    from gis_core.models import User
    from survey.models import Round
    from survey.sealing import seal_round

    if moment:
        stop_at(moment)
    say("ready")
    sys.stdin.readline()
    seal_round(Round.objects.get(pk=round_id), by=User.objects.get(pk=user_id))
    say("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
