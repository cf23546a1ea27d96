"""Edit packages brought back: what was changed in them, merged boundary by boundary with what was published meanwhile.

What only one side changed is taken; what both changed differently waits in `merge_conflict` for a decision, and the
changeset is not published before (`require_decided`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.boundaries import Action, Finding, Layer, Severity, Verdict, verdict_of
from domain.errors import Conflict
from domain.merging import Outcome
from domain.permissions import Actor, Permission, require
from geo.intake.job import take_in
from geo.intake.model import Feature, Intake, Known, Limits, Options
from models import EditPackage, MergeConflict
from models.database import Database, data_revision, record_audit
from services.boundaries.changesets import LARGEST_ID, About, Edit, require_at, sha256_of, store, told_to_programs
from services.boundaries.checking import reviewed
from services.boundaries.packages import PACKAGE
from services.boundaries.standing import names_of, newest
from services.boundaries.three_way import Merged, Three, outlines_of
from services.boundaries.turns import turn

Tell = Callable[[str, float], None]
_COLUMNS = {"code": "code", "name": "name"}


@dataclass(frozen=True)
class Returned:
    """What became of a package. outcomes: how many boundaries came to what; conflicts: codes to be decided on."""

    verdict: Verdict
    changeset: int | None
    findings: tuple[Finding, ...]
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The one object of `boundaries merge --json`."""
        return {
            "verdict": self.verdict.value,
            "stored": self.changeset is not None,
            "changeset": self.changeset,
            "outcomes": {outcome.value: count for outcome, count in self.outcomes.items()},
            "conflicts": list(self.conflicts),
            "findings": told_to_programs(self.findings),
        }


def bring_back(
    database: Database,
    *,
    path: Path,
    name: str,
    actor: Actor,
    limits: Limits,
    confirmed: bool = False,
    tell: Tell | None = None,
) -> Returned:
    """Take a package back, merge it and store what it changes as a draft: like a file that is brought in.

    The file itself is checked alone; what it changes is checked among what is published now.
    Raises: Forbidden (no right to edit, or things of other parks; nothing stored), Busy.
    """
    require(actor, Permission.EDIT_BOUNDARIES)
    with turn():
        intake = _read(path, name, limits, tell)
    verdict = verdict_of(intake.findings)
    if verdict in {Verdict.ASK, Verdict.REJECT}:
        with database.write() as session:
            _audit(session, actor, verdict, name, None)
        return Returned(verdict, None, intake.findings)
    with database.read() as session:
        plan = _plan(session, intake, limits)
    with database.write() as session:
        if plan is not None and plan.revision != data_revision(session):
            plan = _plan(session, intake, limits)
        if plan is None:
            findings = (*intake.findings, _no_package())
            _audit(session, actor, Verdict.REJECT, name, None)
            return Returned(Verdict.REJECT, None, findings)
        verdict = verdict_of(plan.findings)
        wanted = verdict is Verdict.ACCEPT or (verdict is Verdict.REPAIR and confirmed)
        changeset = None
        if wanted and (plan.edits or plan.conflicts):
            about = About(
                title=f"编辑包 {plan.package.id}：{name}",
                file_name=name,
                file_sha256=sha256_of(path),
                crs=intake.crs,
                encoding=intake.encoding,
                options={"package": plan.package.id},
            )
            changeset = _store(session, plan, about, actor)
        _audit(session, actor, verdict, name, changeset, plan)
        return Returned(verdict, changeset, plan.findings, plan.outcomes, tuple(one.code for one in plan.conflicts))


@dataclass(frozen=True)
class _Plan:
    """A package merged with what stands at a data revision. findings: of the file, and of what it changes."""

    revision: int
    package: EditPackage
    outcomes: Mapping[Outcome, int]
    edits: tuple[Edit, ...]
    conflicts: tuple[MergeConflict, ...]
    findings: tuple[Finding, ...]


def _plan(session: Session, intake: Intake, limits: Limits) -> _Plan | None:
    """None: the file names no package, or several."""
    package = _find_package(session, intake.features)
    if package is None:
        return None
    merged = merge_features(session, package, intake.features)
    conflicts = tuple(one.conflict for one in merged if one.conflict is not None)
    found = reviewed(session, package.layer, [one.edit for one in merged if one.edit is not None], limits)
    return _Plan(
        data_revision(session),
        package,
        Counter(one.outcome for one in merged),
        found.edits,
        conflicts,
        (*intake.findings, *found.findings, *_told(conflicts)),
    )


