"""One enterprise changed: its cell added up anew, and the gaps it touches."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.gap_province import NODES
from domain.gaps.engine import Gaps, recompute
from domain.gaps.inputs import Capacity

LIMIT_MS = 50.0


def one_enterprise_changed(before: Gaps) -> Callable[[], Gaps]:
    """The change to time, from the gaps of all nodes. Only the engine: no store, no request, no map's data."""
    problem = before.problem
    code, place = problem.graph.codes[NODES // 2], problem.network.places[7]
    row = Capacity(place, code, 1.5)

    def change() -> Gaps:
        return recompute(before, problem.with_cells({(place, code): [row]}), [code])

    return change
