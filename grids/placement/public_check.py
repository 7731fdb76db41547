"""The checks of the verify page once more in Python, for the command line and as a second opinion."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from grids.placement.closing import priorities_text
from grids.placement.drawing import canonical
from grids.placement.lottery import SPEC, commitment, list_hash, order_of, seed_of, sha256
from grids.placement.public_archive import SEAL, results_text

Finding = tuple[str, bool]


def is_public(archive: Mapping[str, Any]) -> bool:
    return "list" in archive


def public_findings(archive: Mapping[str, Any]) -> list[Finding]:
    """Every statement of a published public archive that follows from others: (what, does it agree)."""
    return [*_list_and_rules(archive), *_draw(archive), *_results(archive)]


def _list_and_rules(archive: Mapping[str, Any]) -> Iterator[Finding]:
    rules, rows = json.loads(archive["rules"]), archive["list"]
    ids = [one["id"] for one in rows]
    yield "list_sorted", ids == sorted(set(ids), key=str.encode)
    yield "list_hash", list_hash(ids).hex() == archive["list_hash"]
    yield "rules_hash", sha256(archive["rules"].encode()).hex() == archive["rules_hash"]
    yield "spec", {archive["spec"], rules["spec"]} == {SPEC}
    yield "draw", archive["draw"] == rules["facts"]["draw"]
    priorities = sha256(priorities_text((one["id"], one["priority"]) for one in rows)).hex()
    yield "priorities", priorities == rules["facts"]["priorities_sha256"]
    parties = [one["party"] for one in archive["commitments"]]
    yield "parties", parties == rules["parties"] and len(set(parties)) >= 2


def _draw(archive: Mapping[str, Any]) -> Iterator[Finding]:
    stated = [one["sha256"] for one in archive["commitments"]]
    yield "commitments", [commitment(nonce) for nonce in archive["nonces"]] == stated
    hashes = (bytes.fromhex(archive["list_hash"]), bytes.fromhex(archive["rules_hash"]))
    seed = seed_of(*hashes, archive["nonces"], archive["beacon"])
    yield "seed", seed.hex() == archive["seed"]
    order = order_of(seed, [(one["priority"], one["id"]) for one in archive["list"]])
    yield "order", order == archive["order"]


def _results(archive: Mapping[str, Any]) -> Iterator[Finding]:
    stock, rows = json.loads(archive["rules"])["facts"]["stock"], archive["results"]
    names = [one["row"] for one in rows]
    yield "results_hash", sha256(results_text(rows)).hex() == archive["results_hash"]
    yield "results_rows", names == sorted(set(names)) and len(names) == len(archive["list"])
    taken = Counter((one["class"], one["building"]) for one in rows if one["building"])
    yield "stock", all(taken[place] <= stock.get(place[0], {}).get(place[1], 0) for place in taken)
    rest = {key: value for key, value in archive.items() if key != SEAL}
    yield "archive", sha256(canonical(rest).encode()).hex() == archive[SEAL]


def belong_together(full: Mapping[str, Any], public: Mapping[str, Any]) -> list[Finding]:
    """Is the public archive the public side of this full one?"""
    shared = ("rules", "rules_hash", "list_hash", "commitments", "nonces", "beacon", "seed", "order")
    label_of = {one["id"]: full["labels"][one["class"]] for one in full["applicants"]}
    housed = Counter((label_of[one], cell[:17]) for one, (cell, _flat) in full["places"].items())
    shown = Counter((one["class"], one["building"]) for one in public["results"] if one["building"])
    digest = sha256(canonical(full).encode()).hex()
    return [
        *((key, full[key] == public[key]) for key in shared),
        ("full_archive_sha256", digest == public["full_archive_sha256"]),
        ("results", housed == shown),
    ]
