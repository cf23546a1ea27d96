"""Landings of a what-if in an address: ?land=PLACE:NODE:CAPACITY[:MU], up to three, or field by field from the form."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from domain.gaps.what_if import MOST_LANDINGS
from services.gaps.landings import LandingText, split_landing

LAND = "land"
FIELDS = ("place", "node", "capacity", "mu")


def landings_asked() -> list[LandingText]:
    """Those of the address, in their order."""
    return [split_landing(text) for text in request.args.getlist(LAND)]


def landings_filled() -> list[LandingText]:
    """Those of the form's fields (place_1, node_1 …), rows left blank passed over."""
    rows = [
        LandingText(*(request.args.get(f"{field}_{number}", "").strip() for field in FIELDS))
        for number in range(1, MOST_LANDINGS + 1)
    ]
    return [row for row in rows if not row.is_blank]


def form_rows(texts: Iterable[LandingText]) -> list[LandingText]:
    """As many rows as the form has: the landings, then blank ones."""
    return [*texts, *[LandingText()] * MOST_LANDINGS][:MOST_LANDINGS]
