"""What a zip holds: a Shapefile in parts, or one file of another format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from domain.boundaries import Finding
from geo.intake.formats import base, kinds, layers, shapefile
from geo.intake.formats.archive import Archive
from geo.intake.formats.zip_directory import Member
from geo.intake.model import Limits, Options, Reading

_BY_RANK = ((".gpkg",), (".geojson", ".json"), (".kml",), (".dxf",), (".csv", ".txt"))
"""Where there is no Shapefile: the first of these that is there. .kmz and .xlsx are archives, so not taken from one."""


def read(content: bytes, options: Options, limits: Limits) -> Reading:
    """Raises Stop."""
    archive = Archive(content, limits)
    found = _layers(archive.members)
    if not found:
        allowed = "、".join([".shp", *(ending for rank in _BY_RANK for ending in rank)])
        zh, en = (
            f"压缩包内没有可读的图层；可接受：{allowed}",
            f"no layer that can be read in the archive; accepted: {allowed}",
        )
        base.stop("archive_no_layer", "archive", zh, en)
    name = layers.choose(list(found), options, "archive", "压缩包")
    chosen = found[name]
    endings = {_ending(member): member for member in chosen}
    if endings.keys() & set(shapefile.PARTS):
        parts = {ending: archive.read(member) for ending, member in endings.items()}
        reading = shapefile.read(parts, options, limits)
    else:
        [(ending, member)] = endings.items()
        inner = archive.read(member)
        kinds.check_content(inner, ending, base.plain_text(member.name))
        # A name of a layer that has been used up to choose the file says nothing about the layers inside.
        within = replace(options, source_layer=None) if options.source_layer == name else options
        reading = kinds.READERS[ending](inner, within, limits)
    findings = (*reading.findings, *_left_out(archive.members, found))
    return replace(
        reading, findings=findings, layers=reading.layers or tuple(found), source_layer=reading.source_layer or name
    )


def _ending(member: Member) -> str:
    return PurePosixPath(member.name).suffix.casefold()


def _layers(members: Sequence[Member]) -> dict[str, list[Member]]:
    """Name → its parts. Named by the file alone where that is clear, else by its path."""
    parts: dict[str, list[Member]] = {}
    for member in members:
        if _ending(member) in shapefile.PARTS:
            parts.setdefault(member.name[: -len(_ending(member))].casefold(), []).append(member)
    groups = [group for group in parts.values() if any(_ending(member) in {".shp", ".dbf", ".shx"} for member in group)]
    for rank in _BY_RANK:
        if not groups:
            groups = [[member] for member in members if _ending(member) in rank and _ending(member) in kinds.READERS]
    short = [PurePosixPath(group[0].name).stem for group in groups]
    named = {}
    for group, stem in zip(groups, short, strict=True):
        name = stem if short.count(stem) == 1 else str(PurePosixPath(group[0].name).with_suffix(""))
        named[name if name not in named else group[0].name] = group
    return named


def _left_out(members: Sequence[Member], found: dict[str, list[Member]]) -> list[Finding]:
    """Files that could hold boundaries but were not read."""
    taken = {member.name for group in found.values() for member in group}
    could = {ending for rank in _BY_RANK for ending in rank if ending != ".txt"} | {".gdb", ".tab", ".mif", ".dwg"}
    left = [base.plain_text(member.name) for member in members if member.name not in taken and _ending(member) in could]
    if not left:
        return []
    listed = "、".join(left[: base.MOST_NAMED])
    return [base.warning("archive_left_out", "archive", f"未读取：{listed}", f"not read: {listed}")]
