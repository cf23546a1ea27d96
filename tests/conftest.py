"""What every test may ask for: a migrated database, one with the base dataset, the app over it, a running server.

The county boundaries here are plain rectangles (tests/fixtures/counties.geojson): the real ones are converted at set-up
and never committed.
"""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text
from waitress.channel import HTTPChannel
from waitress.server import create_server

from app import create_app
from config import ROOT, Settings
from models.database import Database
from services import cache
from services.dataset.loading import load
from services.dataset.places import LoadSettings
from services.gaps.kept import forget as forget_gaps
from services.gaps.overlay import forget as forget_drawn
from tests import postgis

FIXTURES = Path(__file__).parent / "fixtures"
COUNTIES = FIXTURES / "counties.geojson"
BASE = ROOT / "data" / "base"
LOAD_SETTINGS = LoadSettings(belt_width_m=6000.0, county_cache_path=COUNTIES)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="also the long runs")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: a long run, only with --soak")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--soak"):
        items[:] = [item for item in items if item.get_closest_marker("soak") is None]


@pytest.fixture(autouse=True)
def _no_memory_between_tests() -> Iterator[None]:
    for forget in (cache.clear, forget_gaps, forget_drawn):
        forget()
    yield
    for forget in (cache.clear, forget_gaps, forget_drawn):
        forget()


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.sqlite"
    database = Database(f"sqlite:///{path}", busy_timeout_s=5)
    database.migrate()
    database.dispose()
    return path


@pytest.fixture(scope="session")
def _base_file(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "base.sqlite"
    shutil.copy(_migrated_file, path)
    database = Database(f"sqlite:///{path}", busy_timeout_s=5)
    load(database, BASE, origin="base", actor="test", settings=LOAD_SETTINGS)
    database.dispose()
    return path


def _copy(template: Path, folder: Path) -> Iterator[Database]:
    path = folder / "onemap.sqlite"
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}", busy_timeout_s=5)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def postgis_url() -> Iterator[str]:
    """The address of a private PostGIS server."""
    with postgis.server() as url:
        yield url


@pytest.fixture
def postgis_database(postgis_url: str) -> Iterator[Database]:
    """A fresh, unmigrated database on the PostGIS server."""
    url = make_url(postgis_url)
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    database = Database(url.set(database=name).render_as_string(hide_password=False), busy_timeout_s=5)
    yield database
    database.dispose()


@pytest.fixture
def database(_migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """Migrated and empty."""
    yield from _copy(_migrated_file, tmp_path)


@pytest.fixture
def base(_base_file: Path, tmp_path: Path) -> Iterator[Database]:
    """With the base dataset; each test has its own copy."""
    yield from _copy(_base_file, tmp_path)


def app_over(database: Database, instance: Path, **settings: Any) -> Flask:
    url = database.url.render_as_string(hide_password=False)
    app = create_app(Settings(instance_path=instance, database_url=url, county_cache=COUNTIES, **settings))
    app.testing = True
    return app


@pytest.fixture
def app(base: Database, tmp_path: Path) -> Iterator[Flask]:
    """The app over the base dataset."""
    app = app_over(base, tmp_path)
    yield app
    app.extensions["onemap"]["database"].dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def shared_server(_base_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over the base dataset, for tests that change nothing."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copy(_base_file, folder / "onemap.sqlite")
    database = Database(f"sqlite:///{folder / 'onemap.sqlite'}", busy_timeout_s=5)
    app = app_over(database, folder)
    yield from serve(app)
    app.extensions["onemap"]["database"].dispose()
    database.dispose()


def serve(app: Flask) -> Iterator[str]:
    """Serve an app on a free loopback port while the test runs, by the server that `flask serve` runs."""
    server = create_server(app, host="127.0.0.1", port=0, threads=8, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()

    def stop() -> None:
        for one in list(server._map.values()):  # the browser keeps some connections open
            one.handle_close() if isinstance(one, HTTPChannel) else one.close()

    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(stop)
    thread.join()
    server.task_dispatcher.shutdown()
