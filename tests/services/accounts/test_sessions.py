"""Sessions: how long they last, and what ends them everywhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.errors import BadRequest, NotLoggedIn, OneMapError, TooManyTries
from domain.permissions import Actor, Role
from models.database import Database
from services.accounts import logging_in, managing, sessions
from services.accounts.sessions import find_login
from tests.accounts import PASSWORD, add_account
from tests.services.accounts.office import ADMIN, FOR_STRANGERS, LIFETIME, Clock, log_in, where

# ---- sessions -----------------------------------------------------------------------------------------------------


def is_open(database: Database, token: str) -> bool:
    return find_login(database, token, lifetime=LIFETIME) is not None


def test_a_session_ends_after_its_idle_time_and_lasts_while_it_is_used(office: Database, clock: Clock) -> None:
    token = log_in(office)
    for _ in range(5):
        clock.at += timedelta(minutes=110)
        assert is_open(office, token)
    clock.at += LIFETIME.idle
    assert not is_open(office, token)


def test_a_session_ends_after_its_total_time_however_much_it_is_used(office: Database, clock: Clock) -> None:
    token = log_in(office)
    for _ in range(11):
        clock.at += timedelta(hours=1)
        assert is_open(office, token)
    clock.at += timedelta(hours=1)
    assert not is_open(office, token)


def test_a_session_does_not_outlive_a_clock_that_goes_back(office: Database, clock: Clock) -> None:
    token = log_in(office)
    clock.at -= timedelta(minutes=5)  # two servers may differ by so much
    assert is_open(office, token)
    clock.at -= timedelta(days=1)
    assert not is_open(office, token)


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "\ud800", "' OR 1=1 --", "x" * 10_000])
def test_a_token_never_given_opens_nothing(office: Database, token: str) -> None:
    log_in(office)
    assert not is_open(office, token)


ENDINGS: dict[str, Callable[[Database], None]] = {
    "disabled": lambda database: managing.set_disabled(database, name="wang.fang", is_disabled=True, actor=ADMIN),
    "role": lambda database: managing.change_account(
        database, name="wang.fang", role=Role.ADMIN, parks=(), actor=ADMIN
    ),
    "parks": lambda database: managing.change_account(
        database, name="wang.fang", role=Role.OFFICER, parks=["yingtan-gaoxin"], actor=ADMIN
    ),
    "password": lambda database: managing.set_password(database, name="wang.fang", password=PASSWORD, actor=ADMIN),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_changes_an_account_ends_its_sessions_everywhere_and_for_good(base: Database, ending: str) -> None:
    add_account(base, "wang.fang", Role.OFFICER)
    add_account(base, "other", Role.OFFICER)
    here, there, others = log_in(base), log_in(base, address="203.0.113.9"), log_in(base, "other")
    ENDINGS[ending](base)
    assert [is_open(base, token) for token in (here, there, others)] == [False, False, True]
    if ending == "disabled":
        managing.set_disabled(base, name="wang.fang", is_disabled=False, actor=ADMIN)
        assert not is_open(base, here)


def test_logging_in_again_ends_the_session_of_this_browser_only(office: Database) -> None:
    here, there = log_in(office), log_in(office)
    again = logging_in.log_in(
        office, name="wang.fang", password=PASSWORD, where=where(), old=find_login(office, here, lifetime=LIFETIME)
    )
    assert [is_open(office, token) for token in (here, there, again)] == [False, True, True]


def test_changing_ones_own_password_takes_the_old_one_and_leaves_one_session(office: Database) -> None:
    here, there = log_in(office), log_in(office)
    login = find_login(office, here, lifetime=LIFETIME)
    assert login is not None
    new = "五块石头 and a bridge"

    def change(old: str, to: str) -> str:
        return logging_in.change_own_password(office, login=login, old=old, new=to, where=where())

    for old, to, place in (("wrong", new, "old"), (PASSWORD, "short", "password")):
        with pytest.raises(BadRequest) as refused:
            change(old, to)
        assert refused.value.place == place
    fresh = change(PASSWORD, new)
    assert [is_open(office, token) for token in (here, there, fresh)] == [False, False, True]
    with pytest.raises(NotLoggedIn):
        log_in(office)
    assert log_in(office, password=new)


def test_guessing_the_present_password_is_limited_like_logging_in(office: Database, compared: list[str]) -> None:
    """Whoever finds an open browser cannot try for ever."""
    login = sessions.Login(Actor("wang.fang", Role.OFFICER), "", 1)
    faults: list[type[OneMapError]] = []
    for number in range(30):
        try:
            logging_in.change_own_password(office, login=login, old=f"{number}", new=PASSWORD, where=where())
        except (BadRequest, TooManyTries) as fault:
            faults.append(type(fault))
    assert len(compared) == FOR_STRANGERS
    assert faults[-1] is TooManyTries


def test_a_session_is_found_while_others_write(office: Database, clock: Clock) -> None:
    """An import must not keep anybody from reading: that the session was used is noted later."""
    token = log_in(office)
    clock.at += timedelta(minutes=60)
    with office.write():
        start = time.monotonic()
        assert is_open(office, token)
        assert time.monotonic() - start < office.busy_timeout_s / 2
