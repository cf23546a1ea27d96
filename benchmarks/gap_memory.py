"""The memory our side of the chain gaps takes, in a process of its own that has neither pandas nor DuckDB.

Peaks are VmHWM of /proc, set back before each step: ru_maxrss would be the parent's, which a child inherits.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from benchmarks.gap_change import one_enterprise_changed
from benchmarks.gap_province import RADIUS_MIN, Province
from domain.gaps.engine import compute
from domain.gaps.inputs import Radius


def run() -> None:
    """Print what a fresh process finds."""
    subprocess.run([sys.executable, "-m", "benchmarks.gap_memory"], cwd=Path(__file__).parents[1], check=True)


def measure() -> None:
    """Print the resident memory step by step, and the bytes of the arrays."""
    _step("Python, numpy and the engine")
    province = Province.made_up()
    _step("a million enterprises, chains and roads made up", tell_peak=False)
    sums = province.enterprises.known_table()
    _step("enterprises added up, all as known")
    del sums
    problem = province.problem()
    gaps = compute(problem, Radius.of(RADIUS_MIN))
    _step("added up with the unknown, all gaps, one radius")
    changed = one_enterprise_changed(gaps)()
    _step("one enterprise changed, the gaps before kept")
    arrays = {
        "columns of enterprises": province.enterprises,
        "capacity table": problem.capacities,
        "roads, and who is in reach": problem.network,
        "the gaps": gaps.by_node,
        "what the change made anew": (changed.problem.capacities, _new(gaps.by_node, changed.by_node)),
    }
    print("  arrays: " + "; ".join(f"{name} {_array_bytes(of) / 1e6:.1f} MB" for name, of in arrays.items()))
    others = {"pandas", "duckdb"} & set(sys.modules)
    assert not others, f"not ours alone: {others}"


def _new(before: Mapping[int, object], after: Mapping[int, object]) -> list[object]:
    return [value for node, value in after.items() if value is not before[node]]


def _step(done: str, *, tell_peak: bool = True) -> None:
    """Tell what is resident now and was at most since the last step, then set the peak back."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    now, peak = (int(status[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM"))
    print(f"  {done:48} {now:6.0f} MiB" + (f", peak {peak:.0f} MiB" if tell_peak else ""))
    Path("/proc/self/clear_refs").write_text("5")


def _array_bytes(held: object) -> int:
    """Bytes of all arrays in it, memory that several share once."""
    found: dict[int, int] = {}
    todo, seen = [held], set[int]()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            while isinstance(one.base, np.ndarray):
                one = one.base
            found[id(one)] = one.nbytes
        else:
            todo.extend(_parts(one))
    return sum(found.values())


def _parts(of: object) -> Iterable[object]:
    if isinstance(of, Mapping):
        return of.values()
    if isinstance(of, (list, tuple)):
        return of
    return vars(of).values() if hasattr(of, "__dict__") and not isinstance(of, type) else ()


if __name__ == "__main__":
    measure()
