"""What every journey may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

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


@pytest.fixture(autouse=True)
def _no_memory_between_tests() -> None:
    """Here the shared server may remember its answers: no journey changes its data."""
