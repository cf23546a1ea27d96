"""What every page shares: language, the day asked for, the database, strict headers and the template globals."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Blueprint, Flask, Response, current_app, g, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from config import LAST_SUPPORTED_DAY, Settings
from domain import words
from domain.errors import BadRequest, OneMapError
from domain.periods import LOCAL_ZONE
from domain.permissions import ANYBODY, Actor, Permission
from domain.words import Audience
from geo.units import ha_to_mu
from models import DatasetState
from models.database import Database
from services.accounts.sessions import Lifetime, Login, find_login
from services.cache import cached
from services.schemas import SourceOut

EXTENSION = "onemap"
ENGLISH = "en_"
OPEN_INTERNALLY = frozenset({Permission.SEE_CAPACITIES, Permission.ENTER_DATA})
"""What an internal server (ONEMAP_AUDIENCE) lets everybody do who reaches it."""
FIRST_SUPPORTED_DAY = date(1949, 10, 1)


def database() -> Database:
    """The app's database."""
    return current_app.extensions[EXTENSION]["database"]  # type: ignore[no-any-return]


def settings() -> Settings:
    """The app's settings."""
    return current_app.extensions[EXTENSION]["settings"]  # type: ignore[no-any-return]


def login() -> Login | None:
    """The session that the request's cookie stands for; looked up once, and only where somebody asks.

    None also where the database cannot be read: the page then says so itself. Other ways to say who asks, such as HTTP
    Basic for /ogc, belong here.
    """
    if "login" not in g:
        token = request.cookies.get(session_cookie(), "")
        try:
            g.login = find_login(database(), token, lifetime=lifetime()) if token else None
        except (OneMapError, SQLAlchemyError):
            g.login = None
    found: Login | None = g.login
    return found


def actor() -> Actor:
    """Who asks; nobody in particular without a log-in."""
    found = login()
    return found.actor if found else ANYBODY


def session_cookie() -> str:
    return cookie_name("onemap")


def cookie_name(name: str) -> str:
    """Over HTTPS a name with the prefix that keeps other hosts and plain connections from setting it."""
    return f"__Host-{name}" if settings().secure_cookie else name


def set_cookie(response: BaseResponse, name: str, value: str) -> None:
    """A cookie that scripts cannot read and other sites' forms do not send; gone when the browser closes."""
    response.set_cookie(name, value, secure=settings().secure_cookie, httponly=True, samesite="Lax", path="/")


def lifetime() -> Lifetime:
    return Lifetime(timedelta(hours=settings().session_hours), timedelta(minutes=settings().session_idle_minutes))


def may(permission: Permission) -> bool:
    """Whether whoever asks may do so: by the account, or because the server is internal and they need none."""
    is_open = settings().audience == "internal" and permission in OPEN_INTERNALLY
    return is_open or actor().may(permission)


def audience() -> Audience:
    """Who the answer is for: officers see what the public does not."""
    return Audience.INTERNAL if may(Permission.SEE_CAPACITIES) else Audience.PUBLIC


def is_for_officers() -> bool:
    """Whether the answer shows what only officers may see."""
    return audience() is Audience.INTERNAL


def is_demo() -> bool:
    """Whether the database holds demonstration data; no where it cannot be read: the page then says so itself."""
    if "is_demo" not in g:
        try:
            with database().read() as session:
                g.is_demo = cached(session, ("is demo",), lambda: _dataset(session) == "demo")
        except (OneMapError, SQLAlchemyError):
            g.is_demo = False
    return bool(g.is_demo)


def _dataset(session: Session) -> str | None:
    state = session.get(DatasetState, 1)
    return state.dataset if state else None


def today() -> date:
    """Today where the places are."""
    return datetime.now(LOCAL_ZONE).date()


def as_of() -> date:
    """The day asked for (?as_of=YYYY-MM-DD), today without. Raises BadRequest."""
    asked = request.args.get("as_of", "")
    return parsed_day(asked, "as_of") if asked else today()


def parsed_day(text: str, place: str) -> date:
    """A day in ISO form. Raises BadRequest naming the place."""
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        day = date.fromisoformat(text)
    except ValueError:
        raise BadRequest(
            f"日期应写作 2020-01-01：{text[:40]}", f"a date is written 2020-01-01: {text[:40]}", place=place
        ) from None
    if not FIRST_SUPPORTED_DAY <= day <= LAST_SUPPORTED_DAY:
        raise BadRequest(
            f"日期须在 {FIRST_SUPPORTED_DAY} 与 {LAST_SUPPORTED_DAY} 之间：{day}",
            f"the date must lie between {FIRST_SUPPORTED_DAY} and {LAST_SUPPORTED_DAY}: {day}",
            place=place,
        )
    return day


