"""Places: the list of them, and everything known of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.periods import Holding, earliest_date_in
from domain.words import AreaKind, Audience, PlaceLayer, PlaceLevel
from models import (
    Capacity,
    ChainNode,
    Designation,
    Enterprise,
    EnterpriseNode,
    Facility,
    Observation,
    Offer,
    OfferConfirmation,
    OfferTier,
    Place,
    PlaceArea,
    PlaceCode,
    PlaceEvent,
    PlaceLevelFact,
    PlaceName,
    Target,
)
from services import facts
from services.cache import cached
from services.citations import cited
from services.locations import Locations, locate
from services.schemas import AreaOut, EnterpriseOut, LevelOut, NamedOut, OfferOut, PlaceDetailOut, PlaceOut

Row = TypeVar("Row")
AREA_ORDER = (AreaKind.APPROVED, AreaKind.GRANTED, AreaKind.PLANNED, AreaKind.BUILT, AreaKind.DEVELOPED)


def list_places(session: Session, *, as_of: date) -> list[PlaceOut]:
    """All places that may exist on a day, in the dataset's order."""
    return cached(session, ("places", as_of), lambda: _list_places(session, as_of))


def get_place(session: Session, code: str, *, as_of: date, audience: Audience = Audience.PUBLIC) -> PlaceDetailOut:
    """Everything known of one place on a day. Raises NotFound."""
    return cached(session, ("place", code, as_of, audience), lambda: _get_place(session, code, as_of, audience))


def find_place(session: Session, code: str) -> Place | None:
    place = session.get(Place, code)
    return place if place is not None and place.superseded_at is None else None


def open_rows(session: Session, model: type[Row], *conditions: Any) -> Sequence[Row]:
    """The rows known now, in their order."""
    kind: Any = model
    order = [kind.sort] if hasattr(kind, "sort") else inspect(kind).primary_key
    return session.scalars(select(kind).where(kind.superseded_at.is_(None), *conditions).order_by(*order)).all()


def _list_places(session: Session, as_of: date) -> list[PlaceOut]:
    locations = locate(session, as_of=as_of)
    levels: dict[str, list[LevelOut]] = defaultdict(list)
    for level in open_rows(session, PlaceLevelFact):
        levels[level.place_code].append(facts.level_out(level, as_of))
    areas: dict[str, list[AreaOut]] = defaultdict(list)
    for area in open_rows(session, PlaceArea):
        areas[area.place_code].append(facts.area_out(area))
    return [
        PlaceOut(**_summary(place, levels[place.code], areas[place.code], locations, as_of))
        for place in open_rows(session, Place)
        if place.period.holds_on(as_of) is not Holding.NO
    ]


def _summary(
    place: Place, levels: list[LevelOut], areas: list[AreaOut], locations: Locations, as_of: date
) -> dict[str, Any]:
    location = locations.by_place[place.code]
    level = facts.level_on(levels)
    area = _area_shown(areas)
    path = quote(place.code)
    return {
        "code": place.code,
        "layer": place.layer,
        "kind": place.kind,
        "name_zh": place.name_zh,
        "short_name_zh": place.short_name_zh,
        "name_en": place.name_en,
        "name_en_is_official": place.name_en_is_official,
        "county": place.county_code,
        "county_zh": place.county.short_name_zh if place.county else None,
        "county_en": place.county.name_en if place.county else None,
        "parent": place.parent_code,
        "is_on_belt": place.is_on_belt,
        "holds": place.period.holds_on(as_of).value,
        "level": level,
        "drawn": location.drawn,
        "lonlat": location.lonlat,
        "accuracy_m": location.accuracy_m,
        "area": area,
        "area_ha": area.area_ha if area else None,
        "priority": _priority(place, level),
        "url": f"/parks/{path}",
        "en_url": f"/en/parks/{path}",
        **cited(place),
    }


def _area_shown(areas: list[AreaOut]) -> AreaOut | None:
    """The area that stands for the place: approved before granted, planned, built, developed; never a mere target."""
    for kind in AREA_ORDER:
        of_kind = [area for area in areas if area.kind is kind and area.comparison in {"eq", "about"}]
        if of_kind:
            return of_kind[-1]
    return None


def _priority(place: Place, level: LevelOut | None) -> int:
    """Which label gives way to which: 0 stays longest."""
    is_home = any(near is not None and near.is_on_belt for near in (place, place.county, place.parent))
    if not is_home:
        return 4
    if place.layer is PlaceLayer.COUNTY:
        return 2
    if place.layer is PlaceLayer.ZONE:
        return 3
    return 0 if level is not None and level.level is PlaceLevel.NATIONAL else 1


