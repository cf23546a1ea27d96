"""Boundary files as land bureaus send them: Gauss–Krüger metres, GBK names, no word of either."""

from __future__ import annotations

from collections.abc import Sequence

from geo.crs import transformer
from tests.geo.intake.makers import Point, dbf, shp, zip_of

ZONE_39 = 4527


def in_zone_39(ring: Sequence[Point]) -> list[Point]:
    """Degrees as metres of the 3° zone 39, its number before the easting."""
    change = transformer(4490, ZONE_39)
    return [change.transform(x, y) for x, y in ring]


def gbk_shapefile(rows: Sequence[tuple[str, str, Sequence[Point]]], *, stem: str = "界址") -> bytes:
    """A zip of a Shapefile of (code, name, ring in degrees), without .prj and .cpg, names in GBK."""
    shapes, index = shp([[in_zone_39(ring)] for _, _, ring in rows])
    table = dbf([(b"CODE", 40), (b"NAME", 60)], [[code.encode(), name.encode("gbk")] for code, name, _ in rows])
    return zip_of({f"{stem}.shp": shapes, f"{stem}.shx": index, f"{stem}.dbf": table})
