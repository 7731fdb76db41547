"""What everybody may read of a draw, and which archive proves what.

The public archive proves that the list was closed, the rules fixed and all nonces out before the public
value, and that the order follows from them. It shows results to the building, one salted row an applicant,
which only the applicant's own receipt number and secret open; from it alone nobody can be tied to a flat.
The full archive proves that the places follow from the order, the choices and the caps; it goes to notary
and auditor, from the official's hand, and its hash is in the public one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from grids.models import Draw, PlacementProject
from grids.placement.closing import building_of, priorities_text
from grids.placement.drawing import canonical
from grids.placement.lottery import SPEC, length_prefixed, sha256

SEAL = "archive_sha256"  # of everything else in the public archive


def public_archive(draw: Draw) -> dict[str, Any]:
    """The public archive: as published, or as far as the draw has come."""
    return draw.public_archive or archive_so_far(draw)


def archive_so_far(draw: Draw) -> dict[str, Any]:
    """What each step has made public. A nonce is public as soon as it is out, the order once drawn."""
    applicants = draw.full_archive["applicants"]
    rows = sorted(applicants, key=lambda one: one["id"].encode())
    archive = {
        "spec": SPEC,
        "draw": str(draw.uid),
        "list": [{"id": one["id"], "priority": one["priority"]} for one in rows],
        "list_hash": draw.list_hash,
        "rules": draw.rules_text,
        "rules_hash": draw.rules_hash,
        "commitments": [one for one in draw.parties if one["sha256"]],
        "nonces": [nonce for nonce in draw.nonces if nonce],
    }
    if draw.drawn_at is not None:
        archive |= {
            "beacon": draw.beacon,
            "beacon_proof": draw.beacon_proof,
            "seed": draw.seed,
            "order": draw.full_archive["order"],
            "full_archive_sha256": sha256(full_archive_file(draw)).hex(),
        }
    return archive


def finished_archive(draw: Draw) -> dict[str, Any]:
    """The archive of the publication, with the salted rows. Needs the secrets: they are there until then."""
    secret_of = dict(draw.project.applicants.values_list("receipt", "secret"))
    results = salted_rows(draw.full_archive, secret_of)
    archive = {
        **archive_so_far(draw),
        "results": results,
        "results_hash": sha256(results_text(results)).hex(),
    }
    return {**archive, SEAL: sha256(canonical(archive).encode()).hex()}


def salted_rows(full: Mapping[str, Any], secret_of: Mapping[str, str]) -> list[dict[str, str]]:
    """One row an applicant, sorted by the row itself: its place tells nothing. No building is "no flat"."""
    rows = []
    for one in full["applicants"]:
        label = full["labels"][one["class"]]
        place = full["places"].get(one["id"])
        building = building_of(place[0]) if place else ""
        row = row_hash(secret_of[one["id"]], one["id"], label, building)
        rows.append({"row": row, "class": label, "building": building})
    return sorted(rows, key=lambda row: row["row"])


def row_hash(secret: str, receipt: str, label: str, building: str) -> str:
    """SHA256(LP(secret)‖LP(receipt)‖LP(class)‖LP(building))."""
    if not secret:
        raise ValueError("a row without a secret could be found by trying")
    parts = (secret, receipt, label, building)
    return sha256(b"".join(length_prefixed(part.encode()) for part in parts)).hex()


def results_text(rows: Sequence[Mapping[str, str]]) -> bytes:
    """`row class building`, a line each, in the order of the rows: the file results.txt."""
    return "".join(f"{one['row']} {one['class']} {one['building'] or '-'}\n" for one in rows).encode()


def forget_secrets(project: PlacementProject) -> None:
    project.applicants.update(secret="")


def full_archive_file(draw: Draw) -> bytes:
    """The full archive as it is handed over; the public archive holds the hash of these bytes."""
    return canonical(draw.full_archive).encode()


def public_file_names(draw: Draw) -> list[str]:
    names = ["public.json", "receipts.txt", "list.txt", "rules.json"]
    later = [("order.txt", draw.drawn_at), ("results.txt", draw.published_at)]
    return [*names, *(name for name, since in later if since is not None)]


def public_file_texts(draw: Draw) -> dict[str, bytes]:
    """The downloads of the verify page by name; those that do not exist yet are left out."""
    archive = public_archive(draw)
    ids = [one["id"] for one in archive["list"]]
    found = {
        "public.json": canonical(archive).encode(),
        "receipts.txt": "".join(f"{one}\n" for one in ids).encode(),
        "list.txt": priorities_text((one["id"], one["priority"]) for one in archive["list"]),
        "rules.json": archive["rules"].encode(),
    }
    if "order" in archive:
        found["order.txt"] = "".join(f"{one}\n" for one in archive["order"]).encode()
    if "results" in archive:
        found["results.txt"] = results_text(archive["results"])
    return found
