"""Taking times side by side, and telling them: medians, their ratios, how often, on what machine and versions."""

from __future__ import annotations

import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version

ROUNDS = 15
_ORDER_SEED = 20261121


@dataclass(frozen=True)
class Times:
    """What one case took, seconds a run."""

    seconds: tuple[float, ...]

    @property
    def median_s(self) -> float:
        return statistics.median(self.seconds)

    @property
    def median_ms(self) -> float:
        return self.median_s * 1000

    @property
    def range_ms(self) -> tuple[float, float]:
        """The quickest and the slowest run: how noisy the machine was."""
        return min(self.seconds) * 1000, max(self.seconds) * 1000


def interleaved(cases: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, Times]:
    """Time each case once a round after one warm-up, in an order drawn anew, so that none always follows the same."""
    for case in cases.values():
        case()
    order, shuffled = list(cases), random.Random(_ORDER_SEED)
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        shuffled.shuffle(order)
        for name in order:
            start = time.perf_counter()
            cases[name]()
            seconds[name].append(time.perf_counter() - start)
    return {name: Times(tuple(values)) for name, values in seconds.items()}


def print_table(took: Mapping[str, Times], ours: str | None = None) -> None:
    """One line a case. ours: the case to whose median the others' is told as ratio."""
    width = max(len(name) for name in took)
    print(f"  {'':{width}}   n  median ms  quickest – slowest{'' if ours is None else '    median / ours'}")
    for name, times in took.items():
        quickest, slowest = times.range_ms
        ratio = "" if ours is None else f"{times.median_s / took[ours].median_s:17.1f}"
        print(
            f"  {name:{width}} {len(times.seconds):3} {times.median_ms:10.1f} {quickest:9.1f} – {slowest:7.1f}{ratio}"
        )


def machine(packages: Iterable[str]) -> str:
    """The cores, the load of the last minute, and the versions the figures belong to."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores (shared; load {load:.1f}), Python {platform.python_version()}, {versions}"
