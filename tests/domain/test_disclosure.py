"""An unpublished capacity is told as its class of size, and nothing finer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.disclosure import size_class, stand_in

amounts = st.floats(0, 1e9, allow_nan=False)


@given(amounts)
def test_the_class_holds_the_value_and_its_stand_in(value: float) -> None:
    lower, upper = size_class(value)
    assert lower <= value < upper
    assert lower <= stand_in(value) < upper


@given(amounts, amounts)
def test_values_of_one_class_have_one_stand_in(one: float, other: float) -> None:
    assert (stand_in(one) == stand_in(other)) == (size_class(one) == size_class(other))


@pytest.mark.parametrize("edge", [0.001, 0.002, 0.005, 0.01, 1.0, 2.0, 5.0, 10.0, 500.0, 1000.0])
def test_a_class_begins_at_its_lower_edge(edge: float) -> None:
    assert size_class(edge)[0] == pytest.approx(edge)
    assert size_class(np.nextafter(edge, 0))[1] == pytest.approx(edge)


def test_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        size_class(-1.0)
