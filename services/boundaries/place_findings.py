"""What is told of edits whose places nobody knows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from domain.boundaries import Finding, Layer, Severity
from services.boundaries.changesets import Edit
from services.boundaries.standing import place_layer
from services.boundaries.world import World


def place_findings(edits: Sequence[Edit], world: World) -> Iterator[Finding]:
    """Parks and zones nobody knows yet would be made as places; belt sections cannot be."""
    if world.layer is Layer.PLOTS:
        yield from _look_alikes(edits, world)
        return
    for edit in edits:
        place = edit.code if edit.number is None else f"feature {edit.number}"
        numbers = () if edit.number is None else (edit.number,)
        if world.layer is Layer.BELT_SECTIONS:
            if edit.code not in world.sections:
                yield Finding(
                    "unknown_code", Severity.REJECT, place,
                    f"没有这个区段：{edit.code}", f"no such belt section: {edit.code}", numbers,
                )  # fmt: skip
            continue
        kind = world.places.get(edit.code)
        namesake = world.named.get(edit.name) or world.named.get(edit.code)
        if kind is None and namesake is not None:
            yield Finding(
                "name_of_known_place", Severity.REJECT, place,
                f"没有编码为 {edit.code} 的地点；「{edit.name or edit.code}」的编码是 {namesake}，请在文件里写明编码",
                f"no place has the code {edit.code}; the code of {edit.name or edit.code} is {namesake}: "
                "state it in the file",
                numbers,
            )  # fmt: skip
        elif kind is None and edit.name:
            yield Finding(
                "new_place", Severity.REPAIR, place,
                f"没有编码为 {edit.code} 的地点，将新建「{edit.name}」",
                f"no place has the code {edit.code}: {edit.name} will be made", numbers,
            )  # fmt: skip
        elif kind is None:
            yield Finding(
                "new_place_without_name", Severity.REJECT, place,
                f"没有编码为 {edit.code} 的地点，又没有名称，无法新建",
                f"no place has the code {edit.code}, and without a name none can be made", numbers,
            )  # fmt: skip
        elif kind is not place_layer(world.layer):
            yield Finding(
                "code_of_another_layer", Severity.REJECT, place,
                f"编码 {edit.code} 属于另一图层", f"the code {edit.code} is of another layer ({kind})", numbers,
            )  # fmt: skip


def _look_alikes(edits: Sequence[Edit], world: World) -> Iterator[Finding]:
    """New codes that differ from one that stands in case or width only."""
    fresh = [edit for edit in edits if edit.code not in world.newest]
    if not fresh:
        return
    standing = {_folded(code): code for code, one in world.newest.items() if one.geometry is not None}
    for edit in fresh if standing else ():
        alike = standing.get(_folded(edit.code))
        if alike is not None:
            place = edit.code if edit.number is None else f"feature {edit.number}"
            yield Finding(
                "code_looks_alike", Severity.WARNING, place,
                f"编码 {edit.code} 是新的；已有 {alike}，只差大小写或全半角，请核对",
                f"the code {edit.code} is new; {alike} stands and differs in case or width only",
                () if edit.number is None else (edit.number,),
            )  # fmt: skip


def _folded(code: str) -> str:
    return unicodedata.normalize("NFKC", code).casefold()
