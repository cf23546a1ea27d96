"""The gaps of a day and a radius, kept in memory and brought up to the data revision: only what a change touches is
computed anew (docs/adr/0010)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.gaps.engine import Gaps, compute, recompute
from domain.gaps.inputs import Radius
from domain.words import Audience
from geo.network import TravelRule
from models import CapacityChange, DatasetState
from services.gaps import minutes
from services.gaps.reading import Inputs, read_inputs, with_cells

MOST_KEPT_CELLS = 5_000_000
"""About 500 MB of gaps: (nodes x places) summed over all that is kept."""
MOST_KEPT_DAYS = 8
_LEAST_CELLS = 50_000  # what an answer counts at least: also a small one takes memory
_MOST_CELLS_AT_ONCE = 2000


@dataclass(frozen=True, eq=False)
class KeptGaps:
    """The gaps as one audience may see them, with what they were computed from."""

    inputs: Inputs
    gaps: Gaps
    audience: Audience

    @property
    def revision(self) -> int:
        """The data revision they were computed from."""
        return self.inputs.revision


@dataclass
class _Kept:
    """Of one database: by day the inputs, by (day, radius, audience) the gaps."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    inputs: OrderedDict[tuple[Hashable, ...], Inputs] = field(default_factory=OrderedDict)
    gaps: OrderedDict[tuple[Hashable, ...], KeptGaps] = field(default_factory=OrderedDict)


_kept: dict[str, _Kept] = {}
_kept_lock = threading.Lock()


def gaps_of(session: Session, *, as_of: date, radius: Radius, audience: Audience, rule: TravelRule) -> KeptGaps:
    """The gaps at the session's data revision; what has not changed since the last time is kept."""
    kept = _of_database(session)
    key = (as_of, rule, radius, audience)
    with kept.lock:
        inputs = _inputs(session, kept, as_of, rule)
        before = kept.gaps.get(key)
        if before is None or before.inputs is not inputs:
            kept.gaps[key] = KeptGaps(inputs, _gaps(before, inputs, radius, audience), audience)
            _shed(kept)
        kept.gaps.move_to_end(key)
        return kept.gaps[key]


def forget() -> None:
    """Keep nothing."""
    with _kept_lock:
        _kept.clear()
    minutes.forget()


def _of_database(session: Session) -> _Kept:
    with _kept_lock:
        return _kept.setdefault(str(session.get_bind().engine.url), _Kept())


def _inputs(session: Session, kept: _Kept, as_of: date, rule: TravelRule) -> Inputs:
    key = (as_of, rule)
    before = kept.inputs.get(key)
    state = session.get(DatasetState, 1)
    revision = state.revision if state else 0
    if before is None or before.revision != revision:
        cells = None if before is None else _changed_cells(session, before.revision)
        if before is None or cells is None:
            kept.inputs[key] = read_inputs(session, as_of=as_of, rule=rule, revision=revision, before=before)
        else:
            kept.inputs[key] = with_cells(session, before, cells, revision)
    kept.inputs.move_to_end(key)
    while len(kept.inputs) > MOST_KEPT_DAYS:
        gone, _ = kept.inputs.popitem(last=False)
        for asked in [asked for asked in kept.gaps if asked[:2] == gone]:
            del kept.gaps[asked]
    return kept.inputs[key]


def _changed_cells(session: Session, since: int) -> list[tuple[str, str]] | None:
    """The (place, node) whose capacities changed after a revision; None where more changed, or too many of them."""
    state = session.get_one(DatasetState, 1)
    if state.structure_revision > since or state.revision < since:
        return None
    statement = select(CapacityChange.place_code, CapacityChange.node_code).where(CapacityChange.revision > since)
    found = session.execute(statement.distinct().limit(_MOST_CELLS_AT_ONCE + 1))
    cells = [(place, node) for place, node in found]
    return cells if len(cells) <= _MOST_CELLS_AT_ONCE else None


def _gaps(before: KeptGaps | None, inputs: Inputs, radius: Radius, audience: Audience) -> Gaps:
    """Anew, or from those before for the nodes that changed since."""
    problem = inputs.problem(audience)
    if before is None:
        return compute(problem, radius)
    changed = problem.differing_nodes(before.gaps.problem)
    return compute(problem, radius) if changed is None else recompute(before.gaps, problem, changed)


def _shed(kept: _Kept) -> None:
    """Drop the gaps asked for longest ago until the rest fit."""

    def cells() -> int:
        return sum(max(one.inputs.firms.size, _LEAST_CELLS) for one in kept.gaps.values())

    while len(kept.gaps) > 1 and cells() > MOST_KEPT_CELLS:
        kept.gaps.popitem(last=False)
