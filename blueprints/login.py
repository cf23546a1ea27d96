"""Logging in and out, and one's own account."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from blueprints import web
from blueprints.access import needs
from blueprints.account_words import ROLE_MEANINGS, ROLE_WORDS, Words
from blueprints.errors import LOGIN_CHALLENGE, status_of
from blueprints.local_paths import local_path
from domain.errors import BadRequest, NotLoggedIn, OneMapError, TooManyTries
from domain.permissions import Actor, Permission
from services.accounts import logging_in, managing
from services.accounts.attempts import TryLimits
from services.accounts.logging_in import Where
from services.accounts.passwords import LEAST, MOST

pages = Blueprint("login", __name__)


@dataclass(frozen=True)
class LoginPage:
    """The form. next: the local address it leads to; fault: why the last try was refused."""

    next: str
    name: str = ""
    fault: OneMapError | None = None


@dataclass(frozen=True)
class OwnAccountPage:
    """One's own account. parks: the names of those it is limited to; None: all."""

    actor: Actor
    role: Words
    role_meaning: Words
    parks: list[str] | None
    fault: OneMapError | None = None
    is_done: bool = False
    least: int = LEAST
    most: int = MOST


@pages.get("/login")
@needs(Permission.READ_PUBLIC)
def show() -> Response | str:
    following = _next(request.args.get("next"))
    if web.login() is not None:
        return redirect(following, code=303)
    return render_template("login/login.html", page=LoginPage(next=following))


@pages.post("/login")
@needs(Permission.READ_PUBLIC)
def log_in() -> Response:
    name, following = request.form.get("name", "").strip(), _next(request.form.get("next"))
    password = request.form.get("password", "")
    try:
        token = logging_in.log_in(web.database(), name=name, password=password, where=_where(), old=web.login())
    except (NotLoggedIn, TooManyTries) as fault:
        page = render_template("login/login.html", page=LoginPage(following, name[:64], fault))
        return _refused(page, fault)
    answer = redirect(following, code=303)
    web.set_cookie(answer, web.session_cookie(), token)
    return answer


@pages.post("/logout")
@needs(Permission.OWN_ACCOUNT)
def log_out() -> Response:
    login = web.login()
    if login is not None:
        logging_in.log_out(web.database(), login)
    answer = redirect(web.page_url("map.show"), code=303)
    answer.delete_cookie(web.session_cookie(), path="/", secure=web.settings().secure_cookie, httponly=True)
    return answer


@pages.get("/account")
@needs(Permission.OWN_ACCOUNT)
def show_own() -> str:
    return _own(is_done=request.args.get("done") == "password")


@pages.post("/account/password")
@needs(Permission.OWN_ACCOUNT)
def change_password() -> Response:
    login = web.login()
    if login is None:
        raise NotLoggedIn("请先登录", "log in first")
    form = request.form
    try:
        if form.get("new") != form.get("repeated"):
            raise BadRequest("两次输入的新密码不一样", "the new password was typed in two ways", place="repeated")
        token = logging_in.change_own_password(
            web.database(), login=login, old=form.get("old", ""), new=form.get("new", ""), where=_where()
        )
    except (BadRequest, TooManyTries) as fault:
        return _refused(_own(fault=fault), fault)
    answer = redirect(web.page_url("login.show_own", done="password"), code=303)
    web.set_cookie(answer, web.session_cookie(), token)
    return answer


def _own(*, fault: OneMapError | None = None, is_done: bool = False) -> str:
    actor = web.actor()
    assert actor.role is not None  # OWN_ACCOUNT needs an account
    page = OwnAccountPage(actor, ROLE_WORDS[actor.role], ROLE_MEANINGS[actor.role], _park_names(actor), fault, is_done)
    return render_template("login/account.html", page=page)


def _park_names(actor: Actor) -> list[str] | None:
    if actor.parks is None:
        return None
    with web.database().read() as session:
        names = {park.code: web.pick(park, "name") for park in managing.list_park_choices(session)}
    return sorted(names.get(code, code) for code in actor.parks)


def _refused(page: str, fault: OneMapError) -> Response:
    answer = make_response(page, status_of(type(fault)))
    if isinstance(fault, TooManyTries):
        answer.headers["Retry-After"] = str(fault.retry_after_s)
    if isinstance(fault, NotLoggedIn):
        answer.headers["WWW-Authenticate"] = LOGIN_CHALLENGE
    return answer


def _next(asked: str | None) -> str:
    return local_path(asked or "") or web.page_url("map.show")


def _where() -> Where:
    """X-Forwarded-For is what anybody can write; the address is the connection's."""
    settings = web.settings()
    return Where(
        address=request.remote_addr or "",
        agent=request.user_agent.string,
        lifetime=web.lifetime(),
        limits=TryLimits(settings.login_tries_per_account, settings.login_tries_per_address),
    )
