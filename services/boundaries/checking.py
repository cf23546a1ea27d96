"""A changeset checked against what stands now: the checks of files, and what is told about places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely
from sqlalchemy.orm import Session

from domain.boundaries import Finding, Layer, Severity, Verdict, verdict_of
from domain.errors import ChecksFailed
from geo.intake import checks
from geo.intake.model import Feature, Limits
from services.boundaries.changesets import Edit
from services.boundaries.place_findings import place_findings
from services.boundaries.world import read_world

SAME_DEGREES = 1e-8  # a millimetre: less than this is no change


@dataclass(frozen=True)
class Reviewed:
    """edits: as they would be stored, repaired where they need it; those that cannot be used are left out."""

    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]

    def changed(self, sent: Sequence[Edit]) -> list[str]:
        """The codes of what a repair would change."""
        repaired = {edit.code: edit.geometry for edit in self.edits}
        return [edit.code for edit in sent if not is_same(edit.geometry, repaired.get(edit.code))]


def is_same(one: shapely.Geometry | None, other: shapely.Geometry | None) -> bool:
    """The same shape, wherever its rings begin."""
    if one is None or other is None:
        return one is other
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), SAME_DEGREES))


def reviewed(session: Session, layer: Layer, edits: Sequence[Edit], limits: Limits) -> Reviewed:
    """Everything to be said of the edits as they would stand among what is published now, and what repairs make."""
    world = read_world(session, layer, edits)
    numbers = {edit.code: edit.number or number for number, edit in enumerate(edits, 1)}
    features = [
        Feature(
            numbers[edit.code], edit.code, edit.name, edit.geometry, edit.attributes, edit.before, edit.area_change_m2
        )
        for edit in edits
        if edit.geometry is not None
    ]  # fmt: skip
    noun = "feature" if any(edit.number for edit in edits) else "edit"  # drawn ones are numbered in no file
    findings, usable = checks.review(features, world.known, limits, noun=noun) if features else ((), ())
    shapes = {feature.code: feature for feature in usable}
    kept = []
    for edit in edits:
        if edit.geometry is None:
            kept.append(edit)
        elif edit.code in shapes:
            made = shapes[edit.code]
            kept.append(replace(edit, geometry=made.geometry, before=made.before, area_change_m2=made.area_change_m2))
    return Reviewed((*findings, *place_findings(edits, world)), tuple(kept))


def review(session: Session, layer: Layer, edits: Sequence[Edit], limits: Limits) -> tuple[Finding, ...]:
    """The findings of `reviewed`."""
    return reviewed(session, layer, edits, limits).findings


def require_passed(findings: Sequence[Finding], *, confirmed: bool = True) -> None:
    """Raises ChecksFailed when a finding forbids it, or asks for a repair that is not confirmed."""
    verdict = verdict_of(findings)
    if verdict is Verdict.ACCEPT or (verdict is Verdict.REPAIR and confirmed):
        return
    gravest = Severity.REPAIR if verdict is Verdict.REPAIR else Severity.REJECT
    told = [finding for finding in findings if finding.severity in {gravest, Severity.ASK}]
    zh = "；".join(finding.message_zh for finding in told[:5])
    en = "; ".join(finding.message_en for finding in told[:5])
    heads = ("修复须先确认", "repairs have to be confirmed") if verdict is Verdict.REPAIR else ("检查未通过", "failed")
    raise ChecksFailed(
        f"{heads[0]}（{len(told)} 项）：{zh}",
        f"{heads[1]} ({len(told)}): {en}",
        place=", ".join(finding.place for finding in told[:20]),
        findings=findings,
    )
