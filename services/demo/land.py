"""Plots and plants inside the parks, and facilities of the six support systems."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from shapely.geometry import Polygon

from domain.words import SupportSystem
from models import BoundaryVersion, Facility, Plant, Plot
from services.demo.geography import Park, Region, to_lonlat
from services.demo.parameters import DemoParameters
from services.demo.places import DATUM, boundary
from services.demo.writing import OBSERVED, OBSERVED_YEAR, Values, Writer

PLOT_FILLS = (0.5, 0.85)  # share of its square's side, least and most
_LAND_USES, _LAND_USE_SHARES = ("0601", "0604"), (0.85, 0.15)  # GB/T 21010-2017: industry, storage
_VACANCIES: tuple[bool | None, ...] = (True, False, None)
_VACANCY_SHARES = (0.5, 0.3, 0.2)
PARKS_A_PLANT = 2
MOST_STOREYS = 5
FLOOR_AREA_M2 = (3_000.0, 25_000.0)
LEAST_FACILITIES_A_SYSTEM, PARKS_A_FACILITY = 3, 40
FACILITY_SPREAD = 0.5  # of the inner radius of its park

_FACILITIES = {
    SupportSystem.INNOVATION: ("检测中心", "testing centre"),
    SupportSystem.TALENT: ("职业技术学校", "vocational school"),
    SupportSystem.MARKET: ("专业市场", "specialised market"),
    SupportSystem.LOGISTICS: ("物流中心", "logistics centre"),
    SupportSystem.PLATFORM: ("污水处理厂", "waste water plant"),
    SupportSystem.FINANCE: ("金融服务中心", "financial services centre"),
}


def write(writer: Writer, region: Region, parameters: DemoParameters) -> None:
    """All of it; every plot has its outline, whatever their number."""
    plots, outlines = _plots(region, parameters)
    writer.insert(Plot, plots)
    writer.insert(BoundaryVersion, outlines)
    writer.insert(Plant, _plants(region, parameters.generator("plants")))
    writer.insert(Facility, _facilities(region, parameters.generator("facilities")))


def _plots(region: Region, parameters: DemoParameters) -> tuple[list[Values], list[Values]]:
    random = parameters.generator("plots")
    counts = random.multinomial(parameters.plots, np.full(len(region.parks), 1 / len(region.parks)))
    plots, outlines = [], []
    for park, count in zip(region.parks, counts.tolist(), strict=True):
        for number, corners_km in enumerate(_rectangles(park, count, random), 1):
            code = f"{park.code}-plot-{number:02d}"
            version = boundary("plots", code, Polygon(to_lonlat(corners_km)))
            outlines.append(version)
            plots.append(
                {
                    "key": code,
                    "code": code,
                    "name_zh": f"{park.name.short_zh}{number}号地块",
                    "place_code": park.code,
                    "area_ha": round(version["measured_area_ha"], 2),
                    "land_use_code": str(random.choice(_LAND_USES, p=_LAND_USE_SHARES)),
                    "is_vacant": _VACANCIES[random.choice(len(_VACANCIES), p=_VACANCY_SHARES)],
                    "attested_on": OBSERVED,
                }
            )
    return plots, outlines


def _rectangles(park: Park, count: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """Rectangles that share nothing, each in a square of its own; the squares fill the one inside the inner circle."""
    if count == 0:
        return
    side = math.ceil(math.sqrt(count))
    whole_km = park.inner_km * math.sqrt(2)
    square_km = whole_km / side
    for index in random.permutation(side * side)[:count].tolist():
        corner = np.array([index % side, index // side]) * square_km - whole_km / 2 + park.centre_km
        size = random.uniform(*PLOT_FILLS, 2) * square_km
        low = corner + random.random(2) * (square_km - size)
        yield low + np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * size


def _plants(region: Region, random: np.random.Generator) -> Iterator[Values]:
    for park in region.parks[::PARKS_A_PLANT]:
        floor_area_m2 = round(random.uniform(*FLOOR_AREA_M2), -2)
        vacancy = _VACANCIES[random.choice(len(_VACANCIES), p=_VACANCY_SHARES)]
        share = None if vacancy is None else float(vacancy) * random.random()
        code = f"{park.code}-plant-1"
        yield {
            "key": code,
            "code": code,
            "name_zh": f"{park.name.short_zh}1号标准厂房",
            "place_code": park.code,
            "storeys": int(random.integers(1, MOST_STOREYS + 1)),
            "floor_area_m2": floor_area_m2,
            "vacant_area_m2": None if share is None else round(floor_area_m2 * share, -2),
            "attested_on": OBSERVED,
        }


def _facilities(region: Region, random: np.random.Generator) -> Iterator[Values]:
    count = max(LEAST_FACILITIES_A_SYSTEM, len(region.parks) // PARKS_A_FACILITY)
    sort = 0
    for system, (zh, en) in _FACILITIES.items():
        for index in random.permutation(len(region.parks))[:count].tolist():
            park = region.parks[index]
            sort += 1
            offset = random.uniform(-FACILITY_SPREAD, FACILITY_SPREAD, 2) * park.inner_km
            lon, lat = to_lonlat(np.array([park.centre_km]) + offset)[0].tolist()
            yield {
                "code": f"{park.code}-{system.value}",
                "system": system,
                "type_zh": zh,
                "name_zh": f"{park.name.short_zh}{zh}",
                "name_en": f"{park.name.en} {en}",
                "place_code": park.code,
                "county_code": park.county,
                "lon": round(lon, 5),
                "lat": round(lat, 5),
                "source_datum": DATUM,
                "status_zh": "在用（演示）",
                "year": OBSERVED_YEAR,
                "sort": sort,
            }
