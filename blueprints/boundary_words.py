"""The workbench's words on screen: (Chinese, English)."""

from __future__ import annotations

from domain.boundaries import Action, ChangesetStatus, Layer, Severity, Verdict

Words = tuple[str, str]

LAYERS: dict[Layer, Words] = {
    Layer.PARKS: ("园区", "Parks"),
    Layer.ZONES: ("片区", "Zones"),
    Layer.PLOTS: ("地块", "Plots"),
    Layer.BELT_SECTIONS: ("产业带区段", "Belt sections"),
}
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
            "什么都没有存。请按下面各条在原软件里改好，再上传一次；所有问题已一次列全。",
            "Nothing was stored. Mend these points where the file was made and send it again; all of them are listed.",
        ),
    ),
}
SEVERITIES: dict[Severity, Words] = {
    Severity.REJECT: ("必须改", "Must be mended"),
    Severity.ASK: ("请回答", "Please answer"),
    Severity.REPAIR: ("可修复", "Can be repaired"),
    Severity.WARNING: ("请留意", "Please note"),
}
STATUSES: dict[ChangesetStatus, Words] = {
    ChangesetStatus.DRAFT: ("草稿", "Draft"),
    ChangesetStatus.CHECKED: ("已核对", "Checked"),
    ChangesetStatus.PUBLISHED: ("已发布", "Published"),
    ChangesetStatus.WITHDRAWN: ("已撤回", "Withdrawn"),
}
ACTIONS: dict[Action, Words] = {
    Action.ADD: ("新增", "Added"),
    Action.CHANGE: ("更改", "Changed"),
    Action.REMOVE: ("取消", "Removed"),
}
METHODS: dict[str, Words] = {
    "schematic": ("示意", "Schematic"),
    "converted": ("换算", "Converted"),
    "corridor": ("沿线缓冲", "Corridor"),
    "surveyed": ("实测成果", "Surveyed"),
    "drawn": ("在图上画的", "Drawn on the map"),
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
