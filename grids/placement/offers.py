"""Flats offered after the draw: taken, refused without consequence, lapsed, passed on to the next in line.

The next in line for a flat is the first in the order of the draw, in its class, who has no offer open, was
not offered this very flat before, would live in its building, and whose tenure has room under the cap of the
cell. Who refused something earlier stands where the draw put them: nothing about it is kept or looked at.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from grids.models import Draw, Offer
from grids.placement.draw_refusals import TooEarly, WrongAnswer, WrongStep

OPEN = (Offer.State.OFFERED, Offer.State.ACCEPTED)
DAYS_TO_ANSWER = 15
OUTCOMES = ("staying", "left", "unknown")


def make_offers(draw: Draw) -> None:
    """An offer for every place of the draw."""
    now = timezone.now()
    Offer.objects.bulk_create(
        [
            Offer(draw=draw, receipt=receipt, flat_code=flat, offered_at=now)
            for receipt, (_cell, flat) in sorted(draw.full_archive["places"].items())
        ],
        batch_size=2000,
    )


@transaction.atomic
def accept(offer: Offer, *, by: Any) -> Offer:
    offer = _answerable(offer)
    return _answered(offer, Offer.State.ACCEPTED, by)


@transaction.atomic
def refuse(offer: Offer, *, by: Any) -> Offer | None:
    """The flat goes to the next in line at once; returns that offer, None when nobody is left."""
    offer = _answerable(offer)
    _answered(offer, Offer.State.REFUSED, by)
    return offer_next(offer.draw, offer.flat_code, by=by)


@transaction.atomic
def lapse(offer: Offer, *, by: Any) -> Offer | None:
    """No answer in time: as a refusal, for the flat and for the applicant alike."""
    offer = _answerable(offer)
    last_day = offer.offered_at + timedelta(days=DAYS_TO_ANSWER)
    if timezone.now() < last_day:
        raise TooEarly(
            _("答复期限到 %(day)s 为止。") % {"day": timezone.localtime(last_day).date()},
            days_to_answer=DAYS_TO_ANSWER,
        )
    _answered(offer, Offer.State.LAPSED, by)
    return offer_next(offer.draw, offer.flat_code, by=by)


@transaction.atomic
def offer_next(draw: Draw, flat_code: str, *, by: Any) -> Offer | None:
    """Offer a free flat to the next in line, if there is one."""
    draw = Draw.objects.select_for_update(of=("self",)).select_related("project").get(pk=draw.pk)
    if draw.published_at is None:
        raise WrongStep(_("公示以后才能通知选房结果。"))
    if draw.offers.filter(flat_code=flat_code, state__in=OPEN).exists():
        raise WrongStep(_("这套房已经通知了一位申请人。"), flat=flat_code)
    receipt = next(in_line(draw, flat_code), None)
    if receipt is None:
        return None
    made = Offer.objects.create(draw=draw, receipt=receipt, flat_code=flat_code, offered_at=timezone.now())
    _log(made, "offer_next", by)
    return made


def in_line(draw: Draw, flat_code: str) -> Iterator[str]:
    """Receipt numbers that a free flat may be offered to, in the order of the draw."""
    full = draw.full_archive
    klass, cell = cell_of(full, flat_code)
    by_id = {one["id"]: one for one in full["applicants"]}
    cells = {code: name for name, codes in full["classes"][klass]["flats"].items() for code in codes}
    open_offers = list(draw.offers.filter(state__in=OPEN).values_list("receipt", "flat_code"))
    used = Counter(by_id[receipt]["type"] for receipt, flat in open_offers if cells.get(flat) == cell)
    passed = {receipt for receipt, _flat in open_offers}
    passed |= set(draw.offers.filter(flat_code=flat_code).values_list("receipt", flat=True))
    for receipt in full["order"]:
        one = by_id[receipt]
        if one["class"] != klass or receipt in passed:
            continue
        if not (one["takes_any"] or cell in one["choices"]):
            continue
        if used[one["type"]] < full["classes"][klass]["caps"][one["type"]][cell]:
            yield receipt


def cell_of(full: dict[str, Any], flat_code: str) -> tuple[str, str]:
    """The class and the cell that a flat was drawn in."""
    for name, part in full["classes"].items():
        for cell, codes in part["flats"].items():
            if flat_code in codes:
                return name, cell
    raise WrongAnswer(_("这套房不在这次摇号的房源里。"), flat=flat_code)


@transaction.atomic
def move_in(offer: Offer, on: date, *, by: Any) -> Offer:
    """The day of moving in, from which the two questions of later are counted."""
    offer = _locked(offer)
    if offer.state != Offer.State.ACCEPTED or on > timezone.localdate():
        raise WrongAnswer(_("接受了的房子才有入住日期，日期不能在将来。"), on=str(on))
    offer.moved_in_on = on
    offer.save(update_fields=["moved_in_on"])
    _log(offer, "offer_move_in", by)
    return offer


@transaction.atomic
def record_outcome(offer: Offer, months: int, outcome: str, *, by: Any) -> Offer:
    """Still living there after 3 and after 12 months? It says how the rules did, not how a person did."""
    offer = _locked(offer)
    if months not in (3, 12) or outcome not in OUTCOMES:
        raise WrongAnswer(_("入住 3 个月和 12 个月后各记一次：仍居住、已搬走、不清楚。"), months=months)
    if offer.moved_in_on is None or timezone.localdate() < months_after(offer.moved_in_on, months):
        raise TooEarly(_("入住满 %(months)d 个月以后再记。") % {"months": months}, months=months)
    field = f"months_{months}"
    setattr(offer, field, outcome)
    offer.save(update_fields=[field])
    _log(offer, "offer_outcome", by)
    return offer


def months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _locked(offer: Offer) -> Offer:
    """The draw is locked first, as in `offer_next`: two answers can neither cross nor block each other."""
    draw = Draw.objects.select_for_update(of=("self",)).select_related("project").get(pk=offer.draw_id)
    found = Offer.objects.select_for_update().get(pk=offer.pk)
    found.draw = draw
    return found


def _answerable(offer: Offer) -> Offer:
    offer = _locked(offer)
    if offer.state != Offer.State.OFFERED:
        raise WrongStep(_("这次通知已经有答复，不能更改。"), state=offer.state)
    return offer


def _answered(offer: Offer, state: Any, by: Any) -> Offer:
    offer.state, offer.answered_at = state, timezone.now()
    offer.save(update_fields=["state", "answered_at"])
    _log(offer, f"offer_{offer.state}", by)
    return offer


def _log(offer: Offer, action: str, by: Any) -> None:
    log_access(by, action, f"offer {offer.pk}", area_code=offer.draw.project.area_code)
