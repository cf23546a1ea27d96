"""Travel minutes, against hand-worked numbers."""

import random
from typing import Any

import numpy as np
import pytest

from geo.errors import GeometryError
from geo.measures import distance_m
from geo.network import RoadEdge, RoadNetwork, TravelRule

# A ── 10 km ── B ── 20 km ── C      A ── 60 km ── C      D ── 5 km ── E apart from them
A, B, C, D, E = (117.0, 28.0), (117.1, 28.0), (117.3, 28.0), (118.0, 29.0), (118.05, 29.0)
FAR = (116.0, 27.0)


def feature(a: tuple[float, float], b: tuple[float, float], km: float, kind: str = "road") -> dict[str, Any]:
    geometry = {"type": "LineString", "coordinates": [list(a), list(b)]}
    return {"type": "Feature", "properties": {"kind": kind, "km": km}, "geometry": geometry}


FEATURES = [feature(A, B, 10), feature(B, C, 20), feature(C, A, 60), feature(D, E, 5), feature(A, C, 1, kind="rail")]
RULE = TravelRule(road_kmh=60, belt_kmh=120, access_kmh=30, access_count=1, access_limit_km=5)


@pytest.fixture
def network() -> RoadNetwork:
    return RoadNetwork.from_features(FEATURES)


def test_the_shortest_way_is_taken_at_the_road_speed(network: RoadNetwork) -> None:
    assert network.travel_minutes(A, C, RULE) == pytest.approx(30)  # 10 + 20 km at 60 km/h


def test_the_belt_has_its_own_speed() -> None:
    network = RoadNetwork.from_features(FEATURES, belt_vertices=[C, B])
    assert network.travel_minutes(A, C, RULE) == pytest.approx(10 + 20 / 120 * 60)


def test_time_decides_and_not_length() -> None:
    network = RoadNetwork.from_features(FEATURES, belt_vertices=[A, C])
    fast_belt = TravelRule(road_kmh=60, belt_kmh=180, access_count=1)
    assert network.travel_minutes(A, C, fast_belt) == pytest.approx(20)  # 60 km at 180 km/h against 30 km at 60 km/h


def test_the_way_to_the_road_is_straight_and_slow(network: RoadNetwork) -> None:
    place = (117.0, 28.02)
    access = distance_m(place, A) / 1000 / 30 * 60
    assert network.travel_minutes(place, C, RULE) == pytest.approx(access + 30)


def test_the_best_of_several_junctions_is_taken(network: RoadNetwork) -> None:
    place = (117.04, 28.0)  # nearer to A, but C is reached by B
    two = TravelRule(road_kmh=60, belt_kmh=120, access_kmh=60, access_count=2, access_limit_km=10)
    by_b = distance_m(place, B) / 1000 + 20
    assert network.travel_minutes(place, C, two) == pytest.approx(by_b)


def test_neighbours_go_straight(network: RoadNetwork) -> None:
    a, b = (117.0, 28.02), (117.001, 28.02)
    assert network.travel_minutes(a, b, RULE) == pytest.approx(distance_m(a, b) / 1000 / 30 * 60)


def test_a_place_is_no_minutes_from_itself(network: RoadNetwork) -> None:
    assert network.travel_minutes(FAR, FAR, RULE) == 0.0
    assert network.travel_minutes(A, A, RULE) == 0.0


def test_a_place_outside_the_graph_has_no_minutes(network: RoadNetwork) -> None:
    assert network.travel_minutes(A, FAR, RULE) is None


def test_places_that_no_road_joins_have_no_minutes(network: RoadNetwork) -> None:
    assert network.travel_minutes(A, E, RULE) is None


def test_a_stray_piece_of_road_hides_no_other() -> None:
    stray = [feature((117.0, 28.005), (117.0, 28.006), 0.1), *FEATURES]
    place = (117.0, 28.004)
    assert RoadNetwork.from_features(stray).travel_minutes(place, C, RULE) is not None


def test_the_table_leaves_out_what_is_unknown(network: RoadNetwork) -> None:
    table = network.travel_table({"c": C, "a": A, "far": FAR}, RULE)
    assert table == {("a", "c"): pytest.approx(30)}


def test_the_matrix_is_symmetric_and_each_pair_stands_alone(network: RoadNetwork) -> None:
    rng = random.Random(7)
    places = [(rng.uniform(116.95, 117.35), rng.uniform(27.97, 28.03)) for _ in range(12)] + [FAR, D]
    rule = TravelRule(access_count=2)
    matrix = network.travel_matrix(places, rule)
    assert np.array_equal(matrix, matrix.T, equal_nan=True)
    for i, a in enumerate(places):
        for j, b in enumerate(places):
            alone = network.travel_minutes(a, b, rule)
            assert alone == network.travel_minutes(b, a, rule)
            assert alone == (None if np.isnan(matrix[i, j]) else matrix[i, j])


def test_the_order_of_the_edges_changes_nothing() -> None:
    shuffled = RoadNetwork.from_features(FEATURES[::-1])
    places = [A, B, C, (117.05, 28.01), (117.2, 28.01)]
    here = RoadNetwork.from_features(FEATURES).travel_matrix(places)
    assert np.array_equal(here, shuffled.travel_matrix(places), equal_nan=True)


def test_faster_roads_never_make_it_longer(network: RoadNetwork) -> None:
    places = [A, B, C, (117.05, 28.01), (117.2, 28.01)]
    slow = network.travel_matrix(places, TravelRule(road_kmh=40))
    fast = network.travel_matrix(places, TravelRule(road_kmh=80))
    assert (fast <= slow).all()


def test_of_two_edges_between_the_same_junctions_the_shorter_counts() -> None:
    network = RoadNetwork([RoadEdge(A, B, 12.0, False), RoadEdge(A, B, 10.0, False)])
    assert network.travel_minutes(A, B, RULE) == pytest.approx(10)
    assert len(network.edges) == 1


def test_a_network_without_roads_knows_nothing() -> None:
    network = RoadNetwork.from_features([])
    assert network.travel_minutes(A, B) is None
    assert network.travel_matrix([]).shape == (0, 0)


@pytest.mark.parametrize(
    "bad",
    [
        {"properties": {"kind": "road"}, "geometry": {"type": "LineString", "coordinates": [A, B]}},
        {"properties": {"kind": "road", "km": 1}, "geometry": None},
        {"properties": {"kind": "road", "km": 1}, "geometry": {"type": "Point", "coordinates": A}},
        feature(A, B, -1.0),
        feature(A, B, float("nan")),
    ],
    ids=["no-length", "no-geometry", "point", "negative", "not-a-number"],
)
def test_a_feature_that_is_no_road_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(GeometryError):
        RoadNetwork.from_features([bad])


@pytest.mark.parametrize("name", ["road_kmh", "belt_kmh", "access_kmh", "access_count", "access_limit_km"])
def test_a_rule_needs_every_figure_above_zero(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        TravelRule(**{name: 0})
