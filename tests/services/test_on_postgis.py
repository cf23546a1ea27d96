"""The same dataset gives the same map on PostGIS as on SQLite."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from models.database import Database
from services.check import check
from services.dataset.loading import load
from services.map_data import map_data, place_details
from tests.conftest import BASE, LOAD_SETTINGS

TODAY = date(2026, 11, 21)


def _everything(database: Database) -> Any:
    with database.read() as session:
        assert [finding for finding in check(session, as_of=TODAY) if finding.severity == "error"] == []
        drawn = map_data(session, as_of=TODAY, today=TODAY, approval_no=None)
        return json.loads(json.dumps([drawn, place_details(session, as_of=TODAY)], sort_keys=True))


def test_both_databases_give_the_same_map_and_loading_twice_changes_nothing(
    base: Database, postgis_database: Database
) -> None:
    postgis_database.migrate()
    load(postgis_database, BASE, origin="base", actor="test", settings=LOAD_SETTINGS)
    assert _everything(postgis_database) == _everything(base)
    again = load(postgis_database, BASE, origin="base", actor="test", settings=LOAD_SETTINGS)
    assert not again.has_changes
