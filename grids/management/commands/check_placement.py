"""`check_placement`: what a placement does, on the terminal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal
from grids.housing.tenures import TENURES
from grids.models import PlacementProject, Variant
from grids.placement.check import check_places
from grids.placement.choice_cost import frontier
from grids.placement.rules import limits_of
from grids.placement.trial import augmented_places, inputs_text, serial_places, trial_seed

FACTORS = (None, "2.5", "1.5", "1.25", "1.1", "1")


class Command(BaseCommand):
    help = "Check a placement: rules, headroom, mix, gaps in services, choice. Nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="name or uid")
        parser.add_argument("--rules", default="", help="name of the rules; none: only what holds for all")
        parser.add_argument("--kind", choices=Variant.Kind.values, default="given")
        parser.add_argument("--frontier", action="store_true", help="choice lost and W for several caps")

    def handle(self, *args: Any, **options: Any) -> None:
        project = _project(options["project"])
        rules = project.rules.filter(name=options["rules"]).first() if options["rules"] else None
        if options["rules"] and rules is None:
            raise CommandError(f"the project has no rules called {options['rules']}")
        try:
            findings = check_places(project, rules, _places(project, rules, options["kind"]))
            rows = frontier(project, FACTORS) if options["frontier"] else []
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self._tell(findings)
        for row in rows:
            lost, w = _percent(row["choice_lost"]), _number(row["w"])
            self.stdout.write(f"  {row['factor'] or '—':>5}  {lost:>7}  W {w}  {row['housed']}")

    def _tell(self, findings: dict[str, Any]) -> None:
        for row in findings["rules"]:
            self.stdout.write(f"{'✓' if row['is_met'] else '✗'} {row['sentence']}")
            if not row["is_met"] and row["flats"]:
                self.stdout.write("    " + " ".join(row["flats"][:10]))
        mix, choice = findings["mix"], findings["choice"]
        before, after = mix["before"], mix["after"]
        self.stdout.write(
            f"W {_number(before['w'])} → {_number(after['w'])}   "
            f"R* {_number(before['r_star'])} → {_number(after['r_star'])}"
        )
        for row in findings["headroom"]:
            if row["left"] is not None and row["left"] <= 0:
                self.stdout.write(
                    f"  {row['cell']} {row['room_class']} {TENURES[row['tenure']]} {row['used']}/{row['cap']}"
                )
        gaps = "、".join(
            row["name"] for row in findings["coverage"] if row["gap"] and row["provision"] == "shall"
        )
        self.stdout.write(f"15′ ✗ {gaps or '—'}")
        self.stdout.write(
            f"1: {_percent(choice['first'])}  1-3: {_percent(choice['top_3'])}  "
            f"Δ {_percent(choice['lost_vs_lottery'])}  ∅ {choice['unplaced']}"
        )


def _project(named: str) -> PlacementProject:
    found = PlacementProject.objects.select_related("town", "stock").filter(name=named).first()
    if found is None and len(named) == 36:
        found = PlacementProject.objects.select_related("town", "stock").filter(uid=named).first()
    if found is None:
        raise CommandError(f"no placement is called {named}")
    return found


def _places(project: PlacementProject, rules: Any, kind: str) -> dict[str, str]:
    flats, applicants = list(project.flats.all()), list(project.applicants.all())
    if kind == Variant.Kind.GIVEN:
        return {one.receipt: one.given_flat for one in applicants if one.given_flat}
    limits = limits_of(None if kind == Variant.Kind.LOTTERY else rules)
    draw = augmented_places if kind == Variant.Kind.AUGMENTED else serial_places
    return draw(flats, applicants, limits, trial_seed(inputs_text(flats, applicants)))


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"
