"""Named sample shapes and positions, EPSG:4490 (longitude, latitude, degrees) unless a name says otherwise.

All are synthetic; the positions only lie where Yingtan lies.
"""

from shapely import LineString, MultiPolygon, Point, Polygon, box

YINGTAN = (117.07, 28.26)
"""A point in Yingtan, 117.07° E 28.26° N."""

SQUARE = box(117.00, 28.20, 117.02, 28.22)
"""0.02° by 0.02°: 435.0 ha."""

HOLE = box(117.005, 28.205, 117.015, 28.215)

SQUARE_WITH_HOLE = Polygon(SQUARE.exterior.coords, [list(HOLE.exterior.coords)])
"""SQUARE without HOLE, the hole wound like the outside."""

SQUARE_WITH_HOLE_REVERSED = Polygon(SQUARE.exterior.coords, [list(HOLE.exterior.coords)[::-1]])
"""SQUARE without HOLE, the hole wound against the outside."""

NEIGHBOUR = box(117.02, 28.20, 117.04, 28.22)
"""Shares the eastern side of SQUARE."""

ISLAND = box(117.06, 28.20, 117.08, 28.22)
"""Away from SQUARE, of the same size."""

TWO_PARTS = MultiPolygon([SQUARE, ISLAND])

TWO_PARTS_WOUND_BOTH_WAYS = MultiPolygon([SQUARE, Polygon(list(ISLAND.exterior.coords)[::-1])])
"""TWO_PARTS, one clockwise and one anticlockwise."""

L_SHAPE = Polygon([(117.0, 28.2), (117.04, 28.2), (117.04, 28.21), (117.01, 28.21), (117.01, 28.24), (117.0, 28.24)])
"""Not convex: its centroid lies near the inner corner."""

BOW_TIE = Polygon([(117.0, 28.2), (117.02, 28.22), (117.02, 28.2), (117.0, 28.22)])
"""Crosses itself: not valid."""

SQUARE_WITH_HEIGHT = Polygon([(x, y, 35.0) for x, y in SQUARE.exterior.coords])

SQUARE_SWAPPED = Polygon([(y, x) for x, y in SQUARE.exterior.coords])
"""Latitude first: the classic fault."""

SQUARE_IN_4527 = Polygon(
    [(39506000.0, 3127000.0), (39507000.0, 3127000.0), (39507000.0, 3128000.0), (39506000.0, 3128000.0)]
)
"""EPSG:4527, 1 km by 1 km near Yingtan, easting first: 100 ha."""

MERIDIAN = LineString([(117.0, 28.0), (117.0, 29.0)])
"""One degree along 117° E: 110,828 m on GRS80."""

ROAD = LineString([(116.8, 28.2), (116.9, 28.22), (117.0, 28.2), (117.05, 28.3), (117.2, 28.31)])
"""Five vertices with bends both ways, one of them sharp."""

HOOKED_ROAD = LineString([(116.802, 28.21), (116.801, 28.205), (116.9, 28.22), (116.9, 28.221), (117.0, 28.24)])
"""Begins with a hook and has a piece of 111 m, as the candidate line of 320国道 does."""

POINT = Point(*YINGTAN)
EMPTY_POLYGON = Polygon()
