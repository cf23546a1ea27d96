"""JSON answers: lists by page, single things, and the parameters an address may carry."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, jsonify, request
from pydantic import BaseModel

from domain.errors import BadRequest

LIMIT, LIMIT_MAX = 100, 1000


def listing(items: Sequence[BaseModel | dict[str, Any]], *own: str) -> Response:
    """One page of a list that is at hand as a whole. own: parameters besides the day and the page."""
    known_parameters("as_of", "limit", "offset", *own)
    limit, offset = page_asked()
    return page(items[offset : offset + limit], len(items), limit, offset)


def page_asked() -> tuple[int, int]:
    """(limit, offset); a limit beyond 1,000 is 1,000. Raises BadRequest."""
    return min(whole("limit", LIMIT, least=1), LIMIT_MAX), whole("offset", 0, least=0)


def page(items: Sequence[BaseModel | dict[str, Any]], total: int, limit: int, offset: int) -> Response:
    """One page of a list and where the next one is."""
    following = None
    if offset + limit < total:
        query = request.args.to_dict() | {"limit": str(limit), "offset": str(offset + limit)}
        following = f"{request.path}?" + "&".join(f"{key}={_quoted(value)}" for key, value in query.items())
    return jsonify({"items": [_plain(item) for item in items], "total": total, "next": following})


def whole(name: str, default: int, *, least: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < least:
        raise BadRequest(
            f"{name} 应为不小于 {least} 的整数：{text[:40]}",
            f"{name} must be a whole number of at least {least}: {text[:40]}",
            place=name,
        )
    return int(text)


def known_parameters(*names: str, repeated: Collection[str] = ()) -> None:
    """Each of the names may stand once, each of the repeated ones several times. Raises BadRequest."""
    for name in request.args:
        if name not in names and name not in repeated:
            raise BadRequest(f"未知参数：{name[:40]}", f"unknown parameter: {name[:40]}", place=name[:40])
        if name not in repeated and len(request.args.getlist(name)) > 1:
            raise BadRequest(f"参数重复：{name[:40]}", f"the parameter stands twice: {name[:40]}", place=name[:40])


def _quoted(value: str) -> str:
    return quote(value, safe="")


def _plain(item: BaseModel | dict[str, Any]) -> Any:
    return item.model_dump(mode="json") if isinstance(item, BaseModel) else item


def answer(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), mimetype="application/json")


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
