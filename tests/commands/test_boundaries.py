"""`boundaries` as a person runs it: import, check, publish, withdraw, roll back, lists; exit codes, the JSON object."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import Result
from flask import Flask
from shapely.geometry import MultiPolygon
from sqlalchemy import func, select

from config import ROOT
from domain.boundary_fields import FIELDS
from domain.permissions import Role
from models import AuditEntry, BoundaryVersion, Changeset, Plot
from models.database import Database
from tests.accounts import add_account, last_line
from tests.geo.intake.samples import TABLE, as_csv, dxf, lwpolyline
from tests.services.boundaries.workbench import EDITOR, SIDE, Workbench, collection, square


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


def test_what_holds_nothing_new_has_nothing_to_confirm(boundaries: Any, base: Database, tmp_path: Path) -> None:
    words = ("--layer", "plots", "--as", "zhang", "--title", "勘测", "--grade", "B", "--date", "2026-01")
    done = boundaries("import", bow_tie(tmp_path), *words, "--confirm")
    assert done.exit_code == 0, done.output
    assert boundaries("publish", "1", "--as", "zhang", "--acknowledge").exit_code == 0
    again = boundaries("import", bow_tie(tmp_path), *words)
    assert (again.exit_code, "nothing new" in again.stdout) == (0, True)


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


# What a file is said to hold


def corner_table(folder: Path) -> Path:
    """Two plots in metres; which system they are in, the file does not say."""
    path = folder / "corners.csv"
    path.write_bytes(as_csv(TABLE))
    return path


@pytest.mark.parametrize("said", ["4527", "epsg:4527", " EPSG:4527"])
def test_a_coordinate_system_may_be_written_short(said: str, boundaries: Any, base: Database, tmp_path: Path) -> None:
    done = boundaries("import", corner_table(tmp_path), "--layer", "plots", "--as", "li", "--crs", said)
    assert done.exit_code == 0, done.output
    with base.read() as session:
        assert session.scalars(select(Changeset.crs)).all() == ["EPSG:4527"]


def test_a_shifted_datum_may_be_written_small(boundaries: Any, base: Database, tmp_path: Path) -> None:
    path = file(tmp_path, {"P-1": square(0)})
    done = boundaries("import", path, "--layer", "plots", "--as", "li", "--crs", "gcj-02", "--confirm")
    assert done.exit_code == 0, done.output
    with base.read() as session:
        assert session.scalars(select(Changeset.crs)).all() == ["GCJ-02"]


@pytest.mark.parametrize("said", ["北京54", "EPSG:1", "4527x", "45 27", "EPSG:4978", "WGS84"])
def test_another_text_for_a_coordinate_system_is_refused(
    said: str, boundaries: Any, base: Database, tmp_path: Path
) -> None:
    done = boundaries("import", corner_table(tmp_path), "--layer", "plots", "--as", "li", "--crs", said)
    assert (done.exit_code, drafts(base)) == (1, 0)
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert "EPSG:4527, 4527, GCJ-02" in line
    assert line.endswith("[--crs]")


def test_a_program_answers_a_question_with_one_of_its_proposals(
    boundaries: Any, base: Database, tmp_path: Path
) -> None:
    words = ("import", corner_table(tmp_path), "--layer", "plots", "--as", "li", "--json")
    (asked,) = [one for one in json.loads(boundaries(*words).stdout)["findings"] if one["severity"] == "ask"]
    question = asked["question"]
    assert (list(question), question["subject"]) == (["subject", "proposals"], "crs")
    first = question["proposals"][0]
    assert list(first) == ["value", "label_zh", "label_en", "bounds"]
    west, south, east, north = first["bounds"]
    assert 117 < west < east < 118
    assert 28 < south < north < 29
    answered = json.loads(boundaries(*words, "--crs", first["value"]).stdout)
    assert (answered["stored"], drafts(base)) == (True, 1)


def test_a_field_nobody_knows_is_refused_with_those_there_are(boundaries: Any, base: Database, tmp_path: Path) -> None:
    path = file(tmp_path, {"P-1": square(0)})
    done = boundaries("import", path, "--layer", "plots", "--as", "li", "--map", "kode=code", "--map", "name=code")
    assert (done.exit_code, drafts(base)) == (1, 0)
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert f"no such field: kode; the fields are {', '.join(FIELDS)} [--map]" in line
    assert f"没有这个字段：kode；可用的字段：{'、'.join(FIELDS)}" in line


def test_help_and_documentation_name_every_field_and_command(boundaries: Any, app: Flask) -> None:
    helped = boundaries("import", "--help").output
    assert re.findall(r"^ {4}(\w+) {2,}", helped.partition("Fields of --map:")[2], re.MULTILINE) == list(FIELDS)
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text.partition("## Fields")[2], re.MULTILINE) == list(FIELDS)
    group: Any = app.cli.commands["boundaries"]
    assert set(re.findall(r"^\| `boundaries (\w+)", text, re.MULTILINE)) == set(group.commands)


def test_columns_said_to_be_land_use_and_vacancy_reach_the_plot(
    boundaries: Any, base: Database, tmp_path: Path
) -> None:
    content = collection({"P-1": square(0)})
    content["features"][0]["properties"] |= {"用途": "0601", "现状": "闲置"}
    path = tmp_path / "plots.geojson"
    path.write_text(json.dumps(content), encoding="utf-8")
    mapped = ("--map", "land_use_code=用途", "--map", "is_vacant=现状")
    assert boundaries("import", path, "--layer", "plots", "--as", "zhang", *mapped).exit_code == 0
    assert boundaries("publish", 1, "--as", "zhang", "--acknowledge").exit_code == 0
    with base.read() as session:
        plot = session.scalars(select(Plot).where(Plot.code == "P-1")).one()
        assert (plot.land_use_code, plot.is_vacant) == ("0601", True)


def test_a_drawing_with_a_stated_system_is_told_only_what_is_wrong_with_it(boundaries: Any, tmp_path: Path) -> None:
    path = tmp_path / "open.dxf"
    path.write_bytes(dxf(lwpolyline(flags=0)).encode("gbk"))
    done = boundaries("import", path, "--layer", "plots", "--as", "li", "--crs", "4490", "--json")
    assert [finding["code"] for finding in json.loads(done.stdout)["findings"]] == ["polyline_open"]


# Faults told to programs


@pytest.mark.parametrize(
    ("words", "code", "place"),
    [
        (("missing.shp", "--as", "li"), "not_found", "missing.shp"),
        (("FILE", "--as", "wang"), "forbidden", "boundaries import"),
        (("FILE", "--as", "nobody"), "not_found", "nobody"),
        (("FILE", "--as", "li", "--crs", "x"), "bad_request", "--crs"),
        (("FILE", "--as", "li", "--map", "kode=code"), "bad_request", "--map"),
        (("FILE", "--as", "li", "--map", "code"), "bad_request", "--map"),
    ],
)
def test_programs_are_told_a_fault_as_they_are_told_a_rejection(
    words: tuple[str, ...], code: str, place: str, boundaries: Any, base: Database, tmp_path: Path
) -> None:
    path = file(tmp_path, {"P-1": square(0)})
    given = (path if word == "FILE" else word for word in words)
    done = boundaries("import", *given, "--layer", "plots", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, drafts(base)) == (1, 0)
    assert (told["verdict"], told["stored"], told["changeset"]) == ("reject", False, None)
    (finding,) = told["findings"]
    assert list(finding) == ["code", "severity", "place", "message_zh", "message_en"]
    assert (finding["code"], finding["severity"], finding["place"]) == (code, "reject", place)
    assert f"{finding['message_zh']} / {finding['message_en']}" in done.stderr


# Refusals


@pytest.mark.parametrize(
    ("words", "permission"),
    [
        (("import", "FILE", "--layer", "plots"), "edit_boundaries"),
        (("check", "1"), "edit_boundaries"),
        (("package", "plots", "out.gpkg"), "edit_boundaries"),
        (("publish", "1", "--acknowledge"), "publish_boundaries"),
        (("withdraw", "1"), "publish_boundaries"),
        (("rollback", "plots", "P-1", "--to", "1"), "publish_boundaries"),
    ],
)
def test_a_refusal_leaves_a_line_in_the_audit_log(
    words: tuple[str, ...], permission: str, boundaries: Any, base: Database, tmp_path: Path
) -> None:
    path = file(tmp_path, {"P-1": square(0)})
    bench = Workbench(base)
    bench.draft(bench.edit("P-1", square(0)))
    done = boundaries(*(path if word == "FILE" else word for word in words), "--as", "WANG")
    assert done.exit_code == 1
    called = " ".join(path.name if word == "FILE" else word for word in words).partition(" --")[0]
    assert last_line(base) == ("wang", "refused", f"boundaries {called}")
    with base.read() as session:
        details = session.scalars(select(AuditEntry.details).order_by(AuditEntry.id.desc())).first()
    assert json.loads(details or "") == {"permission": permission}


def test_a_fault_that_is_no_refusal_leaves_none(boundaries: Any, base: Database) -> None:
    before = last_line(base)
    assert boundaries("publish", 99, "--as", "zhang", "--acknowledge").exit_code == 1
    assert boundaries("withdraw", 1, "--as", "nobody").exit_code == 1
    assert last_line(base) == before


# Lists, checks, withdrawals


def test_changesets_are_listed_the_newest_first(boundaries: Any, base: Database) -> None:
    empty = boundaries("list")
    assert (empty.exit_code, empty.output) == (0, "没有更改集 / no changesets\n")
    plots = Workbench(base)
    plots.draft(plots.edit("P-1", square(0)))
    plots.publish(1)
    plots.draft(plots.edit("P-2", square(1)), actor=EDITOR)
    with base.write() as session:
        session.get_one(Changeset, 2).title = "新\x1b[2J\u202e　图"
    lines = [line.split("  ") for line in boundaries("list").output.splitlines()]
    assert [line[:5] for line in lines] == [
        ["2", "plots", "draft", "新\ufffd[2J\ufffd　图", EDITOR.name],
        ["1", "plots", "published", "测试", plots.actor.name],
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:+]+", line[5]) for line in lines)


def test_changesets_are_listed_by_status_and_layer(boundaries: Any, base: Database) -> None:
    plots = Workbench(base)
    plots.draft(plots.edit("P-1", square(0)))
    plots.draft(plots.edit("P-2", square(1)))
    assert boundaries("withdraw", 1, "--as", "zhang").exit_code == 0

    def listed(*words: str) -> list[str]:
        return [line.split()[0] for line in boundaries("list", *words).output.splitlines()]

    assert listed("--status", "withdrawn") == ["1"]
    assert listed("--status", "draft", "--layer", "plots") == ["2"]
    assert listed("--layer", "plots") == ["2", "1"]
    assert listed("--layer", "parks") == listed("--status", "published") == ["没有更改集"]
    assert boundaries("list", "--status", "gone").exit_code == 2


def test_a_draft_is_withdrawn_once_by_who_may(boundaries: Any, base: Database, tmp_path: Path) -> None:
    assert boundaries("import", file(tmp_path, {"P-1": square(0)}), "--layer", "plots", "--as", "li").exit_code == 0
    done = boundaries("withdraw", 1, "--as", "li")
    assert (done.exit_code, done.output) == (0, "已撤回更改集 1 / changeset 1 is withdrawn\n")
    assert last_line(base) == ("li", "boundaries withdraw", "1")
    again = boundaries("withdraw", 1, "--as", "li")
    assert again.exit_code == 1
    assert "changeset 1 is withdrawn [1]" in again.stderr
    assert boundaries("withdraw", 7, "--as", "li").exit_code == 1


def test_a_check_says_whether_a_draft_is_fit(boundaries: Any, base: Database) -> None:
    bench = Workbench(base)
    bench.draft(bench.edit("P-1", square(0)))
    bench.draft(bench.edit("P-2", square(0, width=SIDE / 2)))

    def status(changeset: int) -> str:
        with base.read() as session:
            return session.get_one(Changeset, changeset).status.value

    done = boundaries("check", 1, "--as", "li")
    assert (done.exit_code, status(1)) == (0, "checked"), done.output
    assert done.output.splitlines()[-1] == "已核对 / checked"
    bench.publish(1)
    rejected = boundaries("check", 2, "--as", "li")
    assert (rejected.exit_code, status(2)) == (1, "draft"), rejected.output
    assert "reject " in rejected.output
    assert rejected.output.splitlines()[-1] == "未通过检查，仍为草稿 / rejected: it stays a draft"
    again = boundaries("check", 1, "--as", "li")
    assert (again.exit_code, again.stdout) == (1, "")


def test_a_check_tells_a_repair_that_became_necessary(boundaries: Any, base: Database) -> None:
    sliver = 0.2 / 111_000  # degrees: some 20 cm
    bench = Workbench(base)
    bench.draft(bench.edit("P-1", square(0)))
    bench.put("P-0", square(0, -1, height=2 * SIDE + sliver))
    done = boundaries("check", 1, "--as", "li")
    assert done.exit_code == 3, done.output
    assert "repairs have to be confirmed" in done.output
