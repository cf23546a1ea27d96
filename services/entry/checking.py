"""What rows must be together: no row twice, minutes the same both ways, shares of a group that make up the whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from domain.words import EdgeType
from models import ChainEdge, TravelMinutes
from services.dataset.reading import Row
from services.entry.faults import Faults
from services.entry.items import Item
from services.entry.sheets import Sheet

SHARE_TOLERANCE = 1e-6
Group = tuple[str, str]


def without_repeats(sheet: Sheet, items: list[Item], faults: Faults) -> list[Item]:
    """The rows, each once; minutes given once more in the other direction are taken for one row when they agree."""
    first: dict[str, Item] = {}
    for item in items:
        other = first.setdefault(item.key, item)
        if other is item:
            continue
        line, row = other.row.line, item.row
        if sheet.model is not TravelMinutes or row.text("place_a") == other.row.text("place_a"):
            column = sheet.scope_columns[-1].name
            faults.add(row, column, f"与第 {line} 行重复", f"repeats row {line}")
        elif item.values["minutes"] != other.values["minutes"]:
            told = f"{item.values['minutes']:g}, {other.values['minutes']:g}"
            zh = f"与第 {line} 行的反方向不一致：{told}"
            faults.add(row, "minutes", zh, f"minutes not symmetric: row {line} has the other direction: {told}")
        elif item.cells != other.cells:
            zh = f"与第 {line} 行的反方向来源不一致"
            faults.add(row, "publication", zh, f"row {line} has the other direction from another source")
    return list(first.values())


def check_shares(items: list[Item], existing: Iterable[Any], faults: Faults) -> None:
    """Each alternative group that the file changes has shares that add up to 1, or none at all.

    existing: every open edge. Those of the file's scopes are replaced by it; the others still belong to their groups.
    """
    rows_by_scope: dict[tuple[Any, ...], Row] = {}
    for item in items:
        rows_by_scope.setdefault(item.scope, item.row)
    before: dict[Group, list[tuple[str, float | None]]] = defaultdict(list)
    after: dict[Group, list[tuple[str, float | None]]] = defaultdict(list)
    rows: dict[Group, Row] = {}
    for edge in existing:
        group = _group(edge.edge_type, edge.buyer_code, edge.alternative_group)
        if group is not None:
            row = rows_by_scope.get((edge.supplier_code, edge.buyer_code))
            before[group].append((edge.supplier_code, edge.share))
            if row is None:
                after[group].append((edge.supplier_code, edge.share))
            else:
                rows[group] = row
    for item in items:
        values = item.values
        group = _group(values["edge_type"], values["buyer_code"], values["alternative_group"])
        if group is not None:
            after[group].append((values["supplier_code"], values["share"]))
            rows[group] = item.row
    for group, row in rows.items():
        if sorted(before[group], key=str) != sorted(after[group], key=str):
            _check_group(group[1], dict(after[group]), row, faults)


def _group(edge_type: EdgeType, buyer: str, group: str | None) -> Group | None:
    return (buyer, group) if group is not None and edge_type is EdgeType.INPUT else None


def _check_group(group: str, shares: dict[str, float | None], row: Row, faults: Faults) -> None:
    known = [share for share in shares.values() if share is not None]
    if not known:
        return
    bare = "、".join(sorted(supplier for supplier, share in shares.items() if share is None))
    if bare:
        zh = f"替代组 {group} 只有一部分有份额，缺：{bare}"
        faults.add(row, "share", zh, f"only some of the group {group} have shares, missing: {bare}")
    elif abs(sum(known) - 1) > SHARE_TOLERANCE:
        zh = f"替代组 {group} 的份额之和应为 1：{sum(known):g}"
        faults.add(row, "share", zh, f"the shares of the group {group} do not add up to 1: {sum(known):g}")


def check_together(sheet: Sheet, items: list[Item], existing: Iterable[Any], faults: Faults) -> list[Item]:
    """The rows without repeats; what does not fit together is kept as faults. existing: every open row."""
    items = without_repeats(sheet, items, faults)
    if sheet.model is ChainEdge:
        check_shares(items, existing, faults)
    return items
