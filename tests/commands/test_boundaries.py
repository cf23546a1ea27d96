"""`boundaries` as a person runs it: import, publish, roll back, log; the exit codes and the one JSON object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import Result
from flask import Flask
from shapely.geometry import MultiPolygon
from sqlalchemy import func, select

from domain.permissions import Role
from models import BoundaryVersion, Changeset
from models.database import Database
from tests.accounts import add_account
from tests.services.boundaries.workbench import SIDE, Workbench, collection, square


@pytest.fixture
def people(base: Database) -> None:
    for name, role in (("zhang", Role.GIS_PUBLISHER), ("li", Role.GIS_EDITOR), ("wang", Role.VIEWER)):
        add_account(base, name, role)


@pytest.fixture
def boundaries(app: Flask, people: None) -> Any:
    def run(*words: object) -> Result:
        return app.test_cli_runner().invoke(args=["boundaries", *map(str, words)])

    return run


def file(folder: Path, shapes: dict[str, MultiPolygon], name: str = "plots.geojson") -> Path:
    path = folder / name
    path.write_text(json.dumps(collection(shapes)), encoding="utf-8")
    return path


def drafts(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Changeset)) or 0


def bow_tie(folder: Path) -> Path:
    ring = [[117.0, 28.2], [117.01, 28.21], [117.01, 28.2], [117.0, 28.21], [117.0, 28.2]]
    content = collection({"P-1": square(0)})
    content["features"][0]["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    path = folder / "bow_tie.geojson"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_from_a_file_to_a_version_and_back(boundaries: Any, base: Database, tmp_path: Path) -> None:
    first = file(tmp_path, {"P-1": square(0)}, "first.geojson")
    done = boundaries("import", first, "--layer", "plots", "--as", "li")
    assert done.exit_code == 0, done.output
    assert "stored as changeset 1" in done.output

    shown = boundaries("publish", 1, "--as", "zhang")
    assert shown.exit_code == 3
    assert "nothing is affected" in shown.output
    assert "not published" in shown.output
    with base.read() as session:
        assert session.scalar(select(func.count()).where(BoundaryVersion.layer == "plots")) == 0

    assert boundaries("publish", 1, "--as", "zhang", "--acknowledge").exit_code == 0
    second = file(tmp_path, {"P-1": square(0, width=SIDE / 2)}, "second.geojson")
    assert boundaries("import", second, "--layer", "plots", "--as", "zhang").exit_code == 0
    assert boundaries("publish", 2, "--as", "zhang", "--acknowledge").exit_code == 0
    back = boundaries("rollback", "plots", "P-1", "--to", 1, "--as", "zhang")
    assert (back.exit_code, back.output) == (0, "P-1 v3 = v1\n")

    lines = boundaries("log", "plots", "P-1").output.splitlines()
    assert [line.split()[0] for line in lines] == ["v3", "v2", "v1"]
    assert "restores v1" in lines[0]
    assert "second.geojson" in lines[1]
    with base.read() as session:
        rows = session.scalars(select(BoundaryVersion).where(BoundaryVersion.layer == "plots"))
        wkb = {row.version: shapely.to_wkb(row.geometry) for row in rows}
    assert wkb[3] == wkb[1] != wkb[2]


def test_json_is_one_object_and_nothing_else(boundaries: Any, tmp_path: Path) -> None:
    done = boundaries("import", file(tmp_path, {"P-1": square(0)}), "--layer", "plots", "--as", "li", "--json")
    told = json.loads(done.stdout)
    assert (list(told), done.exit_code) == (["verdict", "stored", "changeset", "findings"], 0)
    assert (told["verdict"], told["stored"], told["changeset"]) == ("accept", True, 1)
    asked = boundaries("import", bow_tie(tmp_path), "--layer", "plots", "--as", "li", "--json")
    told = json.loads(asked.stdout)
    assert (told["verdict"], told["stored"], told["changeset"], asked.exit_code) == ("repair", False, None, 3)
    assert {tuple(finding) for finding in told["findings"]} == {
        ("code", "severity", "place", "message_zh", "message_en")
    }


def test_repairs_wait_for_confirm(boundaries: Any, base: Database, tmp_path: Path) -> None:
    path = bow_tie(tmp_path)
    waiting = boundaries("import", path, "--layer", "plots", "--as", "li")
    assert (waiting.exit_code, drafts(base)) == (3, 0)
    assert "feature 1" in waiting.output
    assert boundaries("import", path, "--layer", "plots", "--as", "li", "--confirm").exit_code == 0
    assert drafts(base) == 1


def test_a_question_has_its_exit_code_and_is_answered_by_an_option(
    boundaries: Any, base: Database, tmp_path: Path
) -> None:
    content = collection({"P-1": square(0)})
    content["features"][0]["properties"] = {"甲": "A-1", "乙": "P-1", "丙": "x"}
    path = tmp_path / "asks.geojson"
    path.write_text(json.dumps(content), encoding="utf-8")
    asked = boundaries("import", path, "--layer", "plots", "--as", "li", "--confirm")
    assert (asked.exit_code, drafts(base)) == (4, 0)
    assert "  乙" in asked.output
    assert boundaries("import", path, "--layer", "plots", "--as", "li", "--map", "code=乙").exit_code == 0


def test_a_rejection_stores_nothing(boundaries: Any, base: Database, tmp_path: Path) -> None:
    path = file(tmp_path, {"P-1": square(0), "P-2": square(0, width=SIDE / 2)})
    rejected = boundaries("import", path, "--layer", "plots", "--as", "li", "--confirm")
    assert (rejected.exit_code, drafts(base)) == (1, 0)
    assert "rejected: not stored" in rejected.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "FILE", "--layer", "plots", "--as", "nobody"), "no such account"),
        (("import", "FILE", "--layer", "plots", "--as", "wang"), "may not do this"),
        (("import", "missing.shp", "--layer", "plots", "--as", "li"), "no such file"),
        (("import", "FILE", "--layer", "plots", "--as", "li", "--map", "code"), "FIELD=COLUMN"),
        (("publish", "99", "--as", "zhang", "--acknowledge"), "no such changeset"),
        (("publish", "1", "--as", "li", "--acknowledge"), "may not do this"),
        (("publish", "1", "--as", "zhang", "--acknowledge", "--valid-from", "2026-02-30"), "2020-01-01"),
        (("rollback", "plots", "P-1", "--to", "7", "--as", "zhang"), "no such version"),
        (("log", "plots", "nothing"), "no such boundary"),
    ],
)
def test_a_fault_is_one_clear_line(
    boundaries: Any, base: Database, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    path = file(tmp_path, {"P-1": square(0)})
    bench = Workbench(base)
    assert bench.draft(bench.edit("P-1", square(0))) == 1
    done = boundaries(*(path if word == "FILE" else word for word in words))
    assert done.exit_code == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert said in line


def test_a_park_that_has_a_code_is_not_made_a_second_time_by_its_name(
    boundaries: Any, base: Database, tmp_path: Path
) -> None:
    named = collection({"new-code": square(0)})
    named["features"][0]["properties"]["name"] = "鹰潭高新技术产业开发区"
    path = tmp_path / "parks.geojson"
    path.write_text(json.dumps(named), encoding="utf-8")
    done = boundaries("import", path, "--layer", "parks", "--as", "zhang", "--confirm", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["verdict"], told["stored"]) == (1, "reject", False)
    assert "yingtan-gaoxin" in told["findings"][0]["message_zh"]


def test_a_column_of_codes_that_is_not_recognised_is_asked_for_in_every_layer(boundaries: Any, tmp_path: Path) -> None:
    odd = collection({"yingtan-gaoxin": square(0)})
    odd["features"][0]["properties"] = {"甲": "yingtan-gaoxin", "乙": "x"}
    path = tmp_path / "odd.geojson"
    path.write_text(json.dumps(odd), encoding="utf-8")
    for layer in ("parks", "zones", "plots", "belt_sections"):
        asked = boundaries("import", path, "--layer", layer, "--as", "zhang", "--json")
        assert (asked.exit_code, json.loads(asked.stdout)["verdict"]) == (4, "ask"), layer
