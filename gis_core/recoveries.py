"""What a killed process may have left half done outside the database; the worker puts it right.

A room names its function; the worker calls all of them when it starts and now and then. Each must be safe to
call at any moment, also while the same work is going on in another process.
"""

from collections.abc import Callable

Recovery = Callable[[], int]

_recoveries: list[Recovery] = []


def register_recovery(recovery: Recovery) -> None:
    """`recovery()` finishes or takes back what it finds, and says of how many."""
    if recovery not in _recoveries:
        _recoveries.append(recovery)


def run_recoveries() -> int:
    return sum(recovery() for recovery in _recoveries)
