"""One boundary on three sides: as somebody saw it, as they want it, as it stands now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from domain.boundaries import Layer
from domain.merging import Outcome, Side, action_from, merge
from models import BoundaryVersion, MergeConflict
from services.boundaries.changesets import Edit, seen_of
from services.boundaries.checking import is_same
from services.boundaries.standing import CODES_A_QUERY, Standing


@dataclass(frozen=True)
class Merged:
    """One boundary after the merge."""

    code: str
    outcome: Outcome
    edit: Edit | None = None
    conflict: MergeConflict | None = None


@dataclass(frozen=True)
class Three:
    """One boundary on three sides."""

    layer: Layer
    code: str
    base_version: int | None
    base_name: str | None
    base: BaseGeometry | None
    mine: Edit | None
    stands: Standing | None

    def merged(self, name_now: str | None) -> Merged:
        now = None if self.stands is None else self.stands.geometry
        if now is not None and self.stands is not None and self.stands.version == self.base_version:
            now = self.base
        base, mine, theirs = sides(
            self.layer,
            (self.base_name, self.base),
            (None, None) if self.mine is None else (self.mine.name, self.mine.geometry),
            (name_now, now),
        )
        outcome = merge(base, mine, theirs)
        if outcome is Outcome.MINE:
            return Merged(self.code, outcome, edit=self._edit(theirs, mine))
        if outcome.is_conflict:
            return Merged(self.code, outcome, conflict=self.conflict(outcome, name_now))
        return Merged(self.code, outcome)

    def _edit(self, theirs: Side | None, mine: Side | None) -> Edit:
        action = action_from(theirs, mine)
        assert action is not None, self.code
        if self.mine is None:
            return Edit(self.code, action, seen_of(self.stands), None, self.base_name or "")
        return replace(self.mine, action=action, base_version=seen_of(self.stands))

    def conflict(self, outcome: Outcome, name_now: str | None) -> MergeConflict:
        """What somebody has to decide."""
        assert self.stands is not None, self.code  # both did something, so something was published
        return MergeConflict(
            code=self.code,
            outcome=outcome,
            base_version=self.base_version,
            base_name=self.base_name,
            their_version=self.stands.version,
            their_name=None if self.stands.geometry is None else (name_now or self.base_name),
            my_name=None if self.mine is None else self.mine.name,
            geometry=None if self.mine is None else self.mine.geometry,
            attributes={} if self.mine is None else dict(self.mine.attributes),
        )


Named = tuple[str | None, BaseGeometry | object | None]


def sides(layer: Layer, base: Named, mine: Named, theirs: Named) -> tuple[Side | None, Side | None, Side | None]:
    """Base, mine and theirs as they are compared: outlines within a millimetre are the same; names count only where
    they are published with outlines, so for plots."""
    shapes: list[Any] = []
    found: list[Side | None] = []
    for name, geometry in (base, mine, theirs):
        if geometry is None:
            found.append(None)
            continue
        same = next((index for index, other in enumerate(shapes) if is_same(geometry, other)), len(shapes))
        if same == len(shapes):
            shapes.append(geometry)
        found.append(Side((name or "") if layer is Layer.PLOTS else "", same))
    return found[0], found[1], found[2]


def outlines_of(session: Session, layer: Layer, wanted: Mapping[str, int]) -> dict[str, BaseGeometry]:
    """code → the outline of the version wanted of it."""
    return {code: geometry for code, (geometry, _) in versions_of(session, layer, wanted).items()}


def versions_of(session: Session, layer: Layer, wanted: Mapping[str, int]) -> dict[str, tuple[BaseGeometry, datetime]]:
    """code → the outline of the version wanted of it, and when it was published."""
    own, pairs = BoundaryVersion, list(wanted.items())
    found: dict[str, tuple[BaseGeometry, datetime]] = {}
    for start in range(0, len(pairs), CODES_A_QUERY):
        part = pairs[start : start + CODES_A_QUERY]
        statement = select(own.code, own.geometry, own.recorded_at).where(
            own.layer == layer.value, tuple_(own.code, own.version).in_(part)
        )
        found |= {row.code: (row.geometry, row.recorded_at) for row in session.execute(statement)}
    return found
