"""A changeset as it is looked at: each edit with both outlines and areas, and the drawing of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.boundaries import Action, ChangesetStatus, Finding, Layer, VersionConflict
from models import BoundaryVersion, Changeset
from services.boundaries.changesets import OPEN, Edit, conflicts, edits_of, findings_of, get_changeset
from services.boundaries.impact import Impact, impact_of
from services.boundaries.land import SaidChange, changes_said, said_of
from services.boundaries.overview import NOT_SURVEYED
from services.boundaries.parks import place_words
from services.boundaries.pictures import Picture
from services.boundaries.scenes import mark_numbers, pair_scene, small_scenes
from services.boundaries.shapes import area_of
from services.boundaries.standing import names_of, standing

MOST_ROWS = 300
MOST_STALE = 12
CODES_A_QUERY = 5000


@dataclass(frozen=True)
class Row:
    """One edit. before, after: hectares; None where there is no outline. said: what it says otherwise of a plot."""

    code: str
    name: str
    action: Action
    before_ha: float | None
    after_ha: float | None
    has_history: bool
    said: tuple[SaidChange, ...] = ()

    @property
    def difference_ha(self) -> float:
        return (self.after_ha or 0.0) - (self.before_ha or 0.0)

    @property
    def share(self) -> float | None:
        """The difference as a share of what was; None for what is new."""
        return self.difference_ha / self.before_ha if self.before_ha else None


@dataclass(frozen=True)
class StalePair:
    """A thing that was changed meanwhile: what stands, and what the changeset wants."""

    conflict: VersionConflict
    name: str
    theirs: Picture | None
    ours: Picture | None
    theirs_ha: float | None
    ours_ha: float | None


@dataclass(frozen=True)
class Review:
    """rows: the first MOST_ROWS. numbers: index of a finding → its number on the picture. at: the one edit drawn."""

    changeset: Changeset
    rows: tuple[Row, ...]
    counts: dict[Action, int]
    findings: tuple[Finding, ...]
    numbers: dict[int, int]
    picture: Picture | None
    impact: Impact | None
    stale: tuple[StalePair, ...]
    place_names: dict[str, str]


def review_of(session: Session, changeset_id: int, *, at: str | None = None) -> Review:
    """Open ones against what stands now, closed ones against what they were made from. Raises NotFound.

    at: the code of the one edit to draw; None or unknown: all of them.
    """
    changeset = get_changeset(session, changeset_id)
    edits = edits_of(session, changeset_id)
    before, schematic = _before(session, changeset.layer, edits)
    names = names_of(session, changeset.layer)
    is_open = changeset.status in OPEN
    is_published = changeset.status is ChangesetStatus.PUBLISHED
    findings = findings_of(changeset.findings)
    drawn = [edit for edit in edits if edit.code == at] or list(edits)
    numbered = mark_numbers(findings) if len(drawn) == len(edits) else {}
    picture = pair_scene(
        session,
        changeset.layer,
        [(edit.code, edit.name or names.get(edit.code, edit.code), before.get(edit.code), edit.geometry)
         for edit in drawn],
        marks=list(numbered.values()),
        schematic=schematic,
    )  # fmt: skip
    said = _said(session, changeset.layer, edits[:MOST_ROWS]) if is_open else {}
    counts = {action: sum(edit.action is action for edit in edits) for action in Action}
    return Review(
        changeset=changeset,
        rows=tuple(
            Row(
                edit.code,
                edit.name or names.get(edit.code, edit.code),
                edit.action,
                _hectares(before.get(edit.code)),
                _hectares(edit.geometry),
                has_history=is_published or edit.base_version is not None,
                said=said.get(edit.code, ()),
            )
            for edit in edits[:MOST_ROWS]
        ),
        counts=counts,
        findings=findings,
        numbers={index: number for index, (number, _) in numbered.items()},
        picture=picture,
        impact=impact_of(session, changeset.layer, edits) if is_open else None,
        stale=_stale(session, changeset, edits, names) if is_open else (),
        place_names=names_of(session, Layer.PARKS) | names_of(session, Layer.ZONES),
    )


def _said(session: Session, layer: Layer, edits: Sequence[Edit]) -> dict[str, tuple[SaidChange, ...]]:
    """code → what is said otherwise; only of plots that stay."""
    if layer is not Layer.PLOTS:
        return {}
    said, words = said_of(session, [edit.code for edit in edits]), place_words(session)
    return {
        edit.code: changes_said(said[edit.code], edit.name, edit.attributes, words)
        for edit in edits
        if edit.code in said and edit.action is not Action.REMOVE
    }


def _before(session: Session, layer: Layer, edits: Sequence[Edit]) -> tuple[dict[str, BaseGeometry], set[str]]:
    """code → the outline of the version each edit saw; and the codes of those nobody surveyed."""
    seen = {edit.code: edit.base_version for edit in edits if edit.base_version is not None}
    codes = list(seen)
    found: dict[str, BaseGeometry] = {}
    schematic = set()
    for start in range(0, len(codes), CODES_A_QUERY):
        statement = select(BoundaryVersion).where(
            BoundaryVersion.layer == layer.value, BoundaryVersion.code.in_(codes[start : start + CODES_A_QUERY])
        )
        for version in session.scalars(statement):
            if seen[version.code] == version.version:
                found[version.code] = version.geometry
                if version.method in NOT_SURVEYED:
                    schematic.add(version.code)
    return found, schematic


def _stale(
    session: Session, changeset: Changeset, edits: Sequence[Edit], names: dict[str, str]
) -> tuple[StalePair, ...]:
    told = conflicts(session, changeset.layer, edits)[:MOST_STALE]
    if not told:
        return ()
    stands = standing(session, changeset.layer, [one.code for one in told])
    wanted = {edit.code: edit for edit in edits}
    found = []
    for one in told:
        theirs = stands[one.code].geometry if one.code in stands else None
        ours = wanted[one.code].geometry
        left, right = small_scenes([theirs, ours])
        name = wanted[one.code].name or names.get(one.code, one.code)
        found.append(StalePair(one, name, left, right, _hectares(theirs), _hectares(ours)))
    return tuple(found)


def _hectares(geometry: BaseGeometry | None) -> float | None:
    return None if geometry is None else area_of(geometry).ha
