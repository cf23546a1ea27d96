"""A file brought in through the page: its verdict, every finding with its place, questions, repairs; nothing stored
before it may be."""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from blueprints.boundary_words import place_zh
from domain.boundaries import Layer
from domain.permissions import Role
from models import AuditEntry
from models.database import Database
from services.boundaries import drafting
from services.boundaries.standing import standing
from tests.accounts import Visitor, newcomer, visitor
from tests.conftest import FIXTURES, app_over
from tests.geo.intake.makers import feature, geojson, polygon, square
from tests.journeys.boundary_files import gbk_shapefile
from tests.pages.boundary_pages import JSON, PARK, answer, end_readings, kept_files, read_here, send, stored
from tests.pages.reading import read_answer, text

HOSTILE = FIXTURES / "hostile"
FILES = {entry["file"]: entry for entry in json.loads((HOSTILE / "manifest.json").read_text("utf-8"))["files"]}
CLIMBS_OUT = {"zip_traversal.zip": "zzt_evil"}  # the manifest describes the place instead of naming it
RING = [(116.809, 28.204), (116.824, 28.201), (116.829, 28.214), (116.815, 28.219), (116.809, 28.204)]
BOW_TIE = [(116.809, 28.204), (116.829, 28.214), (116.829, 28.204), (116.809, 28.214), (116.809, 28.204)]