def language() -> str:
    """'zh' or 'en', by the address."""
    return "en" if request.path == "/en" or request.path.startswith("/en/") else "zh"


def t(zh: str, en: str) -> str:
    """The text in the page's language."""
    return en if language() == "en" else zh


def pick(thing: Any, name: str) -> str:
    """`thing.name_zh` or `thing.name_en`, by the page's language; the other where one is missing."""
    first, second = ("en", "zh") if language() == "en" else ("zh", "en")
    return getattr(thing, f"{name}_{first}") or getattr(thing, f"{name}_{second}") or ""


def word(value: StrEnum | str, vocabulary: str | None = None) -> str:
    """The label of a vocabulary's word in the page's language."""
    known: StrEnum = value if isinstance(value, StrEnum) else getattr(words, vocabulary or "")(value)
    zh, en = words.label(known)
    return t(zh, en)


def page_url(endpoint: str, **values: Any) -> str:
    """The address of a page in the current language."""
    bare = endpoint.removeprefix(ENGLISH)
    return url_for(ENGLISH + bare if language() == "en" else bare, **values)


def other_language_url() -> str:
    """This very page in the other language."""
    path = request.path
    other = (path[3:] or "/") if language() == "en" else f"/en{path}"
    query = request.query_string.decode("utf-8", "replace")
    return f"{quote(other)}?{query}" if query else quote(other)


def source_url(source: SourceOut) -> str | None:
    """The clause a source cites, on its document's page; None for a publication."""
    if source.document is None:
        return None
    prefix = "/en" if language() == "en" else ""
    anchor = f"#clause-{quote(source.clause)}" if source.clause else ""
    return f"{prefix}/policies/{quote(source.document)}{anchor}"


@lru_cache(maxsize=512)
def _static_digest(path: str, modified_ns: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def static_url(path: str) -> str:
    """A static file's address with the hash of its content, so that it can be kept for good."""
    return url_for("static", filename=path, v=static_digest(path))


def static_digest(path: str) -> str | None:
    """The hash of a static file's content; None where there is no such file."""
    folder = Path(current_app.static_folder or "").resolve()
    file = (folder / path).resolve()
    if not file.is_relative_to(folder) or not file.is_file():
        return None
    return _static_digest(str(file), file.stat().st_mtime_ns)


def csp_nonce() -> str:
    """The nonce of this answer's inline script and style."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def local_time(instant: datetime) -> str:
    """An instant by the clock of the places: 2026-11-21 16:20."""
    return instant.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M")


def number(value: float | None) -> str:
    """1234.5 → '1,234.5'; no trailing zeros.

    >>> number(1234.50), number(200.0), number(0.543)
    ('1,234.5', '200', '0.543')
    """
    if value is None:
        return ""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return text or "0"


def mu(area_ha: float) -> str:
    """Hectares as 亩."""
    return number(round(ha_to_mu(area_ha), 1))


def register_pages(app: Flask, *blueprints: Blueprint) -> None:
    """Each page twice: Chinese at /, English under /en/."""
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
        app.register_blueprint(
            blueprint, url_prefix="/en" + (blueprint.url_prefix or ""), name=ENGLISH + blueprint.name
        )


def init_app(app: Flask) -> None:
    """Template globals and the headers of every answer."""
    for helper in (
        actor, is_demo, is_for_officers, local_time, may, t, pick, word, page_url, other_language_url, source_url,
        static_url, csp_nonce, today, language,
    ):  # fmt: skip
        app.jinja_env.globals[helper.__name__] = helper
    app.jinja_env.filters["number"] = number
    app.jinja_env.filters["mu"] = mu
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    tiles = settings().basemap_url
    images = "'self' data:"
    if tiles:
        parts = urlsplit(tiles)
        images += f" {parts.scheme}://{parts.netloc.replace('{s}', '*')}"
    nonce = f"'nonce-{csp_nonce()}'"
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self' {nonce}; style-src 'self' {nonce}; img-src {images}; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if "login" in g:  # the answer may differ by who asks
        response.vary.add("Cookie")
        if g.login is not None:
            response.headers["Cache-Control"] = "private, no-store"
    if request.endpoint == "static":
        is_hashed = request.args.get("v") == static_digest(str((request.view_args or {}).get("filename", "")))
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
    return response
