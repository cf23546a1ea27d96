"""Pages of the base and the demonstration dataset, each asked for and parsed once; pages of the worked example."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from config import ROOT
from models.database import Database
from services.demo.loading import load
from services.demo.parameters import DemoParameters
from tests.conftest import app_over, serve
from tests.gap_world import World
from tests.pages.reading import Page, read

Ask = Callable[..., Page]
See = Callable[[str], Page]


@pytest.fixture(scope="session")
def ask(_base_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """The parsed page at an address, over the base dataset as it was loaded; not for tests that change anything."""
    folder = tmp_path_factory.mktemp("pages")
    shutil.copy(_base_file, folder / "onemap.sqlite")
    database = Database(f"sqlite:///{folder / 'onemap.sqlite'}", busy_timeout_s=5)
    app = app_over(database, folder)
    client = app.test_client()
    known: dict[str, Page] = {}

    def page(address: str, *, status: int = 200) -> Page:
        if address not in known:
            known[address] = read(client, address, status=status)
        return known[address]

    yield page
    app.extensions["onemap"]["database"].dispose()
    database.dispose()


@pytest.fixture(scope="session")
def demo(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Over the demonstration dataset; for tests that change nothing."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "onemap.sqlite").write_bytes(_migrated_file.read_bytes())
    database = Database(f"sqlite:///{folder / 'onemap.sqlite'}", busy_timeout_s=5)
    load(database, DemoParameters(), base=ROOT / "data" / "base", belt_width_m=6000.0, actor="test")
    app = app_over(database, folder)
    yield app.test_client()
    app.extensions["onemap"]["database"].dispose()
    database.dispose()


@pytest.fixture(scope="session")
def demo_server(demo: FlaskClient) -> Iterator[str]:
    yield from serve(demo.application)


@pytest.fixture(scope="session")
def see(demo: FlaskClient) -> See:
    """The parsed page at an address of the demonstration dataset, each asked for once."""
    return lru_cache(maxsize=None)(lambda address: read(demo, address))


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[FlaskClient]:
    """Over the worked example, for the public."""
    World(database).build()
    app = app_over(database, tmp_path)
    yield app.test_client()
    app.extensions["onemap"]["database"].dispose()
