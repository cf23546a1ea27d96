"""Designation against reality as it is answered: a page of findings, with the clauses and the firms of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.designations import Finding
from domain.errors import NotFound
from domain.words import Grade
from models import Enterprise
from services.citations import cited
from services.gaps.asking import Question, answer
from services.gaps.designation_ground import Compared, Ground, ground_of
from services.gaps.designation_sentences import sentence_en, sentence_zh
from services.gaps.schemas import FindingOut, FindingPlaceOut, FirmRefOut
from services.pinyin import spelled
from services.schemas import SourceOut

MOST_NAMED = 10
_MOST_AT_ONCE = 5000  # codes in one query


@dataclass(frozen=True)
class FindingPage:
    """A page of the findings. total: how many there are altogether."""

    items: list[FindingOut]
    total: int


def designation_findings(
    session: Session,
    question: Question,
    findings: Collection[Finding] | None = None,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> FindingPage:
    """Of every park and chain on the day, or of the question's chain and places (a zone: its park), or of some kinds.
    Raises NotFound for an unknown chain or place."""
    counted_at = answer(session, question).inputs.ground.counted_at
    for code in question.places or ():
        if code not in counted_at:
            raise NotFound(f"没有这个地点：{code[:40]}", f"no such place: {code[:40]}", place=code[:40])
    at = None if question.places is None else {counted_at[code] for code in question.places}
    ground = ground_of(session, question)
    told = [
        one
        for one in ground.findings
        if question.chain in {None, one.chain}
        and (findings is None or one.finding in findings)
        and (at is None or not at.isdisjoint(one.places))
    ]
    page = told[offset:] if limit is None else told[offset : offset + limit]
    firms = _named_firms(session, ground, page)
    as_of = question.as_of.isoformat()
    return FindingPage([_finding_out(ground, firms, one, as_of) for one in page], len(told))


def _named_firms(session: Session, ground: Ground, page: Collection[Compared]) -> dict[str, FirmRefOut]:
    """The firms that are named on a page, by code."""
    named = {
        code for one in page for place in one.places for code in ground.firms.get((place, one.chain), ())[:MOST_NAMED]
    }
    codes, result = sorted(named), {}
    for start in range(0, len(codes), _MOST_AT_ONCE):
        rows = session.scalars(select(Enterprise).where(Enterprise.code.in_(codes[start : start + _MOST_AT_ONCE])))
        for row in rows:
            name = spelled(row.name_zh)
            result[row.code] = FirmRefOut(code=row.code, name_zh=row.name_zh, name_en=name, **cited(row))
    return result


def _finding_out(ground: Ground, firms: Mapping[str, FirmRefOut], one: Compared, as_of: str) -> FindingOut:
    places = [_place_out(ground, firms, place, one.chain) for place in one.places]
    cited_facts = [fact for place in places for fact in (place.designations or place.enterprises)]
    computed = SourceOut(
        document=None,
        clause=None,
        publication=f"本应用由已录入数据对照（数据版本 {ground.revision}）",
        date=as_of,
    )
    told = FindingOut(
        finding=one.finding,
        chain=one.chain,
        chain_zh=ground.chains[one.chain].name_zh,
        chain_en=ground.chains[one.chain].name_en,
        places=places,
        sentence_zh="",
        sentence_en="",
        source=computed,
        grade=max((fact.grade for fact in cited_facts), default=Grade.D),
    )
    return told.model_copy(update={"sentence_zh": sentence_zh(told), "sentence_en": sentence_en(told)})


def _place_out(ground: Ground, firms: Mapping[str, FirmRefOut], code: str, chain: str) -> FindingPlaceOut:
    here, place = ground.firms.get((code, chain), ()), ground.places[code]
    return FindingPlaceOut(
        place=code,
        place_zh=place.short_name_zh,
        place_en=place.name_en,
        surveyed_on=ground.surveyed_on.get((code, chain)),
        firms=len(here),
        projects=ground.projects.get((code, chain), 0),
        firms_in_county=len(ground.firms.get((place.county or "", chain), ())),
        county_zh=place.county_zh,
        county_en=place.county_en,
        enterprises=[firms[firm] for firm in here[:MOST_NAMED]],
        designations=ground.designations.get((code, chain), []),
    )
