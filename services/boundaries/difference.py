"""Old and new outline of each edit, with what it adds and takes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from domain.boundaries import Action, Layer, VersionConflict
from services.boundaries.changesets import Edit, edits_of, get_changeset, seen_of
from services.boundaries.shapes import Area, area_of, multi
from services.boundaries.standing import names_of, newest


@dataclass(frozen=True)
class Difference:
    """One edit against what stands. old, new: None where there is none. conflict: what stands is not what it saw."""

    code: str
    name: str
    action: Action
    old: BaseGeometry | None
    new: BaseGeometry | None
    before: Area
    after: Area
    added: Area
    removed: Area
    base_version: int | None
    standing_version: int | None
    conflict: VersionConflict | None
    number: int | None = None
    as_in_file: BaseGeometry | None = None
    repaired_m2: float = 0.0

    @property
    def share(self) -> float | None:
        """The change of area as a share of what it was; None for what is new."""
        return None if self.before.ha == 0 else (self.after.ha - self.before.ha) / self.before.ha


def differences(session: Session, changeset_id: int) -> list[Difference]:
    """All edits of a changeset against what stands now, in their order. Raises NotFound."""
    changeset = get_changeset(session, changeset_id)
    return differences_of(session, changeset.layer, edits_of(session, changeset_id))


def differences_of(session: Session, layer: Layer, edits: Sequence[Edit]) -> list[Difference]:
    """The same for edits not stored yet: what a stale edit is shown."""
    found = newest(session, layer, [edit.code for edit in edits])
    names = names_of(session, layer)
    told = []
    for edit in edits:
        at = found.get(edit.code)
        old, stands = (None if at is None else at.geometry), seen_of(at)
        conflict = None if stands == edit.base_version else VersionConflict(edit.code, edit.base_version, stands)
        added, removed = _parts(old, edit.geometry)
        told.append(
            Difference(
                code=edit.code,
                name=edit.name or names.get(edit.code, edit.code),
                action=edit.action,
                old=old,
                new=edit.geometry,
                before=area_of(old),
                after=area_of(edit.geometry),
                added=area_of(added),
                removed=area_of(removed),
                base_version=edit.base_version,
                standing_version=stands,
                conflict=conflict,
                number=edit.number,
                as_in_file=edit.before,
                repaired_m2=edit.area_change_m2,
            )
        )
    return told


def _parts(old: BaseGeometry | None, new: BaseGeometry | None) -> tuple[BaseGeometry | None, BaseGeometry | None]:
    """What is added and what is taken away."""
    if old is None or new is None:
        return new, old
    return multi(shapely.difference(new, old)), multi(shapely.difference(old, new))
