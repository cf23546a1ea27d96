"""What the page of an upload shows of a file that has been read: findings, questions, repairs, contents."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from blueprints.boundary_views import FindingRow, finding_rows
from blueprints.boundary_words import FIELDS, SUBJECTS, Words
from domain import boundary_fields
from domain.boundaries import Layer, Proposal, Verdict
from services.boundaries.drafting import Draft
from services.boundaries.pictures import Picture
from services.boundaries.previewing import Content, PicturedProposal, Repair, Seen, look_at


@dataclass(frozen=True)
class AskedProposal:
    """One answer. is_chosen: ticked already."""

    value: str
    label_zh: str
    label_en: str
    picture: Picture | None
    is_chosen: bool


@dataclass(frozen=True)
class Asked:
    """A question. name: of the form's field."""

    name: str
    words: Words
    proposals: list[AskedProposal]


@dataclass(frozen=True)
class Column:
    """Which column a field was taken from. is_asked: it was not found and has to be said."""

    name: str
    words: Words
    column: str
    is_asked: bool


@dataclass(frozen=True)
class Preview:
    """is_nothing_new: every outline in the file is published just so already."""

    verdict: Verdict
    findings: list[FindingRow]
    picture: Picture | None
    questions: list[Asked]
    columns: list[Column]
    file_columns: tuple[str, ...]
    repairs: list[Repair]
    repair_count: int
    contents: list[Content]
    feature_count: int
    crs: str | None
    encoding: str | None
    is_nothing_new: bool

    @property
    def asks_columns(self) -> bool:
        return any(column.is_asked for column in self.columns)


def preview_of(session: Session, draft: Draft, layer: Layer) -> Preview:
    seen, intake = look_at(session, draft, layer), draft.intake
    return Preview(
        verdict=draft.verdict,
        findings=finding_rows(draft.findings, seen.numbers),
        picture=seen.picture,
        questions=[_asked(subject, proposals) for subject, proposals in seen.questions.items()],
        columns=_columns(draft, layer, seen),
        file_columns=_file_columns(draft),
        repairs=seen.repairs,
        repair_count=seen.repair_count,
        contents=seen.contents,
        feature_count=seen.feature_count,
        crs=intake.crs,
        encoding=intake.encoding,
        is_nothing_new=seen.is_nothing_new,
    )


def _asked(subject: str, proposals: list[PicturedProposal]) -> Asked:
    """Nobody is led to a coordinate system: none is ticked."""
    return Asked(
        subject,
        SUBJECTS[subject],
        [
            _answer(one.proposal, one.picture, is_chosen=index == 0 and subject != "crs")
            for index, one in enumerate(proposals)
        ],
    )


def _answer(proposal: Proposal, picture: Picture | None, *, is_chosen: bool) -> AskedProposal:
    return AskedProposal(proposal.value, proposal.label_zh, proposal.label_en, picture, is_chosen)


def _columns(draft: Draft, layer: Layer, seen: Seen) -> list[Column]:
    intake = draft.intake
    own = [name for name in FIELDS if intake.columns and layer in boundary_fields.FIELDS[name].layers]
    asked = [name for name in boundary_fields.FIELDS if name in seen.asked_fields and name not in own]
    return [
        Column(name, _words(name), intake.used.get(name) or draft.remembered.get(name, ""), name in seen.asked_fields)
        for name in (*own, *asked)
    ]


def _words(name: str) -> Words:
    meaning = boundary_fields.FIELDS[name]
    return FIELDS.get(name, (meaning.zh, meaning.en))


def _file_columns(draft: Draft) -> tuple[str, ...]:
    """Those of the file; where it could not be read so far, those that are proposed."""
    questions = (finding.question for finding in draft.findings if finding.question is not None)
    proposed = next((one.proposals for one in questions if one.subject in boundary_fields.FIELDS), ())
    return draft.intake.columns or tuple(proposal.value for proposal in proposed)
