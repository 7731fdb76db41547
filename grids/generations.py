"""Loading a generation aside, activating several in one switch, and what was loaded from the same file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Conflict
from grids.models import FacilityInventory, Generation, GenerationState, GridPlan, Stock, StreetNetwork, Town

GenerationType = TypeVar("GenerationType", bound=Generation)
KINDS: tuple[type[Generation], ...] = (StreetNetwork, Stock, FacilityInventory, GridPlan)


_is_kept_aside: ContextVar[bool] = ContextVar("is_kept_aside", default=False)


@contextmanager
def kept_aside() -> Iterator[None]:
    """Within this block a load ends checked and waits: a person looks at its report and activates it.

    Commands load and switch in one go; the upload page loads inside this block.
    """
    token = _is_kept_aside.set(True)
    try:
        yield
    finally:
        _is_kept_aside.reset(token)


class NotReady(Conflict):
    """Only what was loaded and checked, or was active before, can be activated."""

    code = "generation_not_ready"


def begin(kind: type[GenerationType], town: Town, **fields: Any) -> GenerationType:
    """A new generation in state loading, numbered after the last of its town and kind."""
    last = kind.objects.filter(town=town).aggregate(last=Max("number"))["last"] or 0  # type: ignore[attr-defined]
    return kind.objects.create(town=town, number=last + 1, state=GenerationState.LOADING, **fields)  # type: ignore[attr-defined]


def active(kind: type[GenerationType], town: Town) -> GenerationType | None:
    """The generation in use, or None."""
    return kind.objects.filter(town=town, state=GenerationState.ACTIVE).first()  # type: ignore[attr-defined]


def same_source(kind: type[GenerationType], town: Town, sha256: str) -> GenerationType | None:
    """The active generation, if it was loaded from these very bytes."""
    found = active(kind, town)
    return found if found is not None and found.source_sha256 == sha256 else None


def mark_checked(generation: Generation) -> None:
    generation.state = GenerationState.CHECKED
    generation.save()


@transaction.atomic
def activate(generations: Iterable[Generation]) -> None:
    """Put generations of one town to use together; their predecessors retire in the same moment.

    Inside `kept_aside` nothing is switched.

    Raises:
        NotReady: one of them is still loading.
    """
    chosen = list(generations)
    if _is_kept_aside.get():
        return
    town = Town.objects.select_for_update().get(pk=chosen[0].town_id)
    if any(generation.town_id != town.pk for generation in chosen):
        raise ValueError("generations of different towns are activated apart")
    for generation in chosen:
        _activate_one(generation)


def _activate_one(generation: Generation) -> None:
    kind = type(generation)
    current = kind.objects.select_for_update().get(pk=generation.pk)  # type: ignore[attr-defined]
    if current.state == GenerationState.LOADING:
        raise NotReady(
            _("第 %(number)d 代数据尚未载入完毕，不能启用。请等待导入结束，或重新导入。")
            % {"number": generation.number},
            generation=generation.number,
        )
    kind.objects.filter(town_id=generation.town_id, state=GenerationState.ACTIVE).exclude(
        pk=generation.pk
    ).update(  # type: ignore[attr-defined]
        state=GenerationState.RETIRED
    )
    current.state, current.activated_at = GenerationState.ACTIVE, timezone.now()
    current.save(update_fields=["state", "activated_at"])
    generation.state, generation.activated_at = current.state, current.activated_at
