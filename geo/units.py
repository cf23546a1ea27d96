"""Units of area. Stored: hectares. 亩 and km² appear only through this module.

1 亩 (mu) = 10000/15 m² = 666.67 m²; 15 亩 = 1 ha; 100 ha = 1 km².
"""

M2_PER_HA = 10_000.0
HA_PER_KM2 = 100.0
MU_PER_HA = 15.0
M2_PER_MU = M2_PER_HA / MU_PER_HA


def mu_to_ha(area_mu: float) -> float:
    """亩 → hectares.

    >>> mu_to_ha(3570)
    238.0
    """
    return area_mu / MU_PER_HA


def ha_to_mu(area_ha: float) -> float:
    """Hectares → 亩.

    >>> ha_to_mu(238)
    3570.0
    """
    return area_ha * MU_PER_HA


def km2_to_ha(area_km2: float) -> float:
    """Square kilometres → hectares.

    >>> km2_to_ha(1.5)
    150.0
    """
    return area_km2 * HA_PER_KM2


def ha_to_km2(area_ha: float) -> float:
    """Hectares → square kilometres.

    >>> ha_to_km2(150)
    1.5
    """
    return area_ha / HA_PER_KM2


def m2_to_ha(area_m2: float) -> float:
    """Square metres → hectares.

    >>> m2_to_ha(19200)
    1.92
    """
    return area_m2 / M2_PER_HA


def ha_to_m2(area_ha: float) -> float:
    """Hectares → square metres.

    >>> ha_to_m2(1.92)
    19200.0
    """
    return area_ha * M2_PER_HA


def m2_to_mu(area_m2: float) -> float:
    """Square metres → 亩.

    >>> m2_to_mu(10000)
    15.0
    """
    return ha_to_mu(m2_to_ha(area_m2))


def mu_to_m2(area_mu: float) -> float:
    """亩 → square metres.

    >>> round(mu_to_m2(1), 3)
    666.667
    """
    return ha_to_m2(mu_to_ha(area_mu))
