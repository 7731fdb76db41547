"""Visits of the demo's round, handed to the same intake as any tablet's; the same ones every time.

Which door, what came of it and what was said follow from the dwelling's code alone. All of them are written
in one transaction: there is no half demo.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from gis_core.models import User
from gis_core.permissions import duties_in_force
from gis_core.progress import Progress
from grids.models import Dwelling, Grid
from survey.assignments import Place, assign, assigned_dwellings
from survey.demo.answering import record_of
from survey.demo.round import BEGAN_DAYS_AGO
from survey.demo.sayings import Call, lot, said_at
from survey.devices import make_device
from survey.intake import Receipt, accept_submission
from survey.models import AssignmentSet, Device, Entity, FormVersion, Round, Submission
from survey.questionnaires.built_in import visit_form
from survey.review import accept_many, send_back

# Of a hundred doors; the register's vacant dwellings are found vacant.
OUTCOMES = (
    ("met", 53),
    ("no_one_in", 17),
    ("call_back", 9),
    ("declined", 7),
    ("unchanged", 5),
    ("group_let", 3),
    ("not_found", 4),
    ("vacant", 2),
)
# How many of a hundred doors were visited, by the place of the building in its worker's round.
VISITED = {
    "worker": (95, 55, 40, 30, 22, 16, 12, 10, 8, 6, 4),
    "worker2": (35, 40, 30, 25, 20, 15, 12, 10, 8, 6),
    "worker3": (35, 25, 18, 12, 8, 30, 20, 15, 10),
    "worker4": (30, 25, 20, 15, 10, 8),
}
MOST_EACH = 150
SHARED_GRID = 2  # its place among the grids; see survey/demo/people.py
ASKED_BACK = "楼道里写着“出租”，请再确认这套房是自住还是出租。"


@dataclass(frozen=True)
class Post:
    """Where the demo's records are handed in, with what it looks up once for all of them."""

    round: Round
    visit_form: FormVersion
    doors: dict[str, Entity]
    tablets: dict[int, Device]

    @classmethod
    def of(cls, round_: Round) -> "Post":
        doors = Entity.objects.filter(town=round_.town_id, list_name="dwellings", deleted_at=None)
        return cls(round_, visit_form(), {door.dwelling_code: door for door in doors}, {})

    def send(self, worker: User, call: Call, *, base_version: int | None = None, **facts: str) -> Receipt:
        """`base_version` is what an offline tablet knew of the dwelling, by default its newest state."""
        form = self.round.form_version if call.outcome == "met" else self.visit_form
        door = self.doors[call.dwelling.code]
        said = said_at(call)
        said.facts.update(facts)
        xml = record_of(form, door, said, name=call.name, base_version=base_version or door.version)
        return accept_submission(xml, by=worker, device=self.tablet(worker), round_uid=str(self.round.uid))

    def tablet(self, worker: User) -> Device:
        if worker.pk not in self.tablets:
            name = f"{worker.display_name}的平板"
            self.tablets[worker.pk] = make_device(worker, str(Device.Kind.TABLET), name)[0]
        return self.tablets[worker.pk]


@transaction.atomic
def make_visits(round_: Round, progress: Progress) -> None:
    """Every worker's visits up to yesterday, then the cases that a director has to look at."""
    post = Post.of(round_)
    sets = AssignmentSet.objects.filter(round=round_).select_related("worker", "round__town")
    for own in sets.order_by("worker"):
        own.worker.duties_today = duties_in_force(own.worker)  # type: ignore[attr-defined]  # asked every time
        calls = list(calls_of(own))
        progress.step(f"演示走访 · demo visits: {own.worker.display_name}", total=len(calls))
        for call in calls:
            post.send(own.worker, call)
            progress.advance()
    look_through(round_)
    hard_cases(post)


