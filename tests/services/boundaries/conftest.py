from __future__ import annotations

from pathlib import Path

import pytest

from models.database import Database
from tests.services.boundaries.workbench import Workbench


@pytest.fixture
def bench(database: Database) -> Workbench:
    """Over an empty database."""
    return Workbench(database)


@pytest.fixture
def yingtan(base: Database) -> Workbench:
    """Over the base dataset."""
    return Workbench(base)


@pytest.fixture
def template(_migrated_file: Path) -> Path:
    """A migrated, empty SQLite file, to be copied."""
    return _migrated_file
