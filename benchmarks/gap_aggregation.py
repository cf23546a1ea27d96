"""Adding up a million enterprises by node and place: ours beside pandas and DuckDB, in one process, in turn.

All of them are checked to find the same. Ours makes the whole capacity table, the peers the sums only.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks import gap_peers
from benchmarks.gap_peers import DuckDB, Matrix
from benchmarks.gap_province import ENTERPRISES, NODES, PLACES, Enterprises
from benchmarks.timing import interleaved, print_table

GOAL = 20
_OURS = "ours (numpy bincount)"


def run(enterprises: Enterprises) -> None:
    """Print the medians and the ratios."""
    integers, categories = gap_peers.integer_frame(enterprises), gap_peers.categorical_frame(enterprises)
    with (
        DuckDB.holding(enterprises, threads=1) as one_thread,
        DuckDB.holding(enterprises, threads=None) as by_default,
    ):
        pandas: dict[str, Callable[[], Matrix]] = {
            "pandas, integers, sort and unstack": lambda: gap_peers.pandas_unstacked(integers),
            "pandas, integers, sort=False": lambda: gap_peers.pandas_unsorted(integers),
            "pandas, categories": lambda: gap_peers.pandas_categorical(categories),
        }
        cases: dict[str, Callable[[], Matrix]] = {
            _OURS: lambda: enterprises.known_table().known,
            **pandas,
            f"DuckDB, threads={one_thread.threads}": one_thread.matrix,
            f"DuckDB, default (threads={by_default.threads})": by_default.matrix,
        }
        expected = enterprises.known_table().known
        for name, case in cases.items():
            np.testing.assert_allclose(case(), expected, rtol=1e-12, err_msg=name)
        took = interleaved(cases)
    print(f"aggregation, {ENTERPRISES:,} enterprises → {NODES} × {PLACES}, equal to 12 digits:")
    print_table(took, _OURS)
    for name in pandas:
        ratio = took[name].median_s / took[_OURS].median_s
        print(f"  goal ≥ {GOAL} × {name}: {'reached' if ratio >= GOAL else 'MISSED'}, {ratio:.1f} ×")