def look_through(round_: Round) -> None:
    """The director has accepted most records, and sent one back with a question."""
    records = Submission.objects.filter(round=round_, state=Submission.State.APPLIED)
    codes = records.values_list("pk", "dwelling_code")
    accept_many(records, [pk for pk, code in codes if lot(code, "review") % 8])
    left = records.filter(
        review=Submission.Review.RECEIVED, form=round_.form_version.form, by__username="worker2"
    )
    record = left.order_by("dwelling_code").first()
    if record is not None and round_.created_by is not None:
        path = round_.form_version.outline["roles"]["occupancy"]
        send_back(record, by=round_.created_by, message=ASKED_BACK, comments=[(path, ASKED_BACK)])


def calls_of(own: AssignmentSet) -> Iterator[Call]:
    """The doors of one worker in the order of their buildings, the visits of each in the order of time."""
    shares = VISITED.get(own.worker.username, ())
    buildings: dict[int, int] = {}
    sent = 0
    for dwelling in assigned_dwellings(own):
        place = buildings.setdefault(dwelling.building_id, len(buildings))
        share = shares[place] if place < len(shares) else 0
        if sent >= MOST_EACH or lot(dwelling.code, "visited") % 100 >= share:
            continue
        for call in _calls_at(own.round, dwelling):
            yield call
            sent += 1


def _calls_at(round_: Round, dwelling: Dwelling) -> Iterator[Call]:
    """A door where nobody was in is tried again, some as often as the round allows."""
    outcome = "vacant" if dwelling.is_vacant else _drawn(OUTCOMES, lot(dwelling.code, "outcome"))
    day = lot(dwelling.code, "day") % (BEGAN_DAYS_AGO - 3)
    misses = lot(dwelling.code, "misses") % (round_.attempt_cap + 1) if outcome in ("no_one_in", "met") else 0
    zone = ZoneInfo(round_.town.time_zone)
    for turn in range(min(misses, round_.attempt_cap) if outcome == "no_one_in" else misses // 2):
        yield Call(dwelling, "no_one_in", _moment(round_, day + turn, dwelling, zone), turn)
    if outcome != "no_one_in":
        turn = misses // 2
        yield Call(dwelling, outcome, _moment(round_, day + turn, dwelling, zone), turn)
    elif misses == 0:
        yield Call(dwelling, outcome, _moment(round_, day, dwelling, zone), 0)


def _drawn(weights: tuple[tuple[str, int], ...], number: int) -> str:
    left = number % sum(weight for _name, weight in weights)
    for name, weight in weights:
        if left < weight:
            return name
        left -= weight
    raise AssertionError("the weights add up")


def _moment(round_: Round, day: int, dwelling: Dwelling, zone: ZoneInfo) -> datetime:
    """An evening or a weekend day of the round, when people are at home."""
    on = round_.starts_on + timedelta(days=min(day, BEGAN_DAYS_AGO - 1))
    minutes = lot(dwelling.code, day, "minute") % 150
    start = time(9, 30) if on.weekday() >= 5 else time(18, 20)
    return datetime.combine(on, start, zone) + timedelta(minutes=minutes)


def hard_cases(post: Post) -> None:
    """What a round brings with it: two tablets that say different things of one dwelling, and a record that
    comes after its building was given to somebody else.
    """
    first, second = shared_doors(post.round)
    worker, other = (User.objects.get(username=name) for name in ("worker", "worker2"))
    at = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=20)
    post.send(worker, Call(first, "met", at, 0), base_version=1, has_heat="yes")
    assign(post.round, other, [Place(building_code=first.building.code)], by=post.round.created_by)
    post.send(other, Call(first, "met", at + timedelta(hours=2), 1), base_version=1, has_heat="no")
    post.send(worker, Call(second, "met", at + timedelta(hours=1), 0))


def shared_doors(round_: Round) -> list[Dwelling]:
    """The last two inhabited doors of the grid for which two workers have a duty."""
    grids = Grid.objects.filter(plan=round_.plan_id).order_by("code").values_list("pk", flat=True)
    doors = Dwelling.objects.filter(
        building__gridmembership__grid=grids[SHARED_GRID], building__stock=round_.stock_id
    )
    return list(doors.exclude(is_vacant=True).select_related("building").order_by("-code")[:2])
