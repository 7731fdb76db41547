"""One account per role, and one whose duty has run out. Fixed passwords: for a machine of one's own."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from gis_core.models import Duty, Role, User
from grids.models import Building, CoverageRun, GenerationState, GridPlan, Town

PASSWORD = "wangge-demo-2026"  # noqa: S105 — printed by load_demo, meant to be known
ALL_DEMO_AREAS = "99"
COMMUNITY_CODE = "990102003004"
EXPIRED_FOR_DAYS = 30


@dataclass(frozen=True)
class DemoAccount:
    """One sign-in; `places` are area, grid or building codes."""

    username: str
    name: str
    role: Any  # a Role
    places: tuple[str, ...]
    is_expired: bool = False


def demo_accounts(xinqiao: Town, monaco: Town) -> list[DemoAccount]:
    root, abroad = xinqiao.root_code, monaco.root_code
    return [
        DemoAccount("worker", "陈小燕", Role.GRID_WORKER, (_first_grid(xinqiao),)),
        DemoAccount("leader", "王桂兰", Role.BUILDING_LEADER, (_first_building(xinqiao),)),
        DemoAccount("director", "刘建国", Role.DIRECTOR, (COMMUNITY_CODE,)),
        DemoAccount("planner", "周敏", Role.PLANNER, (root, abroad)),
        DemoAccount("housing", "孙立", Role.HOUSING, (root,)),
        DemoAccount("dpo", "吴静", Role.DPO, (ALL_DEMO_AREAS,)),
        DemoAccount("auditor", "郑涛", Role.AUDITOR, (ALL_DEMO_AREAS,)),
        DemoAccount("admin", "马丽", Role.ADMINISTRATOR, (ALL_DEMO_AREAS,)),
        DemoAccount("former", "赵强", Role.PLANNER, (root,), is_expired=True),
    ]


def demo_towns() -> tuple[Town, Town] | None:
    """Both demo towns when nothing of them is missing; cheap, for it is asked at every start."""
    towns = {town.slug: town for town in Town.objects.filter(slug__in=("monaco", "xinqiao"))}
    computed = CoverageRun.objects.filter(town__in=towns.values(), is_current=True)
    planned = GridPlan.objects.filter(town__in=towns.values(), state=GenerationState.ACTIVE)
    if len(towns) < 2 or computed.count() < 2 or planned.count() < 2:
        return None
    return towns["xinqiao"], towns["monaco"]


def _first_grid(town: Town) -> str:
    plan = GridPlan.objects.get(town=town, state=GenerationState.ACTIVE)
    code: str = plan.grids.order_by("code").values_list("code", flat=True)[0]
    return code


def _first_building(town: Town) -> str:
    """The first building of an estate: a leader has neighbours."""
    found = Building.objects.filter(
        stock__town=town, stock__state=GenerationState.ACTIVE, dwelling_count__gt=20
    )
    code: str = found.order_by("code").values_list("code", flat=True)[0]
    return code


def make_account(account: DemoAccount) -> User:
    """The account with its duties; the password is set once, for hashing nine of them takes seconds."""
    person, is_new = User.objects.get_or_create(
        username=account.username,
        defaults={"display_name": account.name, "is_demo": True, "home_code": account.places[0][:12]},
    )
    if not person.is_demo:
        raise ValueError(f"the name {account.username} belongs to a person, not to the demo")
    if is_new:
        person.set_password(PASSWORD)
        person.save()
    for place in account.places:
        _give_duty(person, account, place)
    return person


def _give_duty(person: User, account: DemoAccount, place: str) -> None:
    today = timezone.localdate()
    start, end = _dates(account, today)
    field = "area_code" if len(place) <= 12 else "grid_code" if len(place) == 15 else "building_code"
    standing = Duty.objects.filter(user=person, role=account.role, **{field: place})
    if not standing.exists():
        Duty.objects.create(
            user=person, role=account.role, valid_from=start, valid_until=end, **{field: place}
        )


def _dates(account: DemoAccount, today: date) -> tuple[date, date | None]:
    if not account.is_expired:
        return today, None
    end = today - timedelta(days=EXPIRED_FOR_DAYS)
    return end - timedelta(days=365), end
