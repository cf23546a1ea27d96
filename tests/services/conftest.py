"""What tests of the services may ask for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database import Database
from services.demo.parameters import DemoParameters
from tests.demo_dataset import demo_database
from tests.gap_world import World


@pytest.fixture
def world(database: Database) -> World:
    """The worked example of DESIGN section 4."""
    return World(database).build()


@pytest.fixture(scope="session")
def _demo_file(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    demo_database(_migrated_file, folder, DemoParameters()).dispose()
    return folder / "onemap.sqlite"


@pytest.fixture
def demo(_demo_file: Path, tmp_path: Path) -> Iterator[Database]:
    """With the demonstration dataset of the default parameters; each test has its own copy."""
    path = tmp_path / "demo.sqlite"
    shutil.copy(_demo_file, path)
    database = Database(f"sqlite:///{path}", busy_timeout_s=5)
    yield database
    database.dispose()
