"""Designation against reality: the clauses of parks held against the firms that stand there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.designations import Finding, PlaceChain, Standing, compare, shared
from domain.errors import NotFound
from domain.periods import Holding
from domain.words import Grade, PlaceLayer
from models import Chain, Designation, Enterprise, Survey
from services import facts
from services.cache import cached
from services.chains import chain_states
from services.citations import cited
from services.gaps.asking import Question, answer
from services.gaps.schemas import FindingOut, FindingPlaceOut, FirmRefOut
from services.gaps.standing import standings
from services.pinyin import spelled
from services.places import list_places, open_rows
from services.schemas import DesignationOut, PlaceOut, SourceOut

MOST_NAMED = 10
_ORDER = (Finding.NO_ENTERPRISE, Finding.UNDESIGNATED, Finding.SHARED, Finding.MATCHED)


def designation_findings(
    session: Session, question: Question, findings: Collection[Finding] | None = None
) -> list[FindingOut]:
    """Of every park and chain on the day, or of the question's chain and places (a zone: its park), or of some kinds.
    Raises NotFound for an unknown chain or place."""
    counted_at = answer(session, question).inputs.ground.counted_at
    for code in question.places or ():
        if code not in counted_at:
            raise NotFound(f"没有这个地点：{code[:40]}", f"no such place: {code[:40]}", place=code[:40])
    at = None if question.places is None else {counted_at[code] for code in question.places}
    key = ("designation findings", question.as_of, question.rule)
    return [
        one
        for one in cached(session, key, lambda: _findings(session, question))
        if question.chain in {None, one.chain}
        and (findings is None or one.finding in findings)
        and (at is None or any(found.place in at for found in one.places))
    ]


@dataclass(frozen=True)
class _Ground:
    """What is known of every park, by (place, chain)."""

    places: Mapping[str, PlaceOut]
    chains: Mapping[str, Chain]
    designations: Mapping[PlaceChain, list[DesignationOut]]
    firms: Mapping[PlaceChain, list[FirmRefOut]]
    surveyed_on: Mapping[PlaceChain, str]
    projects: Mapping[PlaceChain, int]
    in_county: Mapping[PlaceChain, int]
    revision: int
    as_of: str


def _findings(session: Session, question: Question) -> list[FindingOut]:
    kept = answer(session, question)
    counted = kept.inputs.ground.counted_at
    all_places = list_places(session, as_of=question.as_of)
    layers = {PlaceLayer.PARK, PlaceLayer.ZONE}
    parks = [one.code for one in all_places if one.layer in layers and counted.get(one.code) == one.code]
    by_code = {one.code: one for one in all_places}
    chains = {chain.code: chain for chain in open_rows(session, Chain)}
    designations = _designations(session, question, counted, set(parks), chains)
    graph = kept.gaps.problem.graph
    joined: dict[int, set[str]] = defaultdict(set)
    for code, number in graph.index.items():
        joined[number].add(graph.chain_of[code])
    everywhere = [
        Standing(row.place, frozenset(joined[graph.index[row.node]]), row.enterprise)
        for row in standings(session, kept.inputs.ground)
    ]
    standing = [firm for firm in everywhere if firm.place in by_code and by_code[firm.place].layer in layers]
    ground = _Ground(
        places=by_code,
        chains=chains,
        designations=designations,
        firms=_firms(session, standing),
        surveyed_on=_surveyed_on(session, question, counted),
        projects=_projects(session, question, counted),
        in_county=_firm_counts(firm for firm in everywhere if firm.place not in set(parks)),
        revision=kept.revision,
        as_of=question.as_of.isoformat(),
    )
    told = [
        _finding(ground, finding, chain, [place]) for (place, chain), finding in compare(designations, standing).items()
    ]
    told += [
        _finding(ground, Finding.SHARED, chain, at)
        for chain, at in shared(designations, {code for code in parks if by_code[code].is_on_belt}).items()
    ]
    rank = {code: at for at, code in enumerate(parks)}
    sort = {code: at for at, code in enumerate(chains)}
    return sorted(told, key=lambda one: (_ORDER.index(one.finding), rank[one.places[0].place], sort[one.chain]))


def _designations(
    session: Session, question: Question, counted: Mapping[str, str], parks: set[str], chains: Mapping[str, Chain]
) -> dict[PlaceChain, list[DesignationOut]]:
    """(park, chain) → the clauses; those of a zone count at its park."""
    result: dict[PlaceChain, list[DesignationOut]] = defaultdict(list)
    for row in open_rows(session, Designation, Designation.chain_code.is_not(None)):
        cell = (counted.get(row.place_code, ""), str(row.chain_code))
        if cell[0] in parks and cell[1] in chains and row.period.holds_on(question.as_of) is not Holding.NO:
            result[cell].append(facts.designation_out(row, question.as_of))
    return dict(result)


def _firms(session: Session, standing: Iterable[Standing]) -> dict[PlaceChain, list[FirmRefOut]]:
    """(park, chain) → the firms at a node of the chain, in the dataset's order."""
    cells: dict[str, set[PlaceChain]] = defaultdict(set)
    for firm in standing:
        cells[firm.enterprise] |= {(firm.place, chain) for chain in firm.chains}
    result: dict[PlaceChain, list[FirmRefOut]] = defaultdict(list)
    for row in session.scalars(select(Enterprise).order_by(Enterprise.sort, Enterprise.code)):
        if row.code in cells:
            told = FirmRefOut(code=row.code, name_zh=row.name_zh, name_en=spelled(row.name_zh), **cited(row))
            for cell in cells[row.code]:
                result[cell].append(told)
    return dict(result)


