"""What an import writes: rows closed, opened, named anew; all of it staff's from then on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Capacity, Enterprise
from models.database import now
from services.dataset.loading import STAFF, Citations
from services.dataset.values import Values
from services.entry.items import Item
from services.entry.planning import Action, Pair
from services.entry.sheets import Sheet

_RECORD = {"id", "origin", "recorded_at", "superseded_at"}


def store(session: Session, sheet: Sheet, pairs: list[Pair], citations: Citations) -> None:
    """Write the pairs that change anything. Part of the caller's transaction."""
    if sheet.is_identity:
        _store_things(session, sheet, pairs, citations)
    else:
        _store_facts(session, sheet, pairs, citations)
    session.flush()


def _store_things(session: Session, sheet: Sheet, pairs: list[Pair], citations: Citations) -> None:
    last = session.scalar(select(func.max(sheet.model.sort))) or 0
    at = now()
    for pair in pairs:
        if pair.item is None or pair.action is Action.UNCHANGED:
            continue
        values = _values(pair.item, citations)
        if pair.thing is None:
            last += 1  # new ones stand behind all others
            session.add(sheet.model(**values, sort=last, origin=STAFF, recorded_at=at))
            continue
        for name, value in values.items():
            setattr(pair.thing, name, value)
        pair.thing.origin, pair.thing.superseded_at = STAFF, None


def _store_facts(session: Session, sheet: Sheet, pairs: list[Pair], citations: Citations) -> None:
    """Close what changed or left, open what is new. Staff hold a scope as a whole: of one that changed, what stays as
    it was becomes theirs too, or the next load would bring back what they took out."""
    at = now()
    touched = {pair.scope for pair in pairs if pair.action is not Action.UNCHANGED}
    fresh: list[Any] = []
    for pair in pairs:
        if pair.action is not Action.UNCHANGED and pair.item is not None:
            values = {**_values(pair.item, citations), "key": pair.item.key}
            fresh.append(sheet.model(**values, origin=STAFF, recorded_at=at))
        elif pair.action is Action.UNCHANGED:
            if pair.scope not in touched or _is_staffs(pair.thing):
                continue
            fresh.append(sheet.model(**_copied(pair.thing), origin=STAFF, recorded_at=at))
        if pair.thing is not None:
            pair.thing.superseded_at = at
    session.flush()  # closed rows first: one open row a key
    session.add_all(fresh)


def _is_staffs(thing: Any) -> bool:
    return bool(thing.origin == STAFF)


def _values(item: Item, citations: Citations) -> Values:
    return {**item.values, "source_id": citations.source(item.citation).id}


def _copied(thing: Any) -> Values:
    names = [column.key for column in type(thing).__table__.columns]
    return {name: getattr(thing, name) for name in names if name not in _RECORD}


def capacity_cells(session: Session, sheet: Sheet, pairs: list[Pair]) -> set[tuple[str, str]] | None:
    """The (place, node) whose capacities the pairs change; None for a sheet that changes more than capacities.

    A firm without a place counts in its county; one with neither, and a capacity of no node, counts nowhere.
    """
    if sheet.model is not Capacity:
        return None
    codes = select(Enterprise.code, Enterprise.place_code, Enterprise.county_code)
    places = {code: place or county for code, place, county in session.execute(codes)}
    touched = {pair.scope for pair in pairs if pair.action is not Action.UNCHANGED}
    return {(place, node) for enterprise, node in touched if node is not None and (place := places[enterprise])}
