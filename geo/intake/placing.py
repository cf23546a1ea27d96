"""Where on earth a file lies: its coordinate system as stated, answered or asked for, and its features in EPSG:4490.

Nothing is placed silently: a file without a system, one whose numbers cannot be of the system it states, and one that
lies as the shifted datums of web maps do are asked about; axes exchanged throughout are a repair that is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from domain.boundaries import Finding, Proposal, Question, Severity
from geo.crs import get_crs
from geo.errors import CrsError
from geo.intake.checks import numbers as rules
from geo.intake.checks.batch import CHUNK, Flags
from geo.intake.model import Geometries, Known
from geo.intake.proposals import (
    BD_09,
    GCJ_02,
    MOST_DEGREES,
    SHIFTED,
    area_of_use,
    epsg,
    is_degrees,
    label,
    proposals,
    to_degrees,
)
from geo.intake.shifted import better_fit, suspect
from geo.intake.words import Findings, Words, shown

"""Codes of the findings by which a format says that the file names no system."""
_NEAR_HOME = 0.3
"""Degrees around what is known that count as near it."""
_SAME_DATUM = frozenset({4490, 4326})  # geographic systems; the others are moved without exact parameters


@dataclass
class Placing:
    """One file on its way. geometry: (n,), the file's coordinates; `place` turns them into EPSG:4490 where they stand.

    usable: (n,); features that cannot be placed become False. stated: the system the file names. chosen: the one the
    person named. missing: how the format told that none is named.
    """

    geometry: Geometries
    usable: Flags
    numbers: Sequence[int]
    codes: Sequence[str]
    stated: str | None
    chosen: str | None
    missing: Finding | None
    known: Known
    words: Words
    findings: Findings

    def place(self) -> str | None:
        """The system the coordinates were taken to be in; None: a question stands, or they cannot be placed."""
        self.usable &= rules.finite(self.geometry, self.numbers, self.words, self.findings)
        if not self.usable.any():
            return None
        boxes = shapely.bounds(self.geometry)
        boxes[~self.usable] = np.nan
        crs = self._crs(boxes)
        if crs is None or not self._numbers_fit(crs, boxes):
            return None
        is_placeable = self._placeable_degrees(boxes) if is_degrees(crs) else self._placeable_grid(crs, boxes)
        if not is_placeable:
            return None
        self._move(crs)
        if self.chosen is None and self._asks_about_place(crs, boxes):
            return None
        if crs not in SHIFTED and self._asks_about_shift(crs):
            return None
        self._tell_province()
        self._tell_accuracy(crs)
        return crs

    # Which system

    def _crs(self, boxes: rules.Boxes) -> str | None:
        named = self.chosen or self.stated
        if named is None:
            self._ask_missing(boxes)
            return None
        if named.strip().upper() in SHIFTED:
            return named.strip().upper()
        try:
            return f"EPSG:{epsg(named)}"
        except CrsError:
            zh = f"坐标系“{shown(named)}”无法识别，请选择坐标系"
            self._ask(
                "crs_unknown", "crs", zh, f"the coordinate system {shown(named)!r} is not known; choose one", boxes
            )
            return None

    def _ask_missing(self, boxes: rules.Boxes) -> None:
        if self.missing:
            code, place = self.missing.code, self.missing.place
            zh, en = self.missing.message_zh, self.missing.message_en
        else:
            code, place = "crs_missing", "file"
            zh, en = "文件没有说明坐标系，请选择坐标系", "the file names no coordinate system; choose one"
        self._ask(code, place, zh, en, boxes)

    def _ask(self, code: str, place: str, zh: str, en: str, boxes: rules.Boxes, keep: Proposal | None = None) -> None:
        """One question with what the numbers could be; where the file states a system, it can be kept."""
        offered = proposals(_extent(boxes), self.known)
        first = offered[0]
        if first.bounds is not None:
            zh, en = f"{zh}；按坐标数值建议：{first.label_zh}", f"{en}; by the numbers we propose {first.label_en}"
        others = tuple(proposal for proposal in offered if keep is None or proposal.value != keep.value)
        question = Question("crs", ((keep,) if keep else ()) + others)
        self.findings.add(code, Severity.ASK, place, zh, en, question=question)

    def _numbers_fit(self, crs: str, boxes: rules.Boxes) -> bool:
        """Asks where degrees stand for metres or metres for degrees in more than half of the features."""
        sizes = np.abs(boxes[self.usable]).max(axis=1)
        share_of_metres = float((sizes > MOST_DEGREES).mean())
        has_metres = share_of_metres > 0.5
        if has_metres != is_degrees(crs):
            return True
        is_zh, is_en = ("米", "metres") if has_metres else ("度", "degrees")
        zh = f"坐标数值是{is_zh}，与坐标系 {label(crs)[0]} 不符，请选择坐标系"
        en = f"the numbers are {is_en}, which does not fit {label(crs)[1]}; choose a coordinate system"
        self._ask("crs_does_not_fit", "crs", zh, en, boxes)
        return False

    # Whether it is on the map

    def _placeable_degrees(self, boxes: rules.Boxes) -> bool:
        """Exchanges the axes of all features, or leaves out those that cannot lie where their numbers say."""
        lies, is_swapped = rules.in_china(boxes), rules.in_china(rules.exchanged(boxes))
        is_swapped &= ~lies
        if is_swapped[self.usable].all():
            self._exchange_axes()
            return True
        crossing = self.usable & rules.antimeridian(boxes)
        for index in np.flatnonzero(crossing).tolist():
            zh, en = "跨越180度经线或横跨全球", "crosses the antimeridian or spans the globe"
            self._leave_out("antimeridian", [index], zh, en)
        swapped = np.flatnonzero(self.usable & is_swapped)
        if len(swapped):
            zh, en = "疑似经纬度颠倒，而其他要素没有", "seem to have latitude and longitude exchanged, the others not"
            self._leave_out("axes_mixed", swapped.tolist(), zh, en)
        for index in np.flatnonzero(self.usable & rules.off_the_globe(boxes)).tolist():
            zh, en = "坐标超出经纬度范围", "is outside longitude/latitude range"
            self._leave_out("out_of_range", [index], zh, en)
        self._leave_out_abroad(lies)
        return bool(self.usable.any())

    def _placeable_grid(self, crs: str, boxes: rules.Boxes) -> bool:
        straight, exchanged = _degree_boxes(crs, boxes), _degree_boxes(crs, rules.exchanged(boxes))
        area = area_of_use(crs)
        fits = rules.within(straight, area) & rules.in_china(straight)
        if not fits[self.usable].any():
            if (rules.within(exchanged, area) & rules.in_china(exchanged))[self.usable].all():
                self._exchange_axes()
                return True
            if self.chosen is None:
                zh = f"按坐标系 {label(crs)[0]}，数据落在它的使用范围之外，请选择坐标系"
                en = f"in {label(crs)[1]} the data fall outside where it is used; choose a coordinate system"
                self._ask("crs_does_not_fit", "crs", zh, en, boxes, _keep(crs, straight))
                return False
        self._leave_out_abroad(rules.in_china(straight))
        return bool(self.usable.any())

    def _leave_out_abroad(self, lies_in_china: Flags) -> None:
        abroad = np.flatnonzero(self.usable & ~lies_in_china)
        if len(abroad):
            self._leave_out("outside_china", abroad.tolist(), "在中国范围之外", "lies outside China", is_all=True)

    def _leave_out(self, code: str, indices: Sequence[int], zh: str, en: str, *, is_all: bool = False) -> None:
        named = [self.numbers[index] for index in indices]
        place = self.words.everything_or(named) if is_all else self.words.place(named)
        zh, en = f"{self.words.zh(named)}{zh}", f"{self.words.place(named)} {en}"
        self.findings.add(code, Severity.REJECT, place, zh, en, features=named)
        self.usable[list(indices)] = False

    def _exchange_axes(self) -> None:
        for index in range(0, len(self.geometry), CHUNK):
            part = slice(index, index + CHUNK)
            self.geometry[part] = shapely.transform(self.geometry[part], lambda xy: xy[:, ::-1])
        zh = "坐标疑似经纬度（或纵横坐标）颠倒，可对调"
        en = "the order of the axes looks swapped; they can be exchanged"
        self.findings.add("axes_swapped", Severity.REPAIR, "all", zh, en)

    # Moving

    def _move(self, crs: str) -> None:
        if crs not in SHIFTED and epsg(crs) in _SAME_DATUM:
            return
        indices = np.flatnonzero(self.usable)
        for start in range(0, len(indices), CHUNK):
            part = indices[start : start + CHUNK]
            self.geometry[part] = shapely.transform(self.geometry[part], lambda points: to_degrees(crs, points))

    def _tell_province(self) -> None:
        boxes = shapely.bounds(self.geometry)
        outside = np.flatnonzero(self.usable & ~rules.within(boxes, self.known.province))
        if len(outside):
            named = [self.numbers[index] for index in outside.tolist()]
            zh, en = f"{self.words.zh(named)}在本省范围之外", f"outside the province: {self.words.place(named)}"
            place = self.words.everything_or(named)
            self.findings.add("outside_province", Severity.WARNING, place, zh, en, features=named)

    def _tell_accuracy(self, crs: str) -> None:
        if crs in SHIFTED:
            zh = f"坐标由 {crs} 换算，算法非官方，误差为数米"
            en = f"converted from {crs} by the unofficial formula, good to some metres"
        else:
            base: Any = get_crs(epsg(crs)).geodetic_crs
            if base is None or base.to_epsg() in _SAME_DATUM:
                return
            zh = f"{label(crs)[0]} 与 CGCS2000 之间没有公开的精确转换参数，位置可能偏差数十米至百余米，请以当地参数复核"
            en = f"no exact public parameters lead from {label(crs)[1]} to CGCS2000: it may lie off by some 10 to 100 m"
        self.findings.add("datum_accuracy", Severity.WARNING, "crs", zh, en)

    def _asks_about_place(self, crs: str, boxes: rules.Boxes) -> bool:
        """A grid that fits, but lies far from all that is known, where another would bring the data right there."""
        if is_degrees(crs):
            return False
        offered = [proposal for proposal in proposals(_extent(boxes), self.known) if proposal.value != crs]
        usable = np.flatnonzero(self.usable)
        centres = (boxes[usable, :2] + boxes[usable, 2:]) / 2
        codes = [self.codes[index] for index in usable.tolist()]
        values = [proposal.value for proposal in offered if proposal.value not in SHIFTED]
        if not better_fit(codes, centres, crs, values, self.known) and not self._is_far_from_home(offered):
            return False
        zh = f"按坐标系 {label(crs)[0]}，数据远离已知位置，而按另一坐标系则相符，请确认坐标系"
        en = f"in {label(crs)[1]} the data lie far from where they are known, in another they fit; confirm the system"
        here = _union(shapely.bounds(self.geometry[self.usable]))
        self._ask("crs_elsewhere", "crs", zh, en, boxes, _keep(crs, np.array([here])))
        return True

    def _is_far_from_home(self, offered: Sequence[Proposal]) -> bool:
        """Does all of it lie far from all that is known, and would it not in one of the systems offered?"""
        around = [shape for _, shape in (*self.known.published.values(), *self.known.parents.values())]
        if not around:
            return False
        home = shapely.box(*(shapely.total_bounds(around) + np.array([-1, -1, 1, 1]) * _NEAR_HOME))
        if home.intersects(shapely.box(*_union(shapely.bounds(self.geometry[self.usable])))):
            return False
        return any(proposal.bounds and home.intersects(shapely.box(*proposal.bounds)) for proposal in offered)

    def _asks_about_shift(self, crs: str) -> bool:
        """Whether it has to be asked. A person who named the system where the file does not confirms it instead; one
        who named it although the file says the same has answered already."""
        if self.chosen is not None and self.stated is not None:
            return False
        usable = np.flatnonzero(self.usable)
        found = suspect([self.codes[index] for index in usable.tolist()], self.geometry[usable], self.known)
        if found is None:
            return False
        east, north = found.displacement_m
        zh = (
            f"与已知位置相比整体偏移约 {np.hypot(east, north):,.0f} m（东 {east:+,.0f}，北 {north:+,.0f}，比较了 "
            f"{found.compared} 个），与 {found.crs} 的偏移一致，请确认坐标系"
        )
        en = (
            f"the data lie off what is known by some {np.hypot(east, north):,.0f} m ({east:+,.0f} east, {north:+,.0f} "
            f"north, {found.compared} compared), just as {found.crs} is shifted; confirm the coordinate system"
        )
        if found.is_guess:
            zh += "（没有同编号的已发布轮廓可比，只看是否落在所属之内）"
            en += " (no published outline of these codes to compare with, only what they should lie in)"
        if self.chosen is not None:
            zh, en = f"{zh}：若属实，坐标系请改选 {found.crs}", f"{en}: if it is, choose {found.crs} instead"
            self.findings.add("crs_shifted", Severity.REPAIR, "all", zh, en)
            return False
        here = _union(shapely.bounds(self.geometry[usable]))
        keep = _keep(crs, np.array([here]))
        offered = [found.crs, *(other for other in (GCJ_02, BD_09) if other != found.crs)]
        shifted = [Proposal(value, *label(value), _shifted_box(value, here)) for value in offered]
        first = (keep, shifted[0]) if found.is_guess else (shifted[0], keep)
        question = Question("crs", (*first, *shifted[1:]))
        self.findings.add("crs_shifted", Severity.ASK, "all", zh, en, question=question)
        return True


def _extent(boxes: rules.Boxes) -> tuple[float, float, float, float]:
    """The box of most of the features: single ones with absurd numbers must not decide."""
    middle = np.nanmedian(boxes, axis=0)
    spread = np.nanmedian(np.abs(boxes - middle), axis=0)
    near = (np.abs(boxes - middle) <= 50 * spread + 1).all(axis=1)
    return _union(boxes[near] if near.any() else boxes)


def _union(boxes: rules.Boxes) -> tuple[float, float, float, float]:
    low, high = np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _degree_boxes(crs: str, boxes: rules.Boxes) -> rules.Boxes:
    """(n, 4) boxes in the system's numbers → in degrees; infinite where it does not reach."""
    corners = [to_degrees(crs, boxes[:, pair]) for pair in ([0, 1], [2, 1], [2, 3], [0, 3])]
    x, y = np.array([corner[:, 0] for corner in corners]), np.array([corner[:, 1] for corner in corners])
    return np.column_stack((x.min(axis=0), y.min(axis=0), x.max(axis=0), y.max(axis=0)))


def _keep(crs: str, boxes: rules.Boxes) -> Proposal:
    zh, en = label(crs)
    box = _union(boxes)
    return Proposal(crs, f"按文件所述：{zh}", f"as the file states: {en}", box if np.isfinite(box).all() else None)


def _shifted_box(crs: str, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    moved = to_degrees(crs, np.array([box[:2], box[2:]]))
    return (float(moved[0, 0]), float(moved[0, 1]), float(moved[1, 0]), float(moved[1, 1]))
