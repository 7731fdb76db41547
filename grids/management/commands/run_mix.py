"""`run_mix --table FILE --unit COLUMN --groups A,B,…`: every measure of any table of unit × group counts.

The file may be CSV, XLSX, a Shapefile (zipped too), GeoPackage or GeoJSON; nothing is stored. With --json
the whole answer, whose keys `grids/mixing/table_measures.py` lists; without, a page to read.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_core.errors import Refusal, RowErrors
from grids.mixing.table_measures import table_measures
from grids.mixing.tables import Asked, read_counts

RADII_M = (100.0, 300.0, 1000.0)
ROWS_TOLD = 20


class Command(BaseCommand):
    help = "Compute every measure of mixed residence for a table of counts by unit and group."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--table", required=True, type=Path, help="CSV, XLSX, Shapefile or GeoPackage")
        parser.add_argument("--unit", required=True, help="column that names the units, one row each")
        parser.add_argument("--groups", required=True, help="columns of counts, A,B,…")
        parser.add_argument(
            "--nest", default="", help="columns of larger areas, smallest first: GRID,COMMUNITY,…"
        )
        parser.add_argument(
            "--households", help="column of all households of a unit, where only some answered"
        )
        parser.add_argument("--radii", default="", help="metres of the spatial profile, e.g. 100,300,1000")
        parser.add_argument("--layer", help="layer of a GeoPackage that has several")
        parser.add_argument("--sheet", help="sheet of a workbook that has several")
        parser.add_argument("--encoding", help="of the text, where it is not recognised")
        parser.add_argument("--crs", help="coordinate system, where the file does not say it")
        parser.add_argument("--x", help="column of longitude or easting of a CSV or XLSX")
        parser.add_argument("--y", help="column of latitude or northing")
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = Asked(
            unit=options["unit"].strip(),
            groups=_listed(options["groups"]),
            nest=_listed(options["nest"]),
            households=options["households"],
            layer=options["layer"],
            sheet=options["sheet"],
            encoding=options["encoding"],
            system=options["crs"],
            x_column=options["x"],
            y_column=options["y"],
        )
        radii_m = _metres(options["radii"]) or RADII_M
        if not options["table"].exists():
            raise CommandError(f"{options['table']}: no such file")
        try:
            table = read_counts(options["table"], asked)
        except RowErrors as refusal:
            raise CommandError("\n".join([refusal.sentence, *_rows(refusal)])) from refusal
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        told = {
            "file": options["table"].name,
            "households": asked.households,
            **table_measures(table, unit=asked.unit, groups=asked.groups, radii_m=radii_m),
        }
        self.stdout.write(
            json.dumps(told, ensure_ascii=False, indent=1) if options["json"] else _as_text(told)
        )


def _listed(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


def _metres(radii: str) -> tuple[float, ...]:
    try:
        metres = tuple(float(radius) for radius in _listed(radii))
    except ValueError as err:
        raise CommandError(f"--radii {radii}: metres, e.g. 100,300,1000") from err
    if not all(0 < metre < float("inf") for metre in metres):
        raise CommandError(f"--radii {radii}: metres above 0")
    return metres


def _rows(refusal: RowErrors) -> list[str]:
    rows = [f"  {row.row}  {row.field}: {row.met} ({row.expected})" for row in refusal.rows[:ROWS_TOLD]]
    return [*rows, "  …"] if len(refusal.rows) > ROWS_TOLD else rows


# --- A page to read -------------------------------------------------------------------------


def _as_text(told: dict[str, Any]) -> str:
    mix = told["mix"]
    w, r_star = _figure(mix["w"], mix["has_pairs"]), _figure(mix["r_star"], mix["is_defined"])
    lines = [
        f"{told['file']}: {told['units']} units ({told['empty_units']} empty), {told['residents']} residents",
        *(f"  {name:20}{told['counts'][name]:>12}{told['shares'][name]:>9.1%}" for name in told["groups"]),
        "",
        f"W {w}  B {mix['b']:.6f}  R* {r_star}",
        f"D {mix['d']:.6f}  by chance {mix['d_expected']:.6f}  D* {mix['d_corrected']:.6f}",
        f"H {mix['h']:.6f}  M {mix['m']:.6f}  effective groups {mix['effective_groups']:.3f}",
        "",
        *_interval_lines(told["interval"]),
        *_pair_lines(told["nesting"]),
        *_exposure_lines(told["exposure"]),
        *_index_lines(told),
        *_spatial_lines(told["spatial"]),
    ]
    return "\n".join(lines)


def _figure(value: float, is_defined: bool) -> str:
    return f"{value:.6f}" if is_defined else "not defined"


def _interval_lines(interval: dict[str, Any] | None) -> list[str]:
    if interval is None:
        return []
    low, high = interval["w_bounds"]
    return [
        f"{interval['response']:.1%} answered; 95 % interval: "
        f"W {interval['w']:.4f} ({interval['w_low']:.4f}–{interval['w_high']:.4f})  "
        f"R* {interval['r_star']:.4f} ({interval['r_star_low']:.4f}–{interval['r_star_high']:.4f})",
        f"whatever the others would answer: W between {low:.4f} and {high:.4f}",
        "",
    ]


def _pair_lines(nesting: dict[str, Any]) -> list[str]:
    of_all = f"{nesting['differing']} of {nesting['pairs']} pairs differ"
    lines = [f"{of_all}  M {nesting['m']:.6f}  H {nesting['h']:.6f}"]
    for level in nesting["levels"]:
        where = "same " + level["same"] if level["same"] != "*" else "anywhere"
        where += f", other {level['apart']}" if level["apart"] else ""
        m = "" if level["m"] is None else f"  M {level['m']:.6f}"
        lines.append(
            f"  {where:40}{level['differing']:>18} of {level['pairs']:>18}  "
            f"{level['rate']:>7.2%} differ, {level['share']:>7.2%} of all{m}"
        )
    return [*lines, ""]


def _exposure_lines(exposure: dict[str, dict[str, float]]) -> list[str]:
    names = list(exposure)
    head = "whom a member meets  " + "".join(f"{name[:11]:>12}" for name in names)
    rows = [f"  {name:19}" + "".join(f"{exposure[name][other]:>12.1%}" for other in names) for name in names]
    return [head, *rows, ""]


def _index_lines(told: dict[str, Any]) -> list[str]:
    lines = [f"{name:24}{value:.6f}" for name, value in told["multigroup"].items()]
    each = told["each_against_rest"]
    columns = ("dissimilarity", "gini", "isolation", "correlation_ratio", "entropy")
    lines += ["", f"{'against all others':20}" + "".join(f"{column:>19}" for column in columns)]
    for name, indices in each.items():
        lines.append(f"{name:20}" + "".join(f"{indices[column]:>19.6f}" for column in columns))
    return [*lines, ""]


def _spatial_lines(spatial: dict[str, Any] | None) -> list[str]:
    if spatial is None:
        return []
    rows = zip(spatial["radii_m"], spatial["h"], spatial["r"], spatial["neighbours"], strict=True)
    return [
        f"within {radius:>6.0f} m  H~ {h:.6f}  R~ {r:.6f}  {seen:.1f} units seen"
        for radius, h, r, seen in rows
    ]
