"""A refusal as lines of text, for the terminal: its sentence, then the rows it names."""

from gis_core.errors import Refusal

ROWS_SHOWN = 20


def refusal_lines(refusal: Refusal) -> list[str]:
    rows = refusal.details.get("rows", [])
    shown = [
        f"  {row['row']}: {row['field']} = {row['met']} → {row['expected']}" for row in rows[:ROWS_SHOWN]
    ]
    return [refusal.sentence, *shown]
