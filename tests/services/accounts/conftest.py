from __future__ import annotations

import pytest

from domain.permissions import Role
from models.database import Database
from services.accounts import logging_in, sessions
from tests.accounts import add_account
from tests.services.accounts.office import Clock


@pytest.fixture
def office(database: Database) -> Database:
    """With one officer, wang.fang."""
    add_account(database, "wang.fang", Role.OFFICER)
    return database


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (logging_in, sessions):
        monkeypatch.setattr(module, "now", clock)
    return clock


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were really compared; each is wrong, at no cost."""
    seen: list[str] = []
    monkeypatch.setattr(logging_in, "is_right", lambda password, _: bool(seen.append(password)))
    return seen
