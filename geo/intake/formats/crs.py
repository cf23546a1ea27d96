"""The names files give their coordinate system, as "EPSG:n"."""

from __future__ import annotations

import re

from pyproj import CRS
from pyproj.exceptions import CRSError

_MAX_WKT = 20_000
_URN = re.compile(
    r"^(?:urn:(?:ogc|x-ogc):def:crs:|https?://(?:www\.)?opengis\.net/def/crs/)?EPSG[:/]{1,2}[\d.]*[:/]?(\d{4,6})$", re.I
)
_CRS84 = re.compile(r"^(?:urn:ogc:def:crs:|https?://(?:www\.)?opengis\.net/def/crs/)?OGC[:/][\d.]*[:/]?CRS84h?$", re.I)


def from_name(name: str) -> str | None:
    """A name as in the `crs` member of GeoJSON; None: not one that is known.

    >>> from_name("urn:ogc:def:crs:OGC:1.3:CRS84"), from_name("urn:ogc:def:crs:EPSG::4490"), from_name("local")
    ('EPSG:4326', 'EPSG:4490', None)
    """
    if _CRS84.match(name.strip()):
        return "EPSG:4326"
    match = _URN.match(name.strip())
    return from_code(int(match[1])) if match else None


def from_code(code: int) -> str | None:
    """
    >>> from_code(4527), from_code(1)
    ('EPSG:4527', None)
    """
    try:
        CRS.from_epsg(code)
    except CRSError:
        return None
    return f"EPSG:{code}"


def from_wkt(text: str) -> str | None:
    """The registered system a WKT (ESRI's or OGC's) describes; None: it is no WKT, or of none that is registered."""
    if len(text) > _MAX_WKT:
        return None
    try:
        code = CRS.from_wkt(text).to_epsg()
    except (CRSError, UnicodeEncodeError):
        return None
    return f"EPSG:{code}" if code else None


_DATUM_BASE = {
    # datum: (3° with prefix, 3° without, 6° with prefix, 6° without); add the zone number
    "2000": (4488, 4509, 4478, 4489),
    "80": (2324, 2345, 2314, 2325),
    "54": (2376, 2397, 21400, 21440),
}


def gauss_krueger(datum: str, degrees: int, zone: int, *, has_prefix: bool) -> str | None:
    """The Gauss-Krüger grid of a zone. datum: "2000", "80" or "54"; None: there is no such zone.

    has_prefix: eastings carry the zone number.

    >>> gauss_krueger("2000", 3, 39, has_prefix=True), gauss_krueger("80", 3, 39, has_prefix=False)
    ('EPSG:4527', 'EPSG:2384')
    """
    if datum not in _DATUM_BASE or degrees not in (3, 6):
        return None
    if zone not in (range(25, 46) if degrees == 3 else range(13, 24)):
        return None
    return f"EPSG:{_DATUM_BASE[datum][(degrees == 6) * 2 + (not has_prefix)] + zone}"