def _store(session: Session, plan: _Plan, about: About, actor: Actor) -> int:
    """What is not decided yet must be the actor's too. Raises Forbidden."""
    layer = plan.package.layer
    open_ones = [Edit(one.code, Action.CHANGE, None, one.geometry) for one in plan.conflicts]
    if open_ones:
        require_at(session, actor, Permission.EDIT_BOUNDARIES, layer, open_ones)
    stored = store(session, layer=layer, about=about, edits=plan.edits, findings=plan.findings, actor=actor)
    for conflict in plan.conflicts:
        conflict.changeset_id = stored.id
        session.add(conflict)
    return stored.id


def count_conflicts(session: Session, changeset_id: int) -> tuple[int, int]:
    """How many boundaries of a changeset both sides changed, and how many of these nobody decided on yet."""
    own = MergeConflict
    statement = select(func.count(), func.count(own.decision)).where(own.changeset_id == changeset_id)
    total, decided = session.execute(statement).one()
    return total, total - decided


def require_decided(session: Session, changeset_id: int) -> None:
    """Raises Conflict while a boundary that both sides changed is not decided on."""
    _, undecided = count_conflicts(session, changeset_id)
    if undecided:
        raise Conflict(
            f"更改集 {changeset_id} 还有 {undecided} 处冲突没有决定",
            f"changeset {changeset_id}: {undecided} conflicts are not decided",
            place=str(changeset_id),
        )


def merge_features(session: Session, package: EditPackage, features: Sequence[Feature]) -> list[Merged]:
    """Every boundary that was taken along or came back, in the order of their codes."""
    taken: dict[str, tuple[int, str]] = {code: (version, name) for code, (version, name) in package.taken.items()}
    mine = {feature.code: _edit_of(feature) for feature in features}
    stands = newest(session, package.layer, [*taken, *mine])
    bases = outlines_of(session, package.layer, {code: version for code, (version, _) in taken.items()})
    names = names_of(session, package.layer)
    merged = []
    for code in sorted({*taken, *mine}):
        version, base_name = taken.get(code, (None, None))
        three = Three(package.layer, code, version, base_name, bases.get(code), mine.get(code), stands.get(code))
        merged.append(three.merged(names.get(code)))
    return merged


def _edit_of(feature: Feature) -> Edit:
    """What came back of one boundary; what it does, the merge tells."""
    return Edit(
        code=feature.code,
        action=Action.CHANGE,
        base_version=None,
        geometry=feature.geometry,
        name=feature.name,
        number=feature.number,
        before=feature.before,
        area_change_m2=feature.area_change_m2,
    )


def _read(path: Path, name: str, limits: Limits, tell: Tell | None) -> Intake:
    """The file by itself; of several layers the one that is a layer of ours."""
    options = Options(Layer.PLOTS, columns=_COLUMNS)  # which layer it is, the package says
    intake = take_in(path, name, options, Known(), limits, tell=tell)
    ours = [layer for layer in intake.layers if layer in set(Layer)]
    if len(intake.layers) > 1 and intake.source_layer is None and len(ours) == 1:
        intake = take_in(path, name, replace(options, source_layer=ours[0]), Known(), limits, tell=tell)
    return intake


def _find_package(session: Session, features: Sequence[Feature]) -> EditPackage | None:
    """The one package all features name that name any."""
    numbers = {feature.attributes.get(PACKAGE) for feature in features} - {None}
    number = next(iter(numbers)) if len(numbers) == 1 else None
    is_number = isinstance(number, int) and 0 < number <= LARGEST_ID
    return session.get(EditPackage, number) if is_number else None


def _told(conflicts: Sequence[MergeConflict]) -> list[Finding]:
    return [
        Finding(
            "merge_conflict", Severity.WARNING, one.code,
            f"{one.my_name or one.base_name or one.code}：您和别人都改了，须逐条决定",
            f"{one.my_name or one.base_name or one.code}: changed by you and by others, to be decided",
        )
        for one in conflicts
    ]  # fmt: skip


def _no_package() -> Finding:
    return Finding(
        "not_a_package", Severity.REJECT, "file",
        "不是本系统的编辑包（package 一列没有写明是哪一个）；普通文件请用“带入一个文件”",
        "not an edit package of this system (the column package names none, or several): bring it in as a file",
    )  # fmt: skip


def _audit(
    session: Session, actor: Actor, verdict: str, name: str, changeset: int | None, plan: _Plan | None = None
) -> None:
    conflicts = [] if plan is None else [one.code for one in plan.conflicts]
    record_audit(
        session,
        actor=actor.name,
        action="boundaries merge",
        subject=None if changeset is None else str(changeset),
        details={
            "verdict": str(verdict),
            "file": name,
            "package": None if plan is None else plan.package.id,
            "conflicts": conflicts[:100],
        },
    )
