"""Changes are asked for by this site's own pages only.

Two things must hold for every unsafe method: the browser does not name another site as the sender, and the request
carries a token another site cannot read: the session's, kept on the server; for visitors without a log-in, the one of
a cookie of their own (double submit). The token comes in the form field `csrf_token` or the header `X-CSRF-Token`.
"""

from __future__ import annotations

import hmac
import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from markupsafe import Markup

from blueprints import web
from domain.errors import Forbidden

FIELD, HEADER = "csrf_token", "X-CSRF-Token"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def csrf_token() -> str:
    """What the forms of this answer carry."""
    g.has_token = True  # so the answer is kept by nobody
    login = web.login()
    if login is not None:
        return login.csrf_token
    if "visitor_token" not in g:
        g.visitor_token = _visitors_token() or secrets.token_urlsafe(32)
    return str(g.visitor_token)


def csrf_field() -> Markup:
    """The hidden field every form with method="post" needs."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token())


def check() -> None:
    """Raises Forbidden unless the request comes from a page of this site."""
    g.is_forged = True  # unless it turns out to be ours
    if not _is_from_here():
        raise Forbidden("请求不是从本站页面发出的", "the request does not come from a page of this site")
    login = web.login()
    expected = login.csrf_token if login is not None else _visitors_token()
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not expected or not hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass")):
        raise Forbidden(
            "页面已过期：请返回、刷新页面后再提交", "the page is out of date: go back, load it again and send it again"
        )
    g.is_forged = False


def init_app(app: Flask) -> None:
    app.jinja_env.globals["csrf_field"] = csrf_field
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if "visitor_token" in g and _visitors_token() != g.visitor_token:
        web.set_cookie(response, web.cookie_name("onemap_form"), g.visitor_token)
    if "has_token" in g:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _visitors_token() -> str | None:
    given = request.cookies.get(web.cookie_name("onemap_form"), "")
    return given if _TOKEN.fullmatch(given) else None


def _is_from_here() -> bool:
    """Browsers say where a request comes from; what says nothing is no browser, and the token alone decides."""
    site = request.headers.get("Sec-Fetch-Site")
    if site == "same-origin":
        return True
    if site not in {None, "none"}:
        return False
    origin = request.headers.get("Origin")
    return origin is None or (urlsplit(origin).netloc == request.host and urlsplit(origin).scheme in {"http", "https"})
