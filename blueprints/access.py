"""Who may use which address: every view names the permission it needs, and an app with one that does not is not built.

@pages.post("/data/preview")
@needs(Permission.ENTER_DATA, most_bytes=MAX_FILE_BYTES)
def preview() -> str: …
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from flask import Flask, current_app, g, redirect, request
from werkzeug.wrappers import Response

from blueprints import csrf, web
from blueprints.errors import wants_json
from domain.errors import NotLoggedIn
from domain.permissions import ANYBODY, Permission, require
from services.accounts.audit import note_refusal

View = TypeVar("View", bound=Callable[..., Any])
FORM_BYTES = 64 * 1024
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Needs:
    """What a view needs. most_bytes: of the body of an unsafe request, known before it is read."""

    permission: Permission
    most_bytes: Callable[[], int]


_needs: WeakKeyDictionary[Callable[..., Any], Needs] = WeakKeyDictionary()


def needs(permission: Permission, *, most_bytes: int | Callable[[], int] = FORM_BYTES) -> Callable[[View], View]:
    """Mark a view, below its route. most_bytes: a function where it is a setting."""
    most = most_bytes if callable(most_bytes) else lambda: most_bytes

    def mark(view: View) -> View:
        _needs[view] = Needs(permission, most)
        return view

    return mark


def find_needs(app: Flask, endpoint: str) -> Needs | None:
    """What an endpoint needs; None where its view does not say."""
    return _needs.get(app.view_functions[endpoint])


def init_app(app: Flask) -> None:
    """Guard every request."""
    csrf.init_app(app)
    app.jinja_env.globals["login_link"] = login_address
    if "static" in app.view_functions:
        needs(Permission.READ_PUBLIC)(app.view_functions["static"])
    app.before_request(_guard)
    app.after_request(_note_refusal)


def refuse_unnamed(app: Flask) -> None:
    """Raises RuntimeError naming the routes that need no permission; called when the app is complete."""
    unnamed = sorted({rule.endpoint for rule in app.url_map.iter_rules() if find_needs(app, rule.endpoint) is None})
    if unnamed:
        raise RuntimeError(f"routes that name no permission (blueprints/access.py): {', '.join(unnamed)}")


def _guard() -> Response | None:
    if request.endpoint is None:  # no such address or method; blueprints/errors.py tells
        return None
    needed = find_needs(current_app, request.endpoint)
    if needed is None:
        raise RuntimeError(f"{request.endpoint} names no permission")
    if not ANYBODY.may(needed.permission) and not web.may(needed.permission):
        return _refuse(needed.permission)
    if request.method not in _SAFE:
        request.max_content_length = needed.most_bytes()
        csrf.check()
    return None


def _refuse(permission: Permission) -> Response:
    """To the log-in, or Forbidden for an account without the right; programs get NotLoggedIn."""
    login = web.login()
    if login is not None:
        require(login.actor, permission)
    if wants_json():
        raise NotLoggedIn("请先登录", "log in first")
    return redirect(login_address(), code=303)


def _note_refusal(answer: Response) -> Response:
    """Whatever refused an account, the view's permission or a park that is not its own: the audit log has it. A form
    that is out of date is no refusal."""
    is_refusal = answer.status_code == HTTPStatus.FORBIDDEN and not g.get("is_forged", False)
    if is_refusal and request.endpoint is not None:
        login, needed = web.login(), find_needs(current_app, request.endpoint)
        if login is not None and needed is not None:
            note_refusal(web.database(), login.actor, needed.permission, f"{request.method} {request.path}")
    return answer


def login_address() -> str:
    """The log-in form, which leads back here; from a form that was sent, to the start, as it cannot be sent again."""
    address = web.page_url("login.show")
    if request.method not in _SAFE or request.path == address:
        return address
    here = request.full_path.rstrip("?")
    return f"{address}?{urlencode({'next': here})}"
