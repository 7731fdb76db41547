"""The one draw of a project, step by step: close the list → commit → reveal → draw → publish.

What each step proves is in the order of the steps. Once the list is closed, nobody can be added or taken
away. Once every party has committed, none can choose its nonce by what the others did. Once all nonces are
out, before the public value exists, nobody knows the order, and nobody can change it any more. So a step is
written once, under the lock of its row and in one transaction, and none can be taken back: a step that was
killed never happened, and a step that happened says so when it is asked for again.

A commitment or a nonce that is missing when the public value is due stops the draw for good.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from grids.models import Draw, PlacementProject, PlacementRules
from grids.placement.closing import closed_draw, require_plan
from grids.placement.draw_refusals import (
    ListChanged,
    Stopped,
    TooEarly,
    WrongBeacon,
    WrongCommitment,
    WrongNonce,
    WrongStep,
)
from grids.placement.drawing import full_archive, reopened
from grids.placement.lottery import commitment
from grids.placement.offers import make_offers
from grids.placement.public_archive import finished_archive, forget_secrets

State = PlacementProject.State
LONGEST_WORD = 200


@transaction.atomic
def close_list(
    project: PlacementProject,
    rules: PlacementRules,
    *,
    parties: Sequence[str],
    beacon_source: str,
    beacon_due_at: datetime,
    beacon_fallback: str,
    by: Any,
) -> Draw:
    """Fix applicants, flats, rules, parties and the public value that will decide."""
    project = PlacementProject.objects.select_for_update().get(pk=project.pk)
    if project.state != State.PREPARING:
        raise WrongStep(_("这个项目的名单已经封闭，不能再次封闭。"), state=project.state)
    require_plan(project, rules, parties, beacon_source, beacon_due_at, beacon_fallback)
    draw = closed_draw(
        project,
        rules,
        Draw(
            project=project,
            rules=rules,
            parties=[{"party": party.strip(), "sha256": ""} for party in parties],
            nonces=["" for _party in parties],
            beacon_source=beacon_source.strip(),
            beacon_due_at=beacon_due_at,
            beacon_fallback=beacon_fallback.strip(),
            closed_at=timezone.now(),
            made_by=by,
        ),
    )
    draw.save(force_insert=True)
    return _written(draw, project, State.CLOSED, "draw_close", by)


@transaction.atomic
def commit(draw: Draw, party: str, sha256: str, *, by: Any) -> Draw:
    """Write down the hash of a party's nonce. The last one ends the step."""
    draw, digest = _locked(draw), sha256.strip().lower()
    place = _party(draw, party)
    if digest and draw.parties[place]["sha256"] == digest:
        return draw
    _require(draw, State.CLOSED, _("现在不是提交承诺的时候。"))
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise WrongCommitment(_("承诺应为 64 位十六进制数（SHA-256）。"), met=digest[:80])
    if draw.parties[place]["sha256"]:
        raise WrongStep(_("“%(party)s”已经提交过承诺，不能更改。") % {"party": party}, party=party)
    if any(one["sha256"] == digest for one in draw.parties):
        raise WrongCommitment(_("这个承诺和另一方的一样。每一方应使用自己的随机数。"), party=party)
    draw.parties[place]["sha256"] = digest
    if all(one["sha256"] for one in draw.parties):
        draw.committed_at = timezone.now()
    draw.save(update_fields=["parties", "committed_at"])
    state = State.COMMITTED if draw.committed_at else State.CLOSED
    return _written(draw, draw.project, state, "draw_commit", by, party)


@transaction.atomic
def reveal(draw: Draw, party: str, nonce: str, *, by: Any) -> Draw:
    """Publish a party's nonce. It must be what was committed, and come before the public value."""
    draw = _locked(draw)
    place = _party(draw, party)
    if nonce and draw.nonces[place] == nonce:
        return draw
    _require(draw, State.COMMITTED, _("各方都提交承诺以后，才能公开随机数。"))
    if len(nonce) > LONGEST_WORD or "\0" in nonce or commitment(nonce) != draw.parties[place]["sha256"]:
        raise WrongNonce(
            _("“%(party)s”的随机数和承诺不符。请逐字核对，不要多出空格。") % {"party": party}, party=party
        )
    draw.nonces[place] = nonce
    if all(draw.nonces):
        draw.revealed_at = timezone.now()
    draw.save(update_fields=["nonces", "revealed_at"])
    state = State.REVEALED if draw.revealed_at else State.COMMITTED
    return _written(draw, draw.project, state, "draw_reveal", by, party)


