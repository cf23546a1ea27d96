"""亩, hectares, square kilometres: stated figures."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import units

areas = st.floats(min_value=0, max_value=1e9)


def test_fifteen_mu_are_one_hectare() -> None:
    assert units.mu_to_ha(15) == 1.0
    assert units.ha_to_mu(1) == 15.0


def test_one_mu_is_ten_thousand_fifteenths_of_a_square_metre() -> None:
    assert units.M2_PER_MU == 10000 / 15
    assert units.mu_to_m2(1) == pytest.approx(10000 / 15)


def test_the_stated_3570_mu_are_238_hectares() -> None:
    assert units.mu_to_ha(3570) == 238.0


@settings(deadline=None)
@given(areas)
def test_every_unit_goes_out_and_back(area: float) -> None:
    assert units.mu_to_ha(units.ha_to_mu(area)) == pytest.approx(area)
    assert units.km2_to_ha(units.ha_to_km2(area)) == pytest.approx(area)
    assert units.m2_to_ha(units.ha_to_m2(area)) == pytest.approx(area)
    assert units.m2_to_mu(units.mu_to_m2(area)) == pytest.approx(area)
