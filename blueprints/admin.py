"""Accounts and the audit log, for administrators."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from blueprints import web
from blueprints.access import needs
from blueprints.account_words import (
    ACTION_WORDS,
    DETAIL_WORDS,
    DONE_WORDS,
    ROLE_MEANINGS,
    ROLE_WORDS,
    VALUE_WORDS,
    Words,
)
from blueprints.answers import whole
from blueprints.errors import status_of
from domain.errors import BadRequest, Conflict, OneMapError
from domain.permissions import Permission, Role
from services.accounts import audit, managing
from services.accounts.audit import AuditLine, AuditPage
from services.accounts.managing import AccountRow, ParkChoice
from services.accounts.passwords import LEAST, MOST

pages = Blueprint("admin", __name__, url_prefix="/admin")
_ROLES = {role.value: role for role in Role}


@dataclass(frozen=True)
class AccountForm:
    """What was typed, shown again beside its fault."""

    name: str = ""
    role: Role = Role.VIEWER
    parks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Common:
    parks: tuple[ParkChoice, ...]
    fault: OneMapError | None = None
    done: Words | None = None
    roles: dict[Role, Words] = field(default_factory=lambda: ROLE_WORDS)
    role_meanings: dict[Role, Words] = field(default_factory=lambda: ROLE_MEANINGS)
    least: int = LEAST
    most: int = MOST

    def park_name(self, code: str) -> str:
        return next((web.pick(park, "name") for park in self.parks if park.code == code), code)


@dataclass(frozen=True, kw_only=True)
class AccountsPage(_Common):
    """Every account, and the form of a new one."""

    accounts: tuple[AccountRow, ...]
    form: AccountForm = AccountForm()


@dataclass(frozen=True, kw_only=True)
class AccountPage(_Common):
    """One account. is_own: nobody takes rights from themselves here."""

    account: AccountRow
    is_own: bool


@dataclass(frozen=True)
class LogPage:
    """A page of the audit log and what it was asked for."""

    log: AuditPage
    actor: str
    action: str
    actions: tuple[str, ...]
    is_first: bool

    def action_words(self, action: str) -> str:
        return web.t(*ACTION_WORDS.get(action, (action, action)))

    def is_changeset(self, line: AuditLine) -> bool:
        """Whether what a line is of has a page."""
        subject = line.subject or ""
        of_boundaries = line.action.startswith("boundaries ") and line.action != "boundaries package"
        return of_boundaries and subject.isascii() and subject.isdigit()

    def detail_words(self, name: str) -> str:
        return web.t(*DETAIL_WORDS.get(name, (name, name)))

    def value_words(self, name: str, value: str) -> str:
        """A value as people read it: lists without brackets, versions as from and to."""
        known = VALUE_WORDS.get(name, {}).get(value)
        if known is not None:
            return web.t(*known)
        try:
            told = json.loads(value)
        except ValueError:
            return value
        if isinstance(told, list) and all(isinstance(one, str) for one in told):
            return web.t("、", ", ").join(told)
        if name == "versions" and isinstance(told, dict):
            return web.t("，", ", ").join(f"{code} {old or '—'} → {new}" for code, (old, new) in told.items())
        return value


@pages.get("")
@needs(Permission.MANAGE_ACCOUNTS)
def show() -> str:
    return _accounts(done=DONE_WORDS.get(request.args.get("done", "")))


@pages.post("/accounts")
@needs(Permission.MANAGE_ACCOUNTS)
def add() -> Response:
    form, name = request.form, request.form.get("name", "").strip()
    try:
        managing.add_account(
            web.database(),
            name=name,
            role=_role(),
            parks=_parks(),
            password=form.get("password", ""),
            actor=web.actor(),
        )
    except (BadRequest, Conflict) as fault:
        kept = AccountForm(name[:64], _ROLES.get(form.get("role", ""), Role.VIEWER), tuple(_parks()))
        return make_response(_accounts(fault=fault, form=kept), status_of(type(fault)))
    return redirect(web.page_url("admin.show", done="add"), code=303)


@pages.get("/accounts/<name>")
@needs(Permission.MANAGE_ACCOUNTS)
def show_account(name: str) -> str:
    return _account(name, done=DONE_WORDS.get(request.args.get("done", "")))


@pages.post("/accounts/<name>/change")
@needs(Permission.MANAGE_ACCOUNTS)
def change(name: str) -> Response:
    def act() -> None:
        managing.change_account(web.database(), name=name, role=_role(), parks=_parks(), actor=web.actor())

    return _carried_out(name, "change", act)


@pages.post("/accounts/<name>/password")
@needs(Permission.MANAGE_ACCOUNTS)
def set_password(name: str) -> Response:
    def act() -> None:
        managing.set_password(web.database(), name=name, password=request.form.get("password", ""), actor=web.actor())

    return _carried_out(name, "password", act)


@pages.post("/accounts/<name>/disable")
@needs(Permission.MANAGE_ACCOUNTS)
def disable(name: str) -> Response:
    return _carried_out(name, "disable", lambda: _set_disabled(name, is_disabled=True))


@pages.post("/accounts/<name>/enable")
@needs(Permission.MANAGE_ACCOUNTS)
def enable(name: str) -> Response:
    return _carried_out(name, "enable", lambda: _set_disabled(name, is_disabled=False))


@pages.get("/audit")
@needs(Permission.READ_AUDIT)
def show_audit() -> str:
    actor, action = request.args.get("actor", "").strip(), request.args.get("action", "")
    below = whole("below", 0, least=0) or None
    with web.database().read() as session:
        page = LogPage(
            log=audit.list_audit(session, actor=actor, action=action, below=below),
            actor=actor[:128],
            action=action,
            actions=tuple(audit.list_actions(session)),
            is_first=below is None,
        )
    return render_template("admin/audit.html", page=page)


def _carried_out(name: str, what: str, act: Callable[[], None]) -> Response:
    try:
        act()
    except (BadRequest, Conflict) as fault:
        return make_response(_account(name, fault=fault), status_of(type(fault)))
    return redirect(web.page_url("admin.show_account", name=name, done=what), code=303)


def _set_disabled(name: str, *, is_disabled: bool) -> None:
    managing.set_disabled(web.database(), name=name, is_disabled=is_disabled, actor=web.actor())


def _accounts(*, fault: OneMapError | None = None, done: Words | None = None, form: AccountForm | None = None) -> str:
    with web.database().read() as session:
        page = AccountsPage(
            parks=tuple(managing.list_park_choices(session)),
            accounts=tuple(managing.list_accounts(session)),
            fault=fault,
            done=done,
            form=form or AccountForm(),
        )
    return render_template("admin/accounts.html", page=page)


def _account(name: str, *, fault: OneMapError | None = None, done: Words | None = None) -> str:
    with web.database().read() as session:
        account = managing.get_account_row(session, name)
        page = AccountPage(
            parks=tuple(managing.list_park_choices(session)),
            account=account,
            is_own=account.name == web.actor().name,
            fault=fault,
            done=done,
        )
    return render_template("admin/account.html", page=page)


def _role() -> Role:
    role = _ROLES.get(request.form.get("role", ""))
    if role is None:
        raise BadRequest("请选择角色", "choose a role", place="role")
    return role


def _parks() -> list[str]:
    return request.form.getlist("park")
