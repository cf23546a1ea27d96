"""The demonstration document and what its clauses ask for; what was observed since, and who has looked where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from domain.periods import PartialDate
from domain.words import Comparison, DesignationKind, ObservationKind
from models import Clause, Cluster, Designation, Observation, PolicyDocument, Source, Survey, Target
from services.demo import trio
from services.demo.chains import Chains
from services.demo.firms import Floats
from services.demo.geography import PREFECTURE, Region
from services.demo.names import PREFECTURE_EN, PREFECTURE_ZH
from services.demo.parameters import DemoParameters
from services.demo.specialities import Speciality
from services.demo.writing import OBSERVED_YEAR, Values, Writer

KEY = "演示〔2026〕1号"
ISSUED_ON = PartialDate(2026, 1, 5)
CHAINS_CLAUSE, CLUSTERS_CLAUSE, INDUSTRIES_CLAUSE, TARGETS_CLAUSE = "1", "2", "3", "4"
_CLAUSES = (
    (CHAINS_CLAUSE, "发展产业链", "Developing the chains"),
    (CLUSTERS_CLAUSE, "产业集群布局", "Where clusters belong"),
    (INDUSTRIES_CLAUSE, "园区产业方向", "What parks specialise in"),
    (TARGETS_CLAUSE, "集群目标", "Targets of the clusters"),
)
_CLAUSE_TEXT = "演示条款：{}。本条为生成的演示文字，并非真实政策。"

_KINDS = (DesignationKind.CLUSTER, DesignationKind.INDUSTRY, DesignationKind.LEADING_INDUSTRY)
_KIND_SHARES = (0.5, 0.3, 0.2)
_SUBJECTS = {
    DesignationKind.CLUSTER: ("产业集群", "cluster"),
    DesignationKind.INDUSTRY: ("产业", "industry"),
    DesignationKind.LEADING_INDUSTRY: ("首位产业", "leading industry"),
}
CLUSTER_LEVEL = "municipal"
YI_YUAN, YI_YUAN_EN = "亿元", "100 million yuan"
TARGET_YEARS = (2027, 2030)
TARGET_OF_OUTPUT = (0.7, 1.6)  # the first target, of what was observed, least and most
GROWTH_TO_NEXT = 1.3
LEAST_TARGET_YI_YUAN = 1.0
OBSERVED_OF_OUTPUT = (0.85, 1.1)
OBSERVED_SHARE = 0.85  # of the clusters
CITY_OF_PARKS = 1.25  # the prefecture's target, of what its parks make
UNSURVEYED_SHARE = 0.1
FIRST_SURVEY, SURVEY_DAYS = date(2026, 2, 2), 60


@dataclass(frozen=True)
class Sources:
    """Ids of the sources that cite a clause, by its number."""

    by_clause: dict[str, int]


def write_document(session: Session, at: datetime) -> Sources:
    """The document with its clauses, and a source for each."""
    session.add(
        PolicyDocument(
            key=KEY,
            number=KEY,
            title="演示文件，并非真实政策",
            title_en="Demonstration document, not a real policy",
            issuer="演示（无发文机关）",
            issued_on=ISSUED_ON,
            scope=PREFECTURE_ZH,
            note="生成的演示数据 / generated demonstration data",
            imported_at=at,
            sort=1,
        )
    )
    session.flush()
    for sort, (number, label, label_en) in enumerate(_CLAUSES, 1):
        text = _CLAUSE_TEXT.format(label)
        session.add(
            Clause(document_key=KEY, number=number, sort=sort, label=label, label_en=label_en, heading=label, text=text)
        )
    session.flush()
    sources = {number: Source(document_key=KEY, clause_number=number) for number, _, _ in _CLAUSES}
    session.add_all(sources.values())
    session.flush()
    return Sources({number: source.id for number, source in sources.items()})


@dataclass(frozen=True)
class _Wish:
    """A designated chain of a park."""

    park: int
    chain: int
    kind: DesignationKind
    has_firms: bool


def write(
    writer: Writer,
    region: Region,
    chains: Chains,
    specialities: list[Speciality],
    output: Floats,
    sources: Sources,
    parameters: DemoParameters,
) -> None:
    """output: what can be made now, 亿元 a year, (parks, chains)."""
    random = parameters.generator("policy")
    wishes = [
        _Wish(one.park, one.chain, _kind(one, random), one.has_firms) for one in specialities if one.is_designated
    ]
    clusters = [wish for wish in wishes if wish.kind is DesignationKind.CLUSTER]
    writer.insert(Designation, (_designation(wish, region, chains, sources) for wish in wishes))
    writer.insert(Cluster, (_cluster(wish, region, chains, sources) for wish in clusters))
    targets, observations = _targets(clusters, region, chains, output, sources, random)
    writer.insert(Target, [*targets, *_city_targets(chains, output, sources, len(targets))])
    writer.insert(Observation, observations)
    writer.insert(Survey, _surveys(region, chains, parameters.generator("surveys")))


def _kind(one: Speciality, random: np.random.Generator) -> DesignationKind:
    """What is designated and empty is a wish for an industry; the worked example's copper is a cluster."""
    drawn = _KINDS[random.choice(len(_KINDS), p=_KIND_SHARES)]
    if not one.has_firms:
        return DesignationKind.INDUSTRY
    return DesignationKind.CLUSTER if one.park < len(trio.PARKS) else drawn


def _code(wish: _Wish, region: Region, chains: Chains) -> str:
    return f"{region.parks[wish.park].code}-{chains.codes[wish.chain].lower()}"


