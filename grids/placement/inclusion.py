"""Is a receipt number in the closed list, and where did the draw put it?"""

from dataclasses import dataclass

from grids.models import Draw
from grids.placement.lottery import ticket


@dataclass(frozen=True)
class Inclusion:
    """What an applicant can see without a secret; the whole list is public, so anyone can redo it.

    Attributes:
        line: the place in receipts.txt, from 1; None when the number is not in it.
        ticket, place: from the draw on; the place in the order, from 1.
    """

    receipt: str
    list_hash: str
    line: int | None
    ticket: str = ""
    place: int | None = None

    @property
    def is_listed(self) -> bool:
        return self.line is not None


def inclusion(draw: Draw, receipt: str) -> Inclusion:
    receipt = receipt.strip()
    ids = sorted((one["id"] for one in draw.full_archive["applicants"]), key=str.encode)
    if receipt not in ids:
        return Inclusion(receipt, draw.list_hash, None)
    line = ids.index(receipt) + 1
    if draw.drawn_at is None:
        return Inclusion(receipt, draw.list_hash, line)
    place = draw.full_archive["order"].index(receipt) + 1
    return Inclusion(receipt, draw.list_hash, line, ticket(bytes.fromhex(draw.seed), receipt), place)
