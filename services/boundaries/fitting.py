"""A draft brought up to what stands now: what others published meanwhile is merged into it, boundary by boundary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain.boundaries import Action, Finding, Layer, Verdict, verdict_of
from domain.boundary_fields import IS_VACANT, LAND_USE_CODE
from domain.errors import Conflict, PreconditionRequired
from domain.merging import Outcome, merge_facts
from domain.permissions import Actor, Permission
from geo.intake.model import Limits
from models import Changeset, ChangesetEdit, MergeConflict
from models.database import Database, data_revision, record_audit
from services.boundaries.changesets import (
    RESTORES,
    Edit,
    conflicts,
    edits_of,
    get_changeset,
    insert_edits,
    note_hand,
    reopen,
    require_at,
    require_open,
    things_of,
)
from services.boundaries.checking import require_passed, reviewed
from services.boundaries.land import Said, facts_of, said_of, said_then, stated_facts
from services.boundaries.standing import CODES_A_QUERY, names_of, newest
from services.boundaries.three_way import Merged, Three, versions_of


@dataclass(frozen=True)
class Fitted:
    """version: of the changeset, to be named when it is changed again. outcomes: code → what became of each boundary
    that others had changed; the conflicts among them are to be decided on."""

    version: int
    findings: tuple[Finding, ...]
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def conflicts(self) -> list[str]:
        return [code for code, outcome in self.outcomes.items() if outcome.is_conflict]


def fit(
    database: Database,
    changeset_id: int,
    *,
    seen: int | None,
    actor: Actor,
    limits: Limits,
    confirmed: bool = False,
) -> Fitted:
    """Merge a draft three ways with what was published since it was made, and check it anew; it is a draft again.

    What both sides changed waits for a decision. confirmed: with the repairs that became necessary. What the checks
    forbid is told in the findings and keeps it from being published, not from being fitted.
    seen: the version of the changeset that was looked at.
    Raises: NotFound, Forbidden, PreconditionRequired, Conflict (published or withdrawn, or it goes back to a version),
    Stale, ChecksFailed (repairs have to be confirmed), Busy.
    """
    if seen is None:
        raise PreconditionRequired(
            "没有说明所见的更改集稿次", "the version of the changeset is missing", place=str(changeset_id)
        )
    with database.read() as session:
        plan = _plan(session, changeset_id, seen, actor, limits, confirmed)
    with database.write() as session:
        changeset = get_changeset(session, changeset_id)
        if (data_revision(session), changeset.version) != (plan.revision, seen):
            plan = _plan(session, changeset_id, seen, actor, limits, confirmed)
        _store(session, changeset, plan)
        note_hand(changeset, actor.name)
        reopen(session, changeset, plan.findings)
        outcomes = {code: one.outcome for code, one in plan.merged.items()}
        record_audit(
            session, actor=actor.name, action="boundaries fit", subject=str(changeset_id),
            details={"outcomes": {code: outcome.value for code, outcome in list(outcomes.items())[:1000]}},
        )  # fmt: skip
        return Fitted(changeset.version, plan.findings, outcomes)


@dataclass(frozen=True)
class _Plan:
    """A draft merged with what stands at a data revision. edits: as they are stored."""

    revision: int
    merged: Mapping[str, Merged]
    edits: Sequence[Edit]
    findings: tuple[Finding, ...]


def _plan(session: Session, changeset_id: int, seen: int, actor: Actor, limits: Limits, confirmed: bool) -> _Plan:
    changeset = get_changeset(session, changeset_id)
    require_at(session, actor, Permission.EDIT_BOUNDARIES, changeset.layer, things_of(session, changeset_id))
    require_open(changeset, seen)
    _require_own_content(changeset)
    edits = edits_of(session, changeset_id)
    merged = _merged(session, changeset.layer, edits)
    kept = [merged[edit.code].edit if edit.code in merged else edit for edit in edits]
    stored: Sequence[Edit] = [edit for edit in kept if edit is not None]
    found = reviewed(session, changeset.layer, stored, limits)
    if verdict_of(found.findings) is not Verdict.REJECT:
        require_passed(found.findings, confirmed=confirmed)
        stored = found.edits
    return _Plan(data_revision(session), merged, stored, found.findings)


def _require_own_content(changeset: Changeset) -> None:
    if RESTORES in changeset.options:
        raise Conflict(
            f"更改集 {changeset.id} 是退回到旧版本，不能合并；请撤回，再从历史页退回一次",
            f"changeset {changeset.id} goes back to a version and is not merged: withdraw it and go back once more",
            place=str(changeset.id),
        )


def _merged(session: Session, layer: Layer, edits: Sequence[Edit]) -> dict[str, Merged]:
    """code → the merge of each edit that saw another version than the newest."""
    codes = {one.code for one in conflicts(session, layer, edits)}
    stale = [edit for edit in edits if edit.code in codes]
    stands, names = newest(session, layer, codes), names_of(session, layer, codes)
    seen = {edit.code: edit.base_version for edit in stale if edit.base_version is not None}
    bases = versions_of(session, layer, seen)
    of_plots = layer is Layer.PLOTS
    before = said_then(session, {code: at for code, (_, at) in bases.items()}) if of_plots else {}
    now = said_of(session, sorted(codes)) if of_plots else {}
    found = {}
    for edit in stale:
        code, base = edit.code, bases[edit.code][0] if edit.code in bases else None
        base_name = before[code].name if code in before else None
        mine = None if edit.geometry is None else replace(edit, name=edit.name or base_name or "")
        three = Three(layer, code, edit.base_version, base_name, base, mine, stands.get(code))
        merged = three.merged(names.get(code))
        found[code] = merged
        if of_plots and mine is not None:
            found[code] = _with_facts(three, merged, mine, before.get(code), now.get(code))
    return found


def _with_facts(three: Three, merged: Merged, mine: Edit, before: Said | None, now: Said | None) -> Merged:
    """What the edit says of a plot beside its outline, merged as well: it goes on saying what nobody else changed."""
    facts, is_clash = merge_facts(facts_of(before), stated_facts(mine.attributes), facts_of(now))
    others = {name: value for name, value in mine.attributes.items() if name not in {LAND_USE_CODE, IS_VACANT}}
    attributes = {**others, **facts}
    if merged.conflict is not None:
        merged.conflict.attributes = attributes
        return merged
    stands = three.stands
    if is_clash and stands is not None:
        name = None if now is None else now.name
        conflict = three.conflict(Outcome.BOTH_CHANGED, name)
        conflict.attributes = attributes
        return Merged(merged.code, Outcome.BOTH_CHANGED, conflict=conflict)
    if merged.edit is not None:
        return replace(merged, edit=replace(merged.edit, attributes=attributes))
    if not facts or stands is None or stands.geometry is None:
        return merged
    name = mine.name if now is None else now.name
    edit = Edit(merged.code, Action.CHANGE, stands.version, stands.geometry, name, attributes=attributes)
    return replace(merged, edit=edit)


def _store(session: Session, changeset: Changeset, plan: _Plan) -> None:
    session.execute(delete(ChangesetEdit).where(ChangesetEdit.changeset_id == changeset.id))
    insert_edits(session, changeset.id, plan.edits)
    anew = [one.conflict for one in plan.merged.values() if one.conflict is not None]
    own = MergeConflict
    for start in range(0, len(anew), CODES_A_QUERY):  # one that was decided before, and is overtaken, is decided again
        of_these = own.changeset_id == changeset.id, own.code.in_([one.code for one in anew[start:][:CODES_A_QUERY]])
        note_hand(changeset, *session.scalars(select(own.decided_by).where(*of_these)))
        session.execute(delete(own).where(*of_these), execution_options={"synchronize_session": False})
    for conflict in anew:
        conflict.changeset_id = changeset.id
        session.add(conflict)
