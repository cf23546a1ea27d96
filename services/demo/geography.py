"""Counties, parks and zones of the fictional prefecture.

The prefecture is a grid of square cells, three by three to a county, one park to a cell at most. It grows with the
number of parks, so that their density stays about the same. Everything is drawn on a plane in kilometres and put on the
map by one affine step, which keeps apart what is apart and inside what is inside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry import MultiPolygon, Polygon

from domain.words import PlaceKind
from geo.measures import LonLat
from services.demo import names, trio
from services.demo.names import Name
from services.demo.parameters import DemoParameters

PREFECTURE = "demo"
MIDDLE: LonLat = (117.15, 28.3)
KM_PER_DEGREE_LAT = 110.85
KM_PER_DEGREE_LON = 111.32 * math.cos(math.radians(MIDDLE[1]))
CELL_KM = 6.5
COUNTY_CELLS = 3  # cells on each side of a county
LEAST_COUNTIES_A_SIDE = 2
BORDER_STEPS = 2  # border points to a cell
BORDER_JITTER_KM = 0.4
BELT_SWAY = 1 / 6  # how far the belt swings from the middle, of the height of the prefecture
TRIO_COLUMNS = (0, 2, 4)  # where on the belt the three parks of the worked example lie
PARK_JITTER_KM = 0.6
PARK_AREA_HA, PARK_AREA_SPREAD = 420.0, 0.45  # median and sigma of a log-normal
SMALLEST_PARK_HA, LARGEST_PARK_HA = 150.0, 1100.0
PARK_CORNERS = 24
PARK_WAVES = ((2, 0.06), (3, 0.05))  # waves round the outline, share of the radius
HA_PER_KM2 = 100.0
PARKS_A_ZONED_ONE = 3  # every third park has zones
ZONE_SHARE, ZONE_TIP = 0.9, 0.1  # where a zone ends and begins, from the park's centre to its outline
ZONE_HALF_CORNERS = 5  # corners of the park on each side of the middle of a zone

Cell = tuple[int, int]
Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class County:
    code: str
    name: Name
    is_on_belt: bool
    boundary: MultiPolygon


@dataclass(frozen=True)
class Park:
    """centre_km: on the plane. inner_km: a circle of this radius round it lies inside the outline."""

    code: str
    kind: PlaceKind
    name: Name
    county: str
    is_on_belt: bool
    cell: Cell
    centre_km: tuple[float, float]
    inner_km: float
    boundary: MultiPolygon


@dataclass(frozen=True)
class Zone:
    """side: 0 in the east of its park, 1 in the west."""

    code: str
    name: Name
    park: Park
    side: int
    boundary: MultiPolygon


@dataclass(frozen=True)
class Grid:
    """County columns and rows; cells are counted from the south-west."""

    columns: int
    rows: int

    @classmethod
    def for_parks(cls, parks: int) -> Grid:
        """The smallest grid that is about square and holds the parks.

        >>> Grid.for_parks(24), Grid.for_parks(2500)
        (Grid(columns=2, rows=2), Grid(columns=17, rows=17))
        """
        counties = math.ceil(parks / COUNTY_CELLS**2)
        columns = max(LEAST_COUNTIES_A_SIDE, round(math.sqrt(counties)))
        return cls(columns, max(LEAST_COUNTIES_A_SIDE, math.ceil(counties / columns)))

    @property
    def size(self) -> Cell:
        """Cell columns and rows."""
        return (self.columns * COUNTY_CELLS, self.rows * COUNTY_CELLS)

    def county_of(self, cell: Cell) -> int:
        return cell[1] // COUNTY_CELLS * self.columns + cell[0] // COUNTY_CELLS

    def corner_km(self, column: float, row: float) -> tuple[float, float]:
        """A point of the grid on the plane, whose origin is the middle of the grid."""
        width, height = self.size
        return ((column - width / 2) * CELL_KM, (row - height / 2) * CELL_KM)

    def belt_cells(self) -> list[Cell]:
        """The cells the belt runs through, from west to east, each next to the one before."""
        width, height = self.size
        sway = [math.sin(2 * math.pi * column / width) * height * BELT_SWAY for column in range(width)]
        rows = [round((height - 1) / 2 + by) for by in sway]
        path = [(0, rows[0])]
        for column in range(1, width):
            path.append((column, path[-1][1]))
            while (step := rows[column] - path[-1][1]) != 0:
                path.append((column, path[-1][1] + (1 if step > 0 else -1)))
        return path


@dataclass(frozen=True)
class Region:
    """words: place names nobody has taken."""

    grid: Grid
    counties: tuple[County, ...]
    parks: tuple[Park, ...]
    zones: tuple[Zone, ...]
    words: tuple[str, ...]


def to_lonlat(points_km: Points) -> Points:
    """From the plane to degrees, shape (n, 2)."""
    return np.asarray(points_km / (KM_PER_DEGREE_LON, KM_PER_DEGREE_LAT) + MIDDLE)


def make_region(parameters: DemoParameters) -> Region:
    random = parameters.generator("geography")
    grid = Grid.for_parks(parameters.parks)
    words = names.place_words(random)
    belt = grid.belt_cells()
    county_count = grid.columns * grid.rows
    counties = _counties(grid, {grid.county_of(cell) for cell in belt}, words[:county_count], random)
    words = words[county_count:]
    parks = tuple(
        _park(number, cell, grid, cell in belt, words[number], random)
        for number, cell in enumerate(_park_cells(grid, belt, parameters.parks, random))
    )
    zoned = parks[len(trio.PARKS) :: PARKS_A_ZONED_ONE]
    zones = tuple(_zone(park, side) for park in zoned for side in (0, 1))
    return Region(grid, counties, parks, zones, tuple(words[len(parks) :]))


def county_code(number: int) -> str:
    return f"{PREFECTURE}-county-{number + 1:03d}"


def _counties(grid: Grid, on_belt: set[int], words: list[str], random: np.random.Generator) -> tuple[County, ...]:
    """Borders are the same points on both sides: they are moved once, on the grid."""
    width, height = (cells * BORDER_STEPS for cells in grid.size)
    moved = random.uniform(-BORDER_JITTER_KM, BORDER_JITTER_KM, (width + 1, height + 1, 2))
    side = COUNTY_CELLS * BORDER_STEPS
    ring = (
        [(step, 0) for step in range(side)]
        + [(side, step) for step in range(side)]
        + [(side - step, side) for step in range(side)]
        + [(0, side - step) for step in range(side)]
    )
    counties = []
    for number in range(grid.columns * grid.rows):
        west, south = number % grid.columns * side, number // grid.columns * side
        points = [
            np.array(grid.corner_km((west + x) / BORDER_STEPS, (south + y) / BORDER_STEPS)) + moved[west + x, south + y]
            for x, y in ring
        ]
        boundary = MultiPolygon([Polygon(to_lonlat(np.array(points)))])
        name = names.county_name(number, words[number])
        counties.append(County(county_code(number), name, number in on_belt, boundary))
    return tuple(counties)


def _park_cells(grid: Grid, belt: list[Cell], count: int, random: np.random.Generator) -> list[Cell]:
    """The worked example's first, then along the belt, then anywhere."""
    of_trio = [next(cell for cell in belt if cell[0] == column) for column in TRIO_COLUMNS]
    width, height = grid.size
    others = [(column, row) for column in range(width) for row in range(height) if (column, row) not in belt]
    anywhere = [others[index] for index in random.permutation(len(others))]
    return [*of_trio, *(cell for cell in belt if cell not in of_trio), *anywhere][:count]