def _designation(wish: _Wish, region: Region, chains: Chains, sources: Sources) -> Values:
    chain = chains.chains[wish.chain]
    zh, en = _SUBJECTS[wish.kind]
    clause = CLUSTERS_CLAUSE if wish.kind is DesignationKind.CLUSTER else INDUSTRIES_CLAUSE
    return {
        "key": _code(wish, region, chains),
        "place_code": region.parks[wish.park].code,
        "kind": wish.kind,
        "subject_zh": chain["name_zh"] + zh,
        "subject_en": f"{chain['name_en']} {en}",
        "chain_code": chain["code"],
        "valid_from": ISSUED_ON,
        "source_id": sources.by_clause[clause],
    }


def _cluster(wish: _Wish, region: Region, chains: Chains, sources: Sources) -> Values:
    park, chain = region.parks[wish.park], chains.chains[wish.chain]
    code = f"{_code(wish, region, chains)}-cluster"
    return {
        "key": code,
        "code": code,
        "name_zh": f"{park.name.short_zh}{chain['name_zh']}产业集群",
        "name_en": f"{park.name.en}: {chain['name_en']} cluster",
        "level": CLUSTER_LEVEL,
        "place_code": park.code,
        "chain_code": chain["code"],
        "valid_from": ISSUED_ON,
        "source_id": sources.by_clause[CLUSTERS_CLAUSE],
    }


def _indicator(chain: Values) -> Values:
    return {
        "indicator_zh": f"{chain['name_zh']}产业集群主营业务收入",
        "indicator_en": f"Revenue of the cluster: {chain['name_en']}",
    }


def _targets(
    clusters: list[_Wish],
    region: Region,
    chains: Chains,
    output: Floats,
    sources: Sources,
    random: np.random.Generator,
) -> tuple[list[Values], list[Values]]:
    """Targets of the clusters, and what was observed in the same scope: below the target here, above it there."""
    targets: list[Values] = []
    observations: list[Values] = []
    for wish in clusters:
        park, chain = region.parks[wish.park], chains.chains[wish.chain]
        observed = round(output[wish.park, wish.chain] * random.uniform(*OBSERVED_OF_OUTPUT), 1)
        value = max(observed * random.uniform(*TARGET_OF_OUTPUT), LEAST_TARGET_YI_YUAN)
        scope = {"scope_zh": park.name.short_zh, "scope_en": park.name.en, "place_code": park.code}
        code = _code(wish, region, chains)
        for year in TARGET_YEARS:
            row = {**_target(f"{code}-{year}", chain, value, year, sources), **scope}
            targets.append({**row, "sort": len(targets) + 1})
            value *= GROWTH_TO_NEXT
        if random.random() < OBSERVED_SHARE or wish.park < len(trio.PARKS):
            row = _observation(code, chain, observed, f"{code}-{TARGET_YEARS[0]}")
            observations.append({**row, **scope, "sort": len(observations) + 1})
    return targets, observations


def _target(key: str, chain: Values, value: float, year: int, sources: Sources) -> Values:
    return {
        "key": key,
        **_indicator(chain),
        "value": float(max(round(value), LEAST_TARGET_YI_YUAN)),
        "unit": YI_YUAN,
        "unit_en": YI_YUAN_EN,
        "comparison": Comparison.GE,
        "year": str(year),
        "chain_code": chain["code"],
        "responsible": "演示责任单位",
        "valid_from": ISSUED_ON,
        "source_id": sources.by_clause[TARGETS_CLAUSE],
    }


def _observation(key: str, chain: Values, value: float, target: str) -> Values:
    return {
        "key": key,
        **_indicator(chain),
        "period": OBSERVED_YEAR,
        "value": value,
        "unit": YI_YUAN,
        "kind": ObservationKind.OBSERVED,
        "target_key": target,
    }


def _city_targets(chains: Chains, output: Floats, sources: Sources, sort: int) -> Iterator[Values]:
    """One a chain, for the whole prefecture: never compared with a park's."""
    of_parks = output.sum(axis=0).tolist()
    for chain, made in zip(chains.chains, of_parks, strict=True):
        sort += 1
        key = f"{PREFECTURE}-{chain['code'].lower()}-{TARGET_YEARS[-1]}"
        row = _target(key, chain, made * CITY_OF_PARKS, TARGET_YEARS[-1], sources)
        yield {**row, "scope_zh": PREFECTURE_ZH, "scope_en": PREFECTURE_EN, "place_code": PREFECTURE, "sort": sort}


def _surveys(region: Region, chains: Chains, random: np.random.Generator) -> Iterator[Values]:
    """Every chain was looked for in every park, but for a tenth; the worked example's copper surely was."""
    sure = [(code, trio.CHAIN) for code, _, _ in trio.PARKS]
    pairs = [(park.code, chain) for park in region.parks for chain in chains.codes if (park.code, chain) not in sure]
    left_out = set(random.permutation(len(pairs))[: round(len(pairs) * UNSURVEYED_SHARE)].tolist())
    looked = sure + [pair for number, pair in enumerate(pairs) if number not in left_out]
    days = random.integers(0, SURVEY_DAYS, len(looked)).tolist()
    for (place, chain), day in zip(looked, days, strict=True):
        yield {
            "key": f"{place}|{chain}",
            "place_code": place,
            "chain_code": chain,
            "surveyed_on": FIRST_SURVEY + timedelta(days=day),
        }
