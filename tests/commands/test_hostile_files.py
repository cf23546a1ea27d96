"""Every hostile file through `boundaries import` and the real child process: its verdict, its place, nothing stored."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.permissions import Role
from models import BoundaryVersion, Changeset, ChangesetEdit, Plot
from models.database import Database
from tests.accounts import add_account
from tests.conftest import FIXTURES, app_over

HOSTILE = FIXTURES / "hostile"
FILES = json.loads((HOSTILE / "manifest.json").read_text(encoding="utf-8"))["files"]
EXIT = {"accept": 0, "repair": 3, "ask": 4, "reject": 1}
CLIMBS_OUT = {"zip_traversal.zip": "zzt_evil"}  # the manifest describes the place instead of naming it
NOTHING_TO_NAME = {"accept"}


@pytest.fixture(scope="module")
def desk(_base_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Database]]:
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(_base_file, folder / "onemap.sqlite")
    database = Database(f"sqlite:///{folder / 'onemap.sqlite'}", busy_timeout_s=5)
    add_account(database, "zhang", Role.GIS_EDITOR)
    app = app_over(database, folder)
    yield app, database
    app.extensions["onemap"]["database"].dispose()
    database.dispose()


def kept(database: Database) -> tuple[int, ...]:
    tables = (Changeset, ChangesetEdit, BoundaryVersion, Plot)
    with database.read() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


@pytest.mark.parametrize("expected", FILES, ids=lambda entry: entry["file"])
def test_a_hostile_file_gets_its_verdict_and_stores_nothing(
    desk: tuple[Flask, Database], expected: dict[str, str]
) -> None:
    app, database = desk
    before = kept(database)
    words = ["boundaries", "import", str(HOSTILE / expected["file"]), "--layer", "plots", "--as", "zhang", "--json"]
    done = app.test_cli_runner().invoke(args=words)
    told = json.loads(done.stdout)
    assert (told["verdict"], done.exit_code) == (expected["verdict"], EXIT[expected["verdict"]]), told["findings"]
    assert told["stored"] is (expected["verdict"] == "accept")
    assert (kept(database) == before) is not told["stored"]
    if expected["verdict"] in NOTHING_TO_NAME:
        return
    place = CLIMBS_OUT.get(expected["file"], expected["place"])
    places = [finding["place"] for finding in told["findings"] if finding["severity"] == expected["verdict"]]
    assert any(place in named for named in places), places
    assert all(finding["message_zh"] and finding["message_en"] for finding in told["findings"])
