"""An account limited to parks enters what concerns these parks, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import Forbidden
from domain.words import PlaceLayer
from models import Enterprise, Place
from services.entry.planning import Action, Pair

_PLACES = ("place_code", "place_a_code", "place_b_code")


def refuse_beyond(session: Session, pairs: list[Pair], parks: frozenset[str] | None) -> None:
    """Raises Forbidden when a row that changes anything belongs to another park or to none, before or after.

    parks: what the account is limited to; None = everything.
    """
    if parks is None:
        return
    places_of_firms = {
        firm.code: firm.place_code for firm in session.execute(select(Enterprise.code, Enterprise.place_code))
    }
    park_of = {
        place.code: place.code if place.layer is PlaceLayer.PARK else place.parent_code
        for place in session.scalars(select(Place))
    }
    for pair in pairs:
        if pair.action is Action.UNCHANGED:
            continue
        for values in _sides(pair):
            places = [values[name] for name in _PLACES if name in values]
            if "enterprise_code" in values:
                places.append(places_of_firms.get(values["enterprise_code"]))
            if not places or any(place is None or park_of[place] not in parks for place in places):
                line = pair.item.row.line if pair.item is not None else None
                named = "、".join(sorted(parks))
                raise Forbidden(
                    f"此账号只能录入这些园区的内容：{named}", f"this account enters data of these parks only: {named}",
                    place=None if line is None else f"row {line}",
                )  # fmt: skip


def _sides(pair: Pair) -> Iterator[dict[str, Any]]:
    if pair.item is not None:
        yield dict(pair.item.values)
    if pair.thing is not None:
        yield {column.key: getattr(pair.thing, column.key) for column in type(pair.thing).__table__.columns}
