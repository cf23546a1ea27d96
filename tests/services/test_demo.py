"""The demonstration dataset: generated, seeded, loaded as a whole, and apart from every other."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import BadDataset, BadRequest, Conflict
from domain.words import PlaceLayer
from models import Base, BoundaryVersion, Enterprise, Place, Plot
from models.database import Database, data_revision
from services.check import check
from services.dataset.loading import load as load_folder
from services.demo import firm_rows, trio
from services.demo.loading import load
from services.demo.parameters import DemoParameters
from tests.conftest import BASE, LOAD_SETTINGS, app_over
from tests.demo_dataset import SMALL, TODAY, WIDE, counted, load_into, rows_of


def test_the_same_parameters_give_the_same_rows_and_another_seed_gives_others(
    demo: Database, database: Database
) -> None:
    load_into(database, DemoParameters())
    assert rows_of(database) == rows_of(demo)


def test_another_seed_gives_other_rows(demo: Database, database: Database) -> None:
    load_into(database, DemoParameters(seed=321))
    mine, others = rows_of(database), rows_of(demo)
    for table in ("place", "boundary_version", "network_edge", "plot", "chain_edge", "enterprise", "capacity"):
        assert mine[table] != others[table], table
    for table in ("chain", "chain_node", "chain_same_as", "industry_class"):
        assert mine[table] == others[table], table


def test_more_firms_change_no_place_and_no_road(demo: Database, database: Database) -> None:
    load_into(database, DemoParameters(enterprises=1300))
    mine, others = rows_of(database), rows_of(demo)
    for table in ("place", "boundary_version", "network_edge", "plot", "chain_edge", "survey"):
        assert mine[table] == others[table], table


@pytest.mark.parametrize("parameters", [SMALL, DemoParameters(), WIDE], ids=str)
def test_the_counts_follow_the_options_and_the_check_is_clean(database: Database, parameters: DemoParameters) -> None:
    assert load_into(database, parameters).has_changes
    with database.read() as session:
        assert counted(session, Place, Place.layer == PlaceLayer.PARK) == parameters.parks
        assert counted(session, Plot) == parameters.plots
        assert counted(session, BoundaryVersion, BoundaryVersion.layer == "plots") == parameters.plots
        assert counted(session, Enterprise) == parameters.enterprises
        assert check(session, as_of=TODAY) == []


def test_loading_again_changes_nothing(demo: Database) -> None:
    before = rows_of(demo)
    assert not load_into(demo, DemoParameters()).has_changes
    assert rows_of(demo) == before
    with demo.read() as session:
        assert data_revision(session) == 1


def test_other_parameters_are_refused_and_both_are_named(demo: Database) -> None:
    with pytest.raises(Conflict) as refused:
        load_into(demo, DemoParameters(parks=30, seed=9))
    for message in (refused.value.message_zh, refused.value.message_en):
        assert "--parks 24 --plots 120 --enterprises 1200 --seed 320" in message
        assert "--parks 30 --plots 120 --enterprises 1200 --seed 9" in message


def test_datasets_are_never_mixed(demo: Database, base: Database) -> None:
    with pytest.raises(Conflict, match="base"):
        load_into(base, DemoParameters())
    with pytest.raises(Conflict, match="demo"):
        load_folder(demo, BASE, origin="base", actor="test", settings=LOAD_SETTINGS)


@pytest.mark.parametrize(
    ("parameters", "option", "zh"),
    [
        (DemoParameters(parks=0), "--parks", "园区数"),
        (DemoParameters(parks=-3), "--parks", "园区数"),
        (DemoParameters(parks=100_000), "--parks", "园区数"),
        (DemoParameters(plots=-1), "--plots", "地块数"),
        (DemoParameters(plots=24 * 50 + 1), "--plots", "地块数"),
        (DemoParameters(enterprises=3), "--enterprises", "企业数"),
        (DemoParameters(enterprises=10**9), "--enterprises", "企业数"),
        (DemoParameters(seed=-1), "--seed", "种子"),
    ],
    ids=str,
)
def test_a_number_that_makes_no_sense_is_named(
    database: Database, parameters: DemoParameters, option: str, zh: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        load_into(database, parameters)
    assert refused.value.place == option
    assert option in refused.value.message_en
    assert zh in refused.value.message_zh


def test_a_fault_at_the_very_end_leaves_nothing_behind(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(firm_rows, "write", fail)
    with pytest.raises(OSError, match="disk full"):
        load_into(database, SMALL)
    assert [name for name, rows in rows_of(database).items() if rows] == []


def test_a_base_folder_that_cannot_be_read_is_named(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BadDataset, match="missing"):
        load(database, SMALL, base=tmp_path, belt_width_m=6000.0, actor="test")


PAGES = (
    "/",
    "/parks",
    f"/parks/{trio.A}",
    "/chains/CU",
    "/targets",
    "/policies",
    "/policies/演示〔2026〕1号",
    "/en/targets",
)


def test_the_pages_answer_and_the_map_is_marked(demo: Database, tmp_path: Path) -> None:
    app = app_over(demo, tmp_path)
    client = app.test_client()
    for page in PAGES:
        assert client.get(page).status_code == 200, page
    assert client.get("/api/v1/map").get_json()["demo"] is True
    app.extensions["onemap"]["database"].dispose()


def test_progress_is_told_and_never_runs_back(database: Database) -> None:
    told: list[float] = []
    load(database, SMALL, base=BASE, belt_width_m=6000.0, actor="test", tell=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1


def test_postgis_holds_the_same(postgis_database: Database, database: Database) -> None:
    postgis_database.migrate()
    counts = []
    for one in (postgis_database, database):
        load_into(one, SMALL)
        with one.read() as session:
            assert check(session, as_of=TODAY) == []
            counts.append({table.name: counted(session, table) for table in Base.metadata.sorted_tables})
    assert counts[0] == counts[1]
