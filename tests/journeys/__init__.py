"""Journeys go through the browser only."""

import pytest

pytest.register_assert_rewrite("tests.journeys.browsing", "tests.journeys.rules")
