"""The map as one file that opens from a stick: everything inline, nothing asked of any network."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session

from config import ROOT
from domain.errors import NotFound
from geo.maps import MapOptions, map_shell
from geo.network import DEFAULT_RULE, TravelRule
from services.cache import cached
from services.chains import list_chains
from services.export_gaps import gaps_of_day
from services.map_data import map_data, offered_dates, place_details

MOST_KEPT_FILES = 6  # each of several megabytes
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def safe_json(value: Any) -> str:
    """JSON that can stand inside a script element: no `<`, `>`, `&`, U+2028 or U+2029, no NaN.

    >>> safe_json({"name": "</script>&"})
    '{"name":"\\\\u003c/script\\\\u003e\\\\u0026"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return "".join(_UNSAFE.get(character, character) for character in text)


def map_file(
    session: Session,
    *,
    as_of: date | None,
    today: date,
    chain: str | None,
    approval_no: str | None,
    rule: TravelRule = DEFAULT_RULE,
) -> str:
    """One HTML file with the map of a day, or, without one, of every day on offer; with the chain gaps of its newest
    day, as the public may see them. Raises NotFound for the chain."""
    if chain is not None and chain not in {known.code for known in list_chains(session, as_of=today)}:
        raise NotFound(f"没有这条产业链：{chain}", f"no such chain: {chain}", place=chain)
    return cached(
        session,
        ("export", as_of, today, chain, approval_no, rule),
        lambda: _map_file(session, as_of, today, chain, approval_no, rule),
        most=MOST_KEPT_FILES,
    )


def _map_file(
    session: Session, as_of: date | None, today: date, chain: str | None, approval_no: str | None, rule: TravelRule
) -> str:
    days = [as_of] if as_of else [date.fromisoformat(entry["as_of"]) for entry in offered_dates(today)]
    snapshots = {}
    for day in days:
        drawn = map_data(session, as_of=day, today=today, approval_no=approval_no)
        drawn = drawn | {"dates": [entry for entry in drawn["dates"] if date.fromisoformat(entry["as_of"]) in days]}
        if as_of is not None and not drawn["dates"]:
            label = as_of.isoformat()
            drawn["dates"] = [{"as_of": label, "label_zh": label, "label_en": label}]
        snapshots[day.isoformat()] = {"map": drawn, "details": place_details(session, as_of=day)}
    data = {
        "snapshots": snapshots,
        "gaps": gaps_of_day(session, as_of=days[-1], rule=rule),
        "default_as_of": days[-1].isoformat(),
        "default_chain": chain,
        "exported_on": today.isoformat(),
    }
    data["sha256_of_data"] = hashlib.sha256(safe_json([snapshots, data["gaps"]]).encode()).hexdigest()
    return _render(data, chains=list_chains(session, as_of=days[-1]))


def _render(data: dict[str, Any], *, chains: Any) -> str:
    shell = map_shell(MapOptions())
    css_text = "\n".join(_static_text(path) for path in ("css/base.css", *shell.css_links))
    js_texts = [*(_static_text(path) for path in shell.js_links), shell.script]
    js_texts += [_static_text(path) for path in shell.controller_links]
    first = data["snapshots"][data["default_as_of"]]["map"]
    return (
        _environment()
        .get_template("export_map.html")
        .render(
            page={
                "shell": shell,
                "chains": chains,
                "dates": first["dates"],
                "exported_on": data["exported_on"],
                "demo": first["demo"],
            },
            title="招商一张图 · 示例市 · 演示数据" if first["demo"] else "招商一张图 · 鹰潭",
            css_text=css_text,
            js_texts=js_texts,
            data_json=safe_json(data),
            script_hashes=[_csp_hash(text) for text in js_texts],
            style_hashes=[_csp_hash(css_text)],
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["t"] = lambda zh, en: zh
    return environment


@lru_cache(maxsize=64)
def _static_text(path: str) -> str:
    text = (Path(ROOT) / "static" / path).read_text(encoding="utf-8")
    if path.endswith(".js") and "</script" in text.lower():
        raise ValueError(f"{path} would end its script element")
    return text


def _csp_hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"sha256-{digest}"
