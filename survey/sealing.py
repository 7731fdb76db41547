"""Sealing a round: its counts leave this room once, noisy, and its answers end.

One transaction locks the round, draws the noise, debits the ledger, writes the table, erases the rows, scans
for what is left and marks the round as sealed. Just before it is committed the key's file is laid aside under
another name; just after, it is destroyed. A process that dies at any moment leaves either everything as it
was or everything sealed: `recover_sealing` looks at the round's state in the database and finishes the key,
or puts it back.
"""

import logging
import time
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.access_log import log_access
from gis_core.errors import Refusal
from gis_core.jobs import job
from gis_core.models import User
from gis_core.progress import NoProgress, Progress
from grids.models import SealedRelease
from grids.privacy_ledger import debit
from grids.tallies import Release, replace_sealed_tallies
from survey.keys import destroy_key, key_exists, laid_aside, lay_aside, put_back
from survey.models import Round, Sealing
from survey.sealed_table import cells_of, pairs_of
from survey.sealing_erasure import erase_round, scan
from survey.sealing_plan import Plan, plan_for

log = logging.getLogger("survey.sealing")
ACTION = "seal_round"
TRIES = 3


class NotSealable(Refusal):
    """The round is not in a state in which it can be sealed; the sentence says what is missing."""

    code = "not_sealable"
    status = 409


class BytesLeft(Exception):  # noqa: N818 — an error of ours: the transaction is taken back
    """The scan found something under the round's key after everything was erased."""


@job(ACTION, label=gettext_lazy("封存走访"))
def seal_round_job(progress: Progress, *, round_id: int, by_id: int) -> None:
    """Run after the data-protection officer confirmed; a second run finds it done."""
    subject = Round.objects.get(pk=round_id)
    seal_round(subject, by=User.objects.filter(pk=by_id).first(), progress=progress)
    progress.result(f"/rounds/{subject.uid}/sealing/")


def seal_round(subject: Round, *, by: Any, progress: Progress | None = None) -> Sealing:
    """Seal a round whose sealing was confirmed. Doing it again gives the same release.

    Raises:
        NotSealable: not closed, not confirmed, no key, nothing to count.
        BudgetSpent: the ledger does not allow it; nothing was changed.
    """
    shown = progress or NoProgress()
    recover_sealing()
    for left in reversed(range(TRIES)):
        try:
            done = _seal(subject, by, shown)
            break
        except OperationalError:  # a record was written at the same moment: one of the two had to give way
            put_back_if_open(subject)
            if not left:
                raise
            time.sleep(0.2)
        except BaseException:
            put_back_if_open(subject)
            raise
    _finish(subject.pk)
    return Sealing.objects.get(pk=done.pk)


def _seal(subject: Round, by: Any, progress: Progress) -> Sealing:
    """Everything that the database knows of it, and the first step of the key."""
    with transaction.atomic():
        found = (
            Round.objects.select_for_update(of=("self",))
            .select_related("town", "form_version")
            .get(pk=subject.pk)
        )
        sealing = Sealing.objects.select_for_update().filter(round=found).first()
        if found.state == Round.State.SEALED and sealing is not None:
            return sealing
        require_sealable(found, sealing)
        assert sealing is not None
        progress.step(_("清点户数"), total=4)
        plan = plan_for(found, sealing.epsilon)
        require_countable(plan)
        progress.advance()
        release = _release(plan, by)
        progress.advance()
        _erase(found, sealing)
        progress.advance()
        _mark(found, sealing, release, plan)
        log_access(by, ACTION, f"round {found.pk}", area_code=found.area_codes[0], reason=found.name)
        lay_aside(str(found.uid))
        progress.advance()
    return sealing


def require_sealable(found: Round, sealing: Sealing | None) -> None:
    if found.state != Round.State.CLOSED:
        raise NotSealable(
            _("只有已结束的走访才能封存；这一轮%(state)s。") % {"state": found.get_state_display()},
            state=found.state,
        )
    if sealing is None or sealing.confirmed_at is None:
        raise NotSealable(_("这一轮的封存还没有经数据保护员确认。"))
    if not key_exists(str(found.uid)):
        raise NotSealable(_("这一轮的密钥已不存在，内容无法读取，也无法汇总。"))


def require_countable(plan: Plan) -> None:
    if not plan.allocations:
        raise NotSealable(_("这一轮的表单没有问籍贯来源、家庭类型或年龄，没有可封存的数据。"))
    if not any(plan.answered.values()):
        raise NotSealable(_("这一轮没有一户回答，没有可封存的数据。"))