@transaction.atomic
def draw_now(draw: Draw, beacon: str, proof: str, *, by: Any) -> Draw:
    """Draw, once, with the public value and the place where anybody can look it up."""
    draw, beacon, proof = _locked(draw), beacon.strip(), proof.strip()
    if draw.drawn_at is not None and draw.beacon == beacon:
        return draw
    _require(draw, State.REVEALED, _("随机数没有全部公开，或者已经摇过号，不能摇号。"))
    if timezone.now() < draw.beacon_due_at:
        raise TooEarly(
            _("公开随机数要到 %(time)s 才公布，在此之前不能摇号。")
            % {"time": timezone.localtime(draw.beacon_due_at).strftime("%Y-%m-%d %H:%M")},
            due_at=draw.beacon_due_at.isoformat(),
        )
    if not 0 < len(beacon) <= LONGEST_WORD or not 0 < len(proof) <= 300 or "\0" in beacon + proof:
        raise WrongBeacon(_("请填写公布的随机数，以及任何人都能查到它的出处。"))
    archive = full_archive(*reopened(draw.full_archive), draw.nonces, beacon)
    if (archive["rules"], archive["list_hash"]) != (draw.rules_text, draw.list_hash):
        raise ListChanged(_("保存的名单与封闭时的不一致，不能摇号。请联系审计人员查看数据库的改动。"))
    draw.beacon, draw.beacon_proof, draw.seed = beacon, proof, archive["seed"]
    draw.full_archive, draw.drawn_at = archive, timezone.now()
    draw.save(update_fields=["beacon", "beacon_proof", "seed", "full_archive", "drawn_at"])
    return _written(draw, draw.project, State.DRAWN, "draw_run", by)


@transaction.atomic
def publish(draw: Draw, *, by: Any) -> Draw:
    """公示: the public archive is written, the secrets are forgotten, the offers go out."""
    draw = _locked(draw)
    if draw.published_at is not None:
        return draw
    _require(draw, State.DRAWN, _("摇号以后才能公示。"))
    draw.published_at = timezone.now()
    draw.public_archive = finished_archive(draw)
    draw.save(update_fields=["published_at", "public_archive"])
    forget_secrets(draw.project)
    make_offers(draw)
    return _written(draw, draw.project, State.PUBLISHED, "draw_publish", by)


@transaction.atomic
def stop(draw: Draw, reason: str, *, by: Any) -> Draw:
    """End the draw while nobody can know its outcome; once all nonces are out, it must be drawn."""
    draw, reason = _locked(draw), reason.strip()
    if draw.project.state not in (State.CLOSED, State.COMMITTED):
        raise WrongStep(_("随机数全部公开以后，摇号不能再中止。"), state=draw.project.state)
    if not 0 < len(reason) <= 300:
        raise WrongStep(_("请写明中止的理由，不超过 300 字。"))
    return _stopped(draw, reason, by)


@transaction.atomic
def stop_if_overdue(draw: Draw, *, by: Any = None) -> bool:
    """Stop a draw whose public value is due while a commitment or a nonce is missing."""
    draw = _with_lock(draw)
    if not is_overdue(draw):
        return False
    given = [one["sha256"] for one in draw.parties] if draw.project.state == State.CLOSED else draw.nonces
    missing = [one["party"] for one, word in zip(draw.parties, given, strict=True) if not word]
    _stopped(draw, _("到公布时间仍未提交：%(parties)s") % {"parties": "、".join(missing)}, by)
    return True


def is_overdue(draw: Draw) -> bool:
    waits = draw.project.state in (State.CLOSED, State.COMMITTED)
    return waits and timezone.now() >= draw.beacon_due_at


def _stopped(draw: Draw, reason: str, by: Any) -> Draw:
    draw.stopped_at, draw.stop_reason = timezone.now(), reason[:300]
    draw.save(update_fields=["stopped_at", "stop_reason"])
    return _written(draw, draw.project, State.STOPPED, "draw_stop", by, reason)


def _with_lock(draw: Draw) -> Draw:
    return Draw.objects.select_for_update(of=("self", "project")).select_related("project").get(pk=draw.pk)


def _locked(draw: Draw) -> Draw:
    """The row under lock; a draw that was stopped, or should have been, takes no step."""
    draw = _with_lock(draw)
    if draw.stopped_at or is_overdue(draw):
        raise Stopped(_("摇号已中止：到公布时间时，承诺或随机数没有交齐，或者经办人中止。"))
    return draw


def _require(draw: Draw, state: Any, sentence: str) -> None:
    if draw.project.state != state:
        raise WrongStep(sentence, state=draw.project.state)


def _party(draw: Draw, party: str) -> int:
    names = [one["party"] for one in draw.parties]
    if party not in names:
        raise WrongCommitment(_("封闭名单时没有列出这一方：%(party)s") % {"party": party}, party=party)
    return names.index(party)


def _written(draw: Draw, project: PlacementProject, state: Any, action: str, by: Any, word: str = "") -> Draw:
    """The project's state and the log row, in the transaction of the step."""
    project.state = state
    project.save(update_fields=["state"])
    draw.project = project
    log_access(by, action, f"draw {draw.uid}", area_code=project.area_code, reason=word)
    return draw