@pytest.fixture(scope="module")
def bench(_base_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One server for the files that store nothing that matters to the next."""
    folder = tmp_path_factory.mktemp("bench")
    shutil.copy(_base_file, folder / "onemap.sqlite")
    database = Database(f"sqlite:///{folder / 'onemap.sqlite'}", busy_timeout_s=5)
    app = app_over(database, folder)
    yield app
    app.extensions["onemap"]["database"].dispose()
    database.dispose()


@pytest.fixture(scope="module")
def everyday(bench: Flask) -> Visitor:
    return newcomer(bench, Role.GIS_EDITOR, name="小李")


@pytest.fixture
def editor(everyday: Visitor, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Somebody who may bring files in, with nothing in the way; files are read in this process."""
    monkeypatch.setattr(drafting, "take_in", read_here)
    return everyday


@pytest.mark.parametrize("name", FILES)
def test_every_hostile_file_gets_its_verdict_and_names_the_place(bench: Flask, editor: Visitor, name: str) -> None:
    expected, before = FILES[name], stored(bench)
    sent = send(editor, name, (HOSTILE / name).read_bytes())
    assert sent.verdict == expected["verdict"]
    if expected["verdict"] == "accept":
        assert sent.changeset is not None
        assert stored(bench) == (before[0] + 1, before[1])
        return
    assert sent.status == int(str(expected["http"])[:3])
    place = CLIMBS_OUT.get(name, expected["place"])
    english = read_answer(editor.get(f"/en{sent.address}"))
    for page, words in ((sent.page, f"位置：{place_zh(place)}"), (english, f"Place: {place}")):
        told = [text(one) for one in page.all("span", "finding__place")]
        assert any(place in one for one in told) if name in CLIMBS_OUT else words in told
    assert stored(bench) == before
    as_json = editor.get(sent.address, headers=JSON)
    assert (as_json.status_code, as_json.get_json()["verdict"]) == (sent.status, expected["verdict"])
    if expected["verdict"] == "reject":
        assert kept_files(bench) == [job for job in kept_files(bench) if job not in sent.address]


def test_a_file_without_a_coordinate_system_is_asked_about_with_pictures_then_previewed_then_stored(
    bench: Flask, editor: Visitor
) -> None:
    before = stored(bench)
    asked = send(editor, "界址.zip", gbk_shapefile([(PARK, "余江工业园区", BOW_TIE)]), layer="parks")
    assert (asked.verdict, asked.status) == ("ask", 200)
    offered = [field.get("value") for field in asked.page.all("input") if field.get("name") == "crs"]
    assert offered[0] == "EPSG:4527"
    pictured = [
        label for label in asked.page.all("label", "answer") if list(label.iter("{http://www.w3.org/2000/svg}svg"))
    ]
    assert len(pictured) == len(offered)
    assert stored(bench) == before

    shown = answer(editor, asked, {"crs": "EPSG:4527"})
    assert (shown.verdict, shown.status) == ("repair", 200)
    repairs = text(shown.page.all("ul", "repairs")[0])
    assert "余江工业园区" in repairs
    assert "m²" in repairs
    assert "亩" in repairs
    assert stored(bench) == before

    done = answer(editor, shown, {"confirm": "1"})
    assert done.changeset is not None
    assert stored(bench) == (before[0] + 1, before[1])
    assert kept_files(bench) == [job for job in kept_files(bench) if job not in asked.address]


def test_a_correction_is_shown_before_it_can_be_confirmed(bench: Flask, editor: Visitor) -> None:
    content = geojson(feature(polygon(BOW_TIE), code="YJ-1", name="一号", other="别名"))
    shown = send(editor, "plots.geojson", content)
    assert shown.verdict == "repair"
    corrected = answer(editor, shown, {"column.code": "code", "column.name": "other", "confirm": "1"})
    assert (corrected.verdict, corrected.changeset) == ("repair", None)
    assert "别名" in corrected.page.html
    done = answer(editor, corrected, {"column.code": "code", "column.name": "other", "confirm": "1"})
    assert done.changeset is not None


def test_a_file_whose_code_column_nobody_knows_asks_for_it_and_remembers_the_answer(
    bench: Flask, editor: Visitor
) -> None:
    def content(code: str) -> bytes:
        return geojson(feature(polygon(square(116.81, 28.2, 0.002)), 序列=code, 叫法="一号"))

    asked = send(editor, "plots.geojson", content("YJ-7"))
    assert asked.verdict == "ask"
    done = answer(editor, asked, {"column.code": "序列", "column.name": "叫法"})
    assert done.changeset is not None
    again = send(editor, "plots.geojson", content("YJ-8"))
    chosen = [option.get("value") for option in again.page.all("option") if option.get("selected") is not None]
    assert "序列" in chosen


def test_a_table_whose_columns_nobody_knows_asks_for_each(bench: Flask, editor: Visitor) -> None:
    content = """宗地号,点号,向上,向右
YJ-9,1,3120000,39500000
YJ-9,2,3120000,39500090
YJ-9,3,3120090,39500090
"""
    asked = send(editor, "界址点.csv", content.encode())
    assert asked.verdict == "ask"
    selects = {field.get("name"): field for field in asked.page.all("select") if "column." in field.get("name", "")}
    assert selects.keys() >= {"column.x", "column.y"}
    assert [text(option) for option in selects["column.x"].iter("option")][1:] == ["宗地号", "点号", "向上", "向右"]
    columns = {"column.x": "向上", "column.y": "向右"}
    onward = answer(editor, asked, columns)
    assert [field.get("name") for field in onward.page.all("input") if field.get("type") == "radio"]  # the system


def test_what_is_said_of_a_files_origin_outlives_its_questions(bench: Flask, editor: Visitor) -> None:
    content = geojson(feature(polygon(BOW_TIE), code="YJ-1", name="一号"))
    shown = send(editor, "plots.geojson", content, title="勘测成果", grade="B", date="2026-02-01")
    done = answer(editor, shown, {"confirm": "1"})
    assert done.changeset is not None
    page = editor.get(f"/boundaries/changesets/{done.changeset}").text
    assert "勘测成果" in page
    assert "grade--B" in page


def test_a_file_that_says_what_is_published_already_has_nothing_to_store(bench: Flask, editor: Visitor) -> None:
    with bench.extensions["onemap"]["database"].read() as session:
        shape = standing(session, Layer.PARKS)[PARK].geometry
    assert shape is not None
    content = geojson(feature(shape.__geo_interface__, code=PARK, name="余江工业园区"))
    before = stored(bench)
    sent = send(editor, "same.geojson", content, layer="parks")
    assert "没有可存的改动" in sent.page.html
    assert stored(bench) == before


def test_programs_are_told_as_the_command_tells_with_the_status_of_the_outcome(bench: Flask, editor: Visitor) -> None:
    def told(content: bytes, **fields: str) -> tuple[int, dict[str, Any]]:
        form = {"layer": "plots", "file": (io.BytesIO(content), "plots.geojson"), **fields}
        reply = editor.post("/boundaries/uploads", form, headers=JSON)
        return reply.status_code, reply.get_json()

    sound, crossed = (geojson(feature(polygon(ring), code="YJ-1", name="一号")) for ring in (RING, BOW_TIE))
    status, outcome = told(sound)
    assert (status, outcome["verdict"], outcome["stored"]) == (201, "accept", True)
    assert set(outcome) == {"verdict", "stored", "changeset", "findings"}
    status, outcome = told(crossed)
    assert (status, outcome["verdict"], outcome["stored"]) == (200, "repair", False)
    assert set(outcome["findings"][0]) == {"code", "severity", "place", "message_zh", "message_en"}
    status, outcome = told(crossed, confirm="1")
    assert (status, outcome["verdict"], outcome["stored"]) == (201, "repair", True)
    status, outcome = told(b"<html></html>")
    assert (status, outcome["verdict"], outcome["stored"]) == (415, "reject", False)


def test_a_real_child_process_reads_for_the_page(bench: Flask, everyday: Visitor) -> None:
    form = {"layer": "plots", "file": (io.BytesIO((HOSTILE / "gj_nan.geojson").read_bytes()), "a.geojson")}
    reply = everyday.post("/boundaries/uploads", form, headers=JSON)
    assert (reply.status_code, reply.get_json()["findings"][0]["place"]) == (422, "feature 3 vertex 2")


def test_a_large_file_shows_how_far_it_is_with_and_without_script(
    bench: Flask, everyday: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(*given: Any, tell: Callable[[str, float], None], **named: Any) -> Any:
        tell("neighbours", 0.5)
        begun.set()
        assert may_end.wait(20)
        return read_here(*given, tell=tell, **named)

    monkeypatch.setattr(drafting, "take_in", slow)
    form = {"layer": "plots", "file": (io.BytesIO(b"<html>"), "large.geojson")}
    address = everyday.post("/boundaries/uploads", form).headers["Location"]
    assert begun.wait(5)
    try:
        reply = everyday.get(address)
        assert reply.status_code == 202
        assert "检查相互重叠和缝隙" in reply.text
        assert 'http-equiv="refresh"' in reply.text
        state = everyday.get(f"{address}/state").get_json()
        assert state["is_running"]
        assert 0.65 < state["share"] < 0.8
    finally:
        may_end.set()
    end_readings()
    assert everyday.get(address).status_code == 415


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"layer": "plots"}, "请选择文件"),
        ({"layer": "roads", "file": (io.BytesIO(b"{}"), "a.geojson")}, "没有这个图层"),
    ],
    ids=["no file", "no such layer"],
)
def test_a_form_that_lacks_something_says_so_on_the_page(editor: Visitor, form: dict[str, Any], words: str) -> None:
    reply = editor.post("/boundaries/uploads", form)
    assert reply.status_code == 400
    assert words in reply.text


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(base: Database, tmp_path: Path) -> None:
    app = app_over(base, tmp_path, upload_bytes=1000)
    editor = newcomer(app, Role.GIS_EDITOR)
    reply = editor.post("/boundaries/uploads", {"layer": "plots", "file": (io.BytesIO(b" " * 200_000), "a.geojson")})
    assert reply.status_code == 413
    assert stored(app)[0] == 0
    app.extensions["onemap"]["database"].dispose()


def test_an_upload_is_seen_by_who_sent_it_only(bench: Flask, editor: Visitor) -> None:
    sent = send(editor, "a.geojson", (HOSTILE / "gj_unclosed.geojson").read_bytes())
    newcomer(bench, Role.GIS_PUBLISHER, name="旁人")
    other = visitor(bench, "旁人")
    assert other.get(sent.address).status_code == 404
    assert other.get(f"{sent.address}/state").status_code == 404
    assert other.post(sent.address, {"confirm": "1"}).status_code == 404


def test_every_attempt_is_in_the_audit_log(bench: Flask, editor: Visitor) -> None:
    send(editor, "坏的.geojson", (HOSTILE / "gj_nan.geojson").read_bytes())
    with bench.extensions["onemap"]["database"].read() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.actor, entry.action) == ("小李", "boundaries import")
        details = json.loads(str(entry.details))
        assert (details["verdict"], details["file"]) == ("reject", "坏的.geojson")
