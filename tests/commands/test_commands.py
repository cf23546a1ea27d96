"""The commands as a person runs them: exit codes, one clear line a fault."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo, cli

from config import ROOT
from models.database import Database
from tests.conftest import COUNTIES


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def flask(*words: str, **environment: str) -> Done:
    """The command as `flask --app app …` runs it, an app made from this environment; but in this process."""
    clean = dict.fromkeys((name for name in os.environ if name.startswith(("ONEMAP_", "PORT"))), None)
    script = ScriptInfo(app_import_path="app")
    done = CliRunner().invoke(
        cli, list(words), obj=script, env={**clean, "ONEMAP_COUNTY_CACHE": str(COUNTIES), **environment}
    )
    if script._loaded_app is not None:
        script._loaded_app.extensions["onemap"]["database"].dispose()
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def flask_process(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, as a person starts it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ONEMAP_", "PORT"))}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words],
        cwd=ROOT,
        env={**clean, "ONEMAP_COUNTY_CACHE": str(COUNTIES), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def loaded(base: Database) -> dict[str, str]:
    """The environment of a database that holds the base dataset."""
    return {
        "ONEMAP_DATABASE_URL": base.url.render_as_string(),
        "ONEMAP_INSTANCE_PATH": str(Path(base.url.database or "").parent),
    }


def test_load_base_makes_the_database_and_repeating_it_changes_nothing(tmp_path: Path) -> None:
    first = flask_process("data", "load-base", ONEMAP_INSTANCE_PATH=str(tmp_path))
    again = flask_process("data", "load-base", ONEMAP_INSTANCE_PATH=str(tmp_path))
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "added 0, changed 0, retired 0" in again.stdout
    assert (tmp_path / "onemap.sqlite").exists()


def test_check_of_the_base_dataset_is_clean(loaded: dict[str, str]) -> None:
    done = flask("check", "--json", **loaded)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [finding for finding in json.loads(done.stdout) if finding["severity"] == "error"] == []


def test_check_fails_when_a_fact_leads_nowhere(base: Database, loaded: dict[str, str]) -> None:
    import sqlite3

    connection = sqlite3.connect(base.url.database or "")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("UPDATE designation SET source_id = 999999 WHERE id = (SELECT min(id) FROM designation)")
    connection.commit()
    connection.close()
    done = flask("check", **loaded)
    assert done.returncode == 1
    assert "no_source" in done.stdout


def test_export_writes_one_file(tmp_path: Path, loaded: dict[str, str]) -> None:
    out = tmp_path / "map.html"
    done = flask("export", "map", str(out), "--chain", "CU", "--as-of", "2020-01-01", **loaded)
    assert done.returncode == 0, done.stderr
    assert out.stat().st_size > 100_000
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("export", "map", "OUT", "--chain", "XX"), "XX"),
        (("export", "map", "OUT", "--as-of", "soon"), "--as-of"),
        (("export", "map", "/nowhere/at/all.html"), "/nowhere/at/all.html"),
        (("policies", "import", "none.txt", "--key", "鹰府发〔2014〕19号"), "none.txt"),
        (("policies", "import", str(ROOT / "README.md"), "--key", "没有的文件"), "没有的文件"),
    ],
)
def test_a_fault_is_one_clear_line(tmp_path: Path, loaded: dict[str, str], words: tuple[str, ...], says: str) -> None:
    done = flask(*(str(tmp_path / "out.html") if word == "OUT" else word for word in words), **loaded)
    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert says in lines[0]
    assert not (tmp_path / "out.html").exists()


def test_a_database_that_is_not_there_yet_is_one_clear_line(tmp_path: Path) -> None:
    done = flask("serve", ONEMAP_INSTANCE_PATH=str(tmp_path))
    assert done.returncode != 0
    assert "load-base" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_database_newer_than_the_code_does_not_start(base: Database, loaded: dict[str, str]) -> None:
    from sqlalchemy import text

    with base.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for words in (("serve",), ("data", "load-base"), ("check",)):
        done = flask(*words, **loaded)
        assert done.returncode != 0
        assert "9999" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_port_in_use_is_one_clear_line(loaded: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = flask("serve", PORT=port, **loaded)
    assert done.returncode != 0
    assert port in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "８０８０"])
def test_a_port_that_is_none_is_one_clear_line(loaded: dict[str, str], port: str) -> None:
    done = flask("serve", PORT=port, **loaded)
    assert done.returncode != 0
    assert "PORT" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONEMAP_PORT", "many"),
        ("ONEMAP_BELT_WIDTH_M", "-5"),
        ("ONEMAP_BASEMAP_URL", "ftp://tiles/{z}/{x}/{y}"),
        ("ONEMAP_BASEMAP_URL", "https://tiles.test/{z}/{x}/{y}"),
    ],
)
def test_a_bad_setting_is_one_clear_line(tmp_path: Path, name: str, value: str) -> None:
    done = flask("check", ONEMAP_INSTANCE_PATH=str(tmp_path), **{name: value})
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "ONEMAP_" in lines[0]


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = flask("data", "load-base", ONEMAP_INSTANCE_PATH=str(tmp_path / "file" / "inside"))
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "file" in done.stderr
