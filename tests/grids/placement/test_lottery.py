"""The lottery against the published vector and against the shell's own tools."""

import subprocess

from grids.placement.lottery import commitment, list_hash, order_of, seed_of, sha256, ticket

IDS = [f"A{number:06d}" for number in range(1, 6)]
NONCES = ["officer-nonce-0001", "notary-nonce-0002"]
BEACON = "beacon-round-123456"
SEED = "739f773b35421ec236051b6812eda96da61945bf710e08e12e1e23a5856f633a"


def seed() -> bytes:
    return seed_of(list_hash(IDS), sha256(b"rules v1"), NONCES, BEACON)


def test_published_vector_is_met():
    digest = list_hash(IDS).hex()
    assert (digest[:8], digest[-7:]) == ("581ca431", "132ad8e")
    assert seed().hex() == SEED
    order = order_of(seed(), [(1, one) for one in IDS])
    assert order == ["A000004", "A000002", "A000005", "A000003", "A000001"]


def test_list_hash_does_not_depend_on_the_order_of_the_list():
    assert list_hash(IDS[::-1]) == list_hash(IDS)


def test_a_nonce_moved_into_its_neighbour_gives_another_seed():
    whole = seed_of(list_hash(IDS), sha256(b"rules v1"), ["ab", "c"], BEACON)
    assert whole != seed_of(list_hash(IDS), sha256(b"rules v1"), ["a", "bc"], BEACON)


def test_commitment_is_what_sha256sum_prints():
    printed = subprocess.run(["sha256sum"], input=b"officer-nonce-0001", capture_output=True, check=True)
    assert printed.stdout.split()[0].decode() == commitment("officer-nonce-0001")


def test_fifty_thousand_tickets_sort_as_the_shell_sorts_them(tmp_path):
    ids = [f"R{number:08d}" for number in range(50_000)]
    lines = "".join(f"{ticket(seed(), one)} {one}\n" for one in ids)
    file = tmp_path / "tickets"
    file.write_text(lines)
    done = subprocess.run(
        ["sort", file], env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}, capture_output=True, check=True
    )
    assert [line.split()[1] for line in done.stdout.decode().splitlines()] == order_of(
        seed(), [(1, one) for one in ids]
    )


def test_one_ticket_equals_the_shells_pipeline():
    text = f"{SEED}:A000001".encode()
    printed = subprocess.run(["sha256sum"], input=text, capture_output=True, check=True).stdout
    assert printed.split()[0].decode() == ticket(seed(), "A000001")


def test_priority_comes_before_the_ticket():
    order = order_of(seed(), [(2, "A000004"), (1, "A000001"), (1, "A000002")])
    assert order == ["A000002", "A000001", "A000004"]
