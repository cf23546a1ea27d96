"""Enterprises with their nodes and capacities as rows: the worked example's first, then the drawn ones in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from domain.words import CapacityKind, CapacityStatus
from models import Capacity, Enterprise, EnterpriseNode
from services.demo import names, trio
from services.demo.chains import PRICES_YUAN, Chains
from services.demo.firms import STATUSES, UPPER_OF_VALUE, Firm, Firms
from services.demo.geography import Park, Region, to_lonlat
from services.demo.places import DATUM
from services.demo.writing import BATCH_ROWS, OBSERVED, OBSERVED_YEAR, Values, Writer

YI_YUAN_A_YEAR, WAN_TONNES_A_YEAR = "亿元/年", "万吨/年"
YUAN_PER_YI_YUAN, TONNES_PER_WAN_TONNES = 1e8, 1e4
YI_YUAN_DIGITS, WAN_TONNES_DIGITS = 2, 4
LEAST_NUMBER_DIGITS = 5
POSITION_DIGITS = 5

FirmRows = tuple[Values, list[Values], list[Values]]
"""A firm, its nodes, its capacities."""


def write(writer: Writer, region: Region, chains: Chains, firms: Firms) -> None:
    """All firms, as many at once as a batch holds."""
    rows = _Rows(region, chains, firms)
    _write(writer, rows.of_trio())
    for start in range(0, len(firms), BATCH_ROWS):
        _write(writer, rows.of_range(start, min(start + BATCH_ROWS, len(firms))))


def _write(writer: Writer, rows: Iterable[FirmRows]) -> None:
    firms, nodes, capacities = [], [], []
    for firm, of_nodes, of_capacities in rows:
        firms.append(firm)
        nodes += of_nodes
        capacities += of_capacities
    writer.insert(Enterprise, firms)
    writer.insert(EnterpriseNode, nodes)
    writer.insert(Capacity, capacities)


class _Rows:
    """Firms as rows. `sort` counts all firms, the worked example's first."""

    def __init__(self, region: Region, chains: Chains, firms: Firms) -> None:
        self.region, self.chains, self.firms = region, chains, firms
        self._digits = max(LEAST_NUMBER_DIGITS, len(str(len(trio.FIRMS) + len(firms))))

    def of_trio(self) -> Iterator[FirmRows]:
        parks = {park.code: park for park in self.region.parks}
        for sort, given in enumerate(trio.FIRMS, 1):
            park = parks[given.park]
            lon, lat = to_lonlat(np.array([park.centre_km]))[0].tolist()
            first, second = sort % len(names.FIRM_FIRST), sort // len(names.FIRM_FIRST) % len(names.FIRM_SECOND)
            firm = self._firm(sort, park, park.code, trio.CHAIN, (first, second), given.node)
            firm |= {"lon": round(lon, POSITION_DIGITS), "lat": round(lat, POSITION_DIGITS)}
            told = _capacity(firm["code"], given.node, given.capacity_yi_yuan, CapacityStatus.REPORTED)
            told["is_published"] = given.is_published
            yield firm, [_link(firm["code"], given.node, is_built=True)], [told]

    def of_range(self, start: int, end: int) -> Iterator[FirmRows]:
        nodes = [node["code"] for node in self.chains.nodes]
        chain_of = [node["chain_code"] for node in self.chains.nodes]
        part = self.firms.part(start, end)
        positions = _positions(self.region, part).round(POSITION_DIGITS).tolist()
        each = enumerate(zip(part.each(), positions, strict=True), len(trio.FIRMS) + start + 1)
        for sort, (drawn, position) in each:
            park = self.region.parks[drawn.park]
            place = None if drawn.in_county_only else self._place(drawn, park)
            words = (drawn.first_word, drawn.second_word)
            firm = self._firm(sort, park, place, chain_of[drawn.node], words, nodes[drawn.node])
            if place is not None:
                firm["lon"], firm["lat"] = position
            links, capacities = [], []
            for number, value, status in _standings(drawn):
                links.append(_link(firm["code"], nodes[number], is_built=not drawn.is_project))
                told = _capacity(firm["code"], nodes[number], value, STATUSES[status], drawn.is_bounded)
                capacities.append(_plan(firm["code"], nodes[number], value) if drawn.is_project else told)
            yield firm, links, capacities

    def _place(self, drawn: Firm, park: Park) -> str:
        return park.code if drawn.zone < 0 else self.region.zones[drawn.zone].code

    def _firm(self, sort: int, park: Park, place: str | None, chain: str, words: tuple[int, int], node: str) -> Values:
        return {
            "code": f"demo-firm-{sort:0{self._digits}d}",
            "name_zh": names.firm_name(*words, chain, sort, self._digits),
            "place_code": place,
            "county_code": park.county,
            "lon": None,
            "lat": None,
            "source_datum": None if place is None else DATUM,
            "product": self.chains.name_of[node],
            "evidence_on": str(OBSERVED),
            "sort": sort,
        }


def _standings(drawn: Firm) -> list[tuple[int, float, int]]:
    """The numbers of its nodes, with value and status."""
    first = (drawn.node, drawn.value, drawn.status)
    return [first] if drawn.second < 0 else [first, (drawn.second, drawn.second_value, drawn.second_status)]


def _positions(region: Region, firms: Firms) -> np.ndarray:
    """Degrees, (firms, 2)."""
    centres = np.array([park.centre_km for park in region.parks])[firms.park]
    distance_km = np.array([park.inner_km for park in region.parks])[firms.park] * firms.distance
    return to_lonlat(centres + np.column_stack((np.cos(firms.angle), np.sin(firms.angle))) * distance_km[:, None])


def _link(firm: str, node: str, *, is_built: bool) -> Values:
    return {
        "key": f"{firm}|{node}",
        "enterprise_code": firm,
        "node_code": node,
        "is_built": is_built,
    }


def _plan(firm: str, node: str, value_yi_yuan: float) -> Values:
    """What a project is to make one day: counts nowhere."""
    return {**_capacity(firm, node, value_yi_yuan, CapacityStatus.REPORTED), "kind": CapacityKind.PLANNED}


def _capacity(firm: str, node: str, value_yi_yuan: float, status: CapacityStatus, is_bounded: bool = False) -> Values:
    """In tonnes where the node has a price, else in yuan. is_bounded: an unknown one has an upper bound."""
    value, unit = _in_unit(node, value_yi_yuan)
    is_unknown = status is CapacityStatus.UNKNOWN
    return {
        "key": f"{firm}|{node}",
        "enterprise_code": firm,
        "node_code": node,
        "kind": CapacityKind.OBSERVED,
        "status": status,
        "value": None if is_unknown else value,
        "upper_value": value * UPPER_OF_VALUE if is_unknown and is_bounded else None,
        "unit": unit,
        "year": OBSERVED_YEAR,
        "is_published": False,
    }


def _in_unit(node: str, value_yi_yuan: float) -> tuple[float, str]:
    """The figure as it is told.

    >>> _in_unit("CU-STRIP", 8.0), _in_unit("CU-ROD", 8.0)
    ((1.0, '万吨/年'), (8.0, '亿元/年'))
    """
    price_yuan = PRICES_YUAN.get(node)
    if price_yuan is None:
        return round(value_yi_yuan, YI_YUAN_DIGITS), YI_YUAN_A_YEAR
    wan_tonnes = value_yi_yuan * YUAN_PER_YI_YUAN / price_yuan / TONNES_PER_WAN_TONNES
    return max(round(wan_tonnes, WAN_TONNES_DIGITS), 10.0**-WAN_TONNES_DIGITS), WAN_TONNES_A_YEAR
