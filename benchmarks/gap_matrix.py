"""Chain gaps at the size of a province: adding up beside its peers, all gaps of all chains, one change, the memory.

Only the adding up has peers: pairwise allocation is no operation of pandas or DuckDB. All gaps: about 50 places in
reach of each, unknown capacities with their intervals, kinds, remedies. The machine is shared: read the ratios.
"""

from __future__ import annotations

from benchmarks import gap_aggregation, gap_memory
from benchmarks.gap_change import LIMIT_MS, one_enterprise_changed
from benchmarks.gap_province import PLACES, RADIUS_MIN, UNKNOWN_SHARE, Province
from benchmarks.timing import interleaved, machine, print_table
from domain.gaps.engine import compute
from domain.gaps.inputs import Radius

FULL_LIMIT_S = 3.0


def run() -> None:
    """Print medians, the ratios to the peers, and the memory."""
    print(machine(("numpy", "pandas", "duckdb")))
    province = Province.made_up()
    gap_aggregation.run(province.enterprises)
    _all_gaps(province)
    print("memory of ours alone, in a process of its own:", flush=True)
    gap_memory.run()


def _all_gaps(province: Province) -> None:
    problem, one, own = province.problem(), Radius.of(RADIUS_MIN), Radius.own()
    before = compute(problem, one)
    cases = {
        "from the columns, nothing remembered": lambda: compute(province.problem(), one),
        "all gaps, one radius": lambda: compute(problem, one),
        "all gaps, each node's own radius": lambda: compute(problem, own),
        "one enterprise changed": one_enterprise_changed(before),
    }
    took = interleaved(cases)
    first, one_radius, own_radius, change = took
    near = len(problem.network.pairs(one).waves(RADIUS_MIN).rank) / PLACES
    print(f"{near:.0f} places in reach of each at {RADIUS_MIN:g} min, {UNKNOWN_SHARE:.0%} of capacities unknown:")
    print_table(took)
    slowest_s = max(took[name].median_s for name in (first, one_radius, own_radius))
    print(f"  limit {FULL_LIMIT_S:g} s for all gaps: {_verdict(slowest_s <= FULL_LIMIT_S)}, {slowest_s:.2f} s", end="")
    print(f"; {LIMIT_MS:g} ms for a change: {_verdict(took[change].median_ms <= LIMIT_MS)}, ", end="")
    print(f"{took[change].median_ms:.1f} ms")


def _verdict(kept: bool) -> str:
    return "kept" if kept else "MISSED"


if __name__ == "__main__":
    run()