def _firm_counts(standing: Iterable[Standing]) -> dict[PlaceChain, int]:
    """(place, chain) → how many firms stand there."""
    firms: dict[PlaceChain, set[str]] = defaultdict(set)
    for firm in standing:
        for chain in firm.chains:
            firms[firm.place, chain].add(firm.enterprise)
    return {cell: len(found) for cell, found in firms.items()}


def _surveyed_on(session: Session, question: Question, counted: Mapping[str, str]) -> dict[PlaceChain, str]:
    rows = [row for row in open_rows(session, Survey) if row.surveyed_on <= question.as_of]
    return {
        (counted.get(row.place_code, row.place_code), row.chain_code): row.surveyed_on.isoformat()
        for row in sorted(rows, key=lambda row: (row.surveyed_on, row.key))
    }


def _projects(session: Session, question: Question, counted: Mapping[str, str]) -> dict[PlaceChain, int]:
    """(park, chain) → permits, signings and plans there."""
    result: dict[PlaceChain, int] = defaultdict(int)
    for chain, places in chain_states(session, as_of=question.as_of).items():
        for place, state in places.items():
            result[counted.get(place, place), chain] += int(state["projects"])
    return dict(result)


def _finding(ground: _Ground, finding: Finding, chain: str, at: list[str]) -> FindingOut:
    places = [_place(ground, code, chain) for code in at]
    cited_facts = [fact for one in places for fact in (one.designations or one.enterprises)]
    computed = SourceOut(
        document=None,
        clause=None,
        publication=f"本应用由已录入数据对照（数据版本 {ground.revision}）",
        date=ground.as_of,
    )
    told = FindingOut(
        finding=finding,
        chain=chain,
        chain_zh=ground.chains[chain].name_zh,
        chain_en=ground.chains[chain].name_en,
        places=places,
        sentence_zh="",
        sentence_en="",
        source=computed,
        grade=max((fact.grade for fact in cited_facts), default=Grade.D),
    )
    return told.model_copy(update={"sentence_zh": _sentence_zh(told), "sentence_en": _sentence_en(told)})


def _place(ground: _Ground, code: str, chain: str) -> FindingPlaceOut:
    firms, place = ground.firms.get((code, chain), []), ground.places[code]
    return FindingPlaceOut(
        place=code,
        place_zh=place.short_name_zh,
        place_en=place.name_en,
        surveyed_on=ground.surveyed_on.get((code, chain)),
        firms=len(firms),
        projects=ground.projects.get((code, chain), 0),
        firms_in_county=ground.in_county.get((place.county or "", chain), 0),
        county_zh=place.county_zh,
        county_en=place.county_en,
        enterprises=firms[:MOST_NAMED],
        designations=ground.designations.get((code, chain), []),
    )


def _sentence_zh(told: FindingOut) -> str:
    first = told.places[0]
    if told.finding is Finding.SHARED:
        named = "、".join(place.place_zh for place in told.places)
        return f"{named}都被指定发展{told.chain_zh}，可能同质竞争，也可能是分工，条文没有说明。"
    if told.finding is Finding.UNDESIGNATED:
        return f"{first.place_zh}有 {first.firms} 家{told.chain_zh}企业，没有条款指定此地发展这条链。"
    if told.finding is Finding.MATCHED:
        return f"{first.place_zh}被指定发展{told.chain_zh}，已知 {first.firms} 家企业。"
    begin = f"{first.place_zh}被指定发展{told.chain_zh}"
    if first.surveyed_on:
        return f"{begin}，{first.surveyed_on} 摸底未见已建成的企业{_else_zh(first)}。"
    return f"{begin}，未收录到已建成的企业{_else_zh(first)}；此地尚未摸底，有无企业未知。"


def _else_zh(place: FindingPlaceOut) -> str:
    projects = f"，另有 {place.projects} 个项目未证实建成" if place.projects else ""
    county = f"，{place.county_zh}有 {place.firms_in_county} 家企业不知在哪个园区" if place.firms_in_county else ""
    return projects + county


def _sentence_en(told: FindingOut) -> str:
    first = told.places[0]
    firms = f"{first.firms} firm{'' if first.firms == 1 else 's'}"
    if told.finding is Finding.SHARED:
        named = ", ".join(place.place_en for place in told.places)
        return f"{named} are all designated for {told.chain_en}: rivals or partners, the clauses do not say."
    if told.finding is Finding.UNDESIGNATED:
        return f"{firms} of {told.chain_en} at {first.place_en}; no clause designates the chain there."
    if told.finding is Finding.MATCHED:
        return f"{first.place_en} is designated for {told.chain_en}; {firms} known."
    begin = f"{first.place_en} is designated for {told.chain_en}"
    if first.surveyed_on:
        return f"{begin}; the survey of {first.surveyed_on} found no firm in operation{_else_en(first)}."
    return f"{begin}; no firm in operation is on record{_else_en(first)}. Nobody has surveyed it, so this is unknown."


def _else_en(place: FindingPlaceOut) -> str:
    told = []
    if place.projects:
        told.append(f"{place.projects} project{'' if place.projects == 1 else 's'} not known to be built")
    if place.firms_in_county:
        firms = f"{place.firms_in_county} firm{'' if place.firms_in_county == 1 else 's'}"
        told.append(f"{firms} in {place.county_en}, in which park is unknown")
    return f" ({'; '.join(told)})" if told else ""
