"""What a column of a boundary file can be said to mean: the one list, for the reading, the commands and their help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.boundaries import Layer

CODE, NAME, PARK = "code", "name", "park"
LAND_USE_CODE, IS_VACANT = "land_use_code", "is_vacant"
X, Y, LONGITUDE, LATITUDE, RING, NUMBER = "x", "y", "longitude", "latitude", "ring", "number"


@dataclass(frozen=True)
class Meaning:
    """What a field says, of which layers, and whether only tables of corner points have it."""

    zh: str
    en: str
    layers: frozenset[Layer] = frozenset(Layer)
    is_of_corners: bool = False

    @property
    def where(self) -> str:
        """Where it is found; "" for everywhere."""
        if self.is_of_corners:
            return "corner tables (CSV, XLSX)"
        return "" if self.layers == frozenset(Layer) else ", ".join(layer for layer in Layer if layer in self.layers)


_PLOTS, _IN_PARKS = frozenset({Layer.PLOTS}), frozenset({Layer.ZONES, Layer.PLOTS})
FIELDS: Mapping[str, Meaning] = {
    CODE: Meaning("编号", "what tells a thing from all others of its layer"),
    NAME: Meaning("名称", "its name"),
    PARK: Meaning("所属园区的编号或名称", "code or name of the park it belongs to", _IN_PARKS),
    LAND_USE_CODE: Meaning("用地分类代码", "land use by its code", _PLOTS),
    IS_VACANT: Meaning("是否空置", "whether it is vacant: 空置 闲置 是 yes 1, or 已用 否 no 0", _PLOTS),
    X: Meaning("纵坐标（北）", "north, as surveyors write X", is_of_corners=True),
    Y: Meaning("横坐标（东）", "east", is_of_corners=True),
    LONGITUDE: Meaning("经度", "degrees, in place of y", is_of_corners=True),
    LATITUDE: Meaning("纬度", "degrees, in place of x", is_of_corners=True),
    RING: Meaning("圈号", "which ring of its plot a point is on; one ring without it", is_of_corners=True),
    NUMBER: Meaning("点号", "the point's own number", is_of_corners=True),
}
"""Field → what it means, in the order they are told."""
VACANCY: Mapping[str, bool] = {
    **dict.fromkeys(("空置", "闲置", "是", "1", "yes", "y", "true"), True),
    **dict.fromkeys(("已用", "在用", "非空置", "否", "0", "no", "n", "false"), False),
}
"""What people write of a plot → whether it is vacant."""


def vacancy_of(stated: object) -> bool | None:
    """None where nothing is said, or nothing that is known.

    >>> vacancy_of("闲置"), vacancy_of("No"), vacancy_of(1.0), vacancy_of("?")
    (True, False, True, None)
    """
    return VACANCY.get(text_of(stated).casefold())


def text_of(value: object) -> str:
    """A value as people write it: "" for none, whole numbers without a decimal point.

    >>> text_of(360602.0), text_of(" 高新区 "), text_of(None)
    ('360602', '高新区', '')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()
