"""The one table from fault to status, and how a fault is told: a page in both languages, or problem+json (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from domain.errors import (
    BadRequest,
    Busy,
    Conflict,
    Forbidden,
    NotFound,
    NotLoggedIn,
    NotReady,
    OneMapError,
    PreconditionRequired,
    Stale,
    TooManyTries,
)

RETRY_AFTER_S = 2
LOGIN_CHALLENGE = 'Form realm="onemap", location="/login"'
STATUSES: dict[type[OneMapError], HTTPStatus] = {
    BadRequest: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    NotLoggedIn: HTTPStatus.UNAUTHORIZED,
    TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    PreconditionRequired: HTTPStatus.PRECONDITION_REQUIRED,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
}
# status: (code, Chinese title, English title); a status not listed is told as the family's first
TITLES: dict[int, tuple[str, str, str]] = {
    400: ("bad_request", "请求有误", "The request cannot be used"),
    401: ("unauthorized", "请先登录", "Please log in"),
    403: ("forbidden", "没有权限", "Not permitted"),
    404: ("not_found", "没有找到", "Not found"),
    405: ("method_not_allowed", "此地址不接受这种请求", "The address does not take this method"),
    406: ("not_acceptable", "没有可用的格式", "No format both sides know"),
    409: ("conflict", "内容已被改动", "Changed meanwhile"),
    412: ("precondition_failed", "内容已被改动", "Changed meanwhile"),
    413: ("too_large", "内容过大", "Too large"),
    414: ("address_too_long", "地址过长", "The address is too long"),
    415: ("unsupported_format", "不支持的格式", "The format is not supported"),
    428: ("precondition_required", "未说明所依据的版本", "The version seen is missing"),
    429: ("too_many_requests", "请求过于频繁", "Too many requests"),
    500: ("internal_error", "系统出错", "Something broke on our side"),
    503: ("not_ready", "暂时不能服务", "Not ready"),
}
# what the reader can do next
ADVICE: dict[int, tuple[str, str]] = {
    400: ("请检查地址或所填内容。", "Check the address or what was filled in."),
    404: ("请检查地址，或从上方菜单重新进入。", "Check the address, or start again from the menu."),
    500: ("故障已记入日志，请稍后再试。", "The fault has been logged; try again later."),
    503: ("请稍后再试；若一直如此，请联系管理员。", "Try again shortly; if it stays, tell the administrator."),
}


@dataclass(frozen=True)
class Problem:
    """A fault as it is told. `place`: the field, code, file or row at fault."""

    status: int
    code: str
    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str
    place: str | None = None


def init_app(app: Flask) -> None:
    """Answer every fault. An unforeseen exception reaches `_http_error` as 500, logged by Flask."""
    app.register_error_handler(OneMapError, _known_error)
    app.register_error_handler(HTTPException, _http_error)


def status_of(error: type[OneMapError]) -> HTTPStatus:
    """The status of an error class: its own, or that of the nearest class above it.

    >>> status_of(NotReady)
    <HTTPStatus.SERVICE_UNAVAILABLE: 503>
    """
    for ancestor in error.__mro__:
        if ancestor in STATUSES:
            return STATUSES[ancestor]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _known_error(error: OneMapError) -> Response:
    status = status_of(type(error))
    _, title_zh, title_en = _title(status)
    if isinstance(error, Busy):
        title_zh, title_en = "系统正忙", "Busy"
    answer = _tell(
        Problem(
            status=status,
            code=error.code,
            title_zh=title_zh,
            title_en=title_en,
            detail_zh=error.message_zh,
            detail_en=error.message_en,
            place=error.place,
        )
    )
    if isinstance(error, Busy):
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, TooManyTries):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, NotLoggedIn):
        answer.headers["WWW-Authenticate"] = LOGIN_CHALLENGE
    return answer


def _http_error(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, SecurityError):  # no host, so no address to build a page from
        return Response("不是本服务器的主机名 / not a host name of this server\n", 400, mimetype="text/plain")
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST or error.response is not None:
        return error
    code, title_zh, title_en = _title(error.code)
    detail_zh, detail_en = ADVICE.get(error.code, ("", ""))
    answer = _tell(Problem(error.code, code, title_zh, title_en, detail_zh, detail_en))
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            answer.headers[name] = value
    return answer


def _title(status: int) -> tuple[str, str, str]:
    return TITLES.get(status) or TITLES[500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400]


def _tell(problem: Problem) -> Response:
    answer = _as_json(problem) if wants_json() else make_response(render_template("errors/problem.html", page=problem))
    answer.status_code = problem.status
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.add("Accept")
    return answer


def _as_json(problem: Problem) -> Response:
    answer = jsonify(
        {
            "type": f"urn:onemap:problem:{problem.code}",
            "title": problem.title_zh,
            "title_en": problem.title_en,
            "status": int(problem.status),
            "code": problem.code,
            "detail": problem.detail_zh,
            "detail_en": problem.detail_en,
            "place": problem.place,
            "instance": request.path,
        }
    )
    answer.mimetype = "application/problem+json"
    return answer


def wants_json() -> bool:
    """Whether the reader is a program rather than a person before a browser."""
    if request.path.startswith(("/api/", "/ogc/", "/healthz")) or request.path in {"/api", "/ogc"}:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/problem+json", "application/json"])
    return best is not None and best != "text/html"
