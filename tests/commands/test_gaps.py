"""`gaps evaluate` as a person runs it: a JSON array or a table; exit codes and one clear line a fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.database import Database
from tests.commands.test_commands import flask
from tests.gap_world import World
from tests.services.test_gap_files import FILES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "files"
    target.mkdir()
    for name, text in FILES.items():
        (target / name).write_text(text, encoding="utf-8")
    return target


def test_evaluate_prints_the_contracts_array_without_any_database(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "instance"
    done = flask("gaps", "evaluate", str(folder), "--radius", "45", "--json", ONEMAP_INSTANCE_PATH=str(elsewhere))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {(row["node"], row["place"]): row["gap_yi_yuan"] for row in told} == {
        ("精密件", "高新"): 11.5,
        ("铜杆", "余江"): 8,
        ("漆包线", "高新"): 8,
        ("铜合金", "余江"): 0,
        ("阴极铜", "高新"): 0,
        ("阴极铜", "贵溪"): 0,
    }
    assert not list(elsewhere.rglob("*.sqlite"))


def test_evaluate_without_json_prints_a_line_a_gap(folder: Path) -> None:
    done = flask("gaps", "evaluate", str(folder), "--radius", "60")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 6
    assert "精密件" in done.stdout.splitlines()[0]
    assert "11.5" in done.stdout.splitlines()[0]


def test_evaluate_tells_each_fault_in_one_line_and_fails(folder: Path) -> None:
    with (folder / "edges.csv").open("a", encoding="utf-8") as handle:
        handle.write("阴极铜,阴极铜,1\n阴极铜,漆包线,-1\n")
    done = flask("gaps", "evaluate", str(folder), "--radius", "45", "--json")
    assert done.returncode == 1
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if "edges.csv" in line]
    assert [("row 9" in line, "row 10" in line) for line in lines] == [(True, False), (False, True)]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("radius", ["-1", "nan", "inf"])
def test_evaluate_refuses_a_radius_that_is_none(folder: Path, radius: str) -> None:
    done = flask("gaps", "evaluate", str(folder), "--radius", radius, "--json")
    assert done.returncode == 1
    assert "radius" in done.stderr


@pytest.fixture(scope="module")
def copper_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The worked example in a database of its own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('gaps') / 'onemap.sqlite'}"
    database = Database(url, busy_timeout_s=5)
    database.migrate()
    World(database).build()
    database.dispose()
    return url


def test_compute_prints_every_gap_of_a_chain_as_json(copper_database: str) -> None:
    done = flask(
        "gaps", "compute", "--chain", "CU", "--radius", "45", "--as-of", "2026-06-01", "--json",
        ONEMAP_DATABASE_URL=copper_database,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    gaps = {(row["node"], row["place"]): row["gap_yi_yuan"] for row in told}
    assert gaps["CU-MAG", "gaoxin-like"] == pytest.approx(8)
    assert gaps["CU-CATH", "gaoxin-like"] == pytest.approx(0)
    assert {row["data_revision"] for row in told} == {1}


def test_compute_without_json_prints_the_sentences_of_a_place(copper_database: str) -> None:
    done = flask(
        "gaps", "compute", "--chain", "CU", "--place", "gaoxin-like", "--radius", "0", "--as-of", "2026-06-01",
        ONEMAP_DATABASE_URL=copper_database,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "CU-CATH @ gaoxin-like [补链 fill]" in done.stdout
    assert "没有已知供应，缺 30 亿元" in done.stdout


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--chain", "XX"), "XX"),
        (("--chain", "CU", "--place", "nowhere"), "nowhere"),
        (("--chain", "CU", "--radius", "far"), "--radius"),
        (("--chain", "CU", "--as-of", "yesterday"), "--as-of"),
    ],
)
def test_compute_tells_what_cannot_be_asked_in_one_line(
    copper_database: str, options: tuple[str, ...], named: str
) -> None:
    done = flask("gaps", "compute", *options, ONEMAP_DATABASE_URL=copper_database)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert named in done.stderr
