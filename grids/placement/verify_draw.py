#!/usr/bin/env python3
"""Draw again from the full archive of a placement: python3 verify_draw.py archive.json

Needs nothing but Python; ends with 1 where something does not agree. The seed pins rules, stock and choices.
"""

import hashlib
import json
import sys

faults = []


def sha(content):
    return hashlib.sha256(content).digest()


def lot(seed, text):
    return sha(f"{seed.hex()}:{text}".encode()).hex()


def check(what, found, stated):
    print(("ok   " if found == stated else "WRONG"), what)
    if found != stated:
        faults.append(what)


def draw(archive):
    """Hashes, seed and order, from the list, the rules, the nonces and the beacon."""
    nonces, ids = archive["nonces"], [one["id"] for one in archive["applicants"]]
    check("every receipt number once", len(set(ids)), len(ids))
    list_hash = sha("".join(f"{one}\n" for one in sorted(ids, key=str.encode)).encode())
    rules_hash = sha(archive["rules"].encode())
    check("closed list", list_hash.hex(), archive["list_hash"])
    check("rules", rules_hash.hex(), archive["rules_hash"])
    for nonce, stated in zip(nonces, archive["commitments"], strict=True):
        check("nonce of " + stated["party"], sha(nonce.encode()).hex(), stated["sha256"])
    parts = [b"mix-lottery-v1", list_hash, rules_hash, *map(str.encode, nonces), archive["beacon"].encode()]
    seed = sha(b"".join(len(part).to_bytes(8, "big") + part for part in parts))
    check("seed", seed.hex(), archive["seed"])
    order = sorted(
        archive["applicants"], key=lambda one: (one["priority"], lot(seed, one["id"]), one["id"].encode())
    )
    check("order of the draw", [one["id"] for one in order], archive["order"])
    return seed, order


class Plan:
    """Places planned for those still waiting: `planned[type][cell]`, moved about but never given up."""

    def __init__(self, stock, caps):
        self.stock, self.caps, self.load = stock, caps, [0] * len(stock)
        self.planned = [[0] * len(stock) for _ in caps]

    def add(self, kind, cell, count):
        self.planned[kind][cell] += count
        self.load[cell] += count

    def plan_one(self, kind):
        """One more of a type, moving others where that makes room; exact, for it is one augmenting path."""
        came, queue, swept = {}, [None], set()
        for u in queue:
            for t in [kind] if u is None else range(len(self.caps)):
                if t in swept or (u is not None and not self.planned[t][u]):
                    continue
                swept.add(t)
                for v in range(len(self.stock)):
                    if v not in came and self.caps[t][v] > self.planned[t][v]:
                        came[v] = (u, t)
                        queue.append(v)
                        if self.load[v] < self.stock[v]:
                            while v is not None:
                                (start, moved), end = came[v], v
                                self.add(moved, end, 1)
                                v = start
                                if v is not None:
                                    self.add(moved, v, -1)
                            return True
        return False

    def planned_cell(self, kind):
        return next(c for c, count in enumerate(self.planned[kind]) if count)

    def take(self, kind, cell):
        """Give a flat away if everybody else who is waiting can still have one."""
        if not self.stock[cell] or not self.caps[kind][cell]:
            return False
        if self.planned[kind][cell]:
            dropped, out = cell, None
            self.add(kind, cell, -1)
        else:
            dropped = self.planned_cell(kind)
            self.add(kind, dropped, -1)
            is_full = self.load[cell] == self.stock[cell]
            out = next(t for t in range(len(self.caps)) if self.planned[t][cell]) if is_full else None
        self.stock[cell] -= 1
        self.caps[kind][cell] -= 1
        if out is None:
            return True
        self.add(out, cell, -1)
        if self.plan_one(out):
            return True
        self.add(out, cell, 1)
        self.add(kind, dropped, 1)
        self.stock[cell] += 1
        self.caps[kind][cell] += 1
        return False


def places(archive, order, seed):
    """{receipt number: [cell, flat]} of one class after the other."""
    found, salt = {}, archive["salt"]
    for name, part in archive["classes"].items():
        flats = {c: sorted(of, key=lambda code: lot(seed, salt + code)) for c, of in part["flats"].items()}
        cells, types = sorted(flats), sorted(part["caps"])
        caps = [[min(part["caps"][t][cell], len(flats[cell])) for cell in cells] for t in types]
        plan, hopeless, housed = Plan([len(flats[cell]) for cell in cells], caps), set(), []
        for one, kind in ((one, types.index(one["type"])) for one in order if one["class"] == name):
            if kind not in hopeless:
                housed.append((one, kind)) if plan.plan_one(kind) else hopeless.add(kind)
        for one, kind in housed:
            listed = [cells.index(cell) for cell in one["choices"]]
            rest = [c for c in range(len(cells)) if c not in listed] if one["takes_any"] else []
            cell = next((c for c in listed + rest if plan.take(kind, c)), None)
            if cell is not None:
                found[one["id"]] = [cells[cell], flats[cells[cell]].pop(0)]
            else:
                plan.add(kind, plan.planned_cell(kind), -1)
    return found


def main(path):
    with open(path, encoding="utf-8") as file:
        archive = json.load(file)
    seed, order = draw(archive)
    rules = json.loads(archive["rules"])
    lists = {part: archive[part] for part in ("applicants", "classes", "labels", "salt")}
    text = json.dumps(lists, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    check("applicants, choices, flats and caps", sha(text.encode()).hex(), rules["lists_sha256"])
    check("specification", {archive["spec"], rules["spec"]}, {"mix-lottery-v1"})
    parties = [one["party"] for one in archive["commitments"]]
    check("two parties or more, each once", (parties, len(set(parties)) >= 2), (rules["parties"], True))
    check("places", places(archive, order, seed), archive["places"])
    print(len(order), "applicants,", len(archive["places"]), "places:", "WRONG" if faults else "as stated")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
