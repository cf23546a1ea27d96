"""The same dataset gives the same map on PostGIS as on SQLite."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from domain.words import Audience
from models.database import Database
from services.check import check
from services.dataset.loading import load
from services.gaps.answers import list_gaps
from services.gaps.asking import Question, parse_radius
from services.gaps.overlay import overlay
from services.map_data import map_data, place_details
from tests.conftest import BASE, LOAD_SETTINGS
from tests.gap_world import World

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


def test_both_databases_give_the_same_chain_gaps_before_and_after_a_change(
    database: Database, postgis_database: Database
) -> None:
    postgis_database.migrate()
    question = Question(date(2026, 6, 1), parse_radius("45"), Audience.PUBLIC, chain="CU")
    told = []
    for one in (database, postgis_database):
        world = World(one).build()
        for value in (None, 17.5):
            if value is not None:
                world.set_capacity("yujiang-like", "CU-MAG", value)
            with one.read() as session:
                told.append([overlay(session, question), list_gaps(session, question).items])
    assert told[:2] == told[2:]
    assert told[0] != told[1]
