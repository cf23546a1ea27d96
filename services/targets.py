"""Targets set by policy, with the values observed since beside them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.periods import Holding
from models import Observation, PolicyDocument, Target
from services import facts
from services.cache import cached
from services.places import open_rows
from services.schemas import ObservationOut, TargetOut


@dataclass(frozen=True)
class TargetRow:
    """A target and the observations of the same scope that it can be held against."""

    target: TargetOut
    observations: list[ObservationOut]


@dataclass(frozen=True)
class TargetGroup:
    document: str
    title_zh: str
    title_en: str
    targets: list[TargetRow]


def list_targets(session: Session, *, as_of: date) -> list[TargetGroup]:
    """All targets set by the day, grouped by document."""
    return cached(session, ("targets", as_of), lambda: _list_targets(session, as_of))


def unmatched_observations(session: Session) -> list[ObservationOut]:
    """Observations that no target of the same scope asks for."""
    rows = open_rows(session, Observation, Observation.target_key.is_(None))
    return [facts.observation_out(row) for row in rows]


def _list_targets(session: Session, as_of: date) -> list[TargetGroup]:
    observed: dict[str, list[ObservationOut]] = defaultdict(list)
    for row in open_rows(session, Observation, Observation.target_key.is_not(None)):
        observed[str(row.target_key)].append(facts.observation_out(row))
    by_document: dict[str, list[TargetRow]] = defaultdict(list)
    for target in open_rows(session, Target):
        if target.period.holds_on(as_of) is not Holding.NO:
            document = target.source.document_key or ""
            by_document[document].append(TargetRow(facts.target_out(target), observed[target.key]))
    documents = session.scalars(select(PolicyDocument).order_by(PolicyDocument.sort))
    return [
        TargetGroup(document.key, document.title, document.title_en, by_document[document.key])
        for document in documents
        if by_document[document.key]
    ]
