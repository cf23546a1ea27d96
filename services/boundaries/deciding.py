"""Conflicts of a merge, side by side, and how each ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain.boundaries import Action, Finding, Layer, VersionConflict
from domain.errors import BadRequest, NotFound, Stale
from domain.merging import Decision, Outcome, Side, action_from, decisions, resolve
from domain.permissions import Actor, Permission
from geo.intake.model import Limits
from models import Changeset, ChangesetEdit, MergeConflict
from models.database import Database, data_revision, now, record_audit
from services.boundaries.changesets import (
    Edit,
    edits_of,
    get_changeset,
    insert_edits,
    note_hand,
    reopen,
    require_at,
    require_open,
    seen_of,
    things_of,
)
from services.boundaries.checking import review
from services.boundaries.land import SaidChange, changes_said, said_of
from services.boundaries.merging import count_conflicts
from services.boundaries.parks import place_words
from services.boundaries.pictures import Outline, Part, Picture, frame_of, picture
from services.boundaries.shapes import area_of
from services.boundaries.standing import Standing, names_of, newest
from services.boundaries.three_way import outlines_of, sides

PICTURE_PX = (420.0, 300.0)
MOST_SHOWN = 50


@dataclass(frozen=True)
class SideView:
    """A boundary as one side has it; area_ha and picture None: it has none. The picture has the base beneath."""

    name: str | None
    area_ha: float | None
    picture: Picture | None


@dataclass(frozen=True)
class ConflictView:
    """One conflict. their_version: the newest now, to be named when it is decided. choices: what can be decided.

    said: what mine says otherwise of a plot than is said now.
    """

    code: str
    name: str
    outcome: Outcome
    base_version: int | None
    their_version: int
    mine: SideView
    theirs: SideView
    base_area_ha: float | None
    choices: tuple[Decision, ...]
    decision: Decision | None
    decided_by: str | None
    said: tuple[SaidChange, ...] = ()


@dataclass(frozen=True)
class Conflicts:
    """Conflicts of a changeset. items: the first MOST_SHOWN of total."""

    changeset: Changeset
    items: list[ConflictView]
    total: int
    undecided: int


@dataclass(frozen=True)
class _Now:
    """A conflict against what stands now."""

    conflict: MergeConflict
    stands: Standing
    base: BaseGeometry | None
    their_name: str
    mine: Side | None
    theirs: Side | None
    said: tuple[SaidChange, ...] = ()

    @property
    def name(self) -> str:
        return self.conflict.my_name or self.their_name or self.conflict.code


def conflicts_of(session: Session, changeset_id: int) -> Conflicts:
    """The conflicts with both outlines, to one scale; the undecided first where not all are shown. Raises NotFound."""
    changeset, (total, undecided) = get_changeset(session, changeset_id), count_conflicts(session, changeset_id)
    own = MergeConflict
    statement = select(own).where(own.changeset_id == changeset_id)
    if total > MOST_SHOWN:
        statement = statement.order_by(own.decision.is_not(None))
    found = session.scalars(statement.order_by(own.code).limit(MOST_SHOWN)).all()
    return Conflicts(changeset, [_view(one) for one in _now(session, changeset, found)], total, undecided)


def decide(
    database: Database,
    changeset_id: int,
    code: str,
    decision: Decision,
    *,
    seen: int,
    draft_seen: int,
    actor: Actor,
    limits: Limits,
) -> int:
    """End one conflict; it may be decided over until the changeset is published. Returns how many are left.

    seen: their version that was looked at; draft_seen: that of the changeset, so that nobody overrules a decision
    unseen. The findings are told anew; what they forbid is said when it is published, since neighbours may be decided
    one after the other.
    Raises: NotFound, Forbidden, Conflict (published or withdrawn), BadRequest (nothing to mix), Stale (published or
    decided once more since it was looked at), Busy.
    """
    with database.read() as session:
        plan = _plan(session, changeset_id, code, decision, seen, draft_seen, actor, limits)
    with database.write() as session:
        changeset = get_changeset(session, changeset_id)
        if (data_revision(session), changeset.version) != (plan.revision, draft_seen):
            plan = _plan(session, changeset_id, code, decision, seen, draft_seen, actor, limits)
        session.execute(
            delete(ChangesetEdit).where(ChangesetEdit.changeset_id == changeset_id, ChangesetEdit.code == code)
        )
        insert_edits(session, changeset_id, [plan.edit] if plan.edit else [])
        conflict = _conflict(session, changeset_id, code)
        before = conflict.decision
        note_hand(changeset, conflict.decided_by)
        conflict.decision, conflict.decided_by, conflict.decided_at = decision, actor.name, now()
        conflict.their_version = seen
        reopen(session, changeset, plan.findings)
        record_audit(
            session,
            actor=actor.name,
            action="boundaries decide",
            subject=str(changeset_id),
            details={
                "code": code,
                "old": {"decision": before.value if before else None},
                "new": {"decision": decision.value},
                "their_version": seen,
            },
        )
        return count_conflicts(session, changeset_id)[1]


@dataclass(frozen=True)
class _Plan:
    """A decision worked out at a data revision. edit: what it does; None: nothing."""

    revision: int
    edit: Edit | None
    findings: tuple[Finding, ...]


def _plan(
    session: Session,
    changeset_id: int,
    code: str,
    decision: Decision,
    seen: int,
    draft_seen: int,
    actor: Actor,
    limits: Limits,
) -> _Plan:
    changeset = get_changeset(session, changeset_id)
    require_open(changeset, draft_seen)
    [one] = _now(session, changeset, [_conflict(session, changeset_id, code)])
    if one.stands.version != seen:
        raise Stale(
            f"{one.name} 又有新版（第 {one.stands.version} 版），请再看一次",
            f"{one.name} was published once more (version {one.stands.version}): look at it again",
            place=code,
            conflicts=[VersionConflict(code, seen, one.stands.version)],
        )
    edit = _edit(one, decision)
    require_at(session, actor, Permission.EDIT_BOUNDARIES, changeset.layer, things_of(session, changeset_id))
    kept = [other for other in edits_of(session, changeset_id) if other.code != code]
    findings = review(session, changeset.layer, [*kept, *([edit] if edit else [])], limits)
    return _Plan(data_revision(session), edit, findings)


def _conflict(session: Session, changeset_id: int, code: str) -> MergeConflict:
    """Raises NotFound."""
    statement = select(MergeConflict).where(MergeConflict.changeset_id == changeset_id, MergeConflict.code == code)
    found = session.scalar(statement)
    if found is None:
        raise NotFound(f"没有这处冲突：{code[:64]}", f"no such conflict: {code[:64]}", place=code[:64])
    return found


def _now(session: Session, changeset: Changeset, found: Sequence[MergeConflict]) -> list[_Now]:
    layer, codes = changeset.layer, [one.code for one in found]
    stands, names = newest(session, layer, codes), names_of(session, layer, codes)
    bases = outlines_of(session, layer, {one.code: one.base_version for one in found if one.base_version is not None})
    of_plots = layer is Layer.PLOTS
    said, words = (said_of(session, codes), place_words(session)) if of_plots else ({}, {})
    told = []
    for one in found:
        at, base = stands[one.code], bases.get(one.code)
        their_name = names.get(one.code) or one.their_name or one.base_name or one.code
        _, mine, theirs = sides(layer, (one.base_name, base), (one.my_name, one.geometry), (their_name, at.geometry))
        facts = changes_said(said[one.code], "", one.attributes, words) if one.code in said else ()
        told.append(_Now(one, at, base, their_name, mine, theirs, facts))
    return told


def _edit(one: _Now, decision: Decision) -> Edit | None:
    """What the decision does to what stands; None: nothing. Raises BadRequest."""
    try:
        wanted = resolve(decision, one.mine, one.theirs)
    except ValueError as error:
        raise BadRequest(
            "这处冲突不能各取一半", "this conflict has no halves to be mixed", place=one.conflict.code
        ) from error
    has_my_name = decision in {Decision.TAKE_MINE, Decision.THEIR_OUTLINE_MY_NAME}
    attributes = one.conflict.attributes if has_my_name else {}  # what is said goes with the name
    action = action_from(one.theirs, wanted) or (Action.CHANGE if has_my_name and one.said else None)
    if action is None:
        return None
    code, base_version = one.conflict.code, seen_of(one.stands)
    if wanted is None:
        return Edit(code, action, base_version, None, one.their_name)
    is_mine = one.mine is not None and wanted.outline == one.mine.outline
    geometry = one.conflict.geometry if is_mine else one.stands.geometry
    name = (one.conflict.my_name if has_my_name else None) or one.their_name
    return Edit(code, action, base_version, geometry, name, attributes=attributes)


def _view(one: _Now) -> ConflictView:
    conflict, theirs = one.conflict, one.stands.geometry
    drawn = [shape for shape in (one.base, conflict.geometry, theirs) if shape is not None]
    frame = frame_of(drawn, width=PICTURE_PX[0], height=PICTURE_PX[1])

    def side(name: str | None, shape: BaseGeometry | None) -> SideView:
        if shape is None:
            return SideView(None, None, None)
        beneath = [] if one.base is None else [Outline(Part.OLD, one.base)]
        drawing = picture([*beneath, Outline(Part.NEW, shape)], frame=frame, with_names=False)
        return SideView(name, area_of(shape).ha, drawing)

    return ConflictView(
        code=conflict.code,
        name=one.name,
        outcome=conflict.outcome,
        base_version=conflict.base_version,
        their_version=one.stands.version,
        mine=side(conflict.my_name, conflict.geometry),
        theirs=side(one.their_name, theirs),
        base_area_ha=None if one.base is None else area_of(one.base).ha,
        choices=decisions(one.mine, one.theirs),
        decision=conflict.decision,
        decided_by=conflict.decided_by,
        said=one.said,
    )