def _get_place(session: Session, code: str, as_of: date, audience: Audience) -> PlaceDetailOut:
    place = find_place(session, code)
    if place is None:
        raise NotFound(f"没有这个地点：{code}", f"no such place: {code}", place=code)
    locations = locate(session, as_of=as_of)
    levels = [
        facts.level_out(row, as_of) for row in open_rows(session, PlaceLevelFact, PlaceLevelFact.place_code == code)
    ]
    areas = [facts.area_out(row) for row in open_rows(session, PlaceArea, PlaceArea.place_code == code)]
    children = open_rows(session, Place, Place.parent_code == code)
    is_division = place.layer in {PlaceLayer.COUNTY, PlaceLayer.PREFECTURE}
    at_place = _at_place(Enterprise, code, is_division)
    return PlaceDetailOut(
        **_summary(place, levels, areas, locations, as_of),
        names=[facts.name_out(row, as_of) for row in open_rows(session, PlaceName, PlaceName.place_code == code)],
        codes=[facts.code_out(row) for row in open_rows(session, PlaceCode, PlaceCode.place_code == code)],
        levels=levels,
        areas=areas,
        history=sorted(
            (
                facts.event_out(row)
                for row in open_rows(session, PlaceEvent, PlaceEvent.place_code == code)
                if is_attested(row.happened_on_stated, as_of)
            ),
            key=lambda event: event.happened_on or "",
        ),
        designations=[
            facts.designation_out(row, as_of)
            for row in open_rows(session, Designation, Designation.place_code == code)
            if row.period.holds_on(as_of) is not Holding.NO
        ],
        enterprises=[
            firm for firm in enterprises(session, at_place, audience=audience) if is_attested(firm.evidence_on, as_of)
        ],
        facilities=[
            facts.facility_out(row) for row in open_rows(session, Facility, _at_place(Facility, code, is_division))
        ],
        targets=[facts.target_out(row) for row in open_rows(session, Target, Target.place_code == code)],
        observations=[
            facts.observation_out(row)
            for row in open_rows(session, Observation, Observation.place_code == code)
            if is_attested(row.period, as_of)
        ],
        offers=_offers_for(session, place, as_of),
        children=[NamedOut(code=row.code, name_zh=row.short_name_zh, name_en=row.name_en) for row in children],
        geometry=locations.by_place[code].answer,
    )


def is_attested(dated: str | None, as_of: date) -> bool:
    """Whether evidence of this printed date can speak of a day: what was first seen later is not known of it.

    An undated text speaks of every day.
    """
    seen = earliest_date_in(dated)
    return seen is None or seen.first_day <= as_of


def _at_place(model: Any, code: str, is_division: bool) -> Any:
    """In the place; for a county, also what is known only to lie in it."""
    if is_division:
        return or_(model.place_code == code, model.county_code == code)
    return model.place_code == code


def enterprises(session: Session, *conditions: Any, audience: Audience = Audience.PUBLIC) -> list[EnterpriseOut]:
    """Enterprises with their chain nodes and capacities."""
    rows = open_rows(session, Enterprise, *conditions)
    codes = [row.code for row in rows]
    nodes: dict[str, list[tuple[EnterpriseNode, ChainNode]]] = defaultdict(list)
    links = session.execute(
        select(EnterpriseNode, ChainNode)
        .join(ChainNode, ChainNode.code == EnterpriseNode.node_code)
        .where(EnterpriseNode.superseded_at.is_(None), EnterpriseNode.enterprise_code.in_(codes))
        .order_by(ChainNode.sort)
    )
    for link, node in links:
        nodes[link.enterprise_code].append((link, node))
    capacities: dict[str, list[Capacity]] = defaultdict(list)
    for capacity in open_rows(session, Capacity, Capacity.enterprise_code.in_(codes)):
        capacities[capacity.enterprise_code].append(capacity)
    return [facts.enterprise_out(row, nodes[row.code], capacities[row.code], audience) for row in rows]


def _offers_for(session: Session, place: Place, as_of: date) -> list[OfferOut]:
    """The offers for the place itself, and for the divisions and the park that hold it."""
    holders: set[str] = set()
    held: Place | None = place
    while held is not None:
        holders |= {code for code in (held.code, held.county_code) if code}
        held = held.parent
    return [offer for offer in list_offers(session, as_of=as_of) if offer.place in holders]


def list_offers(session: Session, *, as_of: date) -> list[OfferOut]:
    """All offers with their tiers and their status on a day."""
    return cached(session, ("offers", as_of), lambda: _list_offers(session, as_of))


def _list_offers(session: Session, as_of: date) -> list[OfferOut]:
    tiers: dict[str, list[OfferTier]] = defaultdict(list)
    for tier in open_rows(session, OfferTier):
        tiers[tier.offer_code].append(tier)
    confirmations: dict[str, list[OfferConfirmation]] = defaultdict(list)
    for confirmation in open_rows(session, OfferConfirmation):
        confirmations[confirmation.offer_code].append(confirmation)
    return [facts.offer_out(row, tiers, confirmations, as_of) for row in open_rows(session, Offer)]
