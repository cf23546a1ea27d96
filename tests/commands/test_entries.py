"""`entries` as a person runs it: a template, an export, a preview, an import; one clear line a fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from models import AuditEntry, DatasetState, Survey
from models.database import Database
from tests.commands.test_commands import flask
from tests.entry_sheets import SURVEY, as_csv


def entries(app: Flask, *words: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["entries", *map(str, words)])


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    path = tmp_path / "摸底.csv"
    path.write_bytes(as_csv("surveys", SURVEY))
    return path


def surveys(database: Database) -> list[Survey]:
    with database.read() as session:
        return list(session.scalars(select(Survey)))


def test_a_template_is_written_in_either_format(app: Flask, tmp_path: Path) -> None:
    for name in ("t.csv", "t.xlsx"):
        assert entries(app, "template", "capacities", tmp_path / name).exit_code == 0
    assert (tmp_path / "t.csv").read_bytes().startswith("\ufeffenterprise,node,".encode())
    assert load_workbook(tmp_path / "t.xlsx").sheetnames == ["capacities", "说明"]
    assert not list(tmp_path.glob("*.part"))


def test_an_export_is_previewed_without_change(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "edges.xlsx"
    assert entries(app, "export", "chain_edges", out, "--chain", "CU").exit_code == 0
    done = entries(app, "import", "chain_edges", out, "--as", "王主任", "--preview")
    assert done.exit_code == 0, done.output
    assert "added 0, changed 0, retired 0, unchanged 71" in done.output
    assert "nothing stored" in done.output


def test_a_preview_stores_nothing_and_the_import_does(app: Flask, base: Database, survey: Path) -> None:
    preview = entries(app, "import", "surveys", survey, "--as", "王主任", "--preview", "--json")
    told = json.loads(preview.stdout)
    assert (told["stored"], told["counts"]["added"], told["rows"][0]["line"]) == (False, 1, 2)
    assert surveys(base) == []
    done = entries(app, "import", "surveys", survey, "--as", "王主任")
    assert done.exit_code == 0, done.output
    assert "第 2 行 / row 2: 新增 added guixi · CU" in done.output
    assert "（地点、产业链）" in done.output
    assert [row.origin for row in surveys(base)] == ["staff"]
    with base.read() as session:
        assert session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "entries import")).all() == [
            "王主任"
        ]


def test_an_export_of_a_demonstration_database_is_named_so(app: Flask, base: Database, tmp_path: Path) -> None:
    with base.write() as session:
        session.get_one(DatasetState, 1).dataset = "demo"
    done = entries(app, "export", "capacities", tmp_path / "c.csv")
    assert done.exit_code == 0, done.output
    assert [path.name for path in tmp_path.glob("*.csv")] == ["c-演示数据.csv"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("template", "places", "OUT.csv"), "chain_nodes"),
        (("template", "surveys", "OUT.ods"), ".xlsx"),
        (("template", "surveys", "none/OUT.csv"), "cannot write"),
        (("export", "surveys", "OUT.csv", "--chain", "XX"), "XX"),
        (("export", "travel_minutes", "OUT.csv", "--chain", "CU"), "no chains"),
        (("import", "surveys", "none.csv", "--as", "x"), "no such file"),
        (("import", "surveys", ".", "--as", "x"), "a directory"),
        (("import", "surveys", "old.xls", "--as", "x"), ".xls"),
        (("import", "surveys", "big.csv", "--as", "x"), "too large"),
        (("import", "surveys", "摸底.csv", "--as", " "), "--as"),
        (("import", "places", "摸底.csv", "--as", "x"), "no such sheet"),
    ],
)
def test_a_fault_is_one_clear_line(
    app: Flask, survey: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(survey.parent)
    monkeypatch.setattr("services.entry.files.MAX_FILE_BYTES", 1000)
    (survey.parent / "old.xls").write_bytes(b"x")
    (survey.parent / "big.csv").write_bytes(b"x" * 1001)
    done = entries(app, *words)
    assert done.exit_code == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert says in done.stderr
    assert not list(survey.parent.glob("OUT*"))


def test_each_fault_of_a_file_is_a_line_and_nothing_is_stored(base: Database, survey: Path) -> None:
    survey.write_bytes(as_csv("surveys", {**SURVEY, "place": "none"}, {**SURVEY, "surveyed_on": "soon"}))
    url = base.url.render_as_string()
    done = flask("entries", "import", "surveys", str(survey), "--as", "王主任", ONEMAP_DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stdout == ""
    first, second = done.stderr.splitlines()
    assert "row 2, column place" in first
    assert "row 3, column surveyed_on" in second
    assert surveys(base) == []
