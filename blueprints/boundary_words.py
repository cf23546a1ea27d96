"""The workbench's words on screen, (Chinese, English), beside those of `domain.words`."""

from __future__ import annotations

import re

from domain.boundaries import Verdict
from services.boundaries.impact import Effect

Words = tuple[str, str]

VERDICTS: dict[Verdict, tuple[str, Words, Words]] = {  # sign, in a word, what to do
    Verdict.ACCEPT: ("✓", ("可以采用", "The file can be taken"), ("没有需要改的地方。", "Nothing has to be mended.")),
    Verdict.REPAIR: (
        "±",
        ("可以采用，但要先修复", "The file can be taken once it is repaired"),
        (
            "下面逐处列出要改什么、改前改后差多少；确认之前什么都没有存。",
            "Below is what would be changed and by how much; nothing is stored before you confirm.",
        ),
    ),
    Verdict.ASK: (
        "?",
        ("需要您回答", "A question has to be answered"),
        (
            "回答之后接着读同一个文件，不用重新上传；在此之前什么都没有存。",
            "The same file is read on with the answer, no need to send it again; nothing is stored before.",
        ),
    ),
    Verdict.REJECT: (
        "✕",
        ("不能采用", "The file cannot be taken"),
        (
            "什么都没有存。请按下面各条在原软件里改好，再上传一次；能查出的问题都已列出。",
            "Nothing was stored. Mend these points where the file was made and send it again; all that could be "
            "checked is listed.",
        ),
    ),
}
METHODS: dict[str, Words] = {
    "schematic": ("示意", "Schematic"),
    "converted": ("换算", "Converted"),
    "corridor": ("沿线缓冲", "Corridor"),
    "surveyed": ("成果文件", "From a file"),
    "drawn": ("在图上画的", "Drawn on the map"),
}
HAPPENS_TO_ONE: dict[Effect, str] = {
    Effect.MOVES: "changes place",
    Effect.CUT: "is cut by a new outline",
    Effect.HELD: "belongs to a place whose outline changes: to be checked",
    Effect.GONE: "is taken away",
}
SUBJECTS: dict[str, Words] = {
    "crs": ("坐标系是哪一个？", "Which coordinate system?"),
    "encoding": ("文字用的是哪种编码？", "Which encoding do the texts have?"),
    "source_layer": ("取文件里的哪个图层？", "Which layer of the file?"),
}
SUFFIXES = (".zip", ".geojson", ".json", ".gpkg", ".kml", ".kmz", ".dxf", ".txt", ".csv", ".xlsx")
"""What the file field offers; what a file is, its content tells."""
CRS_CHOICES: tuple[tuple[str, Words], ...] = (
    ("EPSG:4490", ("CGCS2000 经纬度", "CGCS2000, degrees")),
    ("EPSG:4527", ("CGCS2000 三度带 39 带（带号）", "CGCS2000, 3° zone 39 with its number")),
    ("EPSG:4548", ("CGCS2000 三度带，中央经线 117°", "CGCS2000, 3° zone, 117° E")),
    ("EPSG:2363", ("西安 80 三度带 39 带", "Xi'an 80, 3° zone 39")),
    ("EPSG:2415", ("北京 54 三度带 39 带", "Beijing 54, 3° zone 39")),
    ("EPSG:4326", ("WGS 84 经纬度", "WGS 84, degrees")),
    ("EPSG:3857", ("网络墨卡托", "Web Mercator")),
    ("GCJ-02", ("火星坐标（高德、腾讯）", "GCJ-02 (Amap, Tencent)")),
    ("BD-09", ("百度坐标", "BD-09 (Baidu)")),
)
FIELDS: dict[str, Words] = {
    "code": ("编号", "Code"),
    "name": ("名称", "Name"),
    "park": ("所属园区", "Park it belongs to"),
    "land_use_code": ("用地分类", "Land use"),
    "is_vacant": ("是否空置", "Vacant"),
}
STAGES: dict[str, tuple[Words, float, float]] = {  # words, and the part of the whole it is
    "uploaded": (("已收到文件", "The file has come"), 0.0, 0.02),
    "waiting": (("排队等候", "Waiting for its turn"), 0.0, 0.02),
    "reading": (("准备读取", "About to read"), 0.02, 0.05),
    "read": (("读取文件", "Reading the file"), 0.05, 0.35),
    "place": (("换算坐标", "Placing the coordinates"), 0.35, 0.45),
    "check": (("检查图形", "Checking the shapes"), 0.45, 0.65),
    "neighbours": (("检查相互重叠和缝隙", "Checking overlaps and gaps"), 0.65, 0.8),
    "surroundings": (("与已发布的边界比对", "Comparing with what is published"), 0.8, 0.95),
    "done": (("完成", "Done"), 1.0, 1.0),
}
ORIGINS: dict[str, Words] = {"base": ("基础数据集", "base dataset"), "demo": ("演示数据", "demonstration data")}
"""Who published a version that came with a dataset."""

_PLACES = {"file": "整个文件", "archive": "压缩包", "all": "全部要素", "crs": "坐标系"}
_NAMED = {"layer": "图层", "table": "表", "view": "视图", "trigger": "触发器", "key": "键"}
_COUNTED = {
    "feature": "个要素",
    "edit": "处改动",
    "row": "行",
    "line": "行",
    "record": "条图形",
    "plot": "个地块",
    "entity": "条多段线",
    "entities": "条多段线",
}
_NAMED_PLACE = re.compile(rf"({'|'.join(_NAMED)}) (.+)")
_COUNTED_PLACE = re.compile(
    rf"(?:(?P<column>.+) )?(?P<noun>{'|'.join(_COUNTED)})s? (?P<numbers>\d[\d,-]*)(?:,…\((?P<total>\d+)\))?"
    r"(?: vertex (?P<vertex>\d+)| (?P<field>.+))?"
)


def place_zh(place: str) -> str:
    """A finding's place in Chinese. What names itself (a file, a column, a code) stays as it is.

    >>> place_zh("feature 3 vertex 2"), place_zh("features 2,5 code"), place_zh("NAME row 4")
    ('第 3 个要素第 2 个顶点', '第 2、5 个要素的编号', '第 4 行的“NAME”')
    """
    if named := _NAMED_PLACE.fullmatch(place):
        return f"{_NAMED[named[1]]}“{named[2]}”"
    found = _COUNTED_PLACE.fullmatch(place)
    if found is None or (found["column"] and (found["field"] or found["vertex"])):
        return _PLACES.get(place, place)
    listed = found["numbers"].replace(",", "、").replace("-", "、")
    total = f"等 {found['total']} " if found["total"] else ""
    words = f"第 {listed} {total}{_COUNTED[found['noun']]}{'之间' if '-' in found['numbers'] else ''}"
    if found["vertex"]:
        return f"{words}第 {found['vertex']} 个顶点"
    field = found["field"] or found["column"]
    return words + ("的编号" if field == "code" else f"的“{field}”" if field else "")
