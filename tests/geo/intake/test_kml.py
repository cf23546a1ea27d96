"""KML and KMZ: no DTD, nothing fetched, attributes from ExtendedData."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.intake.model import Reading
from tests.geo.intake.makers import read, square, told, zip_of

RING = " ".join(f"{x},{y}" for x, y in square())
AREA = (
    f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
)


def kml(*placemarks: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>', document: str = "") -> bytes:
    inner = "".join(placemarks)
    return f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{document}{inner}</Document></kml>'.encode()


def placemark(geometry: str = AREA, name: str = "南湖高新区", more: str = "") -> str:
    return f"<Placemark><name>{name}</name>{more}{geometry}</Placemark>"


def upload(folder: Path, content: bytes, name: str = "a.kml") -> Reading:
    return read(folder, name, content)


def test_placemarks_are_rows_in_wgs84(tmp_path: Path) -> None:
    data = '<ExtendedData><Data name="code"><value>P1</value></Data></ExtendedData>'
    schema = (
        '<ExtendedData><SchemaData schemaUrl="#a"><SimpleData name="面积">12.5</SimpleData></SchemaData></ExtendedData>'
    )
    reading = upload(
        tmp_path,
        kml(
            placemark(more=data),
            "<Folder><name>二期</name>" + placemark(name=" 临港\n片区 ", more=schema) + "</Folder>",
        ),
    )
    assert reading.findings == ()
    assert reading.crs == "EPSG:4326"
    assert reading.table is not None
    assert reading.table.columns == {
        "name": ["南湖高新区", "临港 片区"],
        "code": ["P1", None],
        "folder": [None, "二期"],
        "面积": [None, "12.5"],
    }


@pytest.mark.parametrize(
    ("doctype", "line"),
    [
        ("<!DOCTYPE kml>", 1),
        ('\n\n<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/x.dtd">', 3),
        ('<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/hostname">]>', 1),
        ('\n<!DOCTYPE kml [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>', 2),
        ("<!DOCTYPE kml [<!ELEMENT kml ANY>]>", 1),
    ],
)
@pytest.mark.parametrize("name", ["a.kml", "a.kmz", "a.zip"])
def test_any_dtd_is_rejected_by_line(doctype: str, line: int, name: str, tmp_path: Path) -> None:
    content = kml(placemark(name="&x;"), head=f'<?xml version="1.0"?>{doctype}')
    if name != "a.kml":
        content = zip_of({"doc.kml": content})
    assert told(upload(tmp_path, content, name)) == [("reject", "xml_dtd", f"line {line}")]


def test_a_dtd_in_utf16_is_rejected_too(tmp_path: Path) -> None:
    content = kml(placemark(), head='<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE kml>').decode().encode("utf-16")
    assert told(upload(tmp_path, content)) == [("reject", "xml_dtd", "line 1")]


@pytest.mark.parametrize(
    "link",
    [
        "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>",
        "<Style><IconStyle><Icon><href>https://127.0.0.1:9/i.png</href></Icon></IconStyle></Style>",
        "<GroundOverlay><Icon><href>a.png</href></Icon></GroundOverlay>",
        "<Style><IconStyle><Icon><href>file:///etc/passwd</href></Icon></IconStyle></Style>",
        "<Style><IconStyle><Icon><href>\\\\host\\share</href></Icon></IconStyle></Style>",
    ],
)
def test_links_are_ignored_and_that_is_told(link: str, tmp_path: Path) -> None:
    reading = upload(tmp_path, kml(placemark(), document=link))
    assert told(reading) == [("repair", "links_ignored", "Document")]
    assert reading.table is not None
    assert len(reading.table.rows) == 1


def test_styles_within_the_file_are_no_links(tmp_path: Path) -> None:
    style = '<Style id="a"><IconStyle><Icon><href>images/a.png</href></Icon></IconStyle></Style>'
    assert told(upload(tmp_path, kml(placemark(more="<styleUrl>#a</styleUrl>"), document=style))) == []


def test_heights_are_dropped_and_that_is_told(tmp_path: Path) -> None:
    assert told(upload(tmp_path, kml(placemark(AREA.replace(",28.2 ", ",28.2,0 "))))) == [
        ("repair", "z_dropped", "all")
    ]


@pytest.mark.parametrize(
    ("number", "finding"),
    [
        ("nan", ("not_finite", "feature 2 vertex 2")),
        ("inf", ("not_finite", "feature 2 vertex 2")),
        ("x", ("not_finite", "feature 2 vertex 2")),
        ("1,2,3", ("not_finite", "feature 2 vertex 2")),
        ("1e999", ("coordinate_overflow", "feature 2")),
    ],
)
def test_what_is_no_number_is_named(number: str, finding: tuple[str, str], tmp_path: Path) -> None:
    wrong = AREA.replace(" 117.01,28.2 ", f" 117.01,{number} ")
    assert told(upload(tmp_path, kml(placemark(), placemark(wrong)))) == [("reject", *finding)]


def test_an_open_ring_can_be_closed(tmp_path: Path) -> None:
    open_ring = AREA.replace(RING, " ".join(RING.split()[:-1]))
    assert told(upload(tmp_path, kml(placemark(open_ring)))) == [("repair", "ring_unclosed", "feature 1")]


@pytest.mark.parametrize("geometry", ["", "<Polygon/>", "<MultiGeometry/>", "<Point><coordinates/></Point>"])
def test_a_placemark_without_geometry_is_named(geometry: str, tmp_path: Path) -> None:
    assert told(upload(tmp_path, kml(placemark(), placemark(geometry)))) == [("reject", "no_geometry", "feature 2")]


def test_several_polygons_are_one_feature(tmp_path: Path) -> None:
    reading = upload(tmp_path, kml(placemark(f"<MultiGeometry>{AREA}{AREA}</MultiGeometry>")))
    assert reading.table is not None
    assert reading.table.geometry[0].geom_type == "MultiPolygon"


def test_nesting_has_a_limit(tmp_path: Path) -> None:
    deep = "<MultiGeometry>" * 9 + AREA + "</MultiGeometry>" * 9
    assert told(upload(tmp_path, kml(placemark(deep)))) == [("reject", "too_deep", "feature 1")]
    deeper = "<Folder>" * 5000 + "</Folder>" * 5000
    assert told(upload(tmp_path, kml(deeper))) == [("reject", "too_deep", "line 1")]


@pytest.mark.parametrize("encoding", ["GB2312", "GBK", "gb18030", "Big5"])
def test_chinese_encodings_are_read(encoding: str, tmp_path: Path) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    content = kml(placemark(name="南平工地"), head=head).decode().encode(encoding)
    reading = upload(tmp_path, content)
    assert reading.findings == ()
    assert reading.table is not None
    assert reading.table.columns["name"] == ["南平工地"]


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"<html/>", ("content_mismatch", "file")),
        (b"<kml>\n<a>", ("xml_invalid", "line 2")),
        (b"{}", ("content_mismatch", "file")),
    ],
)
def test_other_content_is_rejected(content: bytes, finding: tuple[str, str], tmp_path: Path) -> None:
    assert told(upload(tmp_path, content)) == [("reject", *finding)]


def test_the_main_document_of_a_kmz_is_read(tmp_path: Path) -> None:
    content = zip_of({"files/a.kml": b"<kml/>", "doc.kml": kml(placemark()), "files/a.png": b"\x89PNG"})
    assert told(upload(tmp_path, content, "a.kmz")) == []
    assert told(upload(tmp_path, zip_of({"a.png": b"x"}), "a.kmz")) == [("reject", "content_mismatch", "file")]
