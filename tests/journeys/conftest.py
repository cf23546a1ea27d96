"""What every journey may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from models.database import Database
from services.demo.parameters import DemoParameters
from tests.conftest import app_over, serve
from tests.demo_dataset import demo_database
from tests.journeys.browsing import PHONE, shared_browser, watched_page


@pytest.fixture(scope="session")
def browser(pytestconfig: pytest.Config) -> Browser:
    """One browser for the whole run."""
    return shared_browser(pytestconfig)


@pytest.fixture
def page(browser: Browser, shared_server: str) -> Iterator[Page]:
    """A page of 1440 px on the app with the base dataset; any fault of it fails the test."""
    with watched_page(browser, shared_server) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, shared_server: str) -> Iterator[Page]:
    """The same, 390 px wide."""
    with watched_page(browser, shared_server, PHONE) as page:
        yield page


@pytest.fixture(scope="session")
def demonstration(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The demonstration dataset, for journeys: they change nothing."""
    database = demo_database(_migrated_file, tmp_path_factory.mktemp("demo"), DemoParameters())
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def demo_server(demonstration: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over it."""
    app = app_over(demonstration, tmp_path_factory.mktemp("demo-instance"))
    yield from serve(app)
    app.extensions["onemap"]["database"].dispose()


@pytest.fixture
def demo_page(browser: Browser, demo_server: str) -> Iterator[Page]:
    """A page of 1440 px on the app with the demonstration; any fault of it fails the test."""
    with watched_page(browser, demo_server) as page:
        yield page


@pytest.fixture(autouse=True)
def _no_memory_between_tests() -> None:
    """Here the shared server may remember its answers: no journey changes its data."""
