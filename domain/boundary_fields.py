"""What a column of a boundary file can be said to mean: the one list, for the reading, the commands and their help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CODE, NAME, PARK = "code", "name", "park"
LAND_USE_CODE, IS_VACANT = "land_use_code", "is_vacant"
X, Y, LONGITUDE, LATITUDE, RING, NUMBER = "x", "y", "longitude", "latitude", "ring", "number"


@dataclass(frozen=True)
class Meaning:
    """What a field says, and of which layers or formats."""

    zh: str
    en: str
    where: str = "all"


_CORNERS = "corner tables (CSV, XLSX)"
FIELDS: Mapping[str, Meaning] = {
    CODE: Meaning("编号", "what tells a thing from all others of its layer"),
    NAME: Meaning("名称", "its name"),
    PARK: Meaning("所属园区的编号或名称", "code or name of the park it belongs to", "zones, plots"),
    LAND_USE_CODE: Meaning("用地分类代码", "land use by its code", "plots"),
    IS_VACANT: Meaning("是否空置", "whether it is vacant: 空置 闲置 是 yes 1, or 已用 否 no 0", "plots"),
    X: Meaning("纵坐标（北）", "north, as surveyors write X", _CORNERS),
    Y: Meaning("横坐标（东）", "east", _CORNERS),
    LONGITUDE: Meaning("经度", "degrees, in place of y", _CORNERS),
    LATITUDE: Meaning("纬度", "degrees, in place of x", _CORNERS),
    RING: Meaning("圈号", "which ring of its plot a point is on; one ring without it", _CORNERS),
    NUMBER: Meaning("点号", "the point's own number", _CORNERS),
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
