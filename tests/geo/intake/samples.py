"""Drawings, coordinate files and tables as surveyors and planners hand them in."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import geopandas
import openpyxl
import shapely

from tests.geo.intake.makers import NAMES, feature, geojson, polygon, shapefile, square, zip_of

# DXF

CORNERS = square()[:-1]


def dxf(*entities: str, version: str = "AC1009", page: str = "ANSI_936") -> str:
    header = f"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\n{version}\n9\n$DWGCODEPAGE\n3\n{page}\n0\nENDSEC\n"
    return f"{header}0\nSECTION\n2\nENTITIES\n{''.join(entities)}0\nENDSEC\n0\nEOF\n"


def lwpolyline(
    points: Sequence[tuple[float, float]] = CORNERS, flags: int = 1, layer: str = "南湖", bulge: float = 0
) -> str:
    vertices = "".join(f"10\n{x}\n20\n{y}\n" + (f"42\n{bulge}\n" if bulge else "") for x, y in points)
    return f"0\nLWPOLYLINE\n8\n{layer}\n90\n{len(points)}\n70\n{flags}\n{vertices}"


def polyline(points: Sequence[tuple[float, float]] = CORNERS, flags: int = 1, layer: str = "南湖", z: float = 0) -> str:
    vertices = "".join(f"0\nVERTEX\n8\n{layer}\n10\n{x}\n20\n{y}\n30\n{z}\n" for x, y in points)
    return f"0\nPOLYLINE\n8\n{layer}\n66\n1\n70\n{flags}\n{vertices}0\nSEQEND\n"


def label(said: str, x: float = 117.005, y: float = 28.205) -> str:
    return f"0\nTEXT\n8\n0\n10\n{x}\n20\n{y}\n1\n{said}\n"


# 报备坐标

RING_M = [(3120000.0, 39506000.0), (3120000.0, 39507000.0), (3121000.0, 39507000.0), (3121000.0, 39506000.0)]


def corners(ring: Sequence[tuple[float, float]] = RING_M, number: int = 1, *, closing: bool = True) -> str:
    points = [*ring, ring[0]] if closing else list(ring)
    return "".join(f"J{index},{number},{north:.3f},{east:.3f}\n" for index, (north, east) in enumerate(points, 1))


def filed(
    *plots: str, datum: str = "2000国家大地坐标系", width: str = "3", zone: str = "39", unit: str = "米", more: str = ""
) -> str:
    head = f"[属性描述]\n格式版本号=1.01版本\n坐标系={datum}\n几度分带={width}\n投影类型=高斯克吕格\n"
    head += f"计量单位={unit}\n带号={zone}\n精度=0.001\n{more}"
    return f"{head}[地块坐标]\n{''.join(plots)}"


def plot(body: str, points: int = 5, code: str = "DK-1", name: str = "临港一号地块") -> str:
    return f"{points},100.0,{code},{name},面,I-49,工业用地,1001,@\n{body}"


# Tables of corner points

TABLE = [
    ["地块编号", "地块名称", "点号", "X坐标(m)", "Y坐标(m)", "备注"],
    *[
        ["DK-1" if index == 0 else None, "临港一号", f"J{index + 1}", north, east, None]
        for index, (north, east) in enumerate(RING_M)
    ],
    *[["DK-2", "临港二号", f"J{index + 1}", north, east + 2000, "x"] for index, (north, east) in enumerate(RING_M)],
]


def as_csv(rows: Sequence[Sequence[object]], encoding: str = "gbk", delimiter: str = ",") -> bytes:
    held = io.StringIO()
    csv.writer(held, delimiter=delimiter).writerows(rows)
    return held.getvalue().encode(encoding)


def as_xlsx(*sheets: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


# One of each


def every_format(folder: Path) -> dict[str, bytes]:
    """A sound file of every format, by name."""
    packed = folder / "sample.gpkg"
    frame = geopandas.GeoDataFrame({"code": ["P1"], "name": NAMES[:1]}, geometry=[shapely.Polygon(square())], crs=4490)
    frame.to_file(packed, driver="GPKG")
    ring = " ".join(f"{x},{y}" for x, y in square())
    area = f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs>"
    kml = f"<kml><Document><Placemark><name>南湖</name><Polygon>{area}</Polygon></Placemark></Document></kml>"
    return {
        "a.geojson": geojson(feature(polygon(square()), code="P1", name=NAMES[0])),
        "a.zip": zip_of(shapefile()),
        "a.gpkg": packed.read_bytes(),
        "a.kml": kml.encode(),
        "a.kmz": zip_of({"doc.kml": kml.encode()}),
        "a.dxf": dxf(lwpolyline(), label("秀洲智造园")).encode("gbk"),
        "a.txt": filed(plot(corners())).encode("gbk"),
        "a.csv": as_csv(TABLE),
        "a.xlsx": as_xlsx(TABLE),
    }
