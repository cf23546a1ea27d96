"""A file that was read, as its page shows it before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlalchemy.orm import Session

from domain.boundaries import Finding, Layer, Proposal
from geo.intake.model import Feature, Options
from services.boundaries import scenes
from services.boundaries.drafting import Draft
from services.boundaries.pictures import Picture
from services.boundaries.shapes import area_of

MOST_REPAIRS, MOST_FEATURES = 40, 100
WHOLE_FILE_SUBJECTS = ("crs", "encoding", "source_layer")
FileOptions: TypeAlias = Options
"""What a person said of a file."""


@dataclass(frozen=True)
class PicturedProposal:
    """One answer, with a picture of where the file would fall then."""

    proposal: Proposal
    picture: Picture | None


@dataclass(frozen=True)
class Repair:
    """A feature that is not stored as the file has it, before and after."""

    number: int
    code: str
    name: str
    area_change_m2: float
    picture: Picture | None


@dataclass(frozen=True)
class Content:
    """A feature as it would be stored."""

    number: int
    code: str
    name: str
    area_mu: float


@dataclass(frozen=True)
class Seen:
    """numbers: index of a finding → its number on the picture. questions: subject → answers, of the file as a whole.
    asked_fields: those whose column has to be said. repairs, contents: the first of them."""

    picture: Picture | None
    numbers: Mapping[int, int]
    questions: Mapping[str, list[PicturedProposal]]
    asked_fields: frozenset[str]
    repairs: list[Repair]
    repair_count: int
    contents: list[Content]
    feature_count: int
    is_nothing_new: bool


def look_at(session: Session, draft: Draft, layer: Layer) -> Seen:
    """What a page shows of a file. Nothing is stored."""
    features = draft.intake.features
    numbered = scenes.mark_numbers(draft.findings)
    repaired = [feature for feature in features if feature.before is not None or feature.area_change_m2]
    shapes = [(one.code, one.name, one.geometry, one.before) for one in features]
    questions = [finding.question for finding in draft.findings if finding.question is not None]
    return Seen(
        picture=scenes.file_scene(session, layer, shapes, list(numbered.values())),
        numbers={index: number for index, (number, _) in numbered.items()},
        questions=_pictured(session, draft.findings),
        asked_fields=frozenset(question.subject for question in questions) - set(WHOLE_FILE_SUBJECTS),
        repairs=[_repair(feature) for feature in repaired[:MOST_REPAIRS]],
        repair_count=len(repaired),
        contents=[
            Content(feature.number, feature.code, feature.name, area_of(feature.geometry).mu)
            for feature in features[:MOST_FEATURES]
        ],
        feature_count=len(features),
        is_nothing_new=draft.is_nothing_new,
    )


def answered(
    before: Options,
    *,
    crs: str = "",
    encoding: str = "",
    source_layer: str = "",
    columns: Mapping[str, str] | None = None,
    used: Mapping[str, str] | None = None,
) -> Options:
    """What was said before with what is said now; an empty text says nothing, nor does a column that was used so."""
    said = {name: column for name, column in (columns or {}).items() if (used or {}).get(name) != column}
    return replace(
        before,
        crs=crs or before.crs,
        encoding=encoding or before.encoding,
        source_layer=source_layer or before.source_layer,
        columns={**before.columns, **said},
    )


def _pictured(session: Session, findings: Sequence[Finding]) -> dict[str, list[PicturedProposal]]:
    found: dict[str, list[PicturedProposal]] = {}
    for finding in findings:
        question = finding.question
        if question is None or question.subject not in WHOLE_FILE_SUBJECTS or question.subject in found:
            continue
        found[question.subject] = [
            PicturedProposal(proposal, scenes.whereabouts(session, proposal.bounds) if proposal.bounds else None)
            for proposal in question.proposals
        ]
    return found


def _repair(feature: Feature) -> Repair:
    picture = None if feature.before is None else scenes.repair_scene(feature.before, feature.geometry)
    return Repair(feature.number, feature.code, feature.name, feature.area_change_m2, picture)
