"""Travel minutes between places over a road graph.

The graph has junctions (positions rounded to 0.001 degree) and edges with a length in kilometres. It holds no classes
and no directions, so every edge runs both ways at one speed, except the belt's, which have their own.

The minutes between two places are the least of: the straight line to a junction near the one, the shortest time through
the graph, the straight line from a junction near the other; or, between neighbours within the access limit, the
straight line between both. A place with no junction near it is outside the graph: its minutes are unknown, not guessed.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np

from geo.belt import Junction, belt_edges, junction
from geo.errors import GeometryError
from geo.measures import LonLat, distances_m

MINUTES_PER_HOUR = 60.0
M_PER_KM = 1000.0
KM_PER_DEGREE = 110.0


@dataclass(frozen=True)
class TravelRule:
    """The parameters of travel; all are assumptions of the app, none is measured.

    road_kmh, belt_kmh: on the graph's edges. access_kmh: on straight lines, low because roads bend. access_count: how
    many junctions of each connected part are tried, nearest first. access_limit_km: beyond it a place is outside.
    """

    road_kmh: float = 50.0
    belt_kmh: float = 60.0
    access_kmh: float = 25.0
    access_count: int = 3
    access_limit_km: float = 10.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} has to be above 0, not {value!r}")


DEFAULT_RULE = TravelRule()


@dataclass(frozen=True)
class RoadEdge:
    """An edge of the graph. a, b: its junctions, in sorted order. is_belt: it lies on the belt's centre line."""

    a: Junction
    b: Junction
    length_km: float
    is_belt: bool


