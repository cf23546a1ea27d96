"""What the documents ask for, and the values observed since."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from blueprints import web
from blueprints.access import needs
from blueprints.shared import Day, asked_text, chosen_day, fold, is_match, search_words, split_conflicts
from domain.permissions import Permission
from services import targets as target_service
from services.schemas import ObservationOut, TargetOut

pages = Blueprint("targets", __name__)


@dataclass(frozen=True)
class TargetLine:
    """A target with what was observed in the same scope; values that disagree stand in `conflicts`."""

    target: TargetOut
    observations: list[ObservationOut]
    conflicts: list[list[ObservationOut]]
    text: str
    is_hidden: bool


@dataclass(frozen=True)
class TargetSection:
    document: str
    title_zh: str
    title_en: str
    lines: list[TargetLine]

    @property
    def is_hidden(self) -> bool:
        return all(line.is_hidden for line in self.lines)


@dataclass(frozen=True)
class ObservationLine:
    observation: ObservationOut
    text: str
    is_hidden: bool


@dataclass(frozen=True)
class TargetsPage:
    """Targets by document, then the observations no target of the same scope asks for."""

    day: Day
    query: str
    sections: list[TargetSection]
    conflicts: list[list[ObservationOut]]
    others: list[ObservationLine]

    @property
    def total(self) -> int:
        return sum(len(section.lines) for section in self.sections) + len(self.others)

    @property
    def shown(self) -> int:
        targets = sum(not line.is_hidden for section in self.sections for line in section.lines)
        return targets + sum(not line.is_hidden for line in self.others)


@pages.get("/targets")
@needs(Permission.READ_PUBLIC)
def show_all() -> str:
    day, query = chosen_day(), asked_text()
    with web.database().read() as session:
        groups = target_service.list_targets(session, as_of=day.as_of)
        unmatched = target_service.unmatched_observations(session)
    words = search_words(query)
    sections = [
        TargetSection(
            group.document,
            group.title_zh,
            group.title_en,
            [target_line(row.target, row.observations, words) for row in group.targets],
        )
        for group in groups
    ]
    conflicts, others = split_conflicts(unmatched)
    return render_template(
        "targets/index.html",
        page=TargetsPage(day, query, sections, conflicts, [_observation_line(item, words) for item in others]),
    )


def target_line(target: TargetOut, observations: list[ObservationOut], words: list[str]) -> TargetLine:
    """A target as a line of the table."""
    conflicts, others = split_conflicts(observations)
    text = _text(
        target.indicator_zh, target.indicator_en, target.scope, target.scope_en, target.year, *target.responsible
    )
    return TargetLine(target, others, conflicts, text, not is_match(words, text))


def _observation_line(item: ObservationOut, words: list[str]) -> ObservationLine:
    text = _text(item.indicator_zh, item.indicator_en, item.scope, item.scope_en, item.period)
    return ObservationLine(item, text, not is_match(words, text))


def _text(*parts: str | None) -> str:
    return fold(" ".join(part for part in parts if part))
