"""Pages of the base dataset, each asked for and parsed once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from models.database import Database
from tests.conftest import app_over
from tests.pages.reading import Page, read

Ask = Callable[..., Page]


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