def _park(number: int, cell: Cell, grid: Grid, is_on_belt: bool, word: str, random: np.random.Generator) -> Park:
    x, y = grid.corner_km(cell[0] + 0.5, cell[1] + 0.5)
    dx, dy = random.uniform(-PARK_JITTER_KM, PARK_JITTER_KM, 2)
    area_ha = PARK_AREA_HA * math.exp(PARK_AREA_SPREAD * random.standard_normal())
    area_ha = min(max(area_ha, SMALLEST_PARK_HA), LARGEST_PARK_HA)
    angles = np.arange(PARK_CORNERS) * (2 * math.pi / PARK_CORNERS)
    radii = np.ones(PARK_CORNERS)
    for waves, share in PARK_WAVES:
        radii += share * np.sin(waves * angles + random.uniform(0, 2 * math.pi))
    radii *= math.sqrt(area_ha / HA_PER_KM2 / math.pi)
    centre = (x + dx, y + dy)
    outline = np.column_stack((np.cos(angles), np.sin(angles))) * radii[:, None] + centre
    if number < len(trio.PARKS):
        code, kind, name = trio.PARKS[number]
    else:
        code = f"{PREFECTURE}-park-{number + 1:04d}"
        kind, name = names.park_name(number, word)
    return Park(
        code=code,
        kind=kind,
        name=name,
        county=county_code(grid.county_of(cell)),
        is_on_belt=is_on_belt,
        cell=cell,
        centre_km=centre,
        inner_km=float(radii.min()) * math.cos(math.pi / PARK_CORNERS),
        boundary=MultiPolygon([Polygon(to_lonlat(outline))]),
    )


def _zone(park: Park, side: int) -> Zone:
    """A sector of the park, a little smaller, its tip moved off the centre so that the two do not touch."""
    corners = np.array(park.boundary.geoms[0].exterior.coords)[:-1]
    own = np.roll(corners, ZONE_HALF_CORNERS - side * PARK_CORNERS // 2, axis=0)[: 2 * ZONE_HALF_CORNERS + 1]
    centre = to_lonlat(np.array([park.centre_km]))[0]
    tip = centre + (own[ZONE_HALF_CORNERS] - centre) * ZONE_TIP
    suffix = names.ZONE_SUFFIXES[side]
    name = Name(park.name.zh + suffix.zh, park.name.short_zh + suffix.zh, f"{park.name.en} {suffix.en}")
    boundary = MultiPolygon([Polygon([tip, *(centre + (own - centre) * ZONE_SHARE)])])
    return Zone(f"{park.code}-{'ew'[side]}", name, park, side, boundary)
