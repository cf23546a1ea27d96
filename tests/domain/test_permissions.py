"""Who may do what, and how a refusal is told."""

from __future__ import annotations

import pytest

from domain.errors import Forbidden
from domain.permissions import Actor, Permission, Role, require

LIMITED = Actor("li", Role.GIS_EDITOR, frozenset({"own", "second"}))


def refusal(actor: Actor, permission: Permission, *parks: str | None) -> Forbidden:
    with pytest.raises(Forbidden) as refused:
        require(actor, permission, parks)
    return refused.value


def test_a_limited_account_is_told_which_parks_are_not_its_own() -> None:
    told = refusal(LIMITED, Permission.EDIT_BOUNDARIES, "own", "other", "another", None)
    assert told.place == "another, other"
    assert "another、other" in told.message_zh
    assert "another, other" in told.message_en
    for message in (told.message_zh, told.message_en):
        assert "li" in message
        assert "edit_boundaries" in message
        assert "own," not in message


def test_a_limited_account_is_told_what_is_in_no_park() -> None:
    told = refusal(LIMITED, Permission.EDIT_BOUNDARIES, "own", None)
    assert told.message_zh.endswith("：不属于任何园区的内容")
    assert told.message_en.endswith(": in no park")
    assert told.place is None


def test_who_may_not_do_it_anywhere_is_told_the_permission_and_no_park() -> None:
    told = refusal(LIMITED, Permission.PUBLISH_BOUNDARIES, "own")
    assert "publish_boundaries" in told.message_en
    assert "own" not in told.message_en
    assert told.place == "own"


def test_a_limited_account_may_at_its_own_parks() -> None:
    require(LIMITED, Permission.EDIT_BOUNDARIES, ["own", "second"])
    require(LIMITED, Permission.EDIT_BOUNDARIES)