def _release(plan: Plan, by: Any) -> SealedRelease:
    """Draw the noise, debit the ledger, hand the table over."""
    subject, now = plan.round, timezone.now()
    debit(subject.town, plan.ground.buildings, subject.ends_on.year, plan.epsilon)
    cells = [
        cell
        for allocation in plan.allocations
        for cell in cells_of(plan.ground, plan.counted[allocation.dimension], allocation)
    ]
    pairs = [
        pair
        for allocation in plan.allocations
        for pair in pairs_of(plan.ground, plan.counted[allocation.dimension], allocation)
    ]
    assert subject.plan is not None
    about = Release(
        town=subject.town,
        round_uid=subject.uid,
        round_name=subject.name,
        plan=subject.plan,
        area_codes=list(subject.area_codes),
        starts_on=subject.starts_on,
        ends_on=subject.ends_on,
        year=subject.ends_on.year,
        epsilon=Decimal(plan.epsilon),
        allocations={one.dimension: one.as_json() for one in plan.allocations},
        dwelling_count=int(plan.ground.dwellings.sum()),
        sealed_at=now,
    )
    return replace_sealed_tallies(about, cells, pairs, by=by)


def _erase(found: Round, sealing: Sealing) -> None:
    sealing.erased = erase_round(found)
    sealing.left = scan(found)
    if any(sealing.left.values()):
        raise BytesLeft(str({name: count for name, count in sealing.left.items() if count}))


def _mark(found: Round, sealing: Sealing, release: SealedRelease, plan: Plan) -> None:
    sealing.sealed_at, sealing.release_uid = release.sealed_at, release.uid
    sealing.table_sha256, sealing.answered = release.sha256, plan.answered
    sealing.save()
    found.state, found.sealed_at, found.public_key = Round.State.SEALED, release.sealed_at, ""
    found.save(update_fields=["state", "sealed_at", "public_key"])


# --- The key's second step ------------------------------------------------------------------


def recover_sealing() -> int:
    """Finish or take back what a killed process left between the two steps; called now and then.

    A round that somebody is sealing at this moment is locked, and left to them.

    Returns:
        How many keys were dealt with.
    """
    count = sum(put_back_or_destroy(UUID(key_id)) for key_id in laid_aside() if _is_uuid(key_id))
    return count + sum(_finish(pk) for pk in _unfinished())


def put_back_or_destroy(uid: UUID) -> bool:
    with transaction.atomic():
        rows = Round.objects.select_for_update(skip_locked=True, of=("self",)).filter(uid=uid)
        found = rows.first()
        if found is None:
            return False
        if found.state != Round.State.SEALED:
            put_back(str(uid))
            log.warning("sealing of round %s was taken back", found.pk)
            return True
    return _finish(found.pk)


def put_back_if_open(subject: Round) -> None:
    """After an error the transaction is gone: so is the first step."""
    if str(subject.uid) in laid_aside():
        put_back_or_destroy(subject.uid)


def _unfinished() -> Iterator[int]:
    """Sealed rounds whose key was not seen to be gone."""
    yield from Sealing.objects.filter(
        sealed_at__isnull=False, key_destroyed_at=None, round__state=Round.State.SEALED
    ).values_list("round_id", flat=True)


def _finish(round_id: int) -> bool:
    """Destroy the key of a round that is sealed, and write down when. Twice is harmless."""
    with transaction.atomic():
        sealing = Sealing.objects.select_for_update(of=("self",)).select_related("round").get(round=round_id)
        if sealing.round.state != Round.State.SEALED:
            return False
        destroy_key(str(sealing.round.uid))
        if sealing.key_destroyed_at is None:
            sealing.key_destroyed_at = timezone.now()
            sealing.save(update_fields=["key_destroyed_at"])
    return True


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


# --- Preparing and confirming -----------------------------------------------------------------


@transaction.atomic
def prepare_sealing(
    subject: Round, *, by: Any, epsilon: Decimal, open_matters: dict[str, int], at: datetime | None = None
) -> Sealing:
    """Put a closed round before the data-protection officer; preparing again replaces what was prepared."""
    found = Round.objects.select_for_update().get(pk=subject.pk)
    if found.state != Round.State.CLOSED:
        raise NotSealable(
            _("只有已结束的走访才能封存；这一轮%(state)s。") % {"state": found.get_state_display()},
            state=found.state,
        )
    facts = {
        "epsilon": epsilon,
        "open_matters": open_matters,
        "prepared_by": by,
        "prepared_at": at or timezone.now(),
        "confirmed_by": None,
        "confirmed_at": None,
    }
    made, _new = Sealing.objects.update_or_create(round=found, defaults=facts)
    return made


@transaction.atomic
def confirm_sealing(subject: Round, *, by: Any, open_matters: dict[str, int]) -> Sealing:
    """The officer's word, after which the job may run.

    Raises:
        NotSealable: nothing was prepared, or more is waiting now than when it was.
    """
    found = Sealing.objects.select_for_update(of=("self",)).filter(round=subject).first()
    if found is None:
        raise NotSealable(_("这一轮还没有准备封存。"))
    more = {code for code, count in open_matters.items() if count > found.open_matters.get(code, 0)}
    if more:
        raise NotSealable(_("准备之后又有新的待处理事项，请重新查看后再确认。"), matters=sorted(more))
    found.confirmed_by, found.confirmed_at = by, timezone.now()
    found.save(update_fields=["confirmed_by", "confirmed_at"])
    return found
