"""Lists that documents and reports name: catalogues such as "1+6", strategic industries, clusters, provincial lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from domain.periods import Holding
from models import CatalogueItem, Cluster, Industry, ProvincialListItem
from services.citations import cited
from services.places import open_rows
from services.schemas import FactOut

LIST_TITLES = {
    "1269-chains": ("1269 行动计划：12 条重点产业链", "1269 plan: the twelve chains"),
    "1269-clusters": ("1269 行动计划：6 个集群", "1269 plan: the six clusters"),
    "2024-advanced-clusters": ("2024 年度省级先进制造业集群", "Provincial advanced manufacturing clusters, 2024"),
    "2025-future-clusters": ("2025 方案拟培育的集群", "Clusters the 2025 plan means to grow"),
}
CATALOGUE_TITLES = {
    "1+6": ("“1+6”产业目录", "The “1+6” catalogue"),
    "鹰潭品牌": ("“鹰潭品牌”产业", "“Yingtan brand” industries"),
    "6+(2+N)+7": ("“6+（2+N）+7”产业布局", "The “6+(2+N)+7” layout"),
}
LEVEL_TITLES = {
    "national": ("国家级", "National"),
    "provincial": ("省级", "Provincial"),
    "municipal": ("市级", "Municipal"),
}


class ListEntry(FactOut):
    """One entry. No name: the source speaks of the list without listing it. `group`: level or formation."""

    name_zh: str | None
    name_en: str | None
    group_zh: str | None
    group_en: str | None


@dataclass(frozen=True)
class NamedList:
    key: str
    title_zh: str
    title_en: str
    entries: list[ListEntry]


def policy_lists(session: Session, *, as_of: date) -> list[NamedList]:
    """All lists, each entry with its source."""
    lists = [*_catalogues(session), _industries(session), _clusters(session, as_of), *_provincial(session)]
    return [named for named in lists if named.entries]


def _catalogues(session: Session) -> list[NamedList]:
    found: dict[str, list[ListEntry]] = {}
    for row in open_rows(session, CatalogueItem):
        entry = ListEntry(name_zh=row.name_zh, name_en=row.name_en, group_zh=None, group_en=None, **cited(row))
        found.setdefault(row.catalogue, []).append(entry)
    return [NamedList(name, *CATALOGUE_TITLES.get(name, (name, name)), entries) for name, entries in found.items()]


def _industries(session: Session) -> NamedList:
    entries = [
        ListEntry(
            name_zh=row.name_zh,
            name_en=row.name_en,
            group_zh=row.formation_zh,
            group_en=row.formation_en,
            **cited(row),
        )
        for row in open_rows(session, Industry)
    ]
    return NamedList("industries", "十大战略性新兴产业", "The ten strategic industries", entries)


def _clusters(session: Session, as_of: date) -> NamedList:
    entries = []
    for row in open_rows(session, Cluster):
        if row.period.holds_on(as_of) is not Holding.NO:
            zh, en = LEVEL_TITLES.get(row.level, (row.level, row.level))
            entries.append(ListEntry(name_zh=row.name_zh, name_en=row.name_en, group_zh=zh, group_en=en, **cited(row)))
    return NamedList("clusters", "点名的产业集群", "Named clusters", entries)


def _provincial(session: Session) -> list[NamedList]:
    found: dict[str, list[ListEntry]] = {}
    for row in open_rows(session, ProvincialListItem):
        entry = ListEntry(name_zh=row.name_zh, name_en=row.name_en, group_zh=None, group_en=None, **cited(row))
        found.setdefault(row.list_code, []).append(entry)
    return [NamedList(code, *LIST_TITLES.get(code, (code, code)), entries) for code, entries in found.items()]