class RoadNetwork:
    """The road graph. Made once, never changed; the same input in any order makes the same network."""

    def __init__(self, edges: Iterable[RoadEdge]) -> None:
        """edges: of several between two junctions the shortest counts. Raises GeometryError for a bad length."""
        self.graph = nx.Graph()
        for edge in sorted(edges, key=lambda edge: (edge.a, edge.b, edge.length_km)):
            if not (math.isfinite(edge.length_km) and edge.length_km >= 0):
                raise GeometryError(f"the edge {edge.a} to {edge.b} has a length of {edge.length_km!r} km")
            if edge.a != edge.b and not self.graph.has_edge(edge.a, edge.b):
                self.graph.add_edge(edge.a, edge.b, edge=edge)
        self.junctions: list[Junction] = sorted(self.graph)
        self._position = {key: index for index, key in enumerate(self.junctions)}
        self._lonlat = np.array(self.junctions, dtype=float).reshape(-1, 2)
        parts = sorted((sorted(part) for part in nx.connected_components(self.graph)), key=lambda part: part[0])
        self._parts = [np.array([self._position[key] for key in part]) for part in parts]

    @classmethod
    def from_features(
        cls, features: Iterable[Mapping[str, Any]], *, belt_vertices: Sequence[LonLat] = (), kind: str = "road"
    ) -> "RoadNetwork":
        """The network of GeoJSON features: LineStrings with properties ``kind`` and ``km``, EPSG:4490 or WGS 84.

        Features of another kind are left out. A feature counts as one edge from its first to its last vertex.
        belt_vertices: the belt's centre line. Raises GeometryError for a feature that is not such a line.
        """
        on_belt = belt_edges(belt_vertices)
        edges: list[RoadEdge] = []
        for number, feature in enumerate(features):
            try:
                if feature["properties"]["kind"] != kind:
                    continue
                if feature["geometry"]["type"] != "LineString":
                    raise GeometryError(f"feature {number} is a {feature['geometry']['type']}, not a LineString")
                ends = feature["geometry"]["coordinates"]
                a, b = sorted((junction(ends[0]), junction(ends[-1])))
                edges.append(RoadEdge(a, b, float(feature["properties"]["km"]), frozenset((a, b)) in on_belt))
            except (KeyError, IndexError, TypeError) as error:
                raise GeometryError(f"feature {number} is not an edge of a road graph: {error!r}") from error
        return cls(edges)

    @property
    def edges(self) -> list[RoadEdge]:
        """All edges, in the order of their junctions."""
        return sorted((data["edge"] for _, _, data in self.graph.edges(data=True)), key=lambda edge: (edge.a, edge.b))

    def travel_minutes(self, a: LonLat, b: LonLat, rule: TravelRule = DEFAULT_RULE) -> float | None:
        """Minutes between two places (degrees, EPSG:4490); None when either is outside the graph or no road joins them.

        The same both ways; 0.0 for one and the same position.
        """
        minutes = float(self.travel_matrix([a, b], rule)[0, 1]) if a != b else 0.0
        return None if math.isnan(minutes) else minutes

    def travel_table(
        self, places: Mapping[str, LonLat], rule: TravelRule = DEFAULT_RULE, within_min: float = math.inf
    ) -> dict[tuple[str, str], float]:
        """Minutes by pair of place codes (a < b); unknown ones and those above `within_min` are left out."""
        codes = sorted(places)
        matrix = np.triu(self.travel_matrix([places[code] for code in codes], rule, within_min), k=1)
        first, second = np.nonzero(np.triu(~np.isnan(matrix), k=1))
        minutes = matrix[first, second].tolist()
        return {
            (codes[i], codes[j]): value for i, j, value in zip(first.tolist(), second.tolist(), minutes, strict=True)
        }

    def travel_matrix(
        self, places: Sequence[LonLat], rule: TravelRule = DEFAULT_RULE, within_min: float = math.inf
    ) -> np.ndarray:
        """Minutes between all places, shape (n, n), symmetric, 0 on the diagonal, NaN where unknown or too many.

        Each pair's minutes depend on that pair alone, to the last bit.
        """
        count = len(places)
        access = [self._access(place, rule) for place in places]
        used = sorted({index for own in access for index, _ in own})
        column = {index: position for position, index in enumerate(used)}
        through = self._through(used, rule, within_min)

        # minutes from each place to each used junction, then on to each other place's junctions
        reach = np.full((count, len(used)), np.inf)
        for place, own in enumerate(access):
            for index, minutes in own:
                reach[place] = np.minimum(reach[place], minutes + through[column[index]])
        matrix: np.ndarray = np.full((count, count), np.inf)
        for place, own in enumerate(access):
            for index, minutes in own:
                matrix[:, place] = np.minimum(matrix[:, place], reach[:, column[index]] + minutes)

        matrix = np.where(np.isinf(matrix), np.nan, np.minimum(matrix, self._straight(places, rule)))
        matrix = np.minimum(matrix, matrix.T)
        matrix[matrix > within_min] = np.nan
        np.fill_diagonal(matrix, 0.0)
        return matrix

    def _access(self, place: LonLat, rule: TravelRule) -> list[tuple[int, float]]:
        """The junctions a place is tied to, with minutes: in each connected part the nearest ones within the limit."""
        if not self.junctions:
            return []
        km = _km_within(place, self._lonlat, rule.access_limit_km)
        tied: list[tuple[int, float]] = []
        for part in self._parts:
            nearest = part[np.argsort(km[part], kind="stable")[: rule.access_count]]
            tied.extend(
                (int(index), float(km[index]) / rule.access_kmh * MINUTES_PER_HOUR)
                for index in nearest
                if km[index] <= rule.access_limit_km
            )
        return tied

    def _through(self, used: Sequence[int], rule: TravelRule, within_min: float) -> np.ndarray:
        """Minutes through the graph between the used junctions, shape (m, m), infinite where no road joins them, or
        none within those minutes."""
        timed: nx.Graph = nx.Graph()
        timed.add_nodes_from(self.junctions)
        timed.add_weighted_edges_from(
            (edge.a, edge.b, edge.length_km / (rule.belt_kmh if edge.is_belt else rule.road_kmh) * MINUTES_PER_HOUR)
            for edge in self.edges
        )
        cutoff = None if math.isinf(within_min) else within_min
        through = np.full((len(used), len(used)), np.inf)
        column = {self.junctions[index]: position for position, index in enumerate(used)}
        for row, index in enumerate(used):
            found = nx.single_source_dijkstra_path_length(timed, self.junctions[index], cutoff=cutoff)
            near = [(column[key], minutes) for key, minutes in found.items() if key in column]
            through[row, [at for at, _ in near]] = [minutes for _, minutes in near]
        symmetric: np.ndarray = np.minimum(through, through.T)
        return symmetric

    @staticmethod
    def _straight(places: Sequence[LonLat], rule: TravelRule) -> np.ndarray:
        """Minutes on the straight line between places, shape (n, n), infinite beyond the access limit."""
        lonlat = np.array(places, dtype=float).reshape(-1, 2)
        km = np.array([_km_within(place, lonlat, rule.access_limit_km) for place in places])
        km = km.reshape(len(places), len(places))
        return np.where(km <= rule.access_limit_km, km / rule.access_kmh * MINUTES_PER_HOUR, np.inf)


def _km_within(place: LonLat, others_lonlat: np.ndarray, limit_km: float) -> np.ndarray:
    """Geodesic distances from a place to those others that may be within the limit, shape (n,), km; infinite to the
    rest. A degree is never shorter than 110 km north to south, nor than 110 km times the cosine east to west."""
    near_lat = np.abs(others_lonlat[:, 1] - place[1]) <= limit_km / KM_PER_DEGREE
    highest = min(89.0, abs(place[1]) + limit_km / KM_PER_DEGREE)
    near_lon = np.abs(others_lonlat[:, 0] - place[0]) <= limit_km / (KM_PER_DEGREE * math.cos(math.radians(highest)))
    near = np.flatnonzero(near_lat & near_lon)
    km = np.full(len(others_lonlat), np.inf)
    km[near] = distances_m(place, others_lonlat[near]) / M_PER_KM
    return km
