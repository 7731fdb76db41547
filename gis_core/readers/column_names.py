"""Which column of a file holds what: the user's word first, else the usual names."""

from collections.abc import Mapping, Sequence


def matched_columns(
    names: Sequence[str], stated: Mapping[str, str], usual_names: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Key → column; a key neither stated nor recognised is left out. Case and margins do not count."""
    by_name = {name.strip().lower(): name for name in names}
    found = dict(stated)
    for key, usual in usual_names.items():
        known = next((by_name[name] for name in usual if name in by_name), None)
        if key not in found and known is not None:
            found[key] = known
    return found
