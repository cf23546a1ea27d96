"""What the editor's scripts ask for: outlines with their versions, checks, dividing, merging, saving."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import mapping, shape
from werkzeug.test import TestResponse

from domain.boundaries import Layer
from domain.permissions import Role
from models import Changeset
from models.database import Database
from services.boundaries.standing import standing
from tests.accounts import Visitor, newcomer
from tests.conftest import app_over
from tests.services.boundaries.workbench import SIDE, Workbench, square

EDIT = "/boundaries/edit"
ODD = square(0).buffer(0.0001234567890123, quad_segs=1)  # digits nobody would round to


class Desk:
    """Two plots are published; an editor is logged in."""

    def __init__(self, bench: Workbench, visitor: Visitor) -> None:
        self.bench, self.visitor = bench, visitor

    def get(self, address: str) -> TestResponse:
        return self.visitor.get(EDIT + address)

    def post(self, address: str, body: Any) -> TestResponse:
        content = body if isinstance(body, str) else json.dumps(body)
        return self.visitor.client.post(
            EDIT + address,
            data=content,
            content_type="application/json",
            headers={"X-CSRF-Token": self.visitor.csrf, "Accept": "application/json"},
        )

    def save(self, *edits: dict[str, Any], **more: Any) -> TestResponse:
        return self.post("/changesets", {"layer": "plots", "edits": list(edits), **more})

    def drafts(self) -> int:
        with self.bench.database.read() as session:
            return session.query(Changeset).where(Changeset.status == "draft").count()


def edit(code: str, geometry: Any, *, action: str = "change", version: int | None = 1) -> dict[str, Any]:
    sent = None if geometry is None else mapping(geometry)
    return {"code": code, "name": f"{code}号地块", "action": action, "base_version": version, "geometry": sent}


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    bench = Workbench(database)
    bench.publish(bench.draft(bench.edit("P-1", ODD), bench.edit("P-2", square(1))))
    app = app_over(database, tmp_path)
    yield Desk(bench, newcomer(app, Role.GIS_EDITOR))
    app.extensions["onemap"]["database"].dispose()


def test_outlines_come_by_view_with_every_digit_and_the_version_an_edit_has_to_name(desk: Desk) -> None:
    told = desk.get("/features?layer=plots&bbox=116.9,28.1,117.005,28.3").get_json()
    assert [(one["code"], one["version"]) for one in told["features"]] == [("P-1", 1)]
    with desk.bench.database.read() as session:
        stored = standing(session, Layer.PLOTS)["P-1"].geometry
    assert shape(told["features"][0]["geometry"]).equals_exact(stored, 0)
    assert desk.get("/features?layer=plots&code=P-2").get_json()["features"][0]["name"] == "P-2号地块"
    assert desk.get("/features?layer=plots&code=P-77").status_code == 404


def test_what_there_is_of_a_layer_is_found_by_name_or_code(desk: Desk) -> None:
    assert [one["code"] for one in desk.get("/things?layer=plots&q=p-2").get_json()["items"]] == ["P-2"]
    assert desk.get("/things?layer=plots").get_json()["total"] == 2


def test_what_is_saved_is_a_draft_and_what_is_split_or_merged_is_stored_nowhere(desk: Desk) -> None:
    line = [[117.002, 28.1], [117.002, 28.3]]
    parts = desk.post("/split", {"geometry": mapping(square(0)), "line": line}).get_json()["parts"]
    merged = desk.post("/merge", {"geometries": parts}).get_json()["geometry"]
    assert shape(merged).area == pytest.approx(square(0).area)
    assert desk.post("/review", {"layer": "plots", "edits": [edit("P-2", square(1))]}).get_json()["findings"] == []
    assert desk.drafts() == 0
    saved = desk.save(edit("P-2", square(1, width=SIDE / 2)), title="改窄")
    assert saved.status_code == 201
    assert saved.get_json()["url"] == f"/boundaries/changesets/{saved.get_json()['changeset']}"
    assert desk.drafts() == 1


def test_a_stale_edit_is_answered_with_the_difference_and_what_stands(desk: Desk) -> None:
    desk.bench.put("P-2", square(1, height=SIDE / 2))
    answer = desk.save(edit("P-2", square(1, width=SIDE / 2)))
    assert answer.status_code == 412
    [told] = answer.get_json()["conflicts"]
    assert (told["code"], told["seen"], told["newest"]) == ("P-2", 1, 2)
    assert told["message_zh"] == (
        "您依据第 1 版，现已是第 2 版（130.57 亩）。您的是 130.56 亩：比它多出 65.28 亩，少了 65.28 亩。"
    )
    assert shape(told["geometry"]) == square(1, height=SIDE / 2)
    desk.bench.put("P-2", None)
    told = desk.save(edit("P-2", square(1, width=SIDE / 2))).get_json()["conflicts"][0]
    assert (told["newest"], told["geometry"]) == (None, None)
    assert "已被取消" in told["message_zh"]
    assert desk.drafts() == 0


def test_an_edit_that_names_no_version_or_overlaps_is_refused(desk: Desk) -> None:
    assert desk.save(edit("P-2", square(1), version=None)).status_code == 428
    answer = desk.save(edit("P-2", square(0, width=SIDE * 2)))
    assert answer.status_code == 409
    assert answer.get_json()["can_confirm"] is False
    assert {finding["severity"] for finding in answer.get_json()["findings"]} >= {"reject"}
    assert desk.drafts() == 0


NO_EDITS: list[Any] = [
    "[" * 100_000,
    "[]",
    "{",
    {"layer": "counties", "edits": [edit("P-1", ODD)]},
    {"layer": "plots", "edits": []},
    {"layer": "plots", "edits": {"P-1": 1}},
    {"layer": "plots", "edits": ["P-1"]},
    {"layer": "plots", "edits": [edit("P-1", ODD) | {"base_version": True}]},
    {"layer": "plots", "edits": [edit("P-1", ODD) | {"action": "drop"}]},
    {"layer": "plots", "edits": [edit("P-1", ODD) | {"code": "a\u0000b"}]},
    {"layer": "plots", "edits": [edit("P-1", ODD) | {"code": 7}]},
    {"layer": "plots", "edits": [edit("P-1", ODD) | {"geometry": {"type": "Point", "coordinates": [1, 2]}}]},
    '{"layer": "plots", "edits": [{"code": "P-1", "name": "", "action": "change", "base_version": 1, "geometry": '
    '{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 3], [4, 5], [NaN, 1]]]}}]}',
]


def test_what_is_no_edit_is_answered_as_a_bad_request(desk: Desk) -> None:
    for address in ("/review", "/changesets"):
        for body in NO_EDITS:
            answer = desk.post(address, body)
            assert answer.status_code == 400, body
            assert answer.get_json()["code"] == "bad_request"
            assert answer.get_json()["place"]
    assert desk.drafts() == 0


def test_a_view_is_four_numbers_in_their_order(desk: Desk) -> None:
    for box in ("", "1,2,3", "a,b,c,d", "10,0,5,1", "nan,0,1,1", "0,0,inf,1"):
        assert desk.get(f"/features?layer=plots&bbox={box}").status_code == 400, box


def test_crafted_bodies_and_numbers_are_refused_without_a_fault_of_ours(desk: Desk) -> None:
    huge = '{"type": "Polygon", "coordinates": [[[1%s, 28], [117, 28], [117, 29], [1, 28]]]}' % ("0" * 400)
    answers = [
        desk.post("/changesets", {"layer": [], "edits": [edit("P-1", ODD)]}),
        desk.post("/changesets", {"layer": "plots", "edits": [edit("P-1", ODD) | {"action": {}}]}),
        desk.post("/review", '{"layer": "plots", "edits": [{"code": "P-1", "name": "", "action": "add",'
                  f' "geometry": {huge}}}]}}'),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert desk.visitor.get("/boundaries/changesets/99999999999999999999").status_code == 404


def test_a_line_that_would_make_thousands_of_parts_is_refused(desk: Desk) -> None:
    teeth = 200
    comb = [(117 + number * 1e-4, 28.2 + 0.01 * (number % 2)) for number in range(2 * teeth)]
    outline = [(116.99, 28.1), *comb, (117.2, 28.1), (116.99, 28.1)]
    line = [(116.98 + 0.2 * (number % 2), 28.2 + 5e-5 * number) for number in range(teeth)]
    answer = desk.post("/split", {"geometry": {"type": "Polygon", "coordinates": [outline]}, "line": line})
    assert (answer.status_code, answer.get_json()["place"]) == (400, "line")
