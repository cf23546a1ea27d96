"""The OpenAPI description, made from the answers' own types so that it cannot drift."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from domain.gaps.what_if import MOST_LANDINGS
from services import schemas
from services.gaps import schemas as gap_schemas
from services.gaps.asking import LARGEST_RADIUS_MIN
from services.gaps.landings import WRITTEN

AS_OF = {
    "name": "as_of",
    "in": "query",
    "description": "The day asked for, YYYY-MM-DD; today without",
    "schema": {"type": "string", "format": "date"},
}
PAGING = [
    {"name": "limit", "in": "query", "description": "At most 1,000; larger is answered with 1,000",
     "schema": {"type": "integer", "minimum": 1, "default": 100}},
    {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}},
]  # fmt: skip
CODE = {"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}
QUERY = {"name": "q", "in": "query", "description": "Chinese, pinyin or initials", "schema": {"type": "string"}}
CHAIN = {"name": "chain", "in": "query", "description": "A chain, e.g. CU", "schema": {"type": "string"}}
RADIUS = {
    "name": "radius",
    "in": "query",
    "description": f"Minutes from 0 to {LARGEST_RADIUS_MIN:g}; own: each node's own; belt: all of the belt",
    "schema": {"type": "string", "default": "own"},
}
GAP_FILTERS = [
    {"name": name, "in": "query", "description": f"{what}, several separated by commas", "schema": {"type": "string"}}
    for name, what in (("place", "Places"), ("node", "Nodes"), ("kind", "Kinds"), ("remedy", "Remedies"))
]
FINDING = {
    "name": "finding",
    "in": "query",
    "description": "Findings, several separated by commas",
    "schema": {"type": "string"},
}
LANDING = {
    "name": "land",
    "in": "query",
    "required": True,
    "description": f"Up to {MOST_LANDINGS} landings, each {WRITTEN}: capacity in 100 million yuan, land in mu",
    "schema": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MOST_LANDINGS},
    "style": "form",
    "explode": True,
}
GAP_LISTS: dict[str, tuple[str, type[BaseModel], list[dict[str, Any]]]] = {
    "/gaps": ("Chain gaps, the largest first", gap_schemas.GapOut, [CHAIN, RADIUS, *GAP_FILTERS]),
    "/gaps/unknowns": (
        "Firms of unknown capacity, whom to ask first",
        gap_schemas.UnknownOut,
        [CHAIN, RADIUS],
    ),
    "/gaps/designations": (
        "Designations of parks held against the firms known there",
        gap_schemas.FindingOut,
        [CHAIN, GAP_FILTERS[0], FINDING],
    ),
}
GAP_THINGS: dict[str, tuple[str, type[BaseModel], list[dict[str, Any]]]] = {
    "/gaps/overlay": ("A chain's gaps for the map", gap_schemas.OverlayOut, [CHAIN, RADIUS]),
    "/gaps/places/{code}": ("A chain's gaps at a place", gap_schemas.PlaceGapsOut, [CODE, CHAIN, RADIUS]),
    "/whatif": ("What landings would change", gap_schemas.WhatIfOut, [CHAIN, RADIUS, LANDING]),
}
LISTS: dict[str, tuple[str, type[BaseModel] | None]] = {
    "/parks": ("Parks", schemas.PlaceOut),
    "/zones": ("Zones", schemas.PlaceOut),
    "/chains": ("Chains", schemas.ChainOut),
    "/designations": ("Designations", schemas.DesignationOut),
    "/targets": ("Targets", schemas.TargetOut),
    "/offers": ("Offers", schemas.OfferOut),
    "/policies": ("Policy documents", schemas.DocumentOut),
    "/search": ("Search", None),
}
THINGS: dict[str, tuple[str, type[BaseModel]]] = {
    "/parks/{code}": ("One park", schemas.PlaceDetailOut),
    "/zones/{code}": ("One zone", schemas.PlaceDetailOut),
    "/places/{code}": ("One place of any layer", schemas.PlaceDetailOut),
    "/chains/{code}": ("One chain", schemas.ChainDetailOut),
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "title_en": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "detail_en": {"type": "string"},
        "place": {"type": ["string", "null"]},
    },
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole description."""
    models = {model for _, model in LISTS.values() if model} | {model for _, model in THINGS.values()}
    models |= {model for _, model, _ in (*GAP_LISTS.values(), *GAP_THINGS.values())}
    _, definitions = models_json_schema(
        [(model, "serialization") for model in sorted(models, key=lambda model: model.__name__)],
        ref_template="#/components/schemas/{model}",
    )
    paths: dict[str, Any] = {
        f"/api/v1{path}": _get(title, _list_schema(model), [AS_OF, *PAGING, *([QUERY] if path == "/search" else [])])
        for path, (title, model) in LISTS.items()
    }
    for path, (title, model) in THINGS.items():
        paths[f"/api/v1{path}"] = _get(title, _reference(model), [CODE, AS_OF])
    for path, (title, model, parameters) in GAP_LISTS.items():
        paths[f"/api/v1{path}"] = _get(title, _list_schema(model), [*parameters, AS_OF, *PAGING])
    for path, (title, model, parameters) in GAP_THINGS.items():
        paths[f"/api/v1{path}"] = _get(title, _reference(model), [*parameters, AS_OF])
    paths["/api/v1/map"] = _get("Everything the map draws", {"type": "object"}, [AS_OF])
    paths["/api/v1/belt"] = _get("The 320国道 belt", {"type": "object"}, [AS_OF])
    paths["/api/v1/openapi.json"] = _get("This description", {"type": "object"}, [])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "招商一张图 OneMap",
            "version": "1",
            "description": "Every fact carries its source (document and clause, or publication and date) and a grade.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": {**definitions["$defs"], "Problem": PROBLEM}},
    }


def _get(title: str, schema: dict[str, Any], parameters: list[dict[str, Any]]) -> dict[str, Any]:
    problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return {
        "get": {
            "summary": title,
            "parameters": parameters,
            "responses": {
                "200": {"description": title, "content": {"application/json": {"schema": schema}}},
                "400": {"description": "A parameter cannot be used", **problem},
                "404": {"description": "Nobody has that code", **problem},
            },
        }
    }


def _reference(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _list_schema(model: type[BaseModel] | None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items", "total", "next"],
        "properties": {
            "items": {"type": "array", "items": _reference(model) if model else {"type": "object"}},
            "total": {"type": "integer"},
            "next": {"type": ["string", "null"]},
        },
    }
