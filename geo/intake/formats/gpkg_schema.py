"""What a GeoPackage may bring besides tables: the triggers, views and indexes of the standard, told by what they do.

Nothing of it ever runs here; but a file that holds more is not what it should be, and is not passed on to others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from domain.boundaries import Finding
from geo.intake.formats import base

_STANDARD_VIEWS = {"st_spatial_ref_sys", "spatial_ref_sys", "st_geometry_columns", "geometry_columns"}
_VIEW = re.compile(r"create view \S+ as select [^;()]* from \"?gpkg_(spatial_ref_sys|geometry_columns)\"?[^;()]*;?")
_TRIGGER = re.compile(r"create trigger (?:if not exists )?.*? begin (.*;) ?end;?")
_STRING = re.compile(r"'(?:[^']|'')*'")
_RAISES = re.compile(r"select raise ?\((abort|rollback|fail), ?''\) where .*")
_COUNTS = re.compile(
    r"update \"?gpkg_ogr_contents\"? set feature_count ?= ?feature_count [+-] 1"
    r" where lower\(table_name\) ?= ?lower\(''\)"
)
_WRITES = re.compile(r"\b(insert|update|delete|replace|drop|attach|pragma|with)\b")


@dataclass(frozen=True)
class Entry:
    """A row of sqlite_master."""

    kind: str
    name: str
    table: str
    sql: str


def findings(entries: Sequence[Entry], layers: Collection[tuple[str, str]]) -> list[Finding]:
    """What does not belong. layers: table and geometry column of each."""
    names = {table for table, _ in layers}
    indexes = {f"rtree_{table}_{column}".lower(): table for table, column in layers}
    told = []
    for entry in entries:
        text = " ".join(_STRING.sub("''", entry.sql).lower().split())
        if entry.kind == "view" and not (entry.name.lower() in _STANDARD_VIEWS and _VIEW.fullmatch(text)):
            told.append(_view(entry.name, is_layer=entry.name in names))
        elif entry.kind == "trigger" and not _is_standard_trigger(entry, text, indexes):
            zh, en = "GeoPackage 含触发器，不予接受", "GeoPackage contains a trigger"
            told.append(_told("gpkg_trigger", f"trigger {entry.name}", zh, en))
        elif entry.kind == "table" and text.startswith("create virtual") and not _is_index(entry, text, indexes):
            zh, en = "GeoPackage 含虚拟表，不予接受", "GeoPackage contains a virtual table"
            told.append(_told("gpkg_virtual_table", f"table {entry.name}", zh, en))
    return list(base.few(told))


def _view(name: str, *, is_layer: bool) -> Finding:
    if is_layer:
        return _told("gpkg_view", f"layer {name}", "GeoPackage 图层是视图，不予接受", "layer is a view")
    return _told("gpkg_view", f"view {name}", "GeoPackage 含视图，不予接受", "GeoPackage contains a view")


def _told(code: str, place: str, zh: str, en: str) -> Finding:
    shown = base.plain_text(place)[:200]
    _, _, name = shown.partition(" ")
    return base.reject(code, shown, f"{zh}：{name}", f"{en}: {shown}")


def _is_index(entry: Entry, text: str, indexes: Collection[str]) -> bool:
    name = entry.name.lower()
    shape = rf'create virtual table "?{re.escape(name)}"? using rtree ?\(id, ?minx, ?maxx, ?miny, ?maxy\)'
    return name in indexes and re.fullmatch(shape, text) is not None


def _is_standard_trigger(entry: Entry, text: str, indexes: dict[str, str]) -> bool:
    """Keeps an index, counts features or only refuses: does it do that, all of it, and nothing else?"""
    match = _TRIGGER.fullmatch(text)
    if match is None:
        return False
    steps = [step.strip() for step in match[1].split(";") if step.strip()]
    name = entry.name.lower()
    if name.startswith("gpkg_"):
        return _all(steps, lambda step: _RAISES.fullmatch(step) is not None and _WRITES.search(step) is None)
    if re.fullmatch(rf"trigger_(insert|delete)_feature_count_{re.escape(entry.table.lower())}", name):
        return _all(steps, lambda step: _COUNTS.fullmatch(step) is not None)
    for index, table in indexes.items():
        if re.fullmatch(rf"{re.escape(index)}_(insert|update[1-7]?|delete)", name) and entry.table == table:
            own = rf'"?{re.escape(index)}"?'
            keeps = re.compile(
                rf"(insert (or replace )?into {own} values ?\(.*\)|update {own} set .*|delete from {own} where .*)"
            )
            is_pure = re.search(r"\bselect\b", text) is None
            return is_pure and _all(steps, lambda step: keeps.fullmatch(step) is not None)  # noqa: B023
    return False


def _all(steps: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return bool(steps) and all(map(fits, steps))
