"""Accounts and log-ins for tests, without the time a password takes."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from blueprints import web
from domain.permissions import Role
from models import Account, AccountPark, AuditEntry, LoginSession
from models.database import Database, now
from services.accounts.actors import get_account
from services.accounts.names import fold
from services.accounts.passwords import hashed
from services.accounts.sessions import open_session

PASSWORD = "三块石头 and a bridge"


@lru_cache(maxsize=1)
def password_hash() -> str:
    return hashed(PASSWORD)


def add_account(database: Database, name: str, role: Role, *, parks: Collection[str] = ()) -> None:
    """An account with PASSWORD."""
    at = now()
    with database.write() as session:
        session.add(
            Account(
                name=name,
                folded_name=fold(name),
                password_hash=password_hash(),
                role=role,
                is_disabled=False,
                created_at=at,
                changed_at=at,
                parks=[AccountPark(place_code=code) for code in parks],
            )
        )


@dataclass(frozen=True)
class Visitor:
    """A browser that is logged in, and the token its forms carry."""

    client: FlaskClient
    token: str
    csrf: str

    def get(self, address: str, **asked: Any) -> TestResponse:
        return self.client.get(address, **asked)

    def post(self, address: str, data: dict[str, Any] | None = None, **asked: Any) -> TestResponse:
        """As its own pages send a form."""
        return self.client.post(address, data={"csrf_token": self.csrf} | (data or {}), **asked)


def visitor(app: Flask, name: str) -> Visitor:
    """Log an account in, past the form."""
    database: Database = app.extensions[web.EXTENSION]["database"]
    with app.test_request_context(), database.write() as session:
        token = open_session(
            session, get_account(session, name), lifetime=web.lifetime(), address="127.0.0.1", agent="test"
        )
        cookie = web.session_cookie()
        session.flush()
        csrf = session.scalars(select(LoginSession.csrf_token).order_by(LoginSession.id.desc())).first()
    client = app.test_client()
    client.set_cookie(cookie, token)
    return Visitor(client, token, str(csrf))


def newcomer(app: Flask, role: Role, *, parks: Collection[str] = (), name: str = "") -> Visitor:
    """A new account, logged in."""
    name = name or f"{role}.one"
    add_account(app.extensions[web.EXTENSION]["database"], name, role, parks=parks)
    return visitor(app, name)


def form_token(page: TestResponse) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, "no form with a token"
    return found[1]


def log_in(client: FlaskClient, name: str, password: str = PASSWORD, **asked: Any) -> TestResponse:
    """Through the form, as a browser does."""
    token = form_token(client.get("/login"))
    return client.post("/login", data={"csrf_token": token, "name": name, "password": password}, **asked)


def last_line(database: Database) -> tuple[str, str, str | None]:
    with database.read() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        return entry.actor, entry.action, entry.subject
