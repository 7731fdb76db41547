"""Which of a round's buildings a person sees, and where they stand on the map."""

from typing import Any

from django.db.models import QuerySet

from grids.models import Building, Grid, GridPlan, Stock
from grids.scoping import active, visible_buildings
from survey.models import Round


def stock_of(subject: Round) -> Stock | None:
    """The stock it pinned, or while it is a draft the one in use."""
    return subject.stock or active(Stock, subject.town)


def plan_of(subject: Round) -> GridPlan | None:
    return subject.plan or active(GridPlan, subject.town)


def buildings_of(user: Any, subject: Round, action: str) -> QuerySet[Building]:
    """Buildings of the round within the person's duties for this action."""
    stock = stock_of(subject)
    if stock is None:
        return Building.objects.none()
    return visible_buildings(user, action, stock).filter(community_code__in=subject.area_codes)


def seen_buildings(user: Any, subject: Round, action: str) -> set[str]:
    return set(buildings_of(user, subject, action).values_list("code", flat=True))


def grids_of(user: Any, subject: Round, codes: set[str]) -> list[Grid]:
    """The grids with these codes in the round's plan, in the order of their codes."""
    return list(Grid.objects.filter(plan=plan_of(subject), code__in=codes).order_by("code"))


def map_numbers(subject: Round) -> dict[str, int]:
    """Building code → its number on the tiles, which draw the stock in use, whatever the round pinned."""
    stock = active(Stock, subject.town)
    return dict(Building.objects.filter(stock=stock).values_list("code", "number")) if stock else {}
